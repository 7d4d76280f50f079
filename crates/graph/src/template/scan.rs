//! Looking at templates without resolving them.

use serde_json::Value;

use super::{MAX_DEPTH, Reference, Template, parse};
use crate::error::{GraphError, Result};

/// Every reference in the strings of `value`, in order, repeats kept.
///
/// # Errors
/// The first template that is malformed.
pub fn references(value: &Value) -> Result<Vec<Reference>> {
    let mut found = Vec::new();
    let mut first_error = None;
    scan(value, &mut |_, template| match template {
        Ok(template) => found.extend(template.expressions().flat_map(|expression| expression.references.clone())),
        Err(error) => first_error = first_error.take().or(Some(error)),
    });
    first_error.map_or(Ok(found), Err)
}

/// Shows `visit` every string of `value` that holds a `{{`, parsed, with the path to it such as `items[0].name`.
pub(crate) fn scan(value: &Value, visit: &mut dyn FnMut(&str, Result<Template>)) {
    walk(value, &mut String::new(), 0, visit);
}

fn walk(value: &Value, path: &mut String, depth: usize, visit: &mut dyn FnMut(&str, Result<Template>)) {
    if depth > MAX_DEPTH {
        return visit(path, Err(GraphError::TooDeep { limit: MAX_DEPTH }));
    }
    let length = path.len();
    match value {
        Value::String(text) if text.contains("{{") => visit(path, parse(text)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                walk(item, path, depth + 1, visit);
                path.truncate(length);
            }
        }
        Value::Object(object) => {
            for (key, item) in object {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
                walk(item, path, depth + 1, visit);
                path.truncate(length);
            }
        }
        _ => {}
    }
}
