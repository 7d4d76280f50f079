#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Duration;

use serde_json::{Value, json};

use super::{Graph, MAX_RETRIES, MAX_STEPS, McpBinding, Step, StepKind};
use crate::lua::MAX_SCRIPT_BYTES;
use crate::scope::Scope;

fn problems(graph: Value) -> Vec<String> {
    Graph::read(&graph).problems.iter().map(ToString::to_string).collect()
}

fn one_step(step: Value) -> Step {
    Graph::parse(&json!({"steps": [step]})).unwrap().steps.remove(0)
}

fn step_problems(step: Value) -> Vec<String> {
    problems(json!({"steps": [step]}))
}

#[test]
fn a_full_step_is_read() {
    let step = one_step(json!({
        "id": "call-it", "type": "mcp_call", "name": "Call it", "enabled": false, "condition": "{{input.go}}",
        "retry_count": 3, "timeout_s": 1.5, "no_auto_start": true, "instance_id": "i1", "tool_name": "search",
        "tool_args": {"q": "{{input.q}}"}, "position": {"x": 1},
    }));
    assert_eq!(
        step,
        Step {
            id: "call-it".into(),
            name: "Call it".into(),
            kind: StepKind::McpCall {
                binding: McpBinding::Instance("i1".into()),
                tool_name: "search".into(),
                tool_args: json!({"q": "{{input.q}}"}),
            },
            depends_on: vec![],
            enabled: false,
            condition: Some(json!("{{input.go}}")),
            retry_count: 3,
            timeout: Some(Duration::from_millis(1500)),
            no_auto_start: true,
        }
    );
    assert_eq!(step.templated(), Some(("tool_args", &json!({"q": "{{input.q}}"}))));
}

#[test]
fn what_is_left_out_or_null_has_a_default() {
    let step = one_step(json!({
        "id": "s", "type": "lua_script", "script": "return {}", "name": null, "depends_on": null, "enabled": null,
        "condition": null, "retry_count": null, "timeout_s": null, "no_auto_start": null,
    }));
    assert_eq!(step, one_step(json!({"id": "s", "type": "lua_script", "script": "return {}"})));
    assert!(step.enabled && !step.no_auto_start && step.name == "s" && step.timeout.is_none());
    assert_eq!(step.templated(), None);
    let task = one_step(json!({"id": "t", "type": "human_task", "task_type": "approval"}));
    assert_eq!(task.templated(), Some(("task_payload", &json!({}))));
    let call = one_step(
        json!({"id": "c", "type": "mcp_call", "server_url": "http://127.0.0.1:1/mcp", "tool_name": "t", "tool_args": "{{input.args}}"}),
    );
    assert!(matches!(call.kind, StepKind::McpCall { binding: McpBinding::Server(_), tool_args: Value::String(_), .. }));
}

#[test]
fn repeated_dependencies_count_once() {
    let graph = json!({"steps": [
        {"id": "a", "type": "lua_script", "script": "return {}"},
        {"id": "b", "type": "lua_script", "script": "return {}", "depends_on": ["a", "a"]},
    ]});
    assert_eq!(Graph::parse(&graph).unwrap().step("b").unwrap().depends_on, ["a"]);
}

#[test]
fn problems_name_the_step_and_the_field() {
    for (step, expected) in [
        (json!({"id": "a", "type": "lua_script"}), "step \"a\", script: is required for this step type"),
        (json!({"id": "a", "type": "lua_script", "script": 5}), "step \"a\", script: must be a string, not a number"),
        (json!({"id": "a", "type": "lua_script", "script": " "}), "step \"a\", script: must not be empty"),
        (json!({"id": "a", "type": "human_task"}), "step \"a\", task_type: is required"),
        (
            json!({"id": "a", "type": "human_task", "task_type": "x", "task_payload": []}),
            "task_payload: must be an object or one template, not a list",
        ),
        (json!({"id": "a", "type": "mcp_call", "instance_id": "i"}), "step \"a\", tool_name: is required"),
        (
            json!({"id": "a", "type": "mcp_call", "server_url": "ftp://x", "tool_name": "t"}),
            "server_url: must be an http",
        ),
        (
            json!({"id": "a", "type": "mcp_call", "server_url": "http:///x", "tool_name": "t"}),
            "server_url: must be an http",
        ),
        (
            json!({"id": "a", "type": "mcp_call", "server_url": "http://{{input.host}}/", "tool_name": "t"}),
            "server_url: must not hold a template",
        ),
        (json!({"id": "a", "type": "teleport"}), "\"teleport\" is not a step type"),
        (json!({"id": "a"}), "step \"a\", type: is required"),
        (json!({"id": "a", "type": "for_each"}), "step \"a\", type: the sandbox does not run \"for_each\" steps yet"),
        (json!({"id": "a", "type": "while"}), "does not run \"while\" steps yet"),
        (json!({"id": "a", "type": "llm_call"}), "does not run \"llm_call\" steps yet"),
        (json!({"type": "lua_script", "script": "return {}"}), "step \"#1\", id: is required"),
        (json!({"id": "a b", "type": "lua_script", "script": "x"}), "step \"#1\", id: must be letters"),
        (json!({"id": "a.b", "type": "lua_script", "script": "x"}), "id: must be letters"),
        (json!({"id": "x".repeat(129), "type": "lua_script", "script": "x"}), "id: must be letters"),
        (json!("step"), "step \"#1\", steps: each step must be an object, not a string"),
    ] {
        let found = step_problems(step.clone());
        assert!(found.len() == 1 && found[0].contains(expected), "{step}: {found:?}");
    }
}

