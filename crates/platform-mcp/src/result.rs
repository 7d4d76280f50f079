//! A tool's result, and how it is kept small enough for a model's context.
//!
//! A body within the budget is passed on as the BFF wrote it. A larger one is cut where it is widest, and a second
//! text says what was left out and how to get it: rows by `offset`, parts by `path`.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::error::ToolError;

/// The most bytes of JSON one result carries: about 7,000 tokens. Clients begin to warn near 10,000.
pub const RESULT_BUDGET: usize = 24 * 1024;
/// A value below this size is never cut: the note about it would cost as much.
const NOT_WORTH_CUTTING: usize = 160;
/// How many left-out parts are named in the note.
const NAMED_PARTS: usize = 8;

/// A tool's result before it is fitted into the budget.
#[derive(Debug)]
pub enum ToolResult {
    /// JSON text as the BFF sent it.
    Raw(Bytes),
    /// A value made or trimmed here.
    Json(Value),
}

/// The texts of a tool result: the JSON, and a note where something was left out.
#[derive(Debug, PartialEq, Eq)]
pub struct Fitted {
    pub json: String,
    /// What was left out, and how to ask for it.
    pub note: Option<String>,
}

impl ToolResult {
    /// The text in this field of the result; `None` where there is none, or a body that is not JSON.
    #[must_use]
    pub fn text_at(&self, field: &str) -> Option<String> {
        let read = match self {
            Self::Raw(body) => &serde_json::from_slice::<Value>(body).ok()?,
            Self::Json(value) => value,
        };
        read.get(field)?.as_str().map(str::to_owned)
    }

    /// The result as JSON. A body that is not JSON becomes a JSON string; an empty one, `{"ok": true}`.
    #[must_use]
    pub fn into_json(self) -> Value {
        match self {
            Self::Json(value) => value,
            Self::Raw(body) if body.is_empty() => done(),
            Self::Raw(body) => serde_json::from_slice(&body)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&body).into_owned())),
        }
    }

    /// The part at a dotted path (`steps.fetch.result`, `rows.0.id`), or the whole where there is none.
    ///
    /// # Errors
    /// [`ToolError::NoSuchPath`], naming what stands where the path ends.
    pub fn part(self, path: Option<&str>) -> Result<Self, ToolError> {
        match path.map(str::trim).filter(|path| !path.is_empty()) {
            None => Ok(self),
            Some(path) => pick(&self.into_json(), path).map(|part| Self::Json(part.clone())),
        }
    }

    /// Fits the result into [`RESULT_BUDGET`].
    #[must_use]
    pub fn fit(self) -> Fitted {
        if let Self::Raw(body) = &self
            && (1..=RESULT_BUDGET).contains(&body.len())
            && let Ok(text) = std::str::from_utf8(body)
            && text.starts_with(['{', '['])
        {
            return Fitted { json: text.to_owned(), note: None };
        }
        fit_value(self.into_json(), RESULT_BUDGET)
    }
}

/// The result of a request that has nothing to say but that it was done.
#[must_use]
pub fn done() -> Value {
    serde_json::json!({ "ok": true })
}

fn pick<'v>(value: &'v Value, path: &str) -> Result<&'v Value, ToolError> {
    let mut here = value;
    let mut reached = Vec::new();
    for word in path.split('.') {
        let next = match here {
            Value::Object(fields) => fields.get(word),
            Value::Array(items) => word.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => None,
        };
        let Some(next) = next else {
            return Err(ToolError::NoSuchPath {
                path: path.to_owned(),
                reached: if reached.is_empty() { "the top".to_owned() } else { reached.join(".") },
                choices: choices(here),
            });
        };
        reached.push(word);
        here = next;
    }
    Ok(here)
}

fn choices(value: &Value) -> String {
    match value {
        Value::Object(fields) if !fields.is_empty() => fields.keys().take(24).cloned().collect::<Vec<_>>().join(", "),
        Value::Array(items) => format!("{} items, numbered from 0", items.len()),
        _ => "no parts".to_owned(),
    }
}

