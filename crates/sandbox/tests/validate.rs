//! The dry run: the contract's issue codes, and answers that a client can act on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::{Value, json};
use support::{Server, graph, script};

fn call(id: &str, args: Value, before: &[&str]) -> Value {
    json!({ "id": id, "type": "mcp_call", "server_url": "http://127.0.0.1:9/mcp", "tool_name": "t", "tool_args": args, "depends_on": before })
}

#[tokio::test]
async fn every_issue_has_the_contracts_code() {
    let server = Server::start().await;
    let id = server.draft(graph(json!([]))).await;
    let bound = |binding: Value| {
        let mut step = json!({ "id": "b", "type": "mcp_call", "tool_name": "t", "tool_args": {} });
        step.as_object_mut().unwrap().extend(binding.as_object().unwrap().clone());
        graph(json!([step]))
    };
    for (drawn, params, code, step) in [
        (
            graph(json!([call("b", json!({ "x": "{{input.gone}}" }), &[])])),
            Some(json!({})),
            "template_unresolved",
            json!("b"),
        ),
        (
            graph(json!([script("a", "return {}", &[]), call("b", json!({ "x": "{{steps.a.result.n}}" }), &[])])),
            None,
            "template_missing_dependency",
            json!("b"),
        ),
        (graph(json!([{ "id": "b", "type": "nonsense" }])), None, "graph_schema_validation", json!("b")),
        (graph(json!([script("b", "return {}", &["nowhere"])])), None, "graph_schema_validation", json!("b")),
        (json!({ "steps": "none" }), None, "graph_schema_validation", Value::Null),
        (graph(json!([script("b", "return = 1", &[])])), None, "lua_syntax", json!("b")),
        (
            graph(json!([script("a", "return {}", &["b"]), script("b", "return {}", &["a"])])),
            None,
            "dependency_cycle",
            Value::Null,
        ),
        (bound(json!({ "instance_id": "inst_gone" })), None, "mcp_binding_missing", json!("b")),
        (bound(json!({})), None, "mcp_binding_missing", json!("b")),
    ] {
        let mut body = json!({ "graph": drawn });
        if let Some(params) = params {
            body["params"] = params;
        }
        let (status, report) = server.post(&format!("/v1/workflows/{id}/validate"), body).await;
        assert_eq!(
            (status, &report["valid"], &report["readiness"]),
            (200, &json!(false), &json!("blocked")),
            "{report}"
        );
        let issue = report["issues"].as_array().unwrap().iter().find(|issue| issue["code"] == code);
        let issue = issue.unwrap_or_else(|| panic!("no {code} in {report}"));
        assert_eq!(issue["severity"], "error", "{report}");
        assert!(step.is_null() || issue["step_id"] == step, "{report}");
        assert!(!issue["message"].as_str().unwrap().is_empty());
        assert!(!report["checks_performed"].as_array().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_sound_draft_is_ready_and_its_steps_are_in_order() {
    let server = Server::with_examples().await;
    let steps =
        json!([script("c", "return {}", &["b"]), script("a", "return {}", &[]), script("b", "return {}", &["a"])]);
    let id = server.draft(graph(steps)).await;
    let report = server.made(&format!("/v1/workflows/{id}/validate"), json!({})).await;
    assert_eq!((&report["valid"], &report["readiness"]), (&json!(true), &json!("ready")));
    assert_eq!((&report["issues"], &report["topological_order"]), (&json!([]), &json!(["a", "b", "c"])));

    // The draft is what is checked, and a graph in the body instead of it; the dry run changes neither.
    server
        .patch(&format!("/v1/workflows/{id}"), json!({ "graph": graph(json!([script("a", "return", &["a"])])) }))
        .await;
    assert_eq!(server.made(&format!("/v1/workflows/{id}/validate"), json!({})).await["valid"], false);
    let body = json!({ "graph": graph(json!([script("a", "return {}", &[])])) });
    assert_eq!(server.made(&format!("/v1/workflows/{id}/validate"), body).await["valid"], true);
    assert_eq!(server.made(&format!("/v1/workflows/{id}/validate"), json!({})).await["valid"], false);

    for example in server.read("/v1/workflows?limit=100").await["workflows"].as_array().unwrap() {
        let path = format!("/v1/workflows/{}/validate", example["id"].as_str().unwrap());
        let report = server.made(&path, json!({ "params": {} })).await;
        assert_eq!(report["valid"], example["id"] != id.as_str(), "{}: {report}", example["name"]);
    }
    assert_eq!(server.post("/v1/workflows/wf_none/validate", json!({})).await.0, 404);
    assert_eq!(server.post("/v1/workflows/wf_none/validate", json!({ "graph": graph(json!([])) })).await.0, 404);
}

#[tokio::test]
async fn publishing_asks_for_no_valid_dry_run_but_starting_does() {
    let server = Server::start().await;
    let id = server.draft(graph(json!([script("a", "return {}", &["b"]), script("b", "return {}", &["a"])]))).await;
    let (status, _) = server.post(&format!("/v1/workflows/{id}/versions"), json!({})).await;
    assert_eq!(status, 201);
    let (status, body) = server.command(&id, "start", json!({})).await;
    assert_eq!((status, &body["code"]), (422, &json!("VALIDATION_FAILED")), "{body}");
    assert!(body["error"].as_str().unwrap().contains("circle"), "{body}");
    assert_eq!(server.read("/v1/runs").await["total"], 0);
}
