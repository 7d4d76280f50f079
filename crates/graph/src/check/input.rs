//! Params against the graph's `input_schema`: `type`, `required`, `properties`, `items` and `enum`. That is what
//! authors write by hand; other keywords are not judged here.

use serde_json::Value;

use super::{Report, Severity};
use crate::codes;
use crate::error::clip;
use crate::model::kind_of;

/// Deepest schema that is followed.
const MAX_DEPTH: usize = 32;
/// Most mismatches that are told.
const MAX_MISMATCHES: usize = 50;

pub(super) fn check(schema: Option<&Value>, input: &Value, report: &mut Report) {
    let mut mismatches = Vec::new();
    if let Some(schema) = schema {
        follow(schema, input, "input", 0, &mut mismatches);
    }
    for message in mismatches {
        report.add_issue(Severity::Error, None, codes::INPUT_SCHEMA_MISMATCH, message);
    }
}

fn follow(schema: &Value, value: &Value, path: &str, depth: usize, mismatches: &mut Vec<String>) {
    if depth > MAX_DEPTH || mismatches.len() >= MAX_MISMATCHES {
        return;
    }
    let path = clip(path, 120);
    if let Some(wanted) = schema.get("type").filter(|wanted| !has_type(wanted, value)) {
        let wanted = clip(&wanted.to_string(), 60);
        mismatches.push(format!("{path}: must be of type {wanted}, not {}", kind_of(value)));
        return;
    }
    if let Some(Value::Array(choices)) = schema.get("enum")
        && !choices.contains(value)
    {
        let some: Vec<String> = choices.iter().take(10).map(|choice| clip(&choice.to_string(), 40)).collect();
        let more = if choices.len() > some.len() { ", …" } else { "" };
        mismatches.push(format!("{path}: must be one of {}{more}", some.join(", ")));
    }
    match value {
        Value::Object(object) => {
            let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
            for name in required.filter_map(Value::as_str).filter(|name| !object.contains_key(*name)) {
                mismatches.push(format!("{path}.{}: is required by the input_schema", clip(name, 80)));
            }
            for (name, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
                if let Some(value) = object.get(name) {
                    follow(inner, value, &format!("{path}.{name}"), depth + 1, mismatches);
                }
            }
        }
        Value::Array(items) => {
            if let Some(inner) = schema.get("items") {
                for (place, item) in items.iter().enumerate() {
                    follow(inner, item, &format!("{path}[{place}]"), depth + 1, mismatches);
                }
            }
        }
        _ => {}
    }
}

fn has_type(wanted: &Value, value: &Value) -> bool {
    match wanted {
        Value::String(name) => is(name, value),
        Value::Array(names) => names.is_empty() || names.iter().filter_map(Value::as_str).any(|name| is(name, value)),
        _ => true,
    }
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "array" => value.is_array(),
        "object" => value.is_object(),
        // A type JSON Schema does not have: nothing can be said.
        _ => true,
    }
}
