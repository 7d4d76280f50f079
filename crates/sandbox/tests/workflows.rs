//! Workflows: drafts, their list, their versions, and what is wrong with them, field by field.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::{Value, json};
use support::{Server, answer, column, graph, script};

/// Waits until the clock's millisecond, and with it the API's `updated_at`, has moved on.
async fn tick() {
    let begun = std::time::SystemTime::now();
    while begun.elapsed().unwrap().as_millis() < 2 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_workflow_lives_from_draft_to_archive() {
    let server = Server::start().await;
    let drawn = graph(json!([script("a", "return { n = 1 }", &[])]));
    let asked =
        json!({ "name": "  Report ", "description": "of the week", "graph": drawn, "run_setup": { "env": "dev" } });
    let (status, made) = server.post("/v1/workflows", asked).await;
    assert_eq!(status, 201, "{made}");
    let id = made["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/workflows/{id}");
    assert_eq!(
        made,
        json!({
            "id": id, "name": "Report", "description": "of the week", "tenant_id": "sandbox", "project_id": "sandbox",
            "status": "draft", "graph": drawn, "run_setup": { "env": "dev" }, "published_version": null,
            "created_at": made["created_at"], "updated_at": made["created_at"],
        })
    );
    assert!(made["created_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(server.read(&path).await, made);

    tick().await;
    let (status, changed) = server.patch(&path, json!({ "description": "" })).await;
    assert_eq!((status, &changed["name"], &changed["description"]), (200, &json!("Report"), &json!("")));
    assert_eq!((&changed["graph"], &changed["created_at"]), (&drawn, &made["created_at"]));
    assert!(changed["updated_at"].as_str().unwrap() > made["updated_at"].as_str().unwrap());

    let run = {
        server.made(&format!("{path}/versions"), json!({})).await;
        server.run(&id, json!({})).await
    };
    server.finished(&id, &run).await;
    assert_eq!(server.delete(&path).await, (204, Value::Null));
    assert_eq!(server.read("/v1/workflows").await, json!({ "workflows": [], "total": 0 }));
    for (method, path, body) in [
        ("GET", path.clone(), None),
        ("PATCH", path.clone(), Some(json!({ "name": "x" }))),
        ("DELETE", path.clone(), None),
        ("POST", format!("{path}/versions"), Some(json!({}))),
        ("POST", format!("{path}/command"), Some(json!({ "command": "start" }))),
        ("POST", format!("{path}/validate"), Some(json!({}))),
    ] {
        let (status, body) = server.ask(method, &path, Some(&server.token), body.as_ref()).await;
        assert_eq!((status, &body["code"]), (404, &json!("NOT_FOUND")), "{method} {path}: {body}");
    }
    assert_eq!(server.summary(&id, &run).await["status"], "completed", "what ran is still to be read");
    assert_eq!(server.read(&format!("{path}/runs")).await["total"], 1);
    assert_eq!(server.read(&format!("{path}/versions")).await["versions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_list_has_what_changed_last_first_and_pages() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(server.draft(graph(json!([]))).await);
        tick().await;
    }
    let list = server.read("/v1/workflows").await;
    assert_eq!(column(&list["workflows"], "id"), [&ids[2], &ids[1], &ids[0]]);
    server.patch(&format!("/v1/workflows/{}", ids[0]), json!({ "name": "Changed" })).await;
    tick().await;
    server.made(&format!("/v1/workflows/{}/versions", ids[1]), json!({})).await;
    let list = server.read("/v1/workflows").await;
    assert_eq!(column(&list["workflows"], "id"), [&ids[1], &ids[0], &ids[2]]);
    assert_eq!((&list["total"], &list["workflows"][0]["status"]), (&json!(3), &json!("published")));

    for (query, expected) in [
        ("limit=1", vec![&ids[1]]),
        ("limit=1&offset=1", vec![&ids[0]]),
        ("limit=100&offset=1", vec![&ids[0], &ids[2]]),
        ("offset=3", vec![]),
        ("offset=4294967295", vec![]),
    ] {
        let list = server.read(&format!("/v1/workflows?{query}")).await;
        assert_eq!(
            (column(&list["workflows"], "id"), &list["total"]),
            (expected.iter().map(|id| id.as_str()).collect(), &json!(3)),
            "{query}"
        );
    }
}

#[tokio::test]
async fn every_list_keeps_to_its_bounds() {
    let server = Server::start().await;
    let id = server.draft(graph(json!([]))).await;
    for path in [
        "/v1/workflows",
        "/v1/runs",
        "/v1/tasks/pending",
        "/v1/mcp/servers",
        "/v1/mcp/instances",
        "/v1/chat/conversations",
        "/v1/work/files",
        "/v1/vault/secrets",
        "/v1/inbound-webhooks",
        &format!("/v1/workflows/{id}/runs"),
        &format!("/v1/workflows/{id}/versions"),
    ] {
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=-1", "limit"),
            ("limit=ten", "limit"),
            ("limit=", "limit"),
            ("offset=-1", "offset"),
            ("offset=4294967296", "offset"),
        ] {
            let (status, body) = server.get(&format!("{path}?{query}")).await;
            assert_eq!((status, &body["code"]), (422, &json!("VALIDATION_FAILED")), "{path}?{query}: {body}");
            assert!(body["error"].as_str().unwrap().starts_with(&format!("{field}: ")), "{path}?{query}: {body}");
        }
        assert_eq!(server.get(&format!("{path}?limit=100&offset=5&unknown=1")).await.0, 200, "{path}");
    }
    for _ in 0..21 {
        server.draft(graph(json!([]))).await;
    }
    let list = server.read("/v1/workflows").await;
    assert_eq!((list["workflows"].as_array().unwrap().len(), &list["total"]), (20, &json!(22)), "twenty by default");
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_named() {
    let server = Server::start().await;
    let id = server.draft(graph(json!([]))).await;
    let path = format!("/v1/workflows/{id}");
    let large = graph(json!([script("a", &"x".repeat(1024 * 1024), &[])]));
    for (method, path, body, field) in [
        ("POST", "/v1/workflows", json!({}), "name"),
        ("POST", "/v1/workflows", json!({ "name": "  " }), "name"),
        ("POST", "/v1/workflows", json!({ "name": 5 }), "name"),
        ("POST", "/v1/workflows", json!({ "name": "x".repeat(201) }), "name"),
        ("POST", "/v1/workflows", json!({ "name": "x", "nmae": "y" }), "nmae"),
        ("POST", "/v1/workflows", json!({ "name": "x", "description": "x".repeat(10_001) }), "description"),
        ("POST", "/v1/workflows", json!({ "name": "x", "graph": [] }), "graph"),
        ("POST", "/v1/workflows", json!({ "name": "x", "graph": { "steps": {} } }), "graph"),
        ("POST", "/v1/workflows", json!({ "name": "x", "graph": large }), "graph"),
        ("POST", "/v1/workflows", json!({ "name": "x", "run_setup": 1 }), "run_setup"),
        ("PATCH", &path, json!({ "name": "" }), "name"),
        ("PATCH", &path, json!({ "graph": {} }), "graph"),
        ("PATCH", &path, json!({ "status": "published" }), "status"),
        ("POST", &format!("{path}/versions"), json!({ "changelog": " " }), "changelog"),
        ("POST", &format!("{path}/command"), json!({}), "command"),
        ("POST", &format!("{path}/command"), json!({ "command": "begin" }), "command"),
        ("POST", &format!("{path}/command"), json!({ "command": "start", "params": [] }), "params"),
        ("POST", &format!("{path}/command"), json!({ "command": "pause" }), "params.run_id"),
        (
            "POST",
            &format!("{path}/command"),
            json!({ "command": "stop", "params": { "run_id": "r", "mode": "now" } }),
            "params.mode",
        ),
        ("POST", &format!("{path}/validate"), json!({ "params": 1 }), "params"),
    ] {
        let (status, answer) = server.ask(method, path, Some(&server.token), Some(&body)).await;
        let shown = body.to_string().chars().take(100).collect::<String>();
        assert_eq!((status, &answer["code"]), (422, &json!("VALIDATION_FAILED")), "{method} {path} {shown}: {answer}");
        assert!(answer["error"].as_str().unwrap().contains(field), "{method} {path} {shown}: {answer}");
    }
    assert_eq!(server.read("/v1/workflows").await["total"], 1, "none of them was made");
    assert_eq!(server.read(&path).await["status"], "draft");
}

#[tokio::test]
async fn what_is_no_json_or_too_much_is_malformed() {
    let server = Server::start().await;
    for body in ["{", "nonsense", "{\"name\": \"x\"} {}", "\"name\u{0}"] {
        let request = server.request("POST", "/v1/workflows").bearer_auth(&server.token).body(body);
        let (status, answer) = answer(request).await;
        assert_eq!((status, &answer["code"]), (400, &json!("BAD_REQUEST")), "{body}: {answer}");
    }
    let request =
        server.request("POST", "/v1/workflows").bearer_auth(&server.token).body(vec![b' '; 4 * 1024 * 1024 + 1]);
    let (status, answer) = answer(request).await;
    assert_eq!((status, &answer["code"]), (400, &json!("BAD_REQUEST")), "{answer}");
    assert_eq!(server.read("/v1/workflows").await["total"], 0);
}

#[tokio::test]
async fn runs_execute_the_published_snapshot_and_never_the_draft() {
    let server = Server::start().await;
    let says = |text: &str| graph(json!([script("a", &format!("return {{ says = \"{text}\" }}"), &[])]));
    let id = server.draft(says("first")).await;
    let path = format!("/v1/workflows/{id}");
    let (status, body) = server.command(&id, "start", json!({})).await;
    assert_eq!((status, &body["code"]), (409, &json!("CONFLICT")), "a draft alone does not run: {body}");

    let (status, first) = server.post(&format!("{path}/versions"), json!({ "changelog": "The first" })).await;
    assert_eq!(status, 201);
    assert_eq!(
        first,
        json!({ "version": 1, "workflow_id": id, "changelog": "The first", "published_at": first["published_at"],
                "graph_snapshot": says("first") })
    );
    server.patch(&path, json!({ "graph": says("second") })).await;
    let run = server.run(&id, json!({})).await;
    assert_eq!(server.finished(&id, &run).await["version"], 1);
    assert_eq!(server.context(&id, &run).await["steps"]["a"]["result"], json!({ "says": "first" }));

    // Nor does a draft that cannot run, or that asks for other input, stand in a start's way.
    server.patch(&path, json!({ "graph": graph(json!([script("b", "return {}", &["b"])])) })).await;
    let run = server.run(&id, json!({ "trigger_steps": ["a"] })).await;
    assert_eq!(server.finished(&id, &run).await["status"], "completed");
    server.patch(&path, json!({ "graph": says("second") })).await;

    let second = server.made(&format!("{path}/versions"), json!({})).await;
    assert_eq!((&second["version"], &second["graph_snapshot"]), (&json!(2), &says("second")));
    let run = server.run(&id, json!({})).await;
    assert_eq!(server.finished(&id, &run).await["version"], 2);
    assert_eq!(server.context(&id, &run).await["steps"]["a"]["result"], json!({ "says": "second" }));

    let versions = server.read(&format!("{path}/versions")).await;
    assert_eq!(versions, json!({ "versions": [second, first] }), "newest first, and the first one as it was");
    assert_eq!(server.read(&format!("{path}/versions?limit=1&offset=1")).await, json!({ "versions": [first] }));
    assert_eq!(server.read(&path).await["published_version"], 2);
    assert_eq!(server.get("/v1/workflows/wf_none/versions").await.0, 404);
}
