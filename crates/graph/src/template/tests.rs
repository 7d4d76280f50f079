#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{MAX_DEPTH, MAX_OUTPUT_BYTES, parse, references, resolve, resolve_text};
use crate::error::GraphError;
use crate::scope::Scope;

fn context() -> Value {
    json!({
        "input": {
            "name": "Ada", "n": 5, "half": 0.5, "yes": true, "nothing": null, "empty": "", "tags": ["a", "b"],
            "items": [{"id": 7}], "odd key": {"a.b": 1}, "braces": "{{input.name}}", "0": "zero",
        },
        "steps": {
            "fetch-all": {"input": {"q": "x"}, "result": {"rows": [[1, 2], [3]], "ok": false}},
            "plain": {"result": {"v": 1}},
            "waiting": {},
        },
    })
}

fn text(template: &str) -> Result<Value, GraphError> {
    resolve_text(template, &Scope::of_context(&context()))
}

fn value(template: Value) -> Result<Value, GraphError> {
    resolve(&template, &Scope::of_context(&context()))
}

fn syntax_problem(template: &str) -> String {
    match parse(template) {
        Err(GraphError::TemplateSyntax { problem, .. }) => problem,
        other => panic!("{template}: {other:?}"),
    }
}

#[test]
fn a_whole_template_keeps_its_type() {
    for (template, expected) in [
        ("{{input.n}}", json!(5)),
        ("{{ input.half }}", json!(0.5)),
        ("{{input.yes}}", json!(true)),
        ("{{input.nothing}}", json!(null)),
        ("{{input.tags}}", json!(["a", "b"])),
        ("{{\n input.items[0]\t}}", json!({"id": 7})),
        ("{{steps.fetch-all.result.ok}}", json!(false)),
        ("{{steps.fetch-all.input.q}}", json!("x")),
        ("{{steps.plain.result}}", json!({"v": 1})),
    ] {
        assert_eq!(text(template).unwrap(), expected, "{template}");
    }
    assert_eq!(text("{{input}}").unwrap(), context()["input"]);
}