fn fit_value(value: Value, budget: usize) -> Fitted {
    let size = size_of(&value);
    if size <= budget {
        return Fitted { json: value.to_string(), note: None };
    }
    let mut cut = Cut::default();
    let small = cut.shrink(value, budget, &mut Vec::new());
    Fitted { json: small.to_string(), note: Some(cut.note(size)) }
}

/// The length of the value's JSON text, counted without writing it.
fn size_of(value: &Value) -> usize {
    match value {
        Value::Object(fields) => 2 + fields.iter().map(|(key, value)| key.len() + 4 + size_of(value)).sum::<usize>(),
        Value::Array(items) => 2 + items.iter().map(|item| 1 + size_of(item)).sum::<usize>(),
        Value::String(text) => 2 + text.len() + text.bytes().filter(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)).count(),
        Value::Null | Value::Bool(_) => 5,
        Value::Number(number) => number.to_string().len(),
    }
}

/// Remembers what was cut while a value is made smaller.
#[derive(Default)]
struct Cut {
    parts: Vec<(String, usize)>,
}

impl Cut {
    fn shrink(&mut self, value: Value, budget: usize, path: &mut Vec<String>) -> Value {
        let size = size_of(&value);
        if size <= budget.max(NOT_WORTH_CUTTING) {
            return value;
        }
        match value {
            Value::Object(fields) => Value::Object(self.shrink_fields(fields, budget, path)),
            Value::Array(items) => Value::Array(self.shrink_items(items, budget, path)),
            Value::String(text) => {
                let mut end = budget.saturating_sub(40).min(text.len());
                while !text.is_char_boundary(end) {
                    end -= 1;
                }
                self.parts.push((path.join("."), text.len() - end));
                Value::String(format!("{}… [{} more bytes]", text.get(..end).unwrap_or_default(), text.len() - end))
            }
            other => other,
        }
    }

    /// Gives every field an equal share; what the small ones leave goes to the large ones.
    fn shrink_fields(
        &mut self,
        fields: Map<String, Value>,
        budget: usize,
        path: &mut Vec<String>,
    ) -> Map<String, Value> {
        let mut sizes: Vec<usize> = fields.iter().map(|(key, value)| key.len() + 4 + size_of(value)).collect();
        sizes.sort_unstable();
        let mut left = budget.saturating_sub(2);
        let mut share = 0;
        for (index, size) in sizes.iter().enumerate() {
            share = left / (sizes.len() - index);
            if *size > share {
                break;
            }
            left -= size;
        }
        fields
            .into_iter()
            .map(|(key, value)| {
                path.push(key.clone());
                let own = share.saturating_sub(key.len() + 4);
                let smaller = self.shrink(value, own, path);
                path.pop();
                (key, smaller)
            })
            .collect()
    }

    /// Keeps whole items from the front while they fit.
    fn shrink_items(&mut self, items: Vec<Value>, budget: usize, path: &mut Vec<String>) -> Vec<Value> {
        let total = items.len();
        let mut left = budget.saturating_sub(2);
        let mut kept = Vec::new();
        for item in items {
            let size = size_of(&item) + 1;
            if size > left {
                if kept.is_empty() {
                    path.push("0".to_owned());
                    kept.push(self.shrink(item, left, path));
                    path.pop();
                }
                break;
            }
            left -= size;
            kept.push(item);
        }
        if kept.len() < total {
            let at = if path.is_empty() { "rows".to_owned() } else { path.join(".") };
            self.parts.push((format!("{at}: {} of {total} items", total - kept.len()), 0));
        }
        kept
    }

    fn note(&self, size: usize) -> String {
        let mut named: Vec<String> = self
            .parts
            .iter()
            .take(NAMED_PARTS)
            .map(|(part, bytes)| if *bytes == 0 { part.clone() } else { format!("{part} ({bytes} bytes)") })
            .collect();
        if self.parts.len() > NAMED_PARTS {
            named.push(format!("and {} more", self.parts.len() - NAMED_PARTS));
        }
        format!(
            "The whole answer has {size} bytes; left out: {}. Ask for fewer or later rows (`limit`, `offset`), or for one part with `path` where the tool takes it.",
            named.join("; ")
        )
    }
}

#[cfg(test)]
mod tests;
