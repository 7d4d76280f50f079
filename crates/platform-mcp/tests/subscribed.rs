//! Clients that hear of a run's changes, in both eras.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use agentruntime_platform_mcp::{catalogue::Switches, door::SessionLimits, platform::Credentials};
use serde_json::{Value, json};
use support::{Era, Fake, Mcp, parse, serve, serve_with, within};

const RUN: &str = "agentruntime://workflows/wf/runs/run_1";

/// The next message of an event stream that is a notification of this kind.
async fn next(stream: &mut reqwest::Response, method: &str) -> Value {
    loop {
        let chunk = stream.chunk().await.unwrap().expect("the stream ended");
        let text = String::from_utf8_lossy(&chunk).into_owned();
        if let Some(found) = parse(&text).into_iter().find(|message| message["method"] == method) {
            return found;
        }
    }
}

#[tokio::test]
async fn a_session_hears_of_the_runs_it_has_subscribed_to_and_of_no_other() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mcp = Mcp::connect(&server.url, Era::Old).await;
    let mut stream = mcp.listen().await;
    let mut count = server.platform.subscriptions.count();
    let answer = mcp.ask("resources/subscribe", json!({ "uri": RUN })).await;
    assert!(answer["result"].is_object(), "{answer}");
    within(count.wait_for(|count| *count == 1)).await.unwrap();
    server.platform.subscriptions.tell_changed("wf", "another");
    server.platform.subscriptions.tell_changed("wf", "run_1");
    let update = within(next(&mut stream, "notifications/resources/updated")).await;
    assert_eq!(update["params"]["uri"], RUN);
    mcp.ask("resources/unsubscribe", json!({ "uri": RUN })).await;
    within(count.wait_for(|count| *count == 0)).await.unwrap();
}

#[tokio::test]
async fn a_listener_of_the_new_era_names_its_runs() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mcp = Mcp::connect(&server.url, Era::New).await;
    let filter = json!({ "notifications": { "resourceSubscriptions": [RUN] } });
    let mut stream = mcp.request(9, "subscriptions/listen", filter).send().await.unwrap();
    within(next(&mut stream, "notifications/subscriptions/acknowledged")).await;
    let mut count = server.platform.subscriptions.count();
    within(count.wait_for(|count| *count == 1)).await.unwrap();
    server.platform.subscriptions.tell_changed("wf", "another");
    server.platform.subscriptions.tell_changed("wf", "run_1");
    let update = within(next(&mut stream, "notifications/resources/updated")).await;
    assert_eq!(update["params"]["uri"], RUN);
    drop(stream);
    within(count.wait_for(|count| *count == 0)).await.unwrap();
}

#[tokio::test]
async fn only_runs_can_be_subscribed_to_and_only_where_the_server_holds_the_token() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mcp = Mcp::connect(&server.url, Era::Old).await;
    for uri in ["agentruntime://workflows/wf", "https://example.org", ""] {
        let answer = mcp.ask("resources/subscribe", json!({ "uri": uri })).await;
        assert!(answer["error"]["message"].as_str().unwrap().contains("no run"), "{answer}");
    }
    for nth in 0..64 {
        let answer = mcp.ask("resources/subscribe", json!({ "uri": format!("{RUN}{nth}") })).await;
        assert!(answer["result"].is_object(), "{answer}");
    }
    let answer = mcp.ask("resources/subscribe", json!({ "uri": RUN })).await;
    assert!(answer["error"]["message"].as_str().unwrap().contains("unsubscribe"), "{answer}");

    let open = serve_with(&fake, Switches::all_but_risk(), Credentials::PassThrough, SessionLimits::default()).await;
    let mcp = Mcp::connect_as(&open.url, Era::Old, Some("pat_alice")).await;
    let answer = mcp.ask("resources/subscribe", json!({ "uri": RUN })).await;
    assert!(answer["error"]["message"].as_str().unwrap().contains("runs_get_summary"), "{answer}");
}
