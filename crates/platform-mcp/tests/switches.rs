//! Groups and risk, turned while clients are connected.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::time::Duration;

use agentruntime_platform_mcp::catalogue::{Group, Switches};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use serde_json::json;
use support::{ERAS, Era, Fake, Mcp, parse, serve, within};

#[tokio::test]
async fn a_tool_that_is_off_is_not_listed_and_names_its_switch() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    for era in ERAS {
        server.platform.switchboard.turn(|s| s.with_group(Group::Vault, true).with_risk(false));
        let mcp = Mcp::connect(&server.url, era).await;
        assert!(!mcp.tool_names().await.contains(&"vault_read_secret".to_owned()));
        let (refusal, failed) = mcp.call("vault_read_secret", json!({ "path": "x" })).await;
        assert!(failed && refusal["error"]["code"] == "risk_off", "{refusal}");
        assert!(refusal["error"]["message"].as_str().unwrap().contains("`risk` switch"));

        server.platform.switchboard.turn(|s| s.with_group(Group::Vault, false).with_risk(true));
        let (refusal, failed) = mcp.call("vault_read_secret", json!({ "path": "x" })).await;
        assert!(failed && refusal["error"]["code"] == "group_off", "{refusal}");
        assert!(refusal["error"]["message"].as_str().unwrap().contains("`vault`"));
        assert!(!mcp.tool_names().await.iter().any(|name| name.starts_with("vault_")));
    }
    assert!(fake.seen().is_empty(), "nothing may reach the BFF");
}

/// Waits until a client is told that what is listed has changed.
async fn expect_notice(stream: impl Stream<Item = reqwest::Result<Bytes>>) {
    let (mut stream, mut text) = (std::pin::pin!(stream), String::new());
    let noticed = async {
        while let Some(piece) = stream.next().await {
            text.push_str(&String::from_utf8_lossy(&piece.unwrap()));
            if parse(&text).iter().any(|message| message["method"] == "notifications/tools/list_changed") {
                return true;
            }
        }
        false
    };
    assert!(tokio::time::timeout(Duration::from_secs(10), noticed).await.unwrap(), "{text}");
}

#[tokio::test]
async fn a_session_is_told_by_another_teller_where_one_breaks_off() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let old = Mcp::connect(&server.url, Era::Old).await;
    let stream = old.listen().await;
    let (tasks, mut failing) = (server.platform.tasks(), server.platform.tasks().failing());
    // It begins a moment after the client was answered.
    within(async {
        while !tasks.interrupt("session") {
            tokio::task::yield_now().await;
        }
    })
    .await;
    within(failing.wait_for(|failing| failing.contains_key("session"))).await.unwrap();
    server.platform.switchboard.turn(|s| s.with_group(Group::Chat, false));
    expect_notice(stream.bytes_stream()).await;
}

#[tokio::test]
async fn a_change_is_told_in_both_eras() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let old = Mcp::connect(&server.url, Era::Old).await;
    let old_stream = old.listen().await;

    let new = Mcp::connect(&server.url, Era::New).await;
    let listen = json!({ "notifications": { "toolsListChanged": true } });
    let new_stream = new.request(7, "subscriptions/listen", listen).send().await.unwrap();
    let mut new_stream = Box::pin(new_stream.bytes_stream());
    // The acknowledgement comes first, so what is turned after it is told.
    let acknowledged = new_stream.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&acknowledged).contains("subscriptions/acknowledged"));

    server.platform.switchboard.turn(|s| s.with_group(Group::Chat, false));
    expect_notice(old_stream.bytes_stream()).await;
    expect_notice(new_stream).await;
    assert!(!old.tool_names().await.iter().any(|name| name.starts_with("chat_")));
}

#[tokio::test]
async fn the_passthrough_is_judged_before_anything_is_sent() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mcp = Mcp::connect(&server.url, Era::New).await;
    for (path, code) in [
        ("/v1/vault/secrets", "outside_catalog"),
        ("/v1/mcp/../vault/secrets", "outside_catalog"),
        ("/v1/mcp/instances?x=1", "outside_catalog"),
        ("http://evil.example/v1/mcp/x", "outside_catalog"),
        ("/v1/mcp/servers/s/credentials", "risk_off"),
    ] {
        let (refusal, failed) = mcp.call("catalog_bff_request", json!({ "method": "GET", "path": path })).await;
        assert!(failed && refusal["error"]["code"] == code, "{path}: {refusal}");
    }
    assert!(fake.seen().is_empty());
    let arguments = json!({ "method": "GET", "path": "/v1/mcp/instances", "query": { "q": "a&b=c#d", "n": [1, 2] } });
    let (_, failed) = mcp.call("catalog_bff_request", arguments).await;
    assert!(!failed);
    let seen = fake.seen().pop().unwrap();
    assert_eq!(seen.uri.to_string(), "/v1/mcp/instances?q=a%26b%3Dc%23d&n=1&n=2");
    server.platform.switchboard.turn(|s| s.with_risk(true));
    let (_, failed) =
        mcp.call("catalog_bff_request", json!({ "method": "GET", "path": "/v1/mcp/servers/s/credentials" })).await;
    assert!(!failed);
}

#[tokio::test]
async fn who_listens_is_told_of_an_orderly_end() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let new = Mcp::connect(&server.url, Era::New).await;
    let listen = json!({ "notifications": { "toolsListChanged": true } });
    let listening = new.request(7, "subscriptions/listen", listen).send().await.unwrap();
    let mut stream = Box::pin(listening.bytes_stream());
    let mut text = String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()).into_owned();
    server.shutdown.cancel();
    let rest = async {
        while let Some(Ok(piece)) = stream.next().await {
            text.push_str(&String::from_utf8_lossy(&piece));
        }
    };
    tokio::time::timeout(Duration::from_secs(10), rest).await.unwrap();
    let result = parse(&text).into_iter().find(|message| message["id"] == 7 && message["result"].is_object());
    assert!(result.is_some(), "the stream was cut: {text}");
    tokio::time::timeout(Duration::from_secs(10), server.served).await.unwrap().unwrap().unwrap();
}
