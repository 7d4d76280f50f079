//! Inbound webhooks: the secret is shown once, and nothing starts without the right token and the right signature.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use agentruntime_sandbox::{Role, Scope};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use support::{Server, answer, column, graph, script};

struct Hook {
    workflow: String,
    id: String,
    secret: String,
    path: String,
}

async fn hook(server: &Server) -> Hook {
    let workflow = server.workflow(graph(json!([script("a", "return { got = input.order }", &[])]))).await;
    let made = server.made("/v1/inbound-webhooks", json!({ "workflow_id": workflow, "name": "Orders" })).await;
    Hook {
        workflow,
        id: made["subscription"]["id"].as_str().unwrap().to_owned(),
        secret: made["signing_secret"].as_str().unwrap().to_owned(),
        path: made["ingress_path"].as_str().unwrap().to_owned(),
    }
}

fn signed(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

async fn deliver(
    server: &Server,
    path: &str,
    token: Option<&str>,
    signature: Option<&str>,
    body: &'static [u8],
) -> (u16, Value) {
    let mut request = server.request("POST", path).body(body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(signature) = signature {
        request = request.header("X-Agentruntime-Signature", signature);
    }
    answer(request).await
}

#[tokio::test]
async fn the_secret_is_shown_once() {
    let server = Server::start().await;
    let workflow = server.draft(graph(json!([]))).await;
    let pats = server.read("/v1/pats").await;
    let mine =
        pats["pats"].as_array().unwrap().iter().find(|pat| pat["role"] == "project_contributor").unwrap().clone();
    let asked = json!({ "workflow_id": workflow, "name": " Orders ", "extras": { "team": "sales" } });
    let (status, made) = server.post("/v1/inbound-webhooks", asked).await;
    assert_eq!(status, 201, "{made}");
    let id = made["subscription"]["id"].as_str().unwrap();
    assert_eq!(
        made["subscription"],
        json!({ "id": id, "workflow_id": workflow, "name": "Orders", "automation_pat_id": mine["id"], "extras": { "team": "sales" },
                "created_at": made["subscription"]["created_at"] })
    );
    let secret = made["signing_secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() >= 64, "{secret}");
    assert_eq!(made["ingress_path"], format!("/v1/inbound-webhooks/{id}"));
    assert_eq!(made["ingress_url"], format!("{}/v1/inbound-webhooks/{id}", server.url));

    let list = server.read("/v1/inbound-webhooks").await;
    assert_eq!(list, json!({ "subscriptions": [made["subscription"]], "total": 1 }));
    assert!(!list.to_string().contains("whsec_"));
    let second = server.made("/v1/inbound-webhooks", json!({ "workflow_id": workflow, "name": "Orders" })).await;
    assert_ne!(second["signing_secret"], made["signing_secret"]);
}

#[tokio::test]
async fn a_signed_delivery_starts_a_run_with_the_body_as_its_input() {
    let server = Server::start().await;
    let hook = hook(&server).await;
    let body = br#" {"order": {"id": 7, "name": "caf\u00e9"}} "#;
    let (status, started) =
        deliver(&server, &hook.path, Some(&server.token), Some(&signed(&hook.secret, body)), body).await;
    assert_eq!((status, &started["workflow_id"]), (200, &json!(hook.workflow)), "{started}");
    let run = started["run_id"].as_str().unwrap();
    let summary = server.finished(&hook.workflow, run).await;
    assert_eq!((&summary["status"], &summary["trigger_type"]), (&json!("completed"), &json!("webhook")));
    let context = server.context(&hook.workflow, run).await;
    assert_eq!(context["input"]["order"], json!({ "id": 7, "name": "café" }));
    assert_eq!(context["steps"]["a"]["result"], json!({ "got": { "id": 7, "name": "café" } }));
    // Hexadecimal is hexadecimal in either case, and no body is no input.
    let upper = signed(&hook.secret, body).to_uppercase().replace("SHA256", "sha256");
    assert_eq!(deliver(&server, &hook.path, Some(&server.token), Some(&upper), body).await.0, 200);
    assert_eq!(deliver(&server, &hook.path, Some(&server.token), Some(&signed(&hook.secret, b"")), b"").await.0, 200);
}

#[tokio::test]
async fn nothing_starts_without_the_right_signature_and_token() {
    let (server, tokens) = Server::start_with(&[
        (&[Scope::WorkflowRead, Scope::McpExecute, Scope::McpRead, Scope::McpWrite], Role::Contributor),
        (&Scope::ALL, Role::Contributor),
    ])
    .await;
    let (one, two) = (hook(&server).await, hook(&server).await);
    let body = br#"{"order":1}"#;
    let right = signed(&one.secret, body);
    let (token, right) = (Some(server.token.as_str()), right.as_str());
    let bare = right.trim_start_matches("sha256=");
    for (what, token, signature, body, status) in [
        ("no signature", token, None, body.as_slice(), 401),
        ("an empty signature", token, Some(""), body, 401),
        ("no digits", token, Some("sha256="), body, 401),
        ("no prefix", token, Some(bare), body, 401),
        ("another hash", token, Some(&*format!("sha512={bare}")), body, 401),
        ("half of it", token, Some(&right[..39]), body, 401),
        ("no hexadecimal", token, Some(&*format!("sha256={}", "zz".repeat(32))), body, 401),
        ("the other hook's secret", token, Some(&*signed(&two.secret, body)), body, 401),
        ("the signature of another body", token, Some(&*signed(&one.secret, b"{}")), body, 401),
        ("an altered body", token, Some(right), br#"{"order":2}"#, 401),
        ("a body with more", token, Some(right), br#"{"order":1} "#, 401),
        ("no token", None, Some(right), body, 401),
        ("an unknown token", Some("pat_unknown"), Some(right), body, 401),
        ("a viewer", Some(&server.viewer), Some(right), body, 403),
        ("a token that may not run", Some(&tokens[0]), Some(right), body, 403),
        ("a token of someone else", Some(&tokens[1]), Some(right), body, 403),
    ] {
        let (answered, body) = deliver(&server, &one.path, token, signature, body).await;
        assert_eq!(answered, status, "{what}: {body}");
        assert!(body["error"].is_string() && body["code"].is_string(), "{what}: {body}");
        assert!(!body.to_string().contains("whsec_"), "{what}: {body}");
    }
    let broken = b"{\"order\"";
    let (status, body) = deliver(&server, &one.path, token, Some(&signed(&one.secret, broken)), broken).await;
    assert_eq!((status, &body["code"]), (400, &json!("BAD_REQUEST")), "{body}");
    let (status, _) = deliver(&server, "/v1/inbound-webhooks/whk_none", token, Some(right), b"{}").await;
    assert_eq!(status, 404);
    assert_eq!(server.read("/v1/runs").await["total"], 0, "nothing was started");
    assert_eq!(
        deliver(&server, &one.path, token, Some(right), br#"{"order":1}"#).await.0,
        200,
        "and the right one still is"
    );
}

#[tokio::test]
async fn a_webhook_is_bound_to_the_token_it_names() {
    let server = Server::start().await;
    let workflow = server.workflow(graph(json!([script("a", "return {}", &[])]))).await;
    let robot = server.made("/v1/pats", json!({ "display_name": "robot", "scopes": ["workflow:run"] })).await;
    let token = robot["token"].as_str().unwrap();
    for (key, value) in [("automation_pat_id", &robot["id"]), ("automation_bearer", &robot["token"])] {
        let made =
            server.made("/v1/inbound-webhooks", json!({ "workflow_id": workflow, "name": "Robot", key: value })).await;
        assert_eq!(made["subscription"]["automation_pat_id"], robot["id"], "{key}");
        assert!(!made.to_string().contains(token), "{key}");
        let path = made["ingress_path"].as_str().unwrap();
        let signature = signed(made["signing_secret"].as_str().unwrap(), b"{}");
        assert_eq!(deliver(&server, path, Some(token), Some(&signature), b"{}").await.0, 200, "{key}");
        assert_eq!(deliver(&server, path, Some(&server.token), Some(&signature), b"{}").await.0, 403, "{key}");
    }
    for (body, field) in [
        (json!({ "name": "x" }), "workflow_id"),
        (json!({ "workflow_id": "wf_none", "name": "x" }), "workflow_id"),
        (json!({ "workflow_id": workflow, "name": "" }), "name"),
        (json!({ "workflow_id": workflow, "name": "x", "automation_pat_id": "pat_none" }), "automation_pat_id"),
        (json!({ "workflow_id": workflow, "name": "x", "automation_bearer": "pat_none" }), "automation_bearer"),
        (json!({ "workflow_id": workflow, "name": "x", "extras": 1 }), "extras"),
    ] {
        let (status, answer) = server.post("/v1/inbound-webhooks", body.clone()).await;
        assert_eq!((status, &answer["code"]), (422, &json!("VALIDATION_FAILED")), "{body}: {answer}");
        assert!(answer["error"].as_str().unwrap().contains(field), "{body}: {answer}");
    }
    assert_eq!(server.read("/v1/inbound-webhooks").await["total"], 2);
}

#[tokio::test]
async fn a_deleted_webhook_starts_nothing() {
    let server = Server::start().await;
    let (one, two) = (hook(&server).await, hook(&server).await);
    let path = format!("/v1/inbound-webhooks/{}", one.id);
    assert_eq!(server.delete(&path).await, (204, Value::Null));
    assert_eq!(server.delete(&path).await.0, 404);
    let signature = signed(&one.secret, b"{}");
    assert_eq!(deliver(&server, &one.path, Some(&server.token), Some(&signature), b"{}").await.0, 404);
    assert_eq!(column(&server.read("/v1/inbound-webhooks").await["subscriptions"], "id"), [&two.id]);
    assert_eq!(server.read("/v1/runs").await["total"], 0);
}
