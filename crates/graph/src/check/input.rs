//! Params against the graph's `input_schema`: `type`, `required`, `properties`, `items` and `enum`. That is what
//! authors write by hand; other keywords are not judged here.

use serde_json::Value;

use super::{Report, Severity, codes};
use crate::error::clip;
use crate::model::kind_of;

/// Deepest schema that is followed.
const MAX_DEPTH: usize = 32;

pub(super) fn check(schema: Option<&Value>, input: &Value, report: &mut Report) {
    if let Some(schema) = schema {
        let mut mismatch = |message: String| {
            report.issue(Severity::Error, None, codes::INPUT_SCHEMA_MISMATCH, message);
        };
        follow(schema, input, "input", 0, &mut mismatch);
    }
}

fn follow(
    schema: &Value,
    value: &Value,
    path: &str,
    depth: usize,
    mismatch: &mut dyn FnMut(String),
) {
    if depth > MAX_DEPTH {
        return;
    }
    let path = clip(path, 120);
    if !has_type(schema.get("type"), value) {
        let wanted = schema
            .get("type")
            .map(ToString::to_string)
            .unwrap_or_default();
        mismatch(format!(
            "{path}: must be of type {}, not {}",
            clip(&wanted, 60),
            kind_of(value)
        ));
        return;
    }
    if let Some(Value::Array(choices)) = schema.get("enum")
        && !choices.contains(value)
    {
        let choices = Value::from(choices.clone()).to_string();
        mismatch(format!("{path}: must be one of {}", clip(&choices, 120)));
    }
    if let Value::Object(object) = value {
        let required = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        for name in required
            .filter_map(Value::as_str)
            .filter(|name| !object.contains_key(*name))
        {
            mismatch(format!(
                "{path}.{}: is required by the input_schema",
                clip(name, 80)
            ));
        }
        for (name, inner) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            if let Some(value) = object.get(name) {
                follow(inner, value, &format!("{path}.{name}"), depth + 1, mismatch);
            }
        }
    }
    if let (Value::Array(items), Some(inner)) = (value, schema.get("items")) {
        for (place, item) in items.iter().enumerate() {
            follow(
                inner,
                item,
                &format!("{path}[{place}]"),
                depth + 1,
                mismatch,
            );
        }
    }
}

fn has_type(wanted: Option<&Value>, value: &Value) -> bool {
    match wanted {
        Some(Value::String(name)) => is(name, value),
        Some(Value::Array(names)) => {
            names.is_empty()
                || names
                    .iter()
                    .filter_map(Value::as_str)
                    .any(|name| is(name, value))
        }
        _ => true,
    }
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => {
            value.is_i64()
                || value.is_u64()
                || value.as_f64().is_some_and(|number| number.fract() == 0.0)
        }
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}
