//! Personal access tokens over the API: shown once, never stronger than who makes them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use agentruntime_sandbox::{Role, Scope};
use serde_json::{Value, json};
use support::Server;

#[tokio::test]
async fn a_token_is_shown_once() {
    let server = Server::start().await;
    let made = server
        .made("/v1/pats", json!({ "display_name": " Laptop ", "scopes": ["workflow:read", "workflow:read"] }))
        .await;
    let token = made["token"].as_str().unwrap();
    assert!(token.starts_with("pat_") && token.len() > 40, "{token}");
    assert_eq!((&made["display_name"], &made["scopes"]), (&json!("Laptop"), &json!(["workflow:read"])));
    assert!(made["created_at"].as_str().unwrap().ends_with('Z'));

    let list = server.read("/v1/pats").await;
    assert!(!list.to_string().contains(token));
    let id = made["id"].as_str().unwrap();
    let row = list["pats"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone();
    assert_eq!((row.get("token"), &row["last_used_at"], &row["expires_at"]), (None, &Value::Null, &Value::Null));
    let (status, body) = server.get(&format!("/v1/pats/{id}/reveal")).await;
    assert_eq!((status, &body["code"]), (404, &json!("NOT_FOUND")));
    assert!(!body.to_string().contains(token));

    assert_eq!(server.ask("GET", "/v1/workflows", Some(token), None).await.0, 200);
    let list = server.read("/v1/pats").await;
    let row = list["pats"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone();
    assert!(row["last_used_at"].is_string(), "a use is seen");
}

#[tokio::test]
async fn a_token_makes_none_that_can_do_more_than_itself() {
    let (server, tokens) = Server::start_with(&[(&[Scope::WorkflowRun, Scope::WorkflowRead], Role::Contributor)]).await;
    let asked = |scopes: Value| json!({ "display_name": "x", "scopes": scopes });
    for (scopes, status) in [
        (json!(["workflow:run"]), 201),
        (json!(["workflow:run", "workflow:read"]), 201),
        (json!(["mcp:read"]), 403),
        (json!(["workflow:run", "mcp:write"]), 403),
    ] {
        let (answered, body) = server.ask("POST", "/v1/pats", Some(&tokens[0]), Some(&asked(scopes.clone()))).await;
        assert_eq!(answered, status, "{scopes}: {body}");
        assert!(status == 201 || body.get("token").is_none());
    }
    assert_eq!(server.made("/v1/pats", asked(json!(["mcp:read"]))).await["role"], "project_contributor");
}

#[tokio::test]
async fn what_is_wrong_with_a_new_token_is_named() {
    let server = Server::start().await;
    for (body, field) in [
        (json!({ "scopes": ["workflow:read"] }), "display_name"),
        (json!({ "display_name": " ", "scopes": ["workflow:read"] }), "display_name"),
        (json!({ "display_name": "x".repeat(101), "scopes": ["workflow:read"] }), "display_name"),
        (json!({ "display_name": "x" }), "scopes"),
        (json!({ "display_name": "x", "scopes": [] }), "scopes"),
        (json!({ "display_name": "x", "scopes": ["workflow:all"] }), "scopes"),
        (json!({ "display_name": "x", "scopes": ["workflow:read"], "expires_at": "tomorrow" }), "expires_at"),
        (
            json!({ "display_name": "x", "scopes": ["workflow:read"], "expires_at": "2020-01-01T00:00:00Z" }),
            "expires_at",
        ),
        (json!({ "display_name": "x", "scopes": ["workflow:read"], "role": "project_viewer" }), "role"),
    ] {
        let (status, answer) = server.post("/v1/pats", body.clone()).await;
        assert_eq!((status, &answer["code"]), (422, &json!("VALIDATION_FAILED")), "{body}: {answer}");
        assert!(answer["error"].as_str().unwrap().contains(field), "{body}: {answer}");
    }
    assert_eq!(server.read("/v1/pats").await["pats"].as_array().unwrap().len(), 2, "none of them was made");
}
