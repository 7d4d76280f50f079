//! Fields that have had several names.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// The first of these fields that is a text.
pub(super) fn text(fields: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| fields.get(*key)?.as_str()).map(str::to_owned)
}

/// The first of these fields that is a time.
pub(super) fn time(fields: &Map<String, Value>, keys: &[&str]) -> Option<Timestamp> {
    keys.iter().find_map(|key| fields.get(*key)?.as_str()?.parse().ok())
}
