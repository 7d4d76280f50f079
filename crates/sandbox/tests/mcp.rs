//! The catalogue of MCP servers: a real handshake with the demo server of another sandbox, and calls in a run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::disallowed_methods)]

mod support;

use std::sync::{Arc, Mutex};

use axum::{Router, http::HeaderMap, http::StatusCode};
use serde_json::{Value, json};
use support::{Server, column, graph};
use tokio::net::TcpListener;

async fn register(server: &Server, url: &str) -> String {
    let (status, made) = server.post("/v1/mcp/servers", json!({ "name": "Tools", "url": url })).await;
    assert_eq!((status, &made["status"], &made["tools"]), (201, &json!("draft"), &Value::Null), "{made}");
    made["id"].as_str().unwrap().to_owned()
}

/// A published instance of another sandbox's demo server: the server's id, and the instance's.
async fn instance(server: &Server, other: &Server) -> (String, String) {
    let id = register(server, &format!("{}/sandbox/mcp", other.url)).await;
    server.made(&format!("/v1/mcp/servers/{id}/discover"), json!({})).await;
    server.made(&format!("/v1/mcp/servers/{id}/versions"), json!({})).await;
    let made = server.made("/v1/mcp/instances", json!({ "name": "Mine", "server_id": id })).await;
    let instance = made["id"].as_str().unwrap().to_owned();
    (id, instance)
}

/// An address where nobody listens.
async fn dead() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/mcp", listener.local_addr().unwrap())
}

/// The result of one call's run, or its summary where it failed.
async fn called(server: &Server, instance: &str, args: Value) -> Result<Value, Value> {
    let step = json!({ "id": "call", "type": "mcp_call", "name": "call", "instance_id": instance, "tool_name": "sum", "tool_args": args });
    let workflow = server.workflow(graph(json!([step]))).await;
    let run = server.run(&workflow, json!({})).await;
    let summary = server.finished(&workflow, &run).await;
    match summary["status"].as_str().unwrap() {
        "completed" => Ok(server.context(&workflow, &run).await["steps"]["call"]["result"].clone()),
        _ => Err(summary),
    }
}

#[tokio::test]
async fn a_server_goes_from_registered_to_called() {
    let (server, other) = (Server::start().await, Server::start().await);
    let id = register(&server, &format!("{}/sandbox/mcp", other.url)).await;
    let path = format!("/v1/mcp/servers/{id}");
    let (status, body) = server.post(&format!("{path}/versions"), json!({})).await;
    assert_eq!((status, &body["code"]), (409, &json!("CONFLICT")), "what was not found is not published: {body}");

    let found = server.made(&format!("{path}/discover"), json!({})).await;
    assert_eq!(
        (&found["status"], column(&found["tools"], "name")),
        (&json!("discovered"), vec!["text_statistics", "sum"])
    );
    assert!(found["discovered_at"].is_string());
    let verdict = server.made(&format!("{path}/validate"), json!({})).await;
    assert_eq!(verdict, json!({ "valid": true, "tools": ["text_statistics", "sum"], "error": null }));
    assert_eq!(server.read("/v1/mcp/tools").await, json!({ "tools": [] }), "nothing is published yet");

    let (status, version) = server.post(&format!("{path}/versions"), json!({})).await;
    assert_eq!((status, &version["version"], &version["tools"]), (201, &json!(1), &found["tools"]));
    assert_eq!(server.read(&format!("{path}/versions")).await, json!({ "versions": [version] }));
    assert_eq!(server.read(&path).await["status"], "published");
    let tools = server.read("/v1/mcp/tools").await;
    assert_eq!(column(&tools["tools"], "name"), ["text_statistics", "sum"]);
    assert_eq!((&tools["tools"][1]["server_id"], &tools["tools"][1]["server_version"]), (&json!(id), &json!(1)));
    assert!(tools["tools"][1]["input_schema"]["properties"]["numbers"].is_object(), "{tools}");

    let (status, made) = server.post("/v1/mcp/instances", json!({ "name": "Mine", "server_id": id })).await;
    assert_eq!((status, &made["server_version"], &made["server_name"]), (201, &json!(1), &json!("Tools")), "{made}");
    let instance = made["id"].as_str().unwrap();
    let path = format!("/v1/mcp/instances/{instance}");
    assert_eq!(server.made(&format!("{path}/validate"), json!({})).await["valid"], true);
    let connection = format!("/v1/mcp/servers/{id}/connections/{instance}/validate");
    assert_eq!(server.made(&connection, json!({})).await["valid"], true);
    assert_eq!(called(&server, instance, json!({ "numbers": [1, 2.5] })).await, Ok(json!({ "sum": 3.5, "count": 2 })));

    let failed = called(&server, instance, json!({ "numbers": "many" })).await.unwrap_err();
    assert_eq!(failed["failure_code"], "MCP_TOOL_FAILED", "{failed}");
    let (status, body) = server.delete(&format!("/v1/mcp/servers/{id}")).await;
    assert_eq!((status, &body["code"]), (409, &json!("CONFLICT")), "an instance uses it: {body}");
    assert_eq!(server.delete(&path).await.0, 204);
    assert_eq!(server.delete(&format!("/v1/mcp/servers/{id}")).await.0, 204);
    assert_eq!(server.read("/v1/mcp/servers").await, json!({ "servers": [], "total": 0 }));
    assert_eq!(server.post(&connection, json!({})).await.0, 404);
}

