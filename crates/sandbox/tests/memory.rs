//! Long-term memory: what was confirmed is found by its words' stems, and nothing else is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use agentruntime_sandbox::{Role, Scope};
use serde_json::{Value, json};
use support::{Server, column};

async fn tool(server: &Server, tool: &str, arguments: Value) -> (u16, Value) {
    server.post("/v1/memory/tools/call", json!({ "tool": tool, "arguments": arguments })).await
}

async fn found(server: &Server, query: &str) -> Vec<String> {
    let body = server.made("/v1/memory/search", json!({ "query": query })).await;
    column(&body["results"], "content").into_iter().map(str::to_owned).collect()
}

/// Proposes items; their episode and their ids.
async fn proposed(server: &Server, items: Value) -> (String, Vec<String>) {
    let (status, body) = tool(server, "memory_propose_items", json!({ "items": items })).await;
    assert_eq!((status, &body["result"]["status"]), (200, &json!("proposed")), "{body}");
    let ids = serde_json::from_value(body["result"]["item_ids"].clone()).unwrap();
    (body["result"]["episode_id"].as_str().unwrap().to_owned(), ids)
}

async fn confirmed(server: &Server, content: &str) -> String {
    let (episode, ids) = proposed(server, json!([{ "content": content }])).await;
    assert_eq!(tool(server, "memory_confirm_item", json!({ "item_id": ids[0] })).await.0, 200);
    episode
}

#[tokio::test]
async fn an_item_is_found_once_it_is_confirmed() {
    let server = Server::start().await;
    let items = json!([{ "content": "The invoices were approved on Monday", "kind": "fact", "by": "Ada" }, { "content": "Pending orders" }]);
    let (episode, ids) = proposed(&server, items).await;
    assert_eq!(found(&server, "invoices").await, [""; 0], "what is only proposed is not remembered");
    let (status, body) = tool(&server, "memory_confirm_item", json!({ "item_id": ids[0] })).await;
    assert_eq!(
        (status, &body["result"]["item_id"], &body["result"]["status"]),
        (200, &json!(ids[0]), &json!("confirmed"))
    );

    for query in ["invoices", "INVOICE", "invoice approving", "nothing but invoiced", "monday"] {
        assert_eq!(found(&server, query).await, ["The invoices were approved on Monday"], "{query}");
    }
    for query in ["orders", "inv", "voices", "Tuesday"] {
        assert_eq!(found(&server, query).await, [""; 0], "{query}");
    }
    let hit = server.made("/v1/memory/search", json!({ "query": "invoice" })).await["results"][0].clone();
    assert_eq!((&hit["id"], &hit["episode_id"], &hit["kind"]), (&json!(ids[0]), &json!(episode), &json!("fact")));
    assert_eq!((&hit["payload"], &hit["status"]), (&json!({ "by": "Ada" }), &json!("confirmed")));
    assert!(hit["score"].is_number() && hit["confirmed_at"].is_string(), "{hit}");

    let (status, body) = tool(&server, "memory_confirm_item", json!({ "item_id": ids[0] })).await;
    assert_eq!((status, &body["code"]), (409, &json!("CONFLICT")), "{body}");
    assert_eq!(tool(&server, "memory_confirm_item", json!({ "item_id": "mem_none" })).await.0, 404);
}

#[tokio::test]
async fn the_better_match_comes_first_and_the_limit_holds() {
    let server = Server::start().await;
    for content in
        ["a budget and many other things that were said on a long day", "budget budget review", "review of the garden"]
    {
        confirmed(&server, content).await;
    }
    assert_eq!(found(&server, "budget review").await[0], "budget budget review");
    assert_eq!(found(&server, "budget review").await.len(), 3);
    let one = server.made("/v1/memory/search", json!({ "query": "budget review", "limit": 1 })).await;
    assert_eq!(column(&one["results"], "content"), ["budget budget review"]);
    for (project, hits) in [("sandbox", 3), ("elsewhere", 0)] {
        let body = json!({ "query": "budget review", "project_id": project });
        assert_eq!(
            server.made("/v1/memory/search", body).await["results"].as_array().unwrap().len(),
            hits,
            "{project}"
        );
    }
    for (body, field) in [
        (json!({}), "query"),
        (json!({ "query": "  " }), "query"),
        (json!({ "query": "x".repeat(1001) }), "query"),
        (json!({ "query": "x", "limit": 0 }), "limit"),
        (json!({ "query": "x", "limit": 51 }), "limit"),
        (json!({ "query": "x", "limit": -1 }), "limit"),
    ] {
        let (status, answer) = server.post("/v1/memory/search", body).await;
        assert!(status == 422 && answer["error"].as_str().unwrap().contains(field), "{field}: {status} {answer}");
    }
}

