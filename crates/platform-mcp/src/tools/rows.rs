//! Compact rows: what a list shows unless `detail` is asked for.

use serde_json::{Map, Value};

use crate::result::ToolResult;

/// Longer texts in a compact row are cut here, in characters.
const LONGEST_TEXT: usize = 160;

/// Which part of a list was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slice {
    pub(super) limit: Option<u32>,
    pub(super) offset: Option<u32>,
}

/// Keeps `columns` of each row of the list `key`, and says where the next page begins if this one is full.
///
/// A result without such a list is passed on whole: the BFF may have changed, and hiding what it replied would help nobody.
pub(super) fn compact(result: ToolResult, key: &str, columns: &[&str], slice: Slice, detail: bool) -> ToolResult {
    let mut whole = match result.into_json() {
        Value::Object(fields) => fields,
        other => return ToolResult::Json(other),
    };
    let Some(Value::Array(rows)) = whole.get_mut(key) else {
        return ToolResult::Json(Value::Object(whole));
    };
    if !detail {
        for row in rows.iter_mut() {
            if let Value::Object(fields) = row {
                *fields = keep(std::mem::take(fields), columns);
            }
        }
    }
    let shown = rows.len() as u64;
    let next = u64::from(slice.offset.unwrap_or(0)) + shown;
    let total = whole.get("total").and_then(Value::as_u64);
    let full = slice.limit.is_some_and(|limit| shown >= u64::from(limit)) && shown > 0;
    if total.map_or(full, |total| next < total) {
        whole.insert("next_offset".to_owned(), next.into());
    }
    ToolResult::Json(Value::Object(whole))
}

/// Puts some members of each row's object `from` beside it, so that a compact row can keep them.
pub(super) fn lift(result: ToolResult, key: &str, from: &str, members: &[&str]) -> ToolResult {
    let mut whole = result.into_json();
    let rows = whole.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut);
    for row in rows {
        let Some(Value::Object(mut inner)) = row.get_mut(from).map(Value::take) else { continue };
        let lifted = members.iter().filter_map(|member| Some(((*member).to_owned(), inner.shift_remove(*member)?)));
        row.extend(lifted.collect::<Vec<_>>());
    }
    ToolResult::Json(whole)
}

fn keep(mut fields: Map<String, Value>, columns: &[&str]) -> Map<String, Value> {
    columns
        .iter()
        .filter_map(|column| {
            let value = fields.shift_remove(*column).filter(|value| !value.is_null())?;
            Some(((*column).to_owned(), shorten(value)))
        })
        .collect()
}

fn shorten(value: Value) -> Value {
    match value {
        Value::String(text) => match text.char_indices().nth(LONGEST_TEXT) {
            Some((end, _)) => Value::String(format!("{}…", text.get(..end).unwrap_or_default())),
            None => Value::String(text),
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Slice, compact};
    use crate::result::ToolResult;

    fn run(value: serde_json::Value, limit: u32, offset: u32, detail: bool) -> serde_json::Value {
        let slice = Slice { limit: Some(limit), offset: Some(offset) };
        compact(ToolResult::Json(value), "rows", &["id", "name"], slice, detail).into_json()
    }

    #[test]
    fn only_the_columns_stay_and_long_texts_are_cut() {
        let result =
            run(json!({ "rows": [{ "name": "é".repeat(300), "graph": {}, "id": "a", "x": null }] }), 20, 0, false);
        assert_eq!(result, json!({ "rows": [{ "id": "a", "name": format!("{}…", "é".repeat(160)) }] }));
    }

    #[test]
    fn a_full_page_says_where_the_next_begins() {
        let rows = json!({ "rows": [{ "id": 1 }, { "id": 2 }] });
        assert_eq!(run(rows.clone(), 2, 4, false)["next_offset"], 6);
        assert!(run(rows.clone(), 3, 0, false).get("next_offset").is_none());
        let last = json!({ "rows": [{ "id": 1 }, { "id": 2 }], "total": 6 });
        assert!(run(last, 2, 4, false).get("next_offset").is_none());
    }

    #[test]
    fn what_is_lifted_is_kept() {
        let rows = json!({ "rows": [{ "id": 1, "data": { "name": "inner", "rest": 2 } }, { "id": 2, "data": null }] });
        let lifted = super::lift(ToolResult::Json(rows), "rows", "data", &["name"]);
        let slice = Slice { limit: None, offset: None };
        let result = compact(lifted, "rows", &["id", "name"], slice, false).into_json();
        assert_eq!(result, json!({ "rows": [{ "id": 1, "name": "inner" }, { "id": 2 }] }));
    }

    #[test]
    fn detail_keeps_everything() {
        let rows = json!({ "rows": [{ "id": 1, "graph": { "steps": [] } }] });
        assert_eq!(run(rows.clone(), 20, 0, true), rows);
    }

    #[test]
    fn a_result_of_another_shape_is_passed_on() {
        assert_eq!(run(json!([1, 2]), 20, 0, false), json!([1, 2]));
        assert_eq!(run(json!({ "other": 1 }), 20, 0, false), json!({ "other": 1 }));
    }
}
