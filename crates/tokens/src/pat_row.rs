//! A token as the platform lists it.

use agentruntime_bff::pats::Row;
use jiff::Timestamp;
use serde::Serialize;

/// A row of `GET /v1/pats` (BFF API, "Everything else"). It carries no token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PatRow {
    pub id: String,
    pub display_name: Option<String>,
    /// What it may do; empty where the platform does not say.
    pub scopes: Vec<String>,
    pub created_at: Option<Timestamp>,
    /// When it was last used, where the platform says; it may note that seldomer than it happens.
    pub last_used_at: Option<Timestamp>,
    /// When it ends by itself, where it does.
    pub expires_at: Option<Timestamp>,
}

impl From<Row> for PatRow {
    /// A time that cannot be read counts as not given.
    fn from(row: Row) -> Self {
        let time = |text: Option<String>| text?.parse().ok();
        Self {
            id: row.id,
            display_name: row.display_name,
            scopes: row.scopes,
            created_at: time(row.created_at),
            last_used_at: time(row.last_used_at),
            expires_at: time(row.expires_at),
        }
    }
}
