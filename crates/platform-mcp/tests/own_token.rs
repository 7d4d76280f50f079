//! The server's own token: calls keep it as long as they last, and nobody revokes it by mistake.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use agentruntime_bff::{Client, Config};
use agentruntime_platform_mcp::{
    call::{TokenKnown, Upstream},
    catalogue::Switches,
};
use serde_json::{Value, json};
use support::{ERAS, Era, Fake, Mcp, Script, serve, within};
use tokio::sync::Notify;

const OWN: &str = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const OLD: &str = "pat_old_0123456789";
const NEW: &str = "pat_new_0123456789";

fn upstream(fake: &Fake, token: &str) -> Upstream {
    Upstream::new(Client::new(Config::new(fake.url.parse().unwrap())).unwrap(), Some(token.parse().unwrap()))
}

/// A token in use, and what tells whether it still is.
fn watched(fake: &Fake, token: &str) -> (Upstream, Weak<()>) {
    let guard = Arc::new(());
    let watch = Arc::downgrade(&guard);
    (upstream(fake, token).in_use(guard), watch)
}

async fn let_go(watch: &Weak<()>) {
    within(async {
        while watch.strong_count() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

fn summary() -> Value {
    json!({ "name": "runs_get_summary", "arguments": { "workflow_id": "w", "run_id": "r" } })
}

#[tokio::test]
async fn a_call_keeps_its_token_until_it_is_answered() {
    for era in ERAS {
        let (fake, mut signals) = Fake::start().await;
        let answer = Arc::new(Notify::new());
        fake.script("summary", Script::Wait(answer.clone()));
        let server = serve(&fake, Switches::all_but_risk()).await;
        let (old, watch) = watched(&fake, OLD);
        server.platform.set_upstream(old);
        let mcp = Mcp::connect(&server.url, era).await;
        let request = mcp.request(41, "tools/call", summary());
        let call = tokio::spawn(async move { request.send().await.unwrap().text().await });
        within(signals.arrived.recv()).await;

        server.platform.set_upstream(upstream(&fake, NEW));
        let (_, failed) = mcp.call("workflows_list", json!({})).await;
        assert!(!failed);
        assert!(watch.upgrade().is_some(), "the call is still under way");
        answer.notify_one();
        within(call).await.unwrap().unwrap();
        let_go(&watch).await;
        let tokens = fake.seen().into_iter().map(|seen| seen.authorization.unwrap()).collect::<Vec<_>>();
        assert_eq!(tokens, [format!("Bearer {OLD}"), format!("Bearer {NEW}")]);
    }
}

#[tokio::test]
async fn a_call_that_is_taken_back_lets_its_token_go() {
    for era in ERAS {
        let (fake, mut signals) = Fake::start().await;
        fake.script("summary", Script::Hang);
        let server = serve(&fake, Switches::all_but_risk()).await;
        let (old, watch) = watched(&fake, OLD);
        server.platform.set_upstream(old);
        let mcp = Mcp::connect(&server.url, era).await;
        let request = mcp.request(41, "tools/call", summary());
        let call = tokio::spawn(async move { request.send().await.unwrap().text().await });
        within(signals.arrived.recv()).await;
        server.platform.set_upstream(upstream(&fake, NEW));
        assert!(watch.upgrade().is_some());
        if era == Era::Old {
            mcp.notify("notifications/cancelled", json!({ "requestId": 41 })).await;
        } else {
            call.abort();
        }
        within(signals.given_up.recv()).await;
        let_go(&watch).await;
    }
}

#[tokio::test]
async fn a_token_without_calls_is_let_go_at_once() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let (old, watch) = watched(&fake, OLD);
    server.platform.set_upstream(old);
    let mcp = Mcp::connect(&server.url, Era::Old).await;
    mcp.call("workflows_list", json!({})).await;
    assert!(watch.upgrade().is_some(), "it is the one in force");
    server.platform.set_upstream(upstream(&fake, NEW));
    let_go(&watch).await;
}

#[tokio::test]
async fn its_own_token_is_revoked_only_where_that_is_meant() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    server.platform.set_upstream(upstream(&fake, OLD).knowing(TokenKnown::new::<&str>(Some(OWN.to_owned()), [])));
    for era in ERAS {
        let mcp = Mcp::connect(&server.url, era).await;
        for id in [OWN.to_owned(), OWN.to_uppercase(), format!("{{{}}}", OWN.replace('-', ""))] {
            let (refusal, failed) = mcp.call("pats_revoke", json!({ "id": id })).await;
            assert!(failed && refusal["error"]["code"] == "own_token", "{refusal}");
            let message = refusal["error"]["message"].as_str().unwrap();
            assert!(message.contains("every client of this server") && message.contains("confirm_own_token"));
        }
        assert!(fake.seen().is_empty(), "nothing may reach the BFF");
    }
    let mcp = Mcp::connect(&server.url, Era::New).await;
    let (_, failed) = mcp.call("pats_revoke", json!({ "id": "another" })).await;
    assert!(!failed, "another token is nobody's branch");
    let (_, failed) = mcp.call("pats_revoke", json!({ "id": OWN, "confirm_own_token": true })).await;
    assert!(!failed);
    let asked = fake.seen().into_iter().map(|seen| format!("{} {}", seen.method, seen.uri)).collect::<Vec<_>>();
    assert_eq!(asked, ["DELETE /v1/pats/another".to_owned(), format!("DELETE /v1/pats/{OWN}")]);
}

#[tokio::test]
async fn where_the_own_token_is_not_known_any_may_be_it() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mcp = Mcp::connect(&server.url, Era::New).await;
    for arguments in [json!({ "id": "another" }), json!({ "id": "another", "confirm_own_token": false })] {
        let (refusal, failed) = mcp.call("pats_revoke", arguments).await;
        assert!(failed && refusal["error"]["code"] == "own_token", "{refusal}");
        assert!(refusal["error"]["message"].as_str().unwrap().contains("it is not known"), "{refusal}");
    }
    assert!(fake.seen().is_empty());
    let (_, failed) = mcp.call("pats_revoke", json!({ "id": "another", "confirm_own_token": true })).await;
    assert!(!failed);
}

#[tokio::test]
async fn the_passthrough_is_no_way_around() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk().with_risk(true)).await;
    server.platform.set_upstream(upstream(&fake, OLD).knowing(TokenKnown::new::<&str>(Some(OWN.to_owned()), [])));
    let mcp = Mcp::connect(&server.url, Era::New).await;
    for path in ["/v1/pats/", "/v1/mcp/../pats/", "/v1/mcp/%2e%2e/pats/", "/v1/mcp/..%2fpats%2f"] {
        let arguments = json!({ "method": "DELETE", "path": format!("{path}{OWN}") });
        let (refusal, failed) = mcp.call("catalog_bff_request", arguments).await;
        assert!(failed && refusal["error"]["code"] == "outside_catalog", "{path}: {refusal}");
    }
    assert!(fake.seen().is_empty());
}