#[tokio::test]
async fn the_syntax_of_the_index_is_harmless_in_a_query() {
    let server = Server::start().await;
    confirmed(&server, "The café serves tea and cake").await;
    for query in [
        "\"",
        "\"\"",
        "tea\"",
        "tea*",
        "^tea",
        "tea AND nothing",
        "NOT tea",
        "NEAR(tea cake, 1)",
        "content:tea",
        "{content}: tea",
        "-tea",
        "tea + cake",
        "(tea",
        "tea;--",
        "tea'",
        "tea\u{0}",
        "CAFÉ",
        "cafe",
    ] {
        let (status, body) = server.post("/v1/memory/search", json!({ "query": query })).await;
        assert_eq!(status, 200, "{query:?}: {body}");
        let hits = body["results"].as_array().unwrap().len();
        assert_eq!(hits, usize::from(query.chars().any(char::is_alphanumeric)), "{query:?}: {body}");
    }
    assert_eq!(found(&server, "***").await, [""; 0], "no word finds nothing");
    assert_eq!(found(&server, "*a* nowhere").await, [""; 0], "a star begins no prefix");
}

#[tokio::test]
async fn an_episode_is_shown_with_payloads_or_without() {
    let server = Server::start().await;
    let (episode, ids) =
        proposed(&server, json!([{ "content": "one", "n": 1 }, { "content": "two", "kind": "fact" }])).await;
    let path = format!("/v1/memory/episodes/{episode}");
    let whole = server.read(&path).await;
    assert_eq!((&whole["id"], &whole["status"]), (&json!(episode), &json!("open")));
    assert_eq!(column(&whole["items"], "id"), ids);
    assert_eq!((&whole["items"][0]["payload"], &whole["items"][0]["kind"]), (&json!({ "n": 1 }), &json!("note")));
    assert_eq!(server.read(&format!("{path}?detail=true")).await, whole);
    let bare = server.read(&format!("{path}?detail=false")).await;
    assert!(bare["items"].as_array().unwrap().iter().all(|item| item.get("payload").is_none()), "{bare}");
    assert_eq!(column(&bare["items"], "content"), ["one", "two"]);
    assert_eq!(server.get(&format!("{path}?detail=perhaps")).await.0, 422);
    assert_eq!(server.get("/v1/memory/episodes/epi_none").await.0, 404);

    let body = json!({ "items": [{ "content": "three" }], "episode_id": episode });
    assert_eq!(tool(&server, "memory_propose_items", body).await.0, 200);
    assert_eq!(column(&server.read(&path).await["items"], "content"), ["one", "two", "three"]);
}

#[tokio::test]
async fn a_continuation_is_the_episode_that_was_left_last() {
    let server = Server::start().await;
    let next =
        async |arguments| tool(&server, "memory_get_continuation", arguments).await.1["result"]["episode"].clone();
    assert_eq!(next(json!({})).await, Value::Null);
    let (first, _) = proposed(&server, json!([{ "content": "first" }])).await;
    let (second, _) = proposed(&server, json!([{ "content": "second" }])).await;
    assert_eq!(next(json!({})).await["id"], json!(second));
    assert_eq!(next(json!({})).await["items"][0]["content"], "second");
    assert_eq!(next(json!({ "conversation_id": "conv_none" })).await, Value::Null);
    // Time is told to the millisecond.
    let begun = std::time::Instant::now();
    while begun.elapsed().as_millis() < 2 {
        tokio::task::yield_now().await;
    }
    tool(&server, "memory_propose_items", json!({ "items": [{ "content": "more" }], "episode_id": first })).await;
    assert_eq!(next(json!({})).await["id"], json!(first), "what was added to last");
}

