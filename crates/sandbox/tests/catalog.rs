//! The catalogue's lists and look-ups, and what it refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::{Value, json};
use support::{Server, column};

#[tokio::test]
async fn the_demo_server_is_offered_and_found() {
    let server = Server::with_examples().await;
    let offered = server.read("/v1/mcp/platform-catalog").await["servers"][0].clone();
    assert_eq!(offered["url"], "sandbox:demo");
    let listed = server.read("/v1/mcp/servers").await;
    assert_eq!((&listed["total"], &listed["servers"][0]["url"]), (&json!(1), &offered["url"]));
    let id = listed["servers"][0]["id"].as_str().unwrap();
    let verdict = server.made(&format!("/v1/mcp/servers/{id}/validate"), json!({})).await;
    assert_eq!(verdict, json!({ "valid": true, "tools": ["text_statistics", "sum"], "error": null }));
    let found = server.made(&format!("/v1/mcp/servers/{id}/discover"), json!({})).await;
    assert_eq!(found["tools"], listed["servers"][0]["tools"], "what was planted is what is there");
    assert_eq!(found["status"], "published", "and it stays published");
}

#[tokio::test]
async fn instances_are_resolved_by_name_server_or_tool() {
    let server = Server::with_examples().await;
    let id = server.read("/v1/mcp/servers").await["servers"][0]["id"].as_str().unwrap().to_owned();
    let made =
        server.made("/v1/mcp/instances", json!({ "name": "Another", "server_id": id, "server_version": 1 })).await;
    let path = format!("/v1/mcp/instances/{}", made["id"].as_str().unwrap());
    for (asked, expected) in [
        (json!({ "name": "Another" }), vec!["Another"]),
        (json!({ "name": "another" }), vec![]),
        (json!({ "server_id": id }), vec!["Another", "Sandbox demo"]),
        (json!({ "tool_name": "sum" }), vec!["Another", "Sandbox demo"]),
        (json!({ "tool_name": "sum", "name": "Sandbox demo" }), vec!["Sandbox demo"]),
        (json!({ "tool_name": "su" }), vec![]),
    ] {
        let found = server.made("/v1/mcp/instances/resolve", asked.clone()).await;
        assert_eq!(column(&found["instances"], "name"), expected, "{asked}");
    }
    assert_eq!(server.post("/v1/mcp/instances/resolve", json!({})).await.0, 422);

    let (status, renamed) = server.patch(&path, json!({ "name": "Third" })).await;
    assert_eq!((status, &renamed["name"], &renamed["server_version"]), (200, &json!("Third"), &json!(1)));
    let (status, body) = server.patch(&path, json!({ "server_version": 2 })).await;
    assert!(status == 422 && body["error"].as_str().unwrap().starts_with("server_version: "), "{status} {body}");
    server.made(&format!("/v1/mcp/servers/{id}/versions"), json!({})).await;
    assert_eq!(server.patch(&path, json!({ "server_version": 2 })).await.1["server_version"], 2);
    assert_eq!(column(&server.read("/v1/mcp/instances?limit=1&offset=1").await["instances"], "name"), ["Third"]);
    assert_eq!(server.delete(&path).await, (204, Value::Null));
    for (method, path) in
        [("GET", path.clone()), ("PATCH", path.clone()), ("DELETE", path.clone()), ("POST", format!("{path}/validate"))]
    {
        let (status, body) = server.ask(method, &path, Some(&server.token), Some(&json!({}))).await;
        assert_eq!((status, &body["code"]), (404, &json!("NOT_FOUND")), "{method} {path}: {body}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_entry_is_named() {
    let server = Server::with_examples().await;
    let id = server.read("/v1/mcp/servers").await["servers"][0]["id"].as_str().unwrap().to_owned();
    let url = "http://127.0.0.1:9/mcp";
    let servers = "/v1/mcp/servers";
    let profiles = {
        let instance = server.read("/v1/mcp/instances").await["instances"][0]["id"].as_str().unwrap().to_owned();
        format!("/v1/mcp/instances/{instance}/config-profiles")
    };
    for (path, body, field) in [
        (servers, json!({ "url": url }), "name"),
        (servers, json!({ "name": " ", "url": url }), "name"),
        (servers, json!({ "name": "x" }), "url"),
        (servers, json!({ "name": "x", "url": "not a url" }), "url"),
        (servers, json!({ "name": "x", "url": "file:///etc/passwd" }), "url"),
        (servers, json!({ "name": "x", "url": "http://me:secret@host/mcp" }), "url"),
        (servers, json!({ "name": "x", "url": url, "description": "x".repeat(2001) }), "description"),
        ("/v1/mcp/instances", json!({ "name": "x" }), "server_id"),
        ("/v1/mcp/instances", json!({ "name": "x", "server_id": "srv_none" }), "server_id"),
        ("/v1/mcp/instances", json!({ "name": "x", "server_id": id, "server_version": 9 }), "server_id"),
        ("/v1/mcp/instances", json!({ "name": "", "server_id": id }), "name"),
        (&profiles, json!({ "name": "x", "default_args": [] }), "default_args"),
        (&profiles, json!({}), "name"),
    ] {
        let (status, answer) = server.post(path, body.clone()).await;
        assert_eq!((status, &answer["code"]), (422, &json!("VALIDATION_FAILED")), "{path} {body}: {answer}");
        assert!(answer["error"].as_str().unwrap().contains(field), "{path} {body}: {answer}");
    }
    assert_eq!(
        (&server.read(servers).await["total"], &server.read("/v1/mcp/instances").await["total"]),
        (&json!(1), &json!(1))
    );
    for rest in ["", "/versions"] {
        assert_eq!(server.get(&format!("{servers}/none{rest}")).await.0, 404);
    }
    for rest in ["discover", "validate", "versions"] {
        assert_eq!(server.post(&format!("{servers}/none/{rest}"), json!({})).await.0, 404, "{rest}");
    }
    let (status, _) = server.patch(&format!("{servers}/none"), json!({ "name": "x" })).await;
    assert_eq!((status, server.delete(&format!("{servers}/none")).await.0), (404, 404));
}
