//! Runs as the API shows them: the start's answer, the feeds, the summary, the events, the context.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::{Value, json};
use support::{Server, column, graph, human, script};

fn asking() -> Value {
    graph(json!([script("a", "return { n = input.n }", &[]), human("ask", &["a"]), script("b", "return {}", &["ask"])]))
}

#[tokio::test]
async fn a_start_answers_with_the_run() {
    let server = Server::start().await;
    let workflow = server.workflow(graph(json!([script("a", "return {}", &[])]))).await;
    let (status, body) = server.command(&workflow, "start", json!({ "run_id": "mine-1.a:b_c" })).await;
    let expected = json!({ "run_id": "mine-1.a:b_c", "status": "running", "workflow_id": workflow, "started_at": body["started_at"] });
    assert_eq!((status, &body), (200, &expected));
    assert!(body["started_at"].as_str().unwrap().ends_with('Z'));
    let summary = server.finished(&workflow, "mine-1.a:b_c").await;
    assert_eq!(summary["started_at"], body["started_at"]);

    let (status, body) = server.command(&workflow, "start", json!({ "run_id": "mine-1.a:b_c" })).await;
    assert_eq!((status, &body["code"]), (409, &json!("CONFLICT")), "{body}");
    for (params, field) in [
        (json!({ "run_id": "" }), "run_id"),
        (json!({ "run_id": ".." }), "run_id"),
        (json!({ "run_id": "a/b" }), "run_id"),
        (json!({ "run_id": "x".repeat(129) }), "run_id"),
        (json!({ "run_id": 5 }), "run_id"),
        (json!({ "trigger_type": 5 }), "trigger_type"),
        (json!({ "trigger_steps": ["nowhere"] }), "trigger_steps"),
        (json!({ "excluded_step_ids": "a" }), "excluded_step_ids"),
        (json!({ "use_run_setup_defaults": "yes" }), "use_run_setup_defaults"),
    ] {
        let (status, body) = server.command(&workflow, "start", params.clone()).await;
        assert_eq!((status, &body["code"]), (422, &json!("VALIDATION_FAILED")), "{params}: {body}");
        assert!(body["error"].as_str().unwrap().starts_with(&format!("params.{field}: ")), "{params}: {body}");
    }
    assert_eq!(server.read("/v1/runs").await["total"], 1, "none of them was started");
}

#[tokio::test]
async fn a_summary_says_where_the_run_stands() {
    let server = Server::start().await;
    let workflow = server.workflow(asking()).await;
    let run = server.run(&workflow, json!({ "trigger_payload": { "n": 3 } })).await;
    let task = server.asked(&workflow, &run).await;
    let summary = server.summary(&workflow, &run).await;
    for (key, value) in [
        ("run_id", json!(run)),
        ("workflow_id", json!(workflow)),
        ("status", json!("running")),
        ("run_complete", json!(false)),
        ("orchestration_phase", json!("waiting_for_human")),
        ("pending_tasks", json!(1)),
        ("version", json!(1)),
        ("trigger_type", json!("manual")),
        ("step_count", json!(3)),
        ("failure_code", json!(null)),
        ("error", json!(null)),
        ("completed_at", json!(null)),
        (
            "steps_by_state",
            json!({ "pending": 1, "running": 1, "completed": 1, "failed": 0, "cancelled": 0, "skipped": 0 }),
        ),
    ] {
        assert_eq!(summary[key], value, "{key} in {summary}");
    }
    assert!(summary["session_id"].as_str().is_some_and(|id| !id.is_empty()) && summary["started_at"].is_string());
    assert_eq!(column(&summary["steps"], "step_id"), ["a", "ask"]);
    assert_eq!((&summary["steps"][0]["state"], &summary["steps"][0]["attempts"]), (&json!("completed"), &json!(1)));

    server.complete(&workflow, &run, &task, json!({ "approved": true })).await;
    let summary = server.finished(&workflow, &run).await;
    for (key, value) in [
        ("status", json!("completed")),
        ("run_complete", json!(true)),
        ("orchestration_phase", json!("finished")),
        ("pending_tasks", json!(0)),
        (
            "steps_by_state",
            json!({ "pending": 0, "running": 0, "completed": 3, "failed": 0, "cancelled": 0, "skipped": 0 }),
        ),
    ] {
        assert_eq!(summary[key], value, "{key} in {summary}");
    }
    assert!(summary["completed_at"].as_str().unwrap() >= summary["started_at"].as_str().unwrap());
}

