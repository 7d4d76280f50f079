#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::compare::truthy;
use super::{Condition, MAX_CONDITION_BYTES, holds};
use crate::error::GraphError;
use crate::scope::Scope;

fn judge(condition: Value) -> Result<bool, GraphError> {
    let context = json!({
        "input": {
            "env": "prod", "n": 5, "f": 5.0, "yes": true, "no": false, "nothing": null, "empty": "", "word": "false",
            "list": [1], "void": [], "big": 9_007_199_254_740_993_i64, "region": "eu",
        },
        "steps": {"ask-boss": {"result": {"approved": true, "score": 0.7}}},
    });
    holds(Some(&condition), &Scope::of_context(&context))
}

fn text(condition: &str) -> Result<bool, GraphError> {
    judge(Value::from(condition))
}

fn problem(condition: &str) -> String {
    match Condition::parse(&Value::from(condition)) {
        Err(GraphError::ConditionSyntax { problem, .. } | GraphError::TemplateSyntax { problem, .. }) => problem,
        other => panic!("{condition}: {other:?}"),
    }
}

#[test]
fn conditions_that_hold() {
    for condition in [
        "",
        "  ",
        "true",
        "{{input.yes}}",
        "{{ input.env }}",
        "{{input.list}}",
        "{{steps.ask-boss.result.approved}}",
        "{{input.env}} == \"prod\"",
        "{{input.env}} == 'prod'",
        "\"{{input.env}}\" == \"prod\"",
        "input.env != 'dev'",
        "input.n == 5.0",
        "input.n == input.f",
        "input.n>4&&input.n<6",
        "input.n >= 5",
        "5 <= input.n",
        "steps.ask-boss.result.score > 0.5",
        "!input.no",
        "!{{input.gone}}",
        "input.gone == null",
        "input.nothing == null",
        "input.env > 'p'",
        "input.no || input.yes",
        "input.no && input.yes || input.yes",
        "input.yes || input.no && input.no",
        "!(input.no || input.void)",
        "((input.yes))",
        "!!input.yes",
        "{{input.gone | input.env}} == 'prod'",
        "{{input.gone | \"x\"}} == 'x'",
        "input.list == [1.0]",
        "'{{input.region}}-1' == 'eu-1'",
        "input.big != 9007199254740992",
        "\"a || b\" == 'a || b'",
        "'{{input.gone}}-1' == null",
    ] {
        assert_eq!(text(condition), Ok(true), "{condition}");
    }
    assert_eq!(judge(json!(true)), Ok(true));
    assert_eq!(holds(None, &Scope::of_input(&Value::Null)), Ok(true));
}

#[test]
fn conditions_that_do_not_hold() {
    for condition in [
        "false",
        "null",
        "0",
        "''",
        "\"\"",
        "{{input.no}}",
        "{{input.nothing}}",
        "{{input.empty}}",
        "{{input.word}}",
        "{{input.void}}",
        "{{input.gone}}",
        "{{omit}}",
        "input.env == 'dev'",
        "input.n < 5",
        "input.gone > 1",
        "1 > input.nothing",
        "input.gone <= null",
        "!input.yes",
        "input.yes && input.no",
        "(input.yes || input.no) && input.no",
        "{{steps.skipped.result.ok}}",
        "input.n == '5'",
        "input.list == []",
    ] {
        assert_eq!(text(condition), Ok(false), "{condition}");
    }
    assert_eq!(judge(json!(false)), Ok(false));
}

#[test]
fn values_without_an_order_are_an_error() {
    for condition in ["input.env > 1", "input.list < [2]", "input.yes >= false", "{{input.n}} < '6'"] {
        assert_eq!(text(condition).unwrap_err().code(), "condition_type", "{condition}");
    }
    assert_eq!(text("input.no && input.env > 1"), Ok(false), "what is not needed is not judged");
    assert_eq!(text("input.yes || input.env > 1"), Ok(true));
}

#[test]
fn malformed_conditions_say_what_is_wrong() {
    for (condition, part) in [
        ("{{input.env}} == prod", "a string needs quotes: \"prod\""),
        ("{{input.env", "never closed"),
        ("input.env = 'x'", "not understood"),
        ("input.env ==", "ends where a value"),
        ("== 1", "operator stands"),
        ("(input.env", "( is never closed"),
        ("input.env)", ") too many"),
        ("input.env 'x'", "joined by"),
        ("1 < 2 < 3", "joined by"),
        ("'abc", "' is never closed"),
        ("\"abc", "not a JSON literal"),
        ("input.a & input.b", "not understood"),
        ("input.a and input.b", "neither a path nor a literal"),
        ("steps.a.output == 1", "steps.a.result"),
        ("!", "ends where a value"),
        ("1 == {{item}}", "for_each"),
        ("'{{' == 1", "never closed"),
    ] {
        let problem = problem(condition);
        assert!(problem.contains(part), "{condition}: {problem}");
    }
    assert!(problem(&"(".repeat(5_000)).contains("deeper"));
    assert!(problem(&"!".repeat(5_000)).contains("deeper"));
    assert!(problem(&"1 || ".repeat(MAX_CONDITION_BYTES)).contains("longer"));
}

#[test]
fn references_are_found() {
    let condition =
        Condition::parse(&json!("!(input.a == '{{steps.b.result.c}}') && {{input.d | input.e}} > 1")).unwrap();
    let found: Vec<String> = condition.references().iter().map(ToString::to_string).collect();
    assert_eq!(found, ["input.a", "steps.b.result.c", "input.d", "input.e"]);
}

#[test]
fn truth_of_values() {
    for value in [json!(1), json!(-0.1), json!("no"), json!("0"), json!([0]), json!({"a": null})] {
        assert!(truthy(&value), "{value}");
    }
    for value in [json!(0), json!(0.0), json!(-0.0), json!(" false "), json!(" "), json!({})] {
        assert!(!truthy(&value), "{value}");
    }
}

proptest! {
    #[test]
    fn no_condition_makes_it_panic(pieces in prop::collection::vec(prop_oneof![
        Just("{{input.a}}"), Just("=="), Just("!"), Just("<"), Just("&&"), Just("||"), Just("("), Just(")"), Just("'"),
        Just("\""), Just("input.b"), Just("1"), Just("null"), Just(" "), Just("{{"), Just("é"),
    ], 0..14)) {
        let _ = holds(Some(&Value::from(pieces.concat())), &Scope::of_input(&json!({"a": 1, "b": "x"})));
    }

    #[test]
    fn an_order_is_an_order(a in any::<i64>(), b in any::<i64>()) {
        let input = json!({"a": a, "b": b});
        let judge = |text: &str| holds(Some(&Value::from(text)), &Scope::of_input(&input)).unwrap();
        prop_assert_eq!(judge("input.a < input.b"), a < b);
        prop_assert_eq!(judge("input.a >= input.b"), a >= b);
        prop_assert_eq!(judge("input.a == input.b"), a == b);
    }
}