#[test]
fn common_fields_are_bounded() {
    for (field, value) in [
        ("depends_on", json!("a")),
        ("depends_on", json!([1])),
        ("depends_on", json!(["nobody"])),
        ("enabled", json!("yes")),
        ("retry_count", json!(-1)),
        ("retry_count", json!(1.5)),
        ("retry_count", json!(MAX_RETRIES + 1)),
        ("timeout_s", json!(0)),
        ("timeout_s", json!(-1)),
        ("timeout_s", json!(1e300)),
        ("timeout_s", json!("5")),
        ("timeout_s", json!(2_592_001)),
        ("no_auto_start", json!(1)),
        ("condition", json!(1)),
        ("name", json!(5)),
        ("for_each_body", json!({})),
    ] {
        let mut step = json!({"id": "a", "type": "lua_script", "script": "return {}"});
        step[field] = value.clone();
        let found = step_problems(step);
        assert!(
            found.len() == 1 && found[0].starts_with(&format!("step \"a\", {field}: ")),
            "{field} {value}: {found:?}"
        );
    }
}

#[test]
fn graphs_without_a_shape_are_refused() {
    for graph in [json!(null), json!([]), json!({}), json!({"steps": null}), json!({"steps": {}}), json!({"steps": []})]
    {
        assert_eq!(problems(graph.clone()).len(), 1, "{graph}");
    }
    let step = json!({"id": "a", "type": "lua_script", "script": "return {}"});
    assert!(problems(json!({"steps": vec![step.clone(); MAX_STEPS + 1]}))[0].contains("at most 1000"));
    assert!(problems(json!({"steps": [step, step]}))[0].contains("used by steps 1 and 2"));
    assert!(problems(json!({"steps": [step], "input_schema": "object"}))[0].starts_with("input_schema: "));
    let long = json!({"id": "a", "type": "lua_script", "script": " ".repeat(MAX_SCRIPT_BYTES) + "x"});
    assert!(step_problems(long)[0].contains("at most 65536 bytes"));
}

#[test]
fn a_tool_call_without_a_server_is_a_draft_and_no_graph_to_run() {
    let graph = json!({"steps": [{"id": "c", "type": "mcp_call", "tool_name": "t"}]});
    assert!(Graph::read(&graph).problems.is_empty());
    let error = Graph::parse(&graph).unwrap_err();
    assert_eq!((error.code(), error.step_id()), ("graph_schema_validation", Some("c")));
}

#[test]
fn a_steps_input_resolves_to_an_object_or_not_at_all() {
    let input = json!({"args": {"q": 1}, "list": []});
    let scope = Scope::of_input(&input);
    let resolve = |args: Value| {
        one_step(json!({"id": "c", "type": "mcp_call", "instance_id": "i", "tool_name": "t", "tool_args": args}))
            .resolve_input(&scope)
    };
    assert_eq!(resolve(json!("{{input.args}}")).unwrap(), json!({"q": 1}));
    assert_eq!(resolve(json!({"a": "{{input.args.q}}", "b": "{{input.b | omit}}"})).unwrap(), json!({"a": 1}));
    assert_eq!(
        resolve(json!("{{input.list}}")).unwrap_err().to_string(),
        "step \"c\", tool_args: must resolve to an object, not a list"
    );
    assert_eq!(resolve(json!("{{input.gone}}")).unwrap_err().code(), "template_unresolved");
    let script = one_step(json!({"id": "s", "type": "lua_script", "script": "return {}"}));
    assert_eq!(script.resolve_input(&scope).unwrap(), json!({}));
}