#[tokio::test]
async fn a_failed_run_says_why_and_a_stopped_one_too() {
    let server = Server::start().await;
    let failing =
        server.workflow(graph(json!([script("a", "error('no paper')", &[]), script("b", "return {}", &["a"])]))).await;
    let run = server.run(&failing, json!({})).await;
    let summary = server.finished(&failing, &run).await;
    assert_eq!((&summary["status"], &summary["run_complete"]), (&json!("failed"), &json!(true)));
    assert!(
        summary["failure_code"].is_string() && summary["error"].as_str().unwrap().contains("no paper"),
        "{summary}"
    );
    assert_eq!((&summary["steps_by_state"]["failed"], &summary["steps_by_state"]["skipped"]), (&json!(1), &json!(1)));

    let waiting = server.workflow(asking()).await;
    let run = server.run(&waiting, json!({})).await;
    server.asked(&waiting, &run).await;
    let (status, body) = server.command(&waiting, "stop", json!({ "run_id": run })).await;
    assert_eq!((status, &body["status"]), (200, &json!("stopped")));
    let summary = server.summary(&waiting, &run).await;
    assert_eq!((&summary["status"], &summary["failure_code"]), (&json!("stopped"), &json!("RUN_STOPPED")));
    assert_eq!(summary["pending_tasks"], 0);
    for command in ["stop", "pause", "resume"] {
        let (status, body) = server.command(&waiting, command, json!({ "run_id": run })).await;
        assert_eq!((status, &body["code"]), (409, &json!("CONFLICT")), "{command}: {body}");
    }
}

#[tokio::test]
async fn the_feeds_are_newest_first_and_filtered() {
    let server = Server::start().await;
    let sound = server.workflow(graph(json!([script("a", "return {}", &[])]))).await;
    let failing = server.workflow(graph(json!([script("a", "error('x')", &[])]))).await;
    let waiting = server.workflow(asking()).await;
    let mut runs = Vec::new();
    for workflow in [&sound, &failing, &sound] {
        let run = server.run(workflow, json!({})).await;
        server.finished(workflow, &run).await;
        runs.push(run);
    }
    for stopped in [true, false] {
        let run = server.run(&waiting, json!({})).await;
        server.asked(&waiting, &run).await;
        if stopped {
            server.command(&waiting, "stop", json!({ "run_id": run })).await;
        }
        runs.push(run);
    }
    let [first, failed, second, stopped, open] = [&runs[0], &runs[1], &runs[2], &runs[3], &runs[4]];
    for (path, expected, total) in [
        ("/v1/runs", vec![open, stopped, second, failed, first], 5),
        ("/v1/runs?limit=2&offset=1", vec![stopped, second], 5),
        ("/v1/runs?status=completed", vec![second, first], 2),
        ("/v1/runs?status=failed", vec![failed], 1),
        ("/v1/runs?status=stopped", vec![stopped], 1),
        ("/v1/runs?status=cancelled", vec![stopped], 1),
        ("/v1/runs?status=running", vec![open], 1),
        ("/v1/runs?status=queued", vec![], 0),
        (&format!("/v1/workflows/{sound}/runs"), vec![second, first], 2),
        (&format!("/v1/workflows/{sound}/runs?status=completed&limit=1"), vec![second], 2),
        (&format!("/v1/workflows/{sound}/runs?status=failed"), vec![], 0),
        (&format!("/v1/workflows/{failing}/runs?status=failed"), vec![failed], 1),
    ] {
        let list = server.read(path).await;
        assert_eq!(column(&list["runs"], "run_id"), expected, "{path}");
        assert_eq!(list["total"], total, "{path}");
    }
    for path in ["/v1/runs", &format!("/v1/workflows/{sound}/runs")] {
        let (status, body) = server.get(&format!("{path}?status=done")).await;
        assert_eq!(status, 422, "{body}");
        assert!(body["error"].as_str().unwrap().starts_with("status: "), "{body}");
    }
    assert_eq!(server.get("/v1/workflows/wf_none/runs").await.0, 404);
    let row = server.read("/v1/runs?status=failed").await["runs"][0].clone();
    assert_eq!((&row["workflow_id"], &row["run_complete"]), (&json!(failing), &json!(true)));
    assert!(row["failure_code"].is_string() && row["completed_at"].is_string() && row["started_at"].is_string());
}

