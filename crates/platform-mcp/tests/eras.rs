//! Both protocol eras on the one endpoint.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use agentruntime_platform_mcp::catalogue::Switches;
use serde_json::json;
use support::{ERAS, Era, Fake, Mcp, Script, parse, serve};

#[tokio::test]
async fn every_version_with_a_handshake_is_negotiated() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mcp = Mcp::connect(&server.url, Era::New).await;
    for version in ["2025-03-26", "2025-06-18", "2025-11-25"] {
        let answer = mcp.initialize(version).await;
        assert!(answer.headers().contains_key("mcp-session-id"), "{version}");
        let body = parse(&answer.text().await.unwrap()).pop().unwrap();
        assert_eq!(body["result"]["protocolVersion"], version);
        assert!(body["result"]["instructions"].as_str().unwrap().contains("run_id"));
        assert_eq!(body["result"]["capabilities"]["tools"]["listChanged"], true);
    }
}

#[tokio::test]
async fn discover_answers_without_a_session_and_names_both_eras() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let answer = Mcp::connect(&server.url, Era::New).await.ask("server/discover", json!({})).await;
    let versions = answer["result"]["supportedVersions"].as_array().unwrap().clone();
    for version in ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"] {
        assert!(versions.contains(&json!(version)), "{versions:?}");
    }
}

#[tokio::test]
async fn lists_calls_prompts_resources_and_completion_are_alike_in_both() {
    let (fake, _signals) = Fake::start().await;
    fake.script(
        "workflows",
        Script::Answer(200, json!({ "workflows": [{ "id": "wf_1", "name": "Greet", "graph": { "steps": [] } }] })),
    );
    fake.script(
        "runs",
        Script::Answer(200, json!({ "runs": [{ "run_id": "run_1", "workflow_id": "wf_1", "status": "running" }] })),
    );
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mut seen = Vec::new();
    for era in ERAS {
        let mcp = Mcp::connect(&server.url, era).await;
        let names = mcp.tool_names().await;
        let (workflows, failed) = mcp.call("workflows_list", json!({})).await;
        assert!(!failed);
        assert_eq!(workflows, json!({ "workflows": [{ "id": "wf_1", "name": "Greet" }] }), "rows are compact");
        let prompts = mcp.ask("prompts/list", json!({})).await["result"]["prompts"].as_array().unwrap().len();
        let resources = mcp.ask("resources/list", json!({})).await["result"]["resources"].clone();
        assert_eq!(resources[1]["uri"], "agentruntime://workflows/wf_1/runs/run_1");
        let read = mcp.ask("resources/read", json!({ "uri": "agentruntime://workflows/wf_1" })).await;
        assert!(read["result"]["contents"][0]["text"].as_str().unwrap().contains("wf_1"));
        let complete = json!({
            "ref": { "type": "ref/resource", "uri": "agentruntime://workflows/{workflow_id}" },
            "argument": { "name": "workflow_id", "value": "gre" },
        });
        assert_eq!(mcp.ask("completion/complete", complete).await["result"]["completion"]["values"], json!(["wf_1"]));
        let missing = mcp.ask("resources/read", json!({ "uri": "agentruntime://nothing" })).await;
        assert!(missing["error"]["code"].is_i64(), "{missing}");
        seen.push((names, prompts, resources));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn an_unknown_session_is_404_and_an_unknown_tool_is_a_protocol_error() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mut lost = Mcp::connect(&server.url, Era::Old).await;
    lost.session = Some("00000000-0000-0000-0000-000000000000".to_owned());
    assert_eq!(lost.request(1, "tools/list", json!({})).send().await.unwrap().status(), 404);
    for era in ERAS {
        let mcp = Mcp::connect(&server.url, era).await;
        let answer = mcp.ask("tools/call", json!({ "name": "no_such_tool", "arguments": {} })).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
        let paged = mcp.ask("tools/list", json!({ "cursor": "x" })).await;
        assert_eq!(paged["error"]["code"], -32602, "{paged}");
    }
}

#[tokio::test]
async fn an_unknown_protocol_version_is_refused_at_once() {
    let (fake, _signals) = Fake::start().await;
    let server = serve(&fake, Switches::all_but_risk()).await;
    let mcp = Mcp::connect(&server.url, Era::New).await;
    let answer = mcp.post().header("mcp-protocol-version", "2099-01-01").header("mcp-method", "server/discover")
        .body(json!({ "jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": { "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2099-01-01", "io.modelcontextprotocol/clientCapabilities": {} } } }).to_string())
        .send().await.unwrap();
    assert_eq!(answer.status(), 400);
}
