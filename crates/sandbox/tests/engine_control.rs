//! Failing, retrying, pausing, resuming, stopping.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::{Value, json};
use support::{Server, graph, human, script};

/// Loops until it is stopped from outside; ten seconds at most.
const BUSY: &str = "while true do end";

fn event<'a>(events: &'a [Value], kind: &str, step: Option<&str>) -> Option<&'a Value> {
    events.iter().find(|event| event["event_type"] == kind && event["step_id"].as_str() == step)
}

fn busy(id: &str) -> Value {
    let mut step = script(id, BUSY, &[]);
    step["timeout_s"] = json!(10);
    step
}

/// An MCP server's address at which nobody listens.
fn nobody() -> String {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/mcp", free.local_addr().unwrap())
}

#[tokio::test]
async fn a_failed_step_fails_the_run_at_once() {
    let server = Server::start().await;
    let steps = json!([
        human("ask", &[]),
        busy("busy"),
        script("bad", "error('no such order')", &[]),
        script("never", "return {}", &["ask"])
    ]);
    let workflow = server.workflow(graph(steps)).await;
    let run = server.run(&workflow, json!({})).await;
    let task = server.asked(&workflow, &run).await;
    let summary = server.finished(&workflow, &run).await;
    assert_eq!((&summary["status"], &summary["failure_code"]), (&json!("failed"), &json!("UPSTREAM_ERROR")));
    assert!(summary["error"].as_str().unwrap().contains("no such order"), "{summary}");
    let states = json!({ "pending": 0, "running": 0, "completed": 0, "failed": 1, "cancelled": 2, "skipped": 1 });
    assert_eq!(summary["steps_by_state"], states);

    let events = server.events(&workflow, &run).await;
    for step in ["ask", "busy"] {
        let cancelled = event(&events, "step_cancelled", Some(step)).unwrap();
        assert_eq!(cancelled["data"], json!({ "reason": "run_failed", "caused_by_step_id": "bad" }));
    }
    let skipped = event(&events, "step_completed", Some("never")).unwrap();
    assert_eq!((&skipped["data"]["skipped"], &skipped["data"]["reason"]), (&json!(true), &json!("blocked")));
    assert_eq!(server.read("/v1/tasks/pending").await["tasks"], json!([]));
    assert_eq!(server.complete(&workflow, &run, &task, json!({ "approved": true })).await.0, 409);
    for command in ["pause", "resume", "stop"] {
        assert_eq!(
            server.command(&workflow, command, json!({ "run_id": run })).await.0,
            409,
            "{command} after the end"
        );
    }
}

#[tokio::test]
async fn a_call_that_cannot_reach_its_server_is_tried_again_and_no_more() {
    let server = Server::start().await;
    let call = json!({ "id": "call", "type": "mcp_call", "server_url": nobody(), "tool_name": "sum", "tool_args": {}, "retry_count": 2 });
    let workflow = server.workflow(graph(json!([call]))).await;
    let run = server.run(&workflow, json!({})).await;
    let summary = server.finished(&workflow, &run).await;
    assert_eq!(summary["failure_code"], "DEPENDENCY_UNAVAILABLE");
    assert_eq!(summary["steps"][0]["attempts"], 3);
    let events = server.events(&workflow, &run).await;
    let retries =
        events.iter().filter(|event| event["data"]["to"] == "retrying").map(|event| event["data"]["attempt"].clone());
    assert_eq!(retries.collect::<Vec<_>>(), [json!(2), json!(3)]);
}

#[tokio::test]
async fn a_tool_that_says_no_is_not_asked_again() {
    let server = Server::with_examples().await;
    let url = format!("{}/sandbox/mcp", server.url);
    let call = json!({ "id": "call", "type": "mcp_call", "server_url": url, "tool_name": "sum", "tool_args": { "numbers": "many" }, "retry_count": 5 });
    let workflow = server.workflow(graph(json!([call]))).await;
    let run = server.run(&workflow, json!({})).await;
    let summary = server.finished(&workflow, &run).await;
    assert_eq!((&summary["failure_code"], &summary["steps"][0]["attempts"]), (&json!("MCP_TOOL_FAILED"), &json!(1)));
}

#[tokio::test]
async fn time_limits_end_scripts_and_waits() {
    let server = Server::start().await;
    let mut slow = script("slow", BUSY, &[]);
    slow["timeout_s"] = json!(1);
    let workflow = server.workflow(graph(json!([slow]))).await;
    let run = server.run(&workflow, json!({})).await;
    let summary = server.finished(&workflow, &run).await;
    assert!(summary["error"].as_str().unwrap().contains("longer than 1s"), "{summary}");

    let mut ask = human("ask", &[]);
    ask["timeout_s"] = json!(1);
    let workflow = server.workflow(graph(json!([ask]))).await;
    let run = server.run(&workflow, json!({})).await;
    let summary = server.finished(&workflow, &run).await;
    assert_eq!(summary["failure_code"], "HUMAN_TASK_FAILED");
    assert_eq!(summary["pending_tasks"], 0);
}

