//! Calls that are slow, taken back, repeated, or caught by a shutdown.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use agentruntime_bff::{Client, Config};
use agentruntime_lifecycle::{Failures, Supervisor};
use agentruntime_platform_mcp::{call::Upstream, catalogue::Switches, door::SessionLimits, platform::Credentials};
use serde_json::{Value, json};
use support::{ERAS, Era, Fake, Mcp, Script, TOKEN, parse, serve, serve_watched, serve_with, within};

fn summary(id: u64) -> (u64, serde_json::Value) {
    (id, json!({ "name": "runs_get_summary", "arguments": { "workflow_id": "w", "run_id": "r" } }))
}

#[tokio::test]
async fn cancelling_reaches_the_bff_request() {
    for era in ERAS {
        let (fake, mut signals) = Fake::start().await;
        fake.script("summary", Script::Hang);
        let server = serve(&fake, Switches::all_but_risk()).await;
        let mcp = Mcp::connect(&server.url, era).await;
        let (id, params) = summary(41);
        let request = mcp.request(id, "tools/call", params);
        let call = tokio::spawn(async move { request.send().await.unwrap().text().await });
        within(signals.arrived.recv()).await;
        if era == Era::Old {
            assert_eq!(
                mcp.notify("notifications/cancelled", json!({ "requestId": 41, "reason": "changed my mind" })).await,
                202
            );
        } else {
            call.abort();
        }
        within(signals.given_up.recv()).await;
    }
}

#[tokio::test]
async fn errors_carry_a_code_and_never_the_token() {
    let (fake, _signals) = Fake::start().await;
    fake.script(
        "summary",
        Script::Answer(403, json!({ "error": format!("token {TOKEN} lacks workflow:read"), "code": "FORBIDDEN" })),
    );
    let server = serve(&fake, Switches::all_but_risk()).await;
    for era in ERAS {
        let mcp = Mcp::connect(&server.url, era).await;
        let (id, params) = summary(1);
        let answer = mcp.request(id, "tools/call", params).send().await.unwrap().text().await.unwrap();
        assert!(!answer.contains(TOKEN), "{answer}");
        let result = &parse(&answer).pop().unwrap()["result"];
        assert_eq!(result["isError"], true);
        let error: serde_json::Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(error["error"]["code"], "forbidden");
        assert_eq!(error["error"]["status"], 403);
        let message = error["error"]["message"].as_str().unwrap();
        assert!(message.contains("lacks workflow:read"), "{message}");
        assert!(message.contains("needs the scope `workflow:read` and the role `project_viewer`"), "{message}");
    }
    assert!(fake.seen().iter().all(|seen| seen.authorization.as_deref() == Some(&format!("Bearer {TOKEN}"))));
}

#[tokio::test]
async fn bad_arguments_are_a_readable_result() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mcp = Mcp::connect(&server.url, Era::New).await;
    for (tool, arguments, word) in [
        ("runs_get_summary", json!({ "workflow_id": "w" }), "run_id"),
        ("runs_get_summary", json!({ "workflow_id": "w", "run_id": "r", "verbose": true }), "verbose"),
        ("workflows_execute_command", json!({ "workflow_id": "w", "command": "stop" }), "run_id"),
        ("workflows_execute_command", json!({ "workflow_id": "w", "command": "explode" }), "explode"),
        ("analytics_success_rate", json!({ "window": "week", "from": "2026-01-01T00:00:00Z" }), "window"),
        ("workflows_patch", json!({ "workflow_id": "w" }), "graph"),
        ("workflows_stream_websocket", json!({ "workflow_id": "w", "max_seconds": 100_000 }), "max_seconds"),
    ] {
        let (refusal, failed) = mcp.call(tool, arguments).await;
        assert!(failed && refusal["error"]["code"] == "bad_arguments", "{tool}: {refusal}");
        assert!(refusal["error"]["message"].as_str().unwrap().contains(word), "{tool}: {refusal}");
    }
    let (refusal, _) = mcp.call("workflows_get", json!({ "workflow_id": ".." })).await;
    assert_eq!(refusal["error"]["code"], "invalid_argument");
    assert!(fake.seen().is_empty());
}

#[tokio::test]
async fn a_second_request_with_the_same_id_is_answered_not_hung() {
    let (fake, mut signals) = Fake::start().await;
    fake.script("summary", Script::Hang);
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mcp = Mcp::connect(&server.url, Era::Old).await;
    let (id, params) = summary(5);
    let first = mcp.request(id, "tools/call", params.clone());
    let first = tokio::spawn(async move { first.send().await.unwrap().text().await });
    within(signals.arrived.recv()).await;
    let second = within(mcp.messages(id, "tools/call", params)).await.pop().unwrap();
    assert!(second["error"]["message"].as_str().unwrap().contains("still being answered"), "{second}");
    first.abort();
}