#[tokio::test]
async fn a_server_that_is_away_is_said_to_be() {
    let server = Server::start().await;
    let id = register(&server, &dead().await).await;
    let verdict = server.made(&format!("/v1/mcp/servers/{id}/validate"), json!({})).await;
    assert_eq!((&verdict["valid"], &verdict["tools"]), (&json!(false), &json!([])));
    assert!(verdict["error"].as_str().unwrap().contains("127.0.0.1"), "{verdict}");
    let (status, body) = server.post(&format!("/v1/mcp/servers/{id}/discover"), json!({})).await;
    assert_eq!((status, &body["code"]), (503, &json!("DEPENDENCY_UNAVAILABLE")), "{body}");

    let other = Server::start().await;
    let (away, instance) = instance(&server, &other).await;
    other.stop().await;
    assert_eq!(server.made(&format!("/v1/mcp/instances/{instance}/validate"), json!({})).await["valid"], false);
    let failed = called(&server, &instance, json!({ "numbers": [1] })).await.unwrap_err();
    assert_eq!(failed["failure_code"], "DEPENDENCY_UNAVAILABLE", "{failed}");
    // What was found at another address says nothing about a new one.
    let (_, moved) = server.patch(&format!("/v1/mcp/servers/{away}"), json!({ "url": "http://127.0.0.1:9/mcp" })).await;
    assert_eq!(moved["tools"], Value::Null, "{moved}");
}

