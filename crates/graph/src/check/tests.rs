#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Readiness, Report, check};
use crate::codes;

fn dry_run(graph: Value) -> Report {
    check(&graph, None, &|id: &str| id == "known")
}

fn with_params(graph: Value, params: Value) -> Report {
    check(&graph, params.as_object(), &|_: &str| true)
}

/// The issues as `severity code step`.
fn found(report: &Report) -> Vec<String> {
    let issue = |issue: &super::Issue| {
        format!(
            "{} {} {}",
            json!(issue.severity).as_str().unwrap(),
            issue.code,
            issue.step_id.as_deref().unwrap_or("-")
        )
    };
    report.issues.iter().map(issue).collect()
}

fn script(id: &str, before: &[&str]) -> Value {
    json!({"id": id, "type": "lua_script", "script": "return {}", "depends_on": before})
}

fn call(id: &str, before: &[&str], args: Value) -> Value {
    json!({"id": id, "type": "mcp_call", "instance_id": "known", "tool_name": "t", "tool_args": args, "depends_on": before})
}

#[test]
fn a_sound_graph_is_ready() {
    let report = dry_run(json!({"steps": [
        call("b", &["a"], json!({"x": "{{steps.a.result.v}}", "y": "{{input.z}}"})),
        script("a", &[]),
        {"id": "c", "type": "human_task", "task_type": "approval", "depends_on": ["b"], "task_payload": {"title": "{{steps.a.result.v}}"},
         "condition": "{{steps.b.result.ok}} == true"},
    ]}));
    assert_eq!(
        serde_json::to_value(&report).unwrap(),
        json!({
            "valid": true, "readiness": "ready", "issues": [],
            "checks_performed": ["schema", "dependencies", "templates", "conditions", "lua", "mcp_bindings", "enabled_steps"],
            "topological_order": ["a", "b", "c"],
        })
    );
}

#[test]
fn an_issue_has_the_contracts_fields() {
    let report =
        dry_run(json!({"steps": [call("b", &[], json!({"x": {"y": ["{{steps.a.result.v}}"]}})), script("a", &[])]}));
    assert_eq!(
        serde_json::to_value(&report.issues).unwrap(),
        json!([{
            "severity": "error", "code": "template_missing_dependency", "step_id": "b",
            "message": "tool_args.x.y[0]: reads step \"a\", which does not come before this one; add \"a\" to depends_on",
        }])
    );
    assert!(!report.valid && report.readiness == Readiness::Blocked);
}

#[test]
fn wiring_follows_dependencies_of_dependencies() {
    let far = json!({"steps": [script("a", &[]), script("b", &["a"]), call("c", &["b"], json!({"x": "{{steps.a.result}}"}))]});
    assert!(dry_run(far).valid);
    let selfish = json!({"steps": [call("a", &[], json!({"x": "{{steps.a.input.x}}"}))]});
    assert_eq!(found(&dry_run(selfish)), ["error template_missing_dependency a"]);
    let unknown = json!({"steps": [call("a", &[], json!({"x": "{{input.x | steps.nobody.result | 1}}"}))]});
    assert_eq!(found(&dry_run(unknown)), ["error template_unresolved a"]);
    let condition = json!({"steps": [script("a", &[]), {"id": "b", "type": "lua_script", "script": "return {}", "condition": "{{steps.a.result.x}} > 1"}]});
    assert_eq!(found(&dry_run(condition)), ["error template_missing_dependency b"]);
}

#[test]
fn circles_unknown_targets_and_repeated_ids() {
    let circle = dry_run(
        json!({"steps": [script("a", &["b"]), script("b", &["a"]), call("c", &[], json!({"x": "{{steps.a.result}}"}))]}),
    );
    assert_eq!(found(&circle), ["error dependency_cycle a"]);
    assert!(circle.issues[0].message.contains("a -> b -> a"));
    assert!(circle.topological_order.is_empty());
    let lost = dry_run(json!({"steps": [script("a", &["gone"])]}));
    assert_eq!(found(&lost), ["error graph_schema_validation a"]);
    let twice = dry_run(json!({"steps": [script("a", &[]), script("a", &[])]}));
    assert_eq!(found(&twice), ["error graph_schema_validation a"]);
}

