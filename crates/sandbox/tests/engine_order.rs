//! Which steps run, in which order, with what they see.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::{Value, json};
use support::{Server, column, graph, human, script};

/// The kinds of a step's events, in order.
fn kinds(events: &[Value], step: &str) -> Vec<String> {
    let of_step = events.iter().filter(|event| event["step_id"] == step);
    of_step.map(|event| event["event_type"].as_str().unwrap().to_owned()).collect()
}

/// Why a step was skipped.
fn reason(events: &[Value], step: &str) -> Value {
    let skip = events.iter().find(|event| event["step_id"] == step && event["data"]["skipped"] == true);
    skip.map_or(Value::Null, |event| event["data"]["reason"].clone())
}

#[tokio::test]
async fn steps_without_dependencies_between_them_are_under_way_together() {
    let server = Server::start().await;
    let workflow = server
        .workflow(graph(json!([
            human("left", &[]),
            human("right", &[]),
            script("join", "return { done = true }", &["left", "right"])
        ])))
        .await;
    let run = server.run(&workflow, json!({})).await;
    server.asked(&workflow, &run).await;
    let path = format!("/v1/workflows/{workflow}/runs/{run}/tasks/pending");
    let tasks = server.read(&path).await["tasks"].take();
    assert_eq!(column(&tasks, "step_id"), ["left", "right"]);

    for task in column(&tasks, "id") {
        assert_eq!(server.summary(&workflow, &run).await["status"], "running");
        assert_eq!(server.complete(&workflow, &run, task, json!({ "approved": true })).await.0, 200);
    }
    assert_eq!(server.finished(&workflow, &run).await["status"], "completed");
    assert_eq!(server.context(&workflow, &run).await["steps"]["join"]["result"], json!({ "done": true }));
}

#[tokio::test]
async fn templates_keep_types_and_take_defaults() {
    let server = Server::start().await;
    let mut ask = human("ask", &["make"]);
    ask["task_payload"] = json!({
        "count": "{{steps.make.result.count}}",
        "list": "{{steps.make.result.list}}",
        "text": "{{steps.make.result.count}} of {{input.of}}",
        "fallback": "{{input.missing | steps.make.result.missing | 7}}",
        "gone": "{{input.missing | omit}}",
    });
    let workflow =
        server.workflow(graph(json!([script("make", "return { count = 3, list = { 1, 2 } }", &[]), ask]))).await;
    let run = server.run(&workflow, json!({ "trigger_payload": { "of": 5 } })).await;
    server.asked(&workflow, &run).await;
    let task = server.read(&format!("/v1/workflows/{workflow}/runs/{run}/tasks/pending")).await["tasks"][0].take();
    assert_eq!(task["task_payload"], json!({ "count": 3, "list": [1, 2], "text": "3 of 5", "fallback": 7 }));
}

#[tokio::test]
async fn a_decision_chooses_the_branch_and_the_join_runs_all_the_same() {
    let server = Server::start().await;
    let mut yes = script("yes", "return { branch = 'yes' }", &["ask"]);
    yes["condition"] = json!("{{steps.ask.result.approved}}");
    let mut no = script("no", "return { branch = 'no' }", &["ask"]);
    no["condition"] = json!("!steps.ask.result.approved");
    let join = script("join", "return { taken = (steps.yes or steps.no).result.branch }", &["yes", "no"]);
    let workflow = server.workflow(graph(json!([human("ask", &[]), yes, no, join]))).await;
    for (approved, branch, other) in [(true, "yes", "no"), (false, "no", "yes")] {
        let run = server.run(&workflow, json!({})).await;
        let task = server.asked(&workflow, &run).await;
        let answer = json!({ "approved": approved, "result": { "comment": "so be it", "approved": "overwritten" } });
        let (status, body) = server.complete(&workflow, &run, &task, answer).await;
        assert_eq!((status, &body["approved"]), (200, &json!(approved)));
        assert_eq!(server.finished(&workflow, &run).await["status"], "completed");
        let context = server.context(&workflow, &run).await;
        assert_eq!(context["steps"]["ask"]["result"], json!({ "approved": approved, "comment": "so be it" }));
        assert_eq!(context["steps"]["join"]["result"]["taken"], branch);
        let events = server.events(&workflow, &run).await;
        assert_eq!(reason(&events, other), "step_disabled");
        assert_eq!(kinds(&events, branch), ["step_started", "step_completed"]);
    }
}

#[tokio::test]
async fn what_a_start_leaves_out_is_skipped_with_its_reason() {
    let server = Server::start().await;
    let mut disabled = script("disabled", "return {}", &["first"]);
    disabled["enabled"] = json!(false);
    let mut alone = script("alone", "return {}", &[]);
    alone["no_auto_start"] = json!(true);
    let steps = json!([
        script("first", "return {}", &[]),
        disabled,
        script("after", "return {}", &["disabled"]),
        script("excluded", "return {}", &["after"]),
        script("last", "return {}", &["excluded"]),
        alone,
    ]);
    let workflow = server.workflow(graph(steps)).await;

    let run = server.run(&workflow, json!({ "excluded_step_ids": ["excluded"] })).await;
    assert_eq!(server.finished(&workflow, &run).await["status"], "completed");
    let events = server.events(&workflow, &run).await;
    assert_eq!(reason(&events, "disabled"), "step_disabled");
    assert_eq!(reason(&events, "excluded"), "out_of_scope");
    assert_eq!(reason(&events, "alone"), "out_of_scope");
    for ran in ["first", "after", "last"] {
        assert_eq!(kinds(&events, ran), ["step_started", "step_completed"], "{ran}");
    }

    let run = server.run(&workflow, json!({ "trigger_steps": ["alone", "excluded"] })).await;
    server.finished(&workflow, &run).await;
    let events = server.events(&workflow, &run).await;
    assert_eq!(["first", "after"].map(|step| reason(&events, step)), ["out_of_scope", "out_of_scope"]);
    for ran in ["alone", "excluded", "last"] {
        assert_eq!(kinds(&events, ran), ["step_started", "step_completed"], "{ran}");
    }
}