#[tokio::test]
async fn a_paused_run_takes_answers_but_starts_nothing() {
    let server = Server::start().await;
    let workflow = server.workflow(graph(json!([human("ask", &[]), script("next", "return {}", &["ask"])]))).await;
    let run = server.run(&workflow, json!({})).await;
    let task = server.asked(&workflow, &run).await;
    let named = json!({ "run_id": run });

    let (status, body) = server.command(&workflow, "pause", named.clone()).await;
    assert_eq!((status, &body["status"]), (200, &json!("paused")));
    assert_eq!(server.command(&workflow, "pause", named.clone()).await.0, 409);
    assert_eq!(server.complete(&workflow, &run, &task, json!({ "approved": true })).await.0, 200);
    let summary = server.summary(&workflow, &run).await;
    assert_eq!((&summary["status"], &summary["orchestration_phase"]), (&json!("paused"), &json!("paused")));
    assert_eq!(summary["steps_by_state"]["pending"], 1);
    assert!(event(&server.events(&workflow, &run).await, "step_started", Some("next")).is_none());

    let (status, body) = server.command(&workflow, "resume", named.clone()).await;
    assert_eq!((status, &body["status"]), (200, &json!("running")));
    assert_eq!(server.finished(&workflow, &run).await["status"], "completed");
    assert!(event(&server.events(&workflow, &run).await, "run_paused", None).is_some());
}

#[tokio::test]
async fn stopping_at_once_cancels_what_is_under_way() {
    let server = Server::start().await;
    let workflow = server.workflow(graph(json!([busy("busy"), script("next", "return {}", &["busy"])]))).await;
    let run = server.run(&workflow, json!({})).await;
    server.until(&workflow, &run, &["step_started"]).await;
    let (status, body) = server.command(&workflow, "stop", json!({ "run_id": run })).await;
    assert_eq!((status, &body["status"]), (200, &json!("stopped")));
    let summary = server.summary(&workflow, &run).await;
    assert_eq!((&summary["run_complete"], &summary["failure_code"]), (&json!(true), &json!("RUN_STOPPED")));
    let events = server.events(&workflow, &run).await;
    assert_eq!(event(&events, "step_cancelled", Some("busy")).unwrap()["data"]["reason"], "run_stopped");
    assert_eq!(events.last().unwrap()["event_type"], "run_cancelled");
}

#[tokio::test]
async fn stopping_gracefully_lets_work_end_but_waits_for_nobody() {
    let server = Server::start().await;
    let mut slow = script("slow", "while input.wait do end return {}", &[]);
    slow["timeout_s"] = json!(2);
    let steps = json!([human("ask", &[]), slow, script("next", "return {}", &["slow"])]);
    let workflow = server.workflow(graph(steps)).await;

    // Work that ends: nothing is under way but the wait, so the run stops on the spot.
    let run = server.run(&workflow, json!({})).await;
    server.until(&workflow, &run, &["step_completed"]).await;
    server.asked(&workflow, &run).await;
    let mode = json!({ "run_id": run, "mode": "graceful" });
    assert_eq!(server.command(&workflow, "stop", mode).await.0, 200);
    let summary = server.finished(&workflow, &run).await;
    assert_eq!(summary["status"], "stopped");
    assert_eq!(summary["steps_by_state"]["cancelled"], 1, "the wait for a person: {summary}");

    // Work that goes on: the run drains until the work's own time limit ends it.
    let run = server.run(&workflow, json!({ "wait": true })).await;
    server.asked(&workflow, &run).await;
    let (status, body) = server.command(&workflow, "stop", json!({ "run_id": run, "mode": "graceful" })).await;
    assert_eq!((status, &body["status"]), (200, &json!("draining")));
    assert_eq!(server.summary(&workflow, &run).await["pending_tasks"], 0);
    assert_eq!(server.command(&workflow, "stop", json!({ "run_id": run, "mode": "graceful" })).await.0, 409);
    let summary = server.finished(&workflow, &run).await;
    assert_eq!(summary["status"], "failed", "the slow step failed by its own limit: {summary}");
    assert!(event(&server.events(&workflow, &run).await, "step_started", Some("next")).is_none());
}

#[tokio::test]
async fn of_two_answers_at_the_same_time_one_counts() {
    let server = Server::start().await;
    let workflow = server.workflow(graph(json!([human("ask", &[])]))).await;
    for _ in 0..10 {
        let run = server.run(&workflow, json!({})).await;
        let task = server.asked(&workflow, &run).await;
        let answers = [json!({ "approved": true }), json!({ "approved": false })];
        let [yes, no] = answers.map(|answer| server.complete(&workflow, &run, &task, answer));
        let (yes, no) = tokio::join!(yes, no);
        let mut statuses = [yes.0, no.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        server.finished(&workflow, &run).await;
        let counted = server.context(&workflow, &run).await["steps"]["ask"]["result"]["approved"].take();
        assert_eq!(counted, json!(yes.0 == 200));
    }
}

#[tokio::test]
async fn a_run_survives_an_orderly_restart() {
    let server = Server::start().await;
    let workflow = server
        .workflow(graph(json!([
            human("ask", &[]),
            script("next", "return { said = steps.ask.result.word }", &["ask"])
        ])))
        .await;
    let run = server.run(&workflow, json!({})).await;
    let task = server.asked(&workflow, &run).await;
    let folder = server.stop().await;

    let server = Server::open(folder).await;
    let summary = server.summary(&workflow, &run).await;
    assert_eq!((&summary["status"], &summary["pending_tasks"]), (&json!("running"), &json!(1)));
    assert_eq!(
        server.complete(&workflow, &run, &task, json!({ "approved": true, "result": { "word": "yes" } })).await.0,
        200
    );
    assert_eq!(server.finished(&workflow, &run).await["status"], "completed");
    assert_eq!(server.context(&workflow, &run).await["steps"]["next"]["result"], json!({ "said": "yes" }));
}