#[test]
fn each_kind_of_fault_has_its_code() {
    let step = |extra: Value| {
        let mut step = json!({"id": "s", "type": "lua_script", "script": "return {}"});
        step.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({"steps": [step]})
    };
    let binding = |extra: Value| {
        step(json!({"type": "mcp_call", "tool_name": "t"}))
            .as_object_mut()
            .map(|graph| {
                graph["steps"][0].as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
                Value::Object(graph.clone())
            })
            .unwrap()
    };
    for (graph, expected) in [
        (step(json!({"script": "local = 1"})), "error lua_syntax s"),
        (step(json!({"type": "for_each"})), "error graph_schema_validation s"),
        (step(json!({"for_each_body": {}})), "error graph_schema_validation s"),
        (step(json!({"condition": "{{input.x}} == y"})), "error condition_syntax s"),
        (step(json!({"condition": "{{input.x"})), "error template_syntax s"),
        (step(json!({"enabled": false})), "warning step_disabled s"),
        (step(json!({"timeout_s": 60})), "warning graph_schema_validation s"),
        (
            step(json!({"type": "human_task", "task_type": "t", "task_payload": {"a": "{{b}}"}})),
            "error template_syntax s",
        ),
        (binding(json!({"instance_id": "gone"})), "error mcp_binding_missing s"),
        (binding(json!({})), "error mcp_binding_missing s"),
        (json!({}), "error graph_schema_validation -"),
    ] {
        let report = dry_run(graph.clone());
        assert_eq!(found(&report), [expected], "{graph}");
        assert_eq!(report.valid, expected.starts_with("warning"), "{graph}");
    }
    assert!(dry_run(binding(json!({"server_url": "https://example.test/mcp"}))).valid);
    assert!(dry_run(step(json!({"script": "return {rows = {{1, 2}}}"}))).valid, "braces in Lua are no template");
}

#[test]
fn with_params_the_input_is_looked_at() {
    let graph = |args: Value| json!({"steps": [call("a", &[], args)]});
    let report = with_params(graph(json!({"x": "{{input.gone}}"})), json!({"env": "x"}));
    assert_eq!(found(&report), ["error template_unresolved a"]);
    assert!(report.issues[0].message.starts_with("tool_args.x: {{input.gone}} has no value in the given params"));
    assert!(json!(report.checks_performed).as_array().unwrap().contains(&json!("input")));
    for (args, params) in [
        (json!({"x": "{{input.env}}"}), json!({"env": null})),
        (json!({"x": "{{input.gone | input.env}}"}), json!({"env": 1})),
        (json!({"x": "{{input.gone | 5}}"}), json!({})),
        (json!({"x": "{{input.gone | omit}}"}), json!({})),
        (json!({"x": "{{input.a.0}}"}), json!({"trigger_payload": {"a": [1]}})),
    ] {
        assert_eq!(found(&with_params(graph(args.clone()), params)), [""; 0], "{args}");
    }
    assert!(dry_run(graph(json!({"x": "{{input.gone}}"}))).valid, "without params nothing is said");
}

#[test]
fn params_are_held_against_the_input_schema() {
    let graph = json!({"steps": [script("a", &[])], "input_schema": {
        "type": "object", "required": ["env"],
        "properties": {
            "env": {"type": "string", "enum": ["dev", "prod"]}, "n": {"type": ["integer", "null"]},
            "rows": {"type": "array", "items": {"type": "object", "required": ["id"]}},
        },
    }});
    let messages = |params: Value| -> Vec<String> {
        with_params(graph.clone(), params).issues.into_iter().map(|issue| issue.message).collect()
    };
    assert!(messages(json!({"env": "dev", "n": null, "rows": [{"id": 1}], "other": 1})).is_empty());
    assert_eq!(messages(json!({})), ["input.env: is required by the input_schema"]);
    assert_eq!(messages(json!({"env": 5})), ["input.env: must be of type \"string\", not a number"]);
    assert_eq!(messages(json!({"env": "qa"})), ["input.env: must be one of \"dev\", \"prod\""]);
    assert_eq!(
        messages(json!({"env": "dev", "n": 1.5, "rows": [{"id": 1}, {}]})),
        [
            "input.n: must be of type [\"integer\",\"null\"], not a number",
            "input.rows[1].id: is required by the input_schema",
        ]
    );
    assert_eq!(with_params(graph.clone(), json!({})).issues[0].code, codes::INPUT_SCHEMA_MISMATCH);
}

