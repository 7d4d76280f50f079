//! Conversations, messages and work files: kept, listed, and refused by field.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::{Value, json};
use support::{Server, column};

#[tokio::test]
async fn a_conversation_keeps_what_is_said_in_order() {
    let server = Server::start().await;
    let (status, made) = server.post("/v1/chat/conversations", json!({ "title": " Plans " })).await;
    assert_eq!((status, &made["title"], &made["created_at"]), (201, &json!("Plans"), &made["updated_at"]), "{made}");
    let id = made["id"].as_str().unwrap();
    let path = format!("/v1/chat/conversations/{id}/messages");
    let mut said = Vec::new();
    for content in ["one", "two", " three\n"] {
        let (status, message) = server.post(&path, json!({ "content": content })).await;
        assert_eq!(
            (status, &message["role"], &message["conversation_id"]),
            (201, &json!("user"), &json!(id)),
            "{message}"
        );
        said.push(message);
    }
    assert_eq!(server.read(&path).await, json!({ "messages": said, "total": 3 }));
    let page = server.read(&format!("{path}?limit=1&offset=2")).await;
    assert_eq!((column(&page["messages"], "content"), &page["total"]), (vec!["three"], &json!(3)));
    let other = server.made("/v1/chat/conversations", json!({ "title": "Other" })).await;
    let list = server.read("/v1/chat/conversations").await;
    assert_eq!(list["total"], 2);
    let row = list["conversations"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone();
    assert_eq!((&row["message_count"], &row["updated_at"]), (&json!(3), &said[2]["created_at"]));
    let other = format!("/v1/chat/conversations/{}/messages", other["id"].as_str().unwrap());
    assert_eq!(server.read(&other).await, json!({ "messages": [], "total": 0 }), "nothing is said elsewhere");

    for (path, body, field) in [
        ("/v1/chat/conversations", json!({}), "title"),
        ("/v1/chat/conversations", json!({ "title": "x".repeat(201) }), "title"),
        (&path, json!({ "content": "" }), "content"),
        (&path, json!({ "content": "x".repeat(100_001) }), "content"),
        (&path, json!({ "content": "x", "role": "assistant" }), "role"),
    ] {
        let (status, answer) = server.post(path, body).await;
        assert!(status == 422 && answer["error"].as_str().unwrap().contains(field), "{field}: {status} {answer}");
    }
    for (method, body) in [("GET", None), ("POST", Some(json!({ "content": "x" })))] {
        let path = "/v1/chat/conversations/conv_none/messages";
        assert_eq!(server.ask(method, path, Some(&server.token), body.as_ref()).await.0, 404, "{method}");
    }
    assert_eq!(server.read(&path).await["total"], 3);
}

#[tokio::test]
async fn work_files_show_their_metadata_and_no_content() {
    let server = Server::with_examples().await;
    let list = server.read("/v1/work/files").await;
    assert_eq!((&list["total"], column(&list["files"], "id")), (&json!(1), vec!["file_guide"]));
    let file = server.read("/v1/work/files/file_guide").await;
    assert_eq!(file, list["files"][0]);
    assert_eq!(
        (&file["name"], &file["media_type"], &file["run_id"]),
        (&json!("reading-a-run.md"), &json!("text/markdown"), &Value::Null)
    );
    assert!(file["size_bytes"].as_u64().unwrap() > 100 && file.get("content").is_none(), "{file}");
    assert_eq!(server.read("/v1/work/files?offset=1").await, json!({ "files": [], "total": 1 }));
    assert_eq!(server.get("/v1/work/files/none").await.0, 404);
    assert_eq!(Server::start().await.read("/v1/work/files").await, json!({ "files": [], "total": 0 }));
}
