#![allow(clippy::unwrap_used)]
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{RESULT_BUDGET, ToolResult, size_of};

#[test]
fn a_small_body_is_passed_on_to_the_letter() {
    let body = "{\"b\": 1,   \"a\": 2}";
    let fitted = ToolResult::Raw(Bytes::from_static(body.as_bytes())).fit();
    assert_eq!((fitted.json.as_str(), fitted.note), (body, None));
}

#[test]
fn bodies_that_are_no_json_become_json() {
    assert_eq!(ToolResult::Raw(Bytes::new()).fit().json, "{\"ok\":true}");
    assert_eq!(ToolResult::Raw(Bytes::from_static(b"plain")).fit().json, "\"plain\"");
}

#[test]
fn rows_are_cut_whole_from_the_end_and_counted() {
    let rows: Vec<Value> = (0..2_000).map(|i| json!({ "id": i, "name": "a workflow with a name" })).collect();
    let fitted = ToolResult::Json(json!({ "workflows": rows, "total": 2_000 })).fit();
    let value: Value = serde_json::from_str(&fitted.json).unwrap();
    let kept = value["workflows"].as_array().unwrap();
    assert!(fitted.json.len() <= RESULT_BUDGET && kept.len() > 300, "{} bytes, {} rows", fitted.json.len(), kept.len());
    assert_eq!(kept[kept.len() - 1], json!({ "id": kept.len() - 1, "name": "a workflow with a name" }));
    assert_eq!(value["total"], 2_000);
    let note = fitted.note.unwrap();
    assert!(note.contains(&format!("workflows: {} of 2000 items", 2_000 - kept.len())), "{note}");
}

#[test]
fn one_large_part_gives_way_and_is_named() {
    let context = json!({ "input": { "env": "staging" }, "steps": { "fetch": { "result": { "page": "x".repeat(100_000) } }, "sum": { "result": { "n": 3 } } } });
    let fitted = ToolResult::Json(context).fit();
    let value: Value = serde_json::from_str(&fitted.json).unwrap();
    assert_eq!(value["steps"]["sum"]["result"]["n"], 3);
    assert_eq!(value["input"]["env"], "staging");
    assert!(fitted.note.unwrap().contains("steps.fetch.result.page"));
}

#[test]
fn a_part_is_found_by_its_path_and_a_wrong_path_says_what_is_there() {
    let value = json!({ "steps": { "a": { "result": [10, 20] } } });
    assert_eq!(ToolResult::Json(value.clone()).part(Some("steps.a.result.1")).unwrap().into_json(), 20);
    assert_eq!(ToolResult::Json(value.clone()).part(None).unwrap().into_json(), value);
    let error = ToolResult::Json(value).part(Some("steps.b")).unwrap_err();
    assert_eq!(error.code(), "no_such_path");
    assert!(error.to_string().contains("at `steps` there are: a"), "{error}");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,400}".prop_map(Value::from),
        "[\\x00-\\x1f\"\\\\]{0,200}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 400, 30, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..30).prop_map(Value::from),
            prop::collection::hash_map("[a-z_]{1,40}", inner, 0..30).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_comes_the_answer_is_json_and_near_the_budget(value in any_json()) {
        let fitted = ToolResult::Json(value.clone()).fit();
        let parsed: Value = serde_json::from_str(&fitted.json).unwrap();
        if fitted.note.is_none() {
            prop_assert_eq!(parsed, value);
        }
        // A value of many small fields keeps a little of each, so the bound is soft, but it is a bound.
        prop_assert!(fitted.json.len() <= 3 * RESULT_BUDGET, "{} bytes", fitted.json.len());
    }

    #[test]
    fn sizes_are_never_underestimated_by_much(value in any_json()) {
        let real = value.to_string().len();
        let counted = size_of(&value);
        prop_assert!(counted * 6 >= real, "{counted} counted, {real} real");
    }
}