#[test]
fn beside_text_values_become_text() {
    assert_eq!(text("Hi {{input.name}}!").unwrap(), "Hi Ada!");
    assert_eq!(text("{{input.n}}{{input.yes}}{{input.nothing}}").unwrap(), "5truenull");
    assert_eq!(text(" {{input.n}}").unwrap(), " 5");
    assert_eq!(text(r#"{"rows":{{steps.fetch-all.result.rows}}}"#).unwrap(), r#"{"rows":[[1,2],[3]]}"#);
    assert_eq!(text("[{{input.empty}}]").unwrap(), "[]");
}

#[test]
fn paths_lead_through_lists_and_odd_keys() {
    for (template, expected) in [
        ("{{input.tags.1}}", json!("b")),
        ("{{input.tags[1]}}", json!("b")),
        ("{{input.items.0.id}}", json!(7)),
        ("{{steps.fetch-all.result.rows[0][1]}}", json!(2)),
        (r#"{{input["odd key"]["a.b"]}}"#, json!(1)),
        (r#"{{steps["fetch-all"].result.rows.1.0}}"#, json!(3)),
        ("{{input.0}}", json!("zero")),
        ("{{input[0]}}", json!("zero")),
    ] {
        assert_eq!(text(template).unwrap(), expected, "{template}");
    }
    for missing in [
        "{{input.tags.2}}",
        "{{input.tags.x}}",
        "{{input.tags.length}}",
        "{{input.name.first}}",
        "{{input.n.0}}",
        "{{input.tags.-1}}",
    ] {
        assert!(matches!(text(missing), Err(GraphError::TemplateUnresolved { .. })), "{missing}");
    }
}

#[test]
fn alternatives_are_tried_in_order() {
    assert_eq!(text("{{input.gone | input.n}}").unwrap(), 5);
    assert_eq!(text("{{steps.waiting.result.x | steps.none.result | input.name | \"d\"}}").unwrap(), "Ada");
    assert_eq!(text("{{input.gone|\"d\"}}").unwrap(), "d");
    assert_eq!(text("{{input.gone | {\"a\": {\"b\": [1, \"}}\"]}}}}").unwrap(), json!({"a": {"b": [1, "}}"]}}));
    assert_eq!(text("{{input.gone | -1.5}}").unwrap(), -1.5);
    assert_eq!(text("{{input.gone | null}}").unwrap(), Value::Null);
    assert_eq!(text("{{input.gone | []}}").unwrap(), json!([]));
    assert_eq!(text("n={{input.gone | 0}}").unwrap(), "n=0");
    assert_eq!(text("{{input.nothing | 1}}").unwrap(), Value::Null, "null is a value");
    assert_eq!(text("{{input.empty | 1}}").unwrap(), "", "so is an empty string");
}

#[test]
fn omit_drops_what_it_is_the_value_of() {
    let template = json!({
        "a": "{{input.gone | omit}}", "b": ["{{input.gone | omit}}", "{{input.n}}", "{{omit}}"],
        "c": {"d": "{{omit}}"}, "e": "x{{input.gone | omit}}y", "f": "{{input.n | omit}}",
    });
    assert_eq!(value(template).unwrap(), json!({"b": [5], "c": {}, "e": "xy", "f": 5}));
    assert_eq!(text("{{omit}}").unwrap(), Value::Null);
}

#[test]
fn only_strings_are_templates_and_only_once() {
    assert_eq!(
        value(json!({"{{input.n}}": 1, "x": [true, null, 2]})).unwrap(),
        json!({"{{input.n}}": 1, "x": [true, null, 2]})
    );
    assert_eq!(text("{{input.braces}}").unwrap(), "{{input.name}}");
    assert_eq!(text("a {{input.braces}}").unwrap(), "a {{input.name}}");
    assert_eq!(text(r#"{{"{{"}}x}}"#).unwrap(), "{{x}}");
    assert_eq!(text("a }} b { c").unwrap(), "a }} b { c");
}

#[test]
fn what_is_missing_is_named() {
    let error = value(json!({"x": "{{input.gone | steps.plain.result.w}}"})).unwrap_err();
    assert_eq!(error.code(), "template_unresolved");
    assert!(error.to_string().contains("{{input.gone | steps.plain.result.w}}"), "{error}");
}

#[test]
fn malformed_templates_say_what_is_wrong() {
    for (template, part) in [
        ("hello {{input.n", "never closed"),
        ("{{", "never closed"),
        ("{{}}", "expected input"),
        ("{{ | input.n}}", "expected input"),
        ("{{input.n |}}", "expected input"),
        ("{{input.n || 1}}", "expected input"),
        ("{{input.}}", "a name after the dot"),
        ("{{input..n}}", "a name after the dot"),
        ("{{input[x]}}", "inside [ ]"),
        ("{{input[-1]}}", "inside [ ]"),
        ("{{input[0}}", "inside [ ]"),
        ("{{input.a b}}", "expected | or }}"),
        ("{{steps}}", "followed by a step id"),
        ("{{steps.a}}", "steps.a.result"),
        ("{{steps.a.output.x}}", "steps.a.result"),
        ("{{env.HOME}}", "not a place to read from"),
        ("{{inputs.n}}", "not a place to read from"),
        ("{{item.id}}", "for_each"),
        ("{{foreach.index}}", "for_each"),
        ("{{1 | input.n}}", "must come last"),
        ("{{omit | 1}}", "must come last"),
        ("{{input.n | 'x'}}", "not a place to read from"),
        ("{{input.n | {1,2} }}", "not a JSON literal"),
        ("{{input.n | truely}}", "not a place to read from"),
        ("{{{input.n}}}", "not a JSON literal"),
    ] {
        let problem = syntax_problem(template);
        assert!(problem.contains(part), "{template}: {problem}");
    }
    let long = syntax_problem(&format!("{{{{{} }}}}", "x".repeat(10_000)));
    assert!(long.len() < 300);
}

#[test]
fn references_are_found_in_order() {
    let template =
        json!({"a": ["{{input.x | steps.b-1.result.y[0]}} and {{steps.c.input}}"], "b": 1, "c": "{{input.x}}"});
    let found: Vec<String> = references(&template).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(found, ["input.x", "steps.b-1.result.y.0", "steps.c.input", "input.x"]);
    assert!(references(&json!(["{{input.x}}", "{{"])).is_err());
}

#[test]
fn a_small_template_cannot_grow_without_bound() {
    let input = json!({"big": "x".repeat(100_000)});
    let scope = Scope::of_input(&input);
    let many = Value::from(vec!["{{input.big}}"; 1_000]);
    assert_eq!(resolve(&many, &scope).unwrap_err(), GraphError::TemplateTooLarge { limit: MAX_OUTPUT_BYTES });
    let text = "{{input.big}}".repeat(1_000);
    assert_eq!(resolve_text(&text, &scope).unwrap_err().code(), "template_too_large");
    let wide = json!({"list": vec![Value::Null; 400_000]});
    assert!(resolve(&json!("{{input.list}}"), &Scope::of_input(&wide)).is_ok());
    assert!(resolve(&json!(["{{input.list}}", "{{input.list}}"]), &Scope::of_input(&wide)).is_err());
}

#[test]
fn depth_is_bounded_where_template_and_value_meet() {
    let nest = |inner: Value, levels: usize| (0..levels).fold(inner, |inner, _| json!([inner]));
    let input = json!({"deep": nest(json!(1), 50)});
    let scope = Scope::of_input(&input);
    let fits = resolve(&nest(json!("{{input.deep}}"), MAX_DEPTH - 50), &scope).unwrap();
    serde_json::from_str::<Value>(&fits.to_string()).unwrap();
    assert!(matches!(resolve(&nest(json!("{{input.deep}}"), MAX_DEPTH - 49), &scope), Err(GraphError::TooDeep { .. })));
    assert!(matches!(resolve(&nest(json!(1), MAX_DEPTH + 1), &scope), Err(GraphError::TooDeep { .. })));
    assert!(references(&nest(json!(1), MAX_DEPTH + 1)).is_err());
}

/// Any JSON; its numbers are whole, since printing and parsing a float may move its last digit.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(".{0,6}", inner, 0..5).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Text made of the pieces templates are made of, mostly malformed.
fn template_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{{".to_owned()),
        Just("}}".to_owned()),
        Just("input".to_owned()),
        Just("steps".to_owned()),
        Just(".result".to_owned()),
        Just(".".to_owned()),
        Just("|".to_owned()),
        Just("omit".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just("[0]".to_owned()),
        Just("\"".to_owned()),
        Just("{{input.n}}".to_owned()),
        Just("{{input.a | ".to_owned()),
        Just("{".to_owned()),
        ".{0,4}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z_][a-zA-Z0-9_-]{0,8}", "[0-9]{1,3}", ".{0,6}"]
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(template in template_like(), input in any_json()) {
        let _ = resolve_text(&template, &Scope::of_input(&input));
    }

    #[test]
    fn text_without_braces_is_itself(text in ".{0,60}") {
        prop_assume!(!text.contains("{{"));
        prop_assert_eq!(resolve_text(&text, &Scope::of_input(&Value::Null)).unwrap(), Value::from(text));
    }

    #[test]
    fn json_without_braces_is_itself(value in any_json()) {
        prop_assume!(!value.to_string().contains("{{"));
        prop_assert_eq!(resolve(&value, &Scope::of_input(&Value::Null)).unwrap(), value);
    }

    #[test]
    fn any_value_comes_through_whole(value in any_json(), name in key()) {
        let input = json!({ name.clone(): value });
        let template = format!("{{{{input[{}]}}}}", Value::from(name));
        prop_assert_eq!(resolve_text(&template, &Scope::of_input(&input)).unwrap(), value);
    }

    #[test]
    fn any_literal_is_a_default(value in any_json()) {
        let template = format!("{{{{input.gone | {value} }}}}");
        prop_assert_eq!(resolve_text(&template, &Scope::of_input(&Value::Null)).unwrap(), value);
    }

    #[test]
    fn printing_and_parsing_gives_the_same(path in prop::collection::vec(key(), 0..5), id in key(), default in any_json(), before in "[^{]{0,9}") {
        let quoted: String = path.iter().map(|part| format!("[{}]", Value::from(part.as_str()))).collect();
        let text = format!("{before}{{{{ input{quoted} | steps[{}].result{quoted}|{default} }}}}{before}", Value::from(id));
        let parsed = parse(&text).unwrap();
        prop_assert_eq!(parse(&parsed.to_string()).unwrap(), parsed);
    }

    #[test]
    fn what_parses_prints_to_the_same(template in template_like()) {
        if let Ok(parsed) = parse(&template) {
            prop_assert_eq!(parse(&parsed.to_string()).unwrap(), parsed);
        }
    }

    #[test]
    fn output_is_bounded(repeats in 1_usize..400, size in 1_usize..40_000) {
        let input = json!({"big": "é".repeat(size)});
        let text = "{{input.big}}".repeat(repeats);
        if let Ok(resolved) = resolve_text(&text, &Scope::of_input(&input)) {
            prop_assert!(resolved.to_string().len() <= MAX_OUTPUT_BYTES);
        }
    }
}