#[tokio::test]
async fn the_session_used_longest_ago_gives_way() {
    let (fake, _signals) = Fake::start().await;
    let limits = SessionLimits { most: 2, ..SessionLimits::default() };
    let server = serve_with(&fake, Switches::all_but_risk(), Credentials::Held, limits).await;
    let first = Mcp::connect(&server.url, Era::Old).await;
    let second = Mcp::connect(&server.url, Era::Old).await;
    let _ = first.tool_names().await;
    let third = Mcp::connect(&server.url, Era::Old).await;
    assert_eq!(second.request(1, "tools/list", json!({})).send().await.unwrap().status(), 404);
    assert!(!first.tool_names().await.is_empty());
    assert!(!third.tool_names().await.is_empty());
}

#[tokio::test]
async fn a_shutdown_lets_a_call_finish_and_then_ends() {
    let (fake, mut signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let stay = Mcp::connect(&server.url, Era::Old).await;
    let _open = stay
        .http
        .get(&server.url)
        .header("accept", "text/event-stream")
        .header("mcp-session-id", stay.session.clone().unwrap())
        .send()
        .await
        .unwrap();
    for era in ERAS {
        let mcp = Mcp::connect(&server.url, era).await;
        let (_, failed) = mcp.call("workflows_list", json!({})).await;
        assert!(!failed);
    }
    while signals.arrived.try_recv().is_ok() {}
    server.shutdown.cancel();
    within(server.served).await.unwrap().unwrap();
    assert!(stay.http.get(&server.url).send().await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn in_pass_through_mode_each_client_sends_its_own_token() {
    let (fake, _signals) = Fake::start().await;
    let server = serve_with(&fake, Switches::all_but_risk(), Credentials::PassThrough, SessionLimits::default()).await;
    let bare = reqwest::Client::new().post(&server.url).body("{}").send().await.unwrap();
    assert_eq!(bare.status(), 401);
    assert_eq!(bare.headers()["www-authenticate"], "Bearer");
    for era in ERAS {
        for token in ["pat_alice", "pat_bob"] {
            let mcp = Mcp::connect_as(&server.url, era, Some(token)).await;
            let (_, failed) = mcp.call("workflows_list", json!({})).await;
            assert!(!failed);
            assert_eq!(fake.seen().pop().unwrap().authorization.unwrap(), format!("Bearer {token}"));
        }
    }
}

#[tokio::test]
async fn a_client_s_token_is_ignored_where_the_server_holds_one() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mcp = Mcp::connect_as(&server.url, Era::New, Some("pat_of_the_client")).await;
    let _ = mcp.call("workflows_list", json!({})).await;
    assert_eq!(fake.seen().pop().unwrap().authorization.unwrap(), format!("Bearer {TOKEN}"));
}

#[tokio::test]
async fn a_sandbox_that_is_away_is_said_by_every_call_and_nothing_is_sent() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let client = Client::new(Config::new(fake.url.parse().unwrap())).unwrap();
    server.platform.set_upstream(Upstream::away(client, "it ended by itself"));
    for era in ERAS {
        let mcp = Mcp::connect(&server.url, era).await;
        for tool in ["ar_health_summary", "workflows_list"] {
            let (answer, failed) = mcp.call(tool, json!({})).await;
            assert!(failed && answer["error"]["code"] == "sandbox_unavailable", "{answer}");
            assert!(answer["error"]["message"].as_str().unwrap().contains("it ended by itself"), "{answer}");
        }
    }
    assert!(fake.seen().is_empty());
}

#[tokio::test]
async fn a_task_of_the_program_that_keeps_failing_is_among_the_problems() {
    let (fake, _signals) = Fake::start().await;
    let owner = Supervisor::new();
    let server = serve_watched(&fake, &owner).await;
    let mcp = Mcp::connect(&server.url, Era::New).await;
    let problems = async || {
        let (answer, failed) = mcp.call("ar_health_summary", json!({})).await;
        assert!(!failed, "{answer}");
        answer["problems"].as_array().cloned().unwrap_or_default()
    };
    let of_the_app = |problem: &Value| problem["part"] == "app";
    assert!(!problems().await.iter().any(of_the_app));
    owner.keep("the clock", || std::future::ready(Err::<(), _>("it has stopped")));
    let mut failing = owner.failing();
    let keeps = |failing: &Failures| failing.values().any(agentruntime_lifecycle::Failing::keeps_failing);
    within(failing.wait_for(keeps)).await.unwrap();
    let problems = problems().await;
    let problem = problems.iter().find(|problem| of_the_app(problem)).unwrap();
    assert_eq!(problem["code"], "task_failing");
    let message = problem["message"].as_str().unwrap();
    assert!(message.contains("the clock") && message.contains("it has stopped"), "{message}");
    owner.close().await;
}
