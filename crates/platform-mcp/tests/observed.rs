//! What the server tells of its clients and their calls.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::time::Duration;

use agentruntime_platform_mcp::{
    activity::{ActivityLog, Query},
    catalogue::Switches,
};
use serde_json::json;
use support::{ERAS, Era, Fake, Mcp, serve};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn clients_are_known_by_name_and_era_and_by_what_they_call() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    for era in ERAS {
        let mcp = Mcp::connect(&server.url, era).await;
        mcp.tool_names().await;
        mcp.call("workflows_list", json!({ "limit": 1 })).await;
        mcp.call("workflows_list", json!({ "limit": 1 })).await;
        let spoken = if era == Era::Old { "2025-11-25" } else { "2026-07-28" };
        let connected = server.platform.clients.connected();
        let client = connected.iter().find(|client| client.era == spoken).unwrap();
        assert_eq!((client.name.as_str(), client.version.as_str(), client.calls), ("test", "1", 2));
        assert!(client.last_call.unwrap() >= client.since);
    }
}

#[tokio::test]
async fn the_activity_log_has_each_call_and_no_value_of_an_argument() {
    let folder = tempfile::tempdir().unwrap();
    let log = ActivityLog::open(&folder.path().join("activity.db")).await.unwrap();
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk().with_risk(true)).await;
    let ending = CancellationToken::new();
    let mut written = log.entries();
    let following = tokio::spawn(log.clone().follow(server.platform.records(), ending.clone()));
    let mcp = Mcp::connect(&server.url, Era::New).await;
    mcp.call("runs_get_summary", json!({ "workflow_id": "wf_1", "run_id": "run_1" })).await;
    mcp.call("vault_write_secret", json!({ "path": "db/password", "value": "correct-horse" })).await;
    mcp.call("workflows_get", json!({ "workflow_id": 3 })).await;
    for _ in 0..3 {
        tokio::time::timeout(Duration::from_secs(10), written.recv()).await.expect("it is written").unwrap();
    }
    ending.cancel();
    tokio::time::timeout(Duration::from_secs(10), following).await.expect("it ends").unwrap();

    let calls = log.find(Query { limit: 10, ..Query::default() }).await.unwrap().calls;
    let rows =
        calls.iter().map(|entry| (entry.call.tool.as_str(), entry.call.target.as_deref(), entry.call.code.as_str()));
    let expected = [
        ("workflows_get", None, "bad_arguments"),
        ("vault_write_secret", Some("db/password"), "ok"),
        ("runs_get_summary", Some("run_1"), "ok"),
    ];
    assert_eq!(rows.collect::<Vec<_>>(), expected);
    assert_eq!(calls[1].call.arguments, ["path", "value"]);
    assert_eq!(calls[1].call.client, "test 1");
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(13).any(|part| part == b"correct-horse"));
    }
}
