//! What a token's scopes leave of the tools, listed and called, in both eras.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::time::Duration;

use agentruntime_bff::{Client, Config};
use agentruntime_platform_mcp::{
    call::{TokenKnown, Upstream},
    catalogue::Switches,
    door::SessionLimits,
    platform::{Caller, Credentials},
};
use futures_util::StreamExt as _;
use serde_json::json;
use support::{ERAS, Era, Fake, Mcp, TOKEN, parse, serve, serve_with};

/// The fake with a token that has these scopes.
fn upstream(fake: &Fake, scopes: &[&str]) -> Upstream {
    let client = Client::new(Config::new(fake.url.parse().unwrap())).unwrap();
    Upstream::new(client, Some(TOKEN.parse().unwrap())).knowing(TokenKnown::new(None, scopes))
}

#[tokio::test]
async fn a_tool_beyond_the_scopes_is_not_listed_and_names_what_is_missing() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let everything = Mcp::connect(&server.url, Era::New).await.tool_names().await;
    server.platform.set_upstream(upstream(&fake, &["workflow:read"]));
    for era in ERAS {
        let mcp = Mcp::connect(&server.url, era).await;
        let listed = mcp.tool_names().await;
        assert!(listed.contains(&"workflows_list".to_owned()) && listed.len() < everything.len(), "{listed:?}");
        for (tool, arguments, scope) in [
            ("workflows_execute_command", json!({ "workflow_id": "w", "command": "start" }), "`workflow:run`"),
            ("catalog_bff_request", json!({ "method": "GET", "path": "/v1/mcp/instances" }), "`mcp:read`"),
        ] {
            assert!(!listed.contains(&tool.to_owned()), "{tool}");
            let (refusal, failed) = mcp.call(tool, arguments).await;
            assert!(failed && refusal["error"]["code"] == "scope_missing", "{refusal}");
            let message = refusal["error"]["message"].as_str().unwrap();
            assert!(message.contains(scope) && message.contains("Give the workspace a token"), "{message}");
        }
    }
    assert!(fake.seen().is_empty(), "nothing may reach the BFF");
    for unknown in [&[][..], &["workflow:read", "of:tomorrow"]] {
        server.platform.set_upstream(upstream(&fake, unknown));
        assert_eq!(Mcp::connect(&server.url, Era::New).await.tool_names().await, everything, "{unknown:?}");
    }
}

#[tokio::test]
async fn what_is_learnt_of_a_token_counts_only_while_it_is_in_force() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mcp = Mcp::connect(&server.url, Era::New).await;
    let everything = mcp.tool_names().await;
    let held = server.platform.upstream_for(&Caller::default());
    server.platform.learn(&held, TokenKnown::new(None, ["workflow:read"]));
    let fewer = mcp.tool_names().await;
    assert!(fewer.len() < everything.len(), "{fewer:?}");
    server.platform.set_upstream(upstream(&fake, &["workflow:run", "mcp:read"]));
    server.platform.learn(&held, TokenKnown::new(None, ["workflow:read"]));
    assert_eq!(mcp.tool_names().await, everything, "it was said of another token");
}

#[tokio::test]
async fn a_switch_that_is_off_is_told_of_before_a_scope() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    server.platform.set_upstream(upstream(&fake, &["mcp:read"]));
    let mcp = Mcp::connect(&server.url, Era::New).await;
    let (refusal, _) = mcp.call("vault_read_secret", json!({ "path": "x" })).await;
    assert_eq!(refusal["error"]["code"], "risk_off");
    server.platform.switchboard.turn(|s| s.with_risk(true));
    let (refusal, _) = mcp.call("vault_read_secret", json!({ "path": "x" })).await;
    assert_eq!(refusal["error"]["code"], "scope_missing");
}

#[tokio::test]
async fn the_passthrough_changes_nothing_with_a_scope_that_reads() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    server.platform.set_upstream(upstream(&fake, &["workflow:run", "mcp:read"]));
    let mcp = Mcp::connect(&server.url, Era::New).await;
    for method in ["PUT", "PATCH", "DELETE"] {
        let arguments = json!({ "method": method, "path": "/v1/mcp/instances/i" });
        let (refusal, failed) = mcp.call("catalog_bff_request", arguments).await;
        assert!(failed && refusal["error"]["code"] == "scope_missing", "{method}: {refusal}");
        assert!(refusal["error"]["message"].as_str().unwrap().contains("the scope `mcp:write`"), "{refusal}");
    }
    assert!(fake.seen().is_empty());
    for method in ["GET", "POST"] {
        let (answer, failed) =
            mcp.call("catalog_bff_request", json!({ "method": method, "path": "/v1/mcp/instances/i" })).await;
        assert!(!failed, "{method}: {answer}");
    }
}

#[tokio::test]
async fn another_token_is_told_in_both_eras_where_it_changes_the_list_and_only_then() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let old = Mcp::connect(&server.url, Era::Old).await;
    let old_stream = old.listen().await;
    let new = Mcp::connect(&server.url, Era::New).await;
    let listen = json!({ "notifications": { "toolsListChanged": true } });
    let mut new_stream = Box::pin(new.request(7, "subscriptions/listen", listen).send().await.unwrap().bytes_stream());
    let acknowledged = new_stream.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&acknowledged).contains("subscriptions/acknowledged"));

    let mut streams = [Box::pin(old_stream.bytes_stream()), new_stream];
    let mut expect_notice = async |expected: bool| {
        for stream in &mut streams {
            let mut text = String::new();
            let heard = async {
                while let Some(piece) = stream.next().await {
                    text.push_str(&String::from_utf8_lossy(&piece.unwrap()));
                    if parse(&text).iter().any(|message| message["method"] == "notifications/tools/list_changed") {
                        return;
                    }
                }
            };
            // What is to be told arrives within ten seconds; what is not would have arrived within one.
            let wait = Duration::from_secs(if expected { 10 } else { 1 });
            assert_eq!(tokio::time::timeout(wait, heard).await.is_ok(), expected);
        }
    };
    let narrow = &["workflow:read"][..];
    server.platform.set_upstream(upstream(&fake, narrow));
    expect_notice(true).await;
    server.platform.set_upstream(upstream(&fake, narrow));
    expect_notice(false).await;
    server.platform.set_upstream(upstream(&fake, &[]));
    expect_notice(true).await;
    assert!(old.tool_names().await.contains(&"workflows_create".to_owned()));
}

#[tokio::test]
async fn what_is_known_of_a_held_token_binds_no_client_with_its_own() {
    let (fake, _signals) = Fake::start().await;
    let server = serve_with(&fake, Switches::all_but_risk(), Credentials::PassThrough, SessionLimits::default()).await;
    server.platform.set_upstream(upstream(&fake, &["workflow:read"]));
    let mcp = Mcp::connect_as(&server.url, Era::New, Some("pat_alice")).await;
    assert!(mcp.tool_names().await.contains(&"workflows_create".to_owned()));
    let (_, failed) = mcp.call("workflows_execute_command", json!({ "workflow_id": "w", "command": "start" })).await;
    assert!(!failed);
}