#[test]
fn a_graph_wrong_all_over_still_gets_a_short_answer() {
    let steps: Vec<Value> = (0..1_000).map(|n| json!({"id": format!("s{n}"), "type": "nope"})).collect();
    let report = dry_run(json!({ "steps": steps }));
    assert_eq!(report.issues.len(), 200);
    assert!(!report.valid);
}

#[test]
fn a_large_chain_is_checked_without_trouble() {
    let steps: Vec<Value> = (0..1_000)
        .map(|n| {
            let before: Vec<String> = (0..n).rev().take(30).map(|n| format!("s{n}")).collect();
            let before: Vec<&str> = before.iter().map(String::as_str).collect();
            call(&format!("s{n}"), &before, json!({"x": if n > 0 { "{{steps.s0.result}}" } else { "" }}))
        })
        .collect();
    assert!(dry_run(json!({ "steps": steps })).valid);
}

#[test]
fn the_densest_graph_is_checked_in_time() {
    let ids: Vec<String> = (0..1_000).map(|n| format!("s{n}")).collect();
    let steps: Vec<Value> = (0..1_000)
        .map(|n| {
            let before: Vec<&str> = ids[..n].iter().map(String::as_str).collect();
            call(&ids[n], &before, json!({"x": vec!["{{steps.s999.input | steps.s0.result}}"; 20]}))
        })
        .collect();
    let report = dry_run(json!({ "steps": steps }));
    assert_eq!(report.topological_order, ids);
    assert_eq!(report.issues.len(), 200);
}

fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("a"),
        Just("b"),
        Just("lua_script"),
        Just("human_task"),
        Just("mcp_call"),
        Just("for_each"),
        Just("{{steps.a.result.x}}"),
        Just("{{input.x | omit}}"),
        Just("{{"),
        Just("return {}"),
        Just("x y"),
        Just("known"),
        Just(""),
        Just("object"),
        Just("{{steps.b.input}} > 1"),
    ];
    let leaf = prop_oneof![
        4 => word.prop_map(Value::from), 1 => any::<f64>().prop_map(Value::from), 1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null), 1 => ".{0,9}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((".{0,6}", inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn any_step() -> impl Strategy<Value = Value> {
    let field = prop::sample::select(vec![
        "id",
        "type",
        "name",
        "depends_on",
        "enabled",
        "condition",
        "retry_count",
        "timeout_s",
        "no_auto_start",
        "script",
        "task_type",
        "task_payload",
        "server_url",
        "instance_id",
        "tool_name",
        "tool_args",
        "for_each_body",
    ]);
    prop::collection::vec((field, any_json()), 0..12)
        .prop_map(|fields| Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
}

proptest! {
    #[test]
    fn any_json_gets_an_answer(graph in any_json(), params in any_json()) {
        let report = check(&graph, params.as_object(), &|_: &str| false);
        prop_assert!(!report.valid);
    }

    #[test]
    fn any_steps_get_an_answer(steps in prop::collection::vec(any_step(), 0..6), schema in any_json(), params in any_json()) {
        let empty = Map::new();
        let report = check(&json!({"steps": steps, "input_schema": schema}), Some(params.as_object().unwrap_or(&empty)), &|_: &str| true);
        let errors = report.issues.iter().any(|issue| issue.severity == super::Severity::Error);
        prop_assert_eq!(report.valid, !errors);
        prop_assert_eq!(report.readiness == Readiness::Ready, report.valid);
    }
}