#[tokio::test]
async fn the_event_log_tells_each_step_with_its_times_in_order() {
    let server = Server::start().await;
    let workflow = server
        .workflow(graph(json!([
            script("a", "return { n = 1 }", &[]),
            script("b", "return { n = steps.a.result.n + 1 }", &["a"])
        ])))
        .await;
    let run = server.run(&workflow, json!({})).await;
    server.finished(&workflow, &run).await;
    let events = server.events(&workflow, &run).await;
    let log = events
        .iter()
        .map(|event| (event["event_type"].as_str().unwrap(), event["step_id"].as_str()))
        .collect::<Vec<_>>();
    let expected = [
        ("run_started", None),
        ("step_started", Some("a")),
        ("step_completed", Some("a")),
        ("step_started", Some("b")),
        ("step_completed", Some("b")),
        ("state_changed", None),
        ("run_completed", None),
    ];
    assert_eq!(log, expected);
    let times = events.iter().map(|event| event["timestamp"].as_str().unwrap()).collect::<Vec<_>>();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(events[4]["data"]["result"], json!({ "n": 2 }));
}

#[tokio::test]
async fn a_start_is_checked_before_a_run_is_made() {
    let server = Server::start().await;
    let draft = server.draft(graph(json!([script("a", "return {}", &[])]))).await;
    assert_eq!(server.command(&draft, "start", json!({})).await.0, 409, "nothing is published");
    server.made(&format!("/v1/workflows/{draft}/versions"), json!({})).await;

    let refused = [
        (json!({ "trigger_steps": ["nobody"] }), 422, "params.trigger_steps"),
        (json!({ "excluded_step_ids": "a" }), 422, "params.excluded_step_ids"),
        (json!({ "run_id": "../../etc" }), 422, "params.run_id"),
        (json!({ "run_id": "" }), 422, "params.run_id"),
        (json!({ "trigger_type": 5 }), 422, "params.trigger_type"),
        (json!({ "use_run_setup_defaults": "yes" }), 422, "params.use_run_setup_defaults"),
    ];
    for (params, expected, field) in refused {
        let (status, body) = server.command(&draft, "start", params.clone()).await;
        assert_eq!(status, expected, "{params}");
        assert!(body["error"].as_str().unwrap().starts_with(field), "{body}");
    }
    let (status, _) = server.command(&draft, "start", json!({ "run_id": "mine-1" })).await;
    assert_eq!(status, 200);
    assert_eq!(server.finished(&draft, "mine-1").await["run_id"], "mine-1");
    assert_eq!(server.command(&draft, "start", json!({ "run_id": "mine-1" })).await.0, 409, "a run id is taken once");
    assert_eq!(server.read(&format!("/v1/workflows/{draft}/runs")).await["total"], 1, "no refused start left a run");
}

#[tokio::test]
async fn steps_that_the_sandbox_cannot_run_are_said_by_name() {
    let server = Server::start().await;
    for kind in ["for_each", "while", "llm_call"] {
        let steps =
            json!([{ "id": "a", "type": kind, "prompt": "x", "for_each_items": [], "for_each_body_steps": [] }]);
        let draft = server.draft(graph(steps)).await;
        let report = server.made(&format!("/v1/workflows/{draft}/validate"), json!({})).await;
        assert_eq!(report["readiness"], "blocked");
        server.made(&format!("/v1/workflows/{draft}/versions"), json!({})).await;
        let (status, body) = server.command(&draft, "start", json!({})).await;
        assert_eq!(status, 422);
        assert!(body["error"].as_str().unwrap().contains(kind), "{body}");
    }
}

#[tokio::test]
async fn the_run_setup_gives_defaults_and_the_schema_has_its_say() {
    let server = Server::start().await;
    let mut with_schema = graph(json!([script("a", "return { env = input.env, n = input.n }", &[])]));
    with_schema["input_schema"] =
        json!({ "type": "object", "required": ["env"], "properties": { "env": { "type": "string" } } });
    let workflow = server.workflow(with_schema).await;
    let (status, _) =
        server.patch(&format!("/v1/workflows/{workflow}"), json!({ "run_setup": { "env": "staging", "n": 1 } })).await;
    assert_eq!(status, 200);

    let (status, body) = server.command(&workflow, "start", json!({})).await;
    assert_eq!(status, 422, "{body}");
    let run = server.run(&workflow, json!({ "use_run_setup_defaults": true, "n": 2 })).await;
    server.finished(&workflow, &run).await;
    assert_eq!(server.context(&workflow, &run).await["steps"]["a"]["result"], json!({ "env": "staging", "n": 2 }));
}