#[tokio::test]
async fn the_active_profile_adds_what_a_call_leaves_out() {
    let (server, other) = (Server::start().await, Server::start().await);
    let (_, instance) = instance(&server, &other).await;
    let path = format!("/v1/mcp/instances/{instance}/config-profiles");
    let (status, made) = server.post(&path, json!({ "name": "Sevens", "default_args": { "numbers": [7, 7] } })).await;
    assert_eq!((status, &made["active"], &made["default_args"]), (201, &json!(false), &json!({ "numbers": [7, 7] })));
    let spare = server.made(&path, json!({ "name": "Nothing" })).await;
    let profile = format!("{path}/{}", made["id"].as_str().unwrap());
    assert!(called(&server, &instance, json!({})).await.is_err(), "it is not active yet");

    let (status, active) = server.post(&format!("{profile}/set-active"), json!({})).await;
    assert_eq!((status, &active["active_profile_id"]), (200, &made["id"]));
    assert_eq!(server.read(&profile).await["active"], true);
    assert_eq!(called(&server, &instance, json!({})).await, Ok(json!({ "sum": 14.0, "count": 2 })));
    assert_eq!(
        called(&server, &instance, json!({ "numbers": [1] })).await,
        Ok(json!({ "sum": 1.0, "count": 1 })),
        "the call's own wins"
    );
    server.patch(&profile, json!({ "default_args": { "numbers": [5] } })).await;
    assert_eq!(called(&server, &instance, json!({})).await, Ok(json!({ "sum": 5.0, "count": 1 })));

    let list = server.read(&path).await;
    assert_eq!(column(&list["config_profiles"], "name"), ["Nothing", "Sevens"]);
    assert_eq!(
        (&list["config_profiles"][0]["active"], &list["config_profiles"][1]["active"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(server.delete(&profile).await.0, 204);
    assert_eq!(server.read(&format!("/v1/mcp/instances/{instance}")).await["active_profile_id"], Value::Null);
    assert!(called(&server, &instance, json!({})).await.is_err(), "what is deleted adds nothing");
    let elsewhere = format!("/v1/mcp/instances/none/config-profiles/{}", spare["id"].as_str().unwrap());
    assert_eq!((server.get(&elsewhere).await.0, server.get(&profile).await.0), (404, 404));
}

#[tokio::test]
async fn a_credential_goes_to_its_server_as_a_bearer_token() {
    let (server, other) = (Server::start().await, Server::start().await);
    let heard = Arc::<Mutex<Vec<Option<String>>>>::default();
    let kept = heard.clone();
    let recorder = Router::new().fallback(move |headers: HeaderMap| async move {
        let value = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
        kept.lock().unwrap().push(value);
        (StatusCode::INTERNAL_SERVER_ERROR, "no MCP here")
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let recording = tokio::spawn(async move { axum::serve(listener, recorder).await });

    // The instance is made of a server that can be found, and moved by a new version to the one that only listens.
    let (id, instance) = instance(&server, &other).await;
    let database = rusqlite::Connection::open(server.folder().join("sandbox.db")).unwrap();
    assert_eq!(database.execute("UPDATE mcp_versions SET url = ?1 WHERE server_id = ?2", [&url, &id]).unwrap(), 1);
    let path = format!("/v1/mcp/instances/{instance}/credentials");
    assert_eq!(
        server.read(&path).await,
        json!({ "instance_id": instance, "configured": false, "last_four": null, "updated_at": null })
    );
    server.made(&format!("/v1/mcp/instances/{instance}/validate"), json!({})).await;
    assert_eq!(heard.lock().unwrap().drain(..).next(), Some(None), "nothing is sent where nothing is set");

    let (status, set) = server.put(&path, json!({ "bearer_token": "tok-0123456789-wxyz" })).await;
    assert_eq!((status, &set["configured"], &set["last_four"]), (200, &json!(true), &json!("wxyz")), "{set}");
    let shown = server.read(&path).await;
    assert_eq!((&shown["last_four"], shown.to_string().contains("tok-")), (&json!("wxyz"), false));
    let verdict = server.made(&format!("/v1/mcp/instances/{instance}/validate"), json!({})).await;
    assert_eq!(verdict["valid"], false, "{verdict}");
    assert!(!verdict.to_string().contains("tok-"), "{verdict}");
    let failed = called(&server, &instance, json!({ "numbers": [1] })).await.unwrap_err();
    assert!(!failed.to_string().contains("tok-"), "{failed}");
    let heard = heard.lock().unwrap().clone();
    assert!(
        heard.len() >= 2 && heard.iter().all(|value| value.as_deref() == Some("Bearer tok-0123456789-wxyz")),
        "{heard:?}"
    );

    for token in ["", "has space", "line\nbreak", "ümlaut", &"x".repeat(8193)] {
        let (status, body) = server.put(&path, json!({ "bearer_token": token })).await;
        assert_eq!(status, 422, "{body}");
        assert!(body["error"].as_str().unwrap().starts_with("bearer_token: "), "{body}");
    }
    assert_eq!((server.delete(&path).await.0, server.delete(&path).await.0), (204, 404));
    assert_eq!(server.read(&path).await["configured"], false);
    let (status, _) = server.put("/v1/mcp/instances/none/credentials", json!({ "bearer_token": "x" })).await;
    assert_eq!(status, 404);
    recording.abort();
}