#[tokio::test]
async fn a_conversation_is_indexed_once() {
    let server = Server::start().await;
    let conversation = server.made("/v1/chat/conversations", json!({ "title": "Plans" })).await["id"].clone();
    let messages = format!("/v1/chat/conversations/{}/messages", conversation.as_str().unwrap());
    for content in ["We ship the rocket in spring", "The rockets need paint"] {
        server.made(&messages, json!({ "content": content })).await;
    }
    let index = async || server.made("/v1/memory/index-conversation", json!({ "conversation_id": conversation })).await;
    let job = index().await;
    assert_eq!((&job["status"], &job["items"]), (&json!("completed"), &json!(2)), "{job}");
    let told = server.read(&format!("/v1/memory/extract/{}", job["job_id"].as_str().unwrap())).await;
    assert_eq!(
        (&told["status"], &told["items"], &told["kind"]),
        (&json!("completed"), &json!(2), &json!("conversation"))
    );
    assert_eq!(found(&server, "rocket").await.len(), 2, "what was said counts without being confirmed");
    assert_eq!(index().await["items"], 0);
    assert_eq!(found(&server, "rocket").await.len(), 2);
    server.made(&messages, json!({ "content": "A third rocket" })).await;
    assert_eq!(index().await["items"], 1);
    assert_eq!(found(&server, "rocket").await.len(), 3);
    let (_, body) = tool(&server, "memory_get_continuation", json!({ "conversation_id": conversation })).await;
    assert_eq!(body["result"]["episode"]["conversation_id"], conversation);
    assert_eq!(server.post("/v1/memory/index-conversation", json!({ "conversation_id": "none" })).await.0, 404);
    assert_eq!(server.get("/v1/memory/extract/job_none").await.0, 404);
}

#[tokio::test]
async fn a_file_is_indexed_by_paragraphs_and_once() {
    let server = Server::with_examples().await;
    let job = server.made("/v1/memory/index-file", json!({ "file_id": "file_guide" })).await;
    assert_eq!(job["items"], 3, "{job}");
    assert_eq!(found(&server, "pending task").await.len(), 1);
    assert_eq!(server.made("/v1/memory/index-file", json!({ "file_id": "file_guide" })).await["items"], 0);
    assert_eq!(server.post("/v1/memory/index-file", json!({ "file_id": "none" })).await.0, 404);
}

#[tokio::test]
async fn who_may_only_read_proposes_nothing() {
    let (server, tokens) =
        Server::start_with(&[(&[Scope::WorkflowRead], Role::Contributor), (&[Scope::WorkflowRun], Role::Contributor)])
            .await;
    let propose = json!({ "tool": "memory_propose_items", "arguments": { "items": [{ "content": "x" }] } });
    let recall = json!({ "tool": "memory_get_continuation" });
    let [reader, runner] = [&tokens[0], &tokens[1]];
    for (token, body, status) in [
        (reader, &recall, 200),
        (reader, &propose, 403),
        (runner, &propose, 200),
        (runner, &recall, 403),
        (&server.viewer, &recall, 200),
        (&server.viewer, &propose, 403),
    ] {
        let (answered, answer) = server.ask("POST", "/v1/memory/tools/call", Some(token), Some(body)).await;
        assert_eq!(answered, status, "{body}: {answer}");
    }
    for (name, arguments, field) in [
        ("memory_forget", json!({}), "tool"),
        ("memory_propose_items", json!({}), "items"),
        ("memory_propose_items", json!({ "items": [] }), "items"),
        ("memory_propose_items", json!({ "items": [{ "kind": "x" }] }), "items[0].content"),
        ("memory_propose_items", json!({ "items": [{ "content": "x" }, { "content": " " }] }), "items[1].content"),
        ("memory_propose_items", json!({ "items": [{ "content": "x", "kind": 1 }] }), "items[0].kind"),
        ("memory_confirm_item", json!({}), "item_id"),
    ] {
        let (status, answer) = tool(&server, name, arguments.clone()).await;
        assert!(
            status == 422 && answer["error"].as_str().unwrap().contains(field),
            "{name} {arguments}: {status} {answer}"
        );
    }
    let body = json!({ "items": [{ "content": "x" }], "episode_id": "epi_none" });
    assert_eq!(tool(&server, "memory_propose_items", body).await.0, 404);
}