#[tokio::test]
async fn events_come_in_order_and_page() {
    let server = Server::start().await;
    let workflow =
        server.workflow(graph(json!([script("a", "return { n = 1 }", &[]), script("b", "return {}", &["a"])]))).await;
    let run = server.run(&workflow, json!({})).await;
    server.finished(&workflow, &run).await;
    let path = format!("/v1/workflows/{workflow}/runs/{run}/events");
    let all = server.read(&path).await;
    let events = all["events"].as_array().unwrap();
    assert_eq!(
        column(&all["events"], "event_type"),
        [
            "run_started",
            "step_started",
            "step_completed",
            "step_started",
            "step_completed",
            "state_changed",
            "run_completed"
        ]
    );
    assert_eq!(all["total"], 7);
    for event in events {
        assert_eq!((&event["run_id"], &event["workflow_id"]), (&json!(run), &json!(workflow)));
        assert!(event["id"].is_string() && event["timestamp"].is_string() && event["data"].is_object(), "{event}");
    }
    assert_eq!((&events[2]["step_id"], &events[2]["data"]["result"]), (&json!("a"), &json!({ "n": 1 })));
    assert_eq!(events[0]["step_id"], json!(null));

    let id = |at: usize| events[at]["id"].as_str().unwrap();
    for (query, expected) in [
        ("limit=2".to_owned(), &events[..2]),
        ("limit=2&offset=3".to_owned(), &events[3..5]),
        (format!("after={}", id(4)), &events[5..]),
        (format!("after={}&limit=1", id(1)), &events[2..3]),
        (format!("after={}", id(6)), &events[7..]),
        ("limit=500".to_owned(), events.as_slice()),
    ] {
        assert_eq!(server.read(&format!("{path}?{query}")).await["events"], json!(expected), "{query}");
    }
    // Page by page, as a client that follows a run reads.
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = server.read(&format!("{path}?limit=2{after}")).await;
        let Some(last) = page["events"].as_array().unwrap().last() else { break };
        after = format!("&after={}", last["id"].as_str().unwrap());
        seen.extend(page["events"].as_array().unwrap().clone());
    }
    assert_eq!(&seen, events);
    for (query, field) in
        [("limit=0", "limit"), ("limit=501", "limit"), ("after=first", "after"), ("offset=x", "offset")]
    {
        let (status, body) = server.get(&format!("{path}?{query}")).await;
        assert_eq!(status, 422, "{query}: {body}");
        assert!(body["error"].as_str().unwrap().starts_with(&format!("{field}: ")), "{query}: {body}");
    }
}

#[tokio::test]
async fn the_context_has_what_went_in_and_what_came_out() {
    let server = Server::start().await;
    let workflow = server.workflow(asking()).await;
    let params = json!({ "trigger_type": "api", "trigger_payload": { "n": 3 }, "note": "kept" });
    let run = server.run(&workflow, params).await;
    let task = server.asked(&workflow, &run).await;
    let context = server.context(&workflow, &run).await;
    assert_eq!((&context["input"]["n"], &context["input"]["note"]), (&json!(3), &json!("kept")), "{context}");
    assert_eq!(context["steps"]["a"]["result"], json!({ "n": 3 }));
    assert!(
        context["steps"]["ask"]["input"].is_object() && context["steps"]["ask"].get("result").is_none(),
        "{context}"
    );
    assert!(context["steps"].get("b").is_none(), "what has not begun has no context: {context}");
    server.complete(&workflow, &run, &task, json!({ "approved": false, "result": { "why": "too dear" } })).await;
    server.finished(&workflow, &run).await;
    let context = server.context(&workflow, &run).await;
    assert_eq!(context["steps"]["ask"]["result"], json!({ "approved": false, "why": "too dear" }));
    assert_eq!(server.summary(&workflow, &run).await["trigger_type"], "api");
}
