//! Secrets at rest: no file of the sandbox holds one in the clear, while it runs or after.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use support::{Server, graph};

/// Files of the folder that hold one of the secrets, plainly or in base64 or hexadecimal.
fn leaks(folder: &Path, secrets: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        read += bytes.len();
        for secret in secrets {
            for form in [secret.clone(), STANDARD.encode(secret), hex::encode(secret)] {
                if holds(&bytes, form.trim_end_matches('=').as_bytes()) {
                    found.push(format!("{} in {}", form, path.display()));
                }
            }
        }
    }
    assert!(read > 4096, "the folder was read");
    found
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

async fn instance(server: &Server) -> String {
    server.read("/v1/mcp/instances").await["instances"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn no_file_holds_a_secret_in_the_clear() {
    let server = Server::with_examples().await;
    let workflow = server.draft(graph(json!([]))).await;
    let instance = instance(&server).await;
    let (vault, replaced) = ("vault-secret-nu7Gq2", "vault-secret-before-Xk81");
    let (key, older, credential) = ("sk-llm-secret-9fR3tt", "sk-llm-secret-before-Qm5", "mcp-secret-Jw04Zz88");
    for value in [replaced, vault] {
        assert_eq!(server.put("/v1/vault/secrets/db", json!({ "value": value })).await.0, 200);
    }
    let body = json!({ "provider": "openai", "display_name": "Mine", "api_key": older });
    let made = server.made("/v1/llm-provider-keys", body).await;
    let path = format!("/v1/llm-provider-keys/{}", made["id"].as_str().unwrap());
    assert_eq!(server.patch(&path, json!({ "api_key": key })).await.0, 200);
    let path = format!("/v1/mcp/instances/{instance}/credentials");
    assert_eq!(server.put(&path, json!({ "bearer_token": credential })).await.0, 200);
    let hook = server.made("/v1/inbound-webhooks", json!({ "workflow_id": workflow, "name": "x" })).await;
    let pat = server.made("/v1/pats", json!({ "display_name": "x", "scopes": ["workflow:run"] })).await;
    let bearer = pat["token"].as_str().unwrap().to_owned();
    let body = json!({ "workflow_id": workflow, "name": "y", "automation_bearer": bearer });
    server.made("/v1/inbound-webhooks", body).await;

    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let secrets = [
        vault.to_owned(),
        replaced.to_owned(),
        key.to_owned(),
        older.to_owned(),
        credential.to_owned(),
        text(&hook["signing_secret"]),
        bearer.clone(),
        server.token.clone(),
        server.viewer.clone(),
    ];
    assert_eq!(leaks(server.folder(), &secrets), [""; 0], "while it runs");
    assert_eq!(
        leaks(server.folder(), &["Quarterly figures in parallel".to_owned()]).len(),
        1,
        "what is no secret is found"
    );
    let folder = server.stop().await;
    let mut names =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    names.sort();
    assert_eq!(names, ["sandbox.db", "sandbox.lock", "vault.key"], "the database was closed");
    assert_eq!(leaks(folder.path(), &secrets), [""; 0], "after it has ended");

    let database = rusqlite::Connection::open(folder.path().join("sandbox.db")).unwrap();
    let hash: Vec<u8> =
        database.query_row("SELECT hash FROM pats WHERE id = ?", [text(&pat["id"])], |row| row.get(0)).unwrap();
    assert_eq!(hash, Sha256::digest(bearer.as_bytes()).to_vec(), "a token is kept as its hash");
    drop(database);

    // What was sealed opens again in a new process's life.
    let server = Server::open(folder).await;
    assert_eq!(server.read("/v1/vault/secrets/db").await["value"], vault);
}

#[tokio::test]
async fn the_vault_lists_names_and_reveals_values() {
    let server = Server::start().await;
    let path = "/v1/vault/secrets/prod%2Fdb%20password";
    let (status, first) = server.put(path, json!({ "value": "one" })).await;
    assert_eq!((status, &first["path"], &first["version"]), (200, &json!("prod/db password"), &json!(1)));
    assert_eq!(server.put(path, json!({ "value": "two" })).await.1["version"], 2);
    assert_eq!(server.put("/v1/vault/secrets/a", json!({ "value": "" })).await.0, 200);
    let list = server.read("/v1/vault/secrets").await;
    assert_eq!(
        (list["total"].clone(), support::column(&list["secrets"], "path")),
        (json!(2), vec!["a", "prod/db password"])
    );
    let names = list["secrets"][1].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names, ["path", "version", "created_at", "updated_at"], "metadata and no value");
    assert_eq!(server.read(path).await, json!({ "path": "prod/db password", "version": 2, "value": "two" }));
    let (status, body) = server.ask("GET", path, Some(&server.viewer), None).await;
    assert_eq!(status, 403, "{body}");
    for (path, body, field) in [
        ("/v1/vault/secrets/b", json!({ "value": "x".repeat(64 * 1024 + 1) }), "value"),
        ("/v1/vault/secrets/b", json!({}), "value"),
        ("/v1/vault/secrets/b", json!({ "value": 5 }), "value"),
        ("/v1/vault/secrets/b%0A", json!({ "value": "x" }), "path"),
        (&format!("/v1/vault/secrets/{}", "b".repeat(257)), json!({ "value": "x" }), "path"),
    ] {
        let (status, answer) = server.put(path, body).await;
        assert_eq!((status, &answer["code"]), (422, &json!("VALIDATION_FAILED")), "{path}: {answer}");
        assert!(answer["error"].as_str().unwrap().contains(field), "{path}: {answer}");
    }
    assert_eq!(server.delete(path).await, (204, Value::Null));
    assert_eq!((server.get(path).await.0, server.delete(path).await.0), (404, 404));
    assert_eq!(server.read("/v1/vault/secrets").await["total"], 1);
}

#[tokio::test]
async fn an_llm_key_shows_its_end_and_is_revealed_when_asked() {
    let server = Server::start().await;
    let (status, made) = server
        .post(
            "/v1/llm-provider-keys",
            json!({ "provider": "anthropic", "display_name": "Mine", "api_key": "sk-ant-12345678" }),
        )
        .await;
    assert_eq!((status, &made["last_four"], &made["provider"]), (201, &json!("5678"), &json!("anthropic")), "{made}");
    let path = format!("/v1/llm-provider-keys/{}", made["id"].as_str().unwrap());
    assert_eq!(server.read("/v1/llm-provider-keys").await, json!({ "keys": [made] }));
    assert!(!made.to_string().contains("12345678"));
    assert_eq!(server.read(&format!("{path}/reveal")).await, json!({ "id": made["id"], "api_key": "sk-ant-12345678" }));
    assert_eq!(server.ask("GET", &format!("{path}/reveal"), Some(&server.viewer), None).await.0, 403);

    let (_, renamed) = server.patch(&path, json!({ "display_name": "Ours" })).await;
    assert_eq!((&renamed["display_name"], &renamed["last_four"]), (&json!("Ours"), &json!("5678")));
    let (_, changed) = server.patch(&path, json!({ "api_key": "short" })).await;
    assert_eq!(
        (&changed["display_name"], &changed["last_four"]),
        (&json!("Ours"), &json!("")),
        "a short key shows nothing"
    );
    assert_eq!(server.read(&format!("{path}/reveal")).await["api_key"], "short");

    for (body, field) in [
        (json!({ "provider": "nobody", "display_name": "x", "api_key": "k" }), "provider"),
        (json!({ "provider": "openai", "display_name": "", "api_key": "k" }), "display_name"),
        (json!({ "provider": "openai", "display_name": "x", "api_key": "" }), "api_key"),
        (json!({ "provider": "openai", "display_name": "x", "api_key": "k".repeat(4097) }), "api_key"),
        (json!({ "provider": "openai", "display_name": "x" }), "api_key"),
    ] {
        let (status, answer) = server.post("/v1/llm-provider-keys", body).await;
        assert_eq!((status, &answer["code"]), (422, &json!("VALIDATION_FAILED")), "{answer}");
        assert!(answer["error"].as_str().unwrap().contains(field), "{answer}");
    }
    let providers = server.read("/v1/llm-provider-keys/catalog").await;
    assert_eq!(support::column(&providers["providers"], "id"), ["openai", "anthropic", "google", "mistral"]);
    assert_eq!(server.delete(&path).await, (204, Value::Null));
    for (method, path) in [("PATCH", &path), ("DELETE", &path), ("GET", &format!("{path}/reveal"))] {
        assert_eq!(server.ask(method, path, Some(&server.token), Some(&json!({}))).await.0, 404, "{method} {path}");
    }
}

#[tokio::test]
async fn an_answer_that_refuses_a_secret_does_not_repeat_it() {
    let server = Server::with_examples().await;
    let instance = instance(&server).await;
    let secret = format!("unwanted secret {}", "x".repeat(65 * 1024));
    for (method, path, body) in [
        ("PUT", "/v1/vault/secrets/a", json!({ "value": secret })),
        ("PUT", "/v1/vault/secrets/a", json!({ "value": [secret] })),
        ("PUT", "/v1/vault/secrets/a", json!(secret)),
        ("POST", "/v1/llm-provider-keys", json!({ "provider": "openai", "display_name": "x", "api_key": secret })),
        (
            "POST",
            "/v1/llm-provider-keys",
            json!({ "provider": "openai", "display_name": "x", "api_key": { "key": secret } }),
        ),
        ("PUT", &format!("/v1/mcp/instances/{instance}/credentials"), json!({ "bearer_token": secret })),
        ("POST", "/v1/inbound-webhooks", json!({ "workflow_id": "w", "name": "x", "automation_bearer": secret })),
    ] {
        let (status, answer) = server.ask(method, path, Some(&server.token), Some(&body)).await;
        assert_eq!(status, 422, "{method} {path}: {}", answer.to_string().chars().take(200).collect::<String>());
        assert!(
            !answer.to_string().contains("unwanted"),
            "{method} {path}: {}",
            answer.to_string().chars().take(200).collect::<String>()
        );
    }
}
