//! The guard before every route: each rule is routed, each asks for what it says, and what no rule names is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::{collections::HashMap, sync::Arc};

use agentruntime_sandbox::{Role, Rule, Sandbox, SandboxOptions, Scope, rules};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use support::{Server, answer};

const NO_ROUTE: &str = "there is no such route";

/// The rule's path with something in place of its parameters.
fn path(rule: &Rule) -> String {
    rule.path.split('/').map(|part| if part.starts_with('{') { "none" } else { part }).collect::<Vec<_>>().join("/")
}

fn assert_is_error(answer: &(u16, Value), status: u16, code: &str, what: &str) {
    assert_eq!((answer.0, answer.1["code"].as_str()), (status, Some(code)), "{what}: {}", answer.1);
    assert!(answer.1["error"].as_str().is_some_and(|text| !text.is_empty()), "{what}: {}", answer.1);
}

#[tokio::test]
async fn every_rule_is_routed() {
    let server = Server::start().await;
    for rule in rules() {
        let (status, body) = server.ask(rule.method, &path(rule), Some(&server.token), None).await;
        assert_ne!(body["error"], NO_ROUTE, "{} {}", rule.method, rule.path);
        assert!(!matches!(status, 401 | 403 | 405 | 500..), "{} {}: {status} {body}", rule.method, rule.path);
    }
}

#[tokio::test]
async fn no_rule_stands_twice_and_none_is_without_a_scope() {
    let mut seen = HashMap::new();
    for rule in rules() {
        assert_eq!(seen.insert((rule.method, rule.path), ()), None, "{} {}", rule.method, rule.path);
        assert!(!rule.scopes.is_empty(), "{} {}", rule.method, rule.path);
    }
}

#[tokio::test]
async fn no_rule_lets_anyone_in_without_a_token() {
    let server = Server::start().await;
    for rule in rules() {
        let what = format!("{} {}", rule.method, rule.path);
        for token in [None, Some("pat_unknown"), Some("")] {
            assert_is_error(&server.ask(rule.method, &path(rule), token, None).await, 401, "UNAUTHORIZED", &what);
        }
    }
    for header in ["Basic cGF0", "Bearer", server.token.as_str(), &format!("Token {}", server.token)] {
        let request = server.request("GET", "/v1/workflows").header("authorization", header);
        assert_is_error(&answer(request).await, 401, "UNAUTHORIZED", header);
    }
    // The name of the scheme is written as one likes.
    let request = server.request("GET", "/v1/workflows").header("authorization", format!("bearer {}", server.token));
    assert_eq!(answer(request).await.0, 200);
}

#[tokio::test]
async fn every_rule_wants_one_of_its_scopes() {
    let mut sets = Vec::<Vec<Scope>>::new();
    for rule in rules() {
        let others = Scope::ALL.into_iter().filter(|scope| !rule.scopes.contains(scope)).collect();
        for set in rule.scopes.iter().map(|scope| vec![*scope]).chain([others]) {
            if !sets.contains(&set) {
                sets.push(set);
            }
        }
    }
    let asked = sets.iter().map(|set| (set.as_slice(), Role::Contributor)).collect::<Vec<_>>();
    let (server, tokens) = Server::start_with(&asked).await;
    for rule in rules() {
        for (set, token) in sets.iter().zip(&tokens) {
            let what = format!("{} {} with {set:?}", rule.method, rule.path);
            let answer = server.ask(rule.method, &path(rule), Some(token), None).await;
            if rule.scopes.iter().any(|scope| set.contains(scope)) {
                assert!(!matches!(answer.0, 401 | 403), "{what}: {}", answer.1);
            } else {
                assert_is_error(&answer, 403, "FORBIDDEN", &what);
                let text = answer.1["error"].as_str().unwrap();
                assert!(text.contains(rule.scopes[0].name()), "{what}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn a_viewer_reads_and_writes_nothing() {
    let server = Server::start().await;
    for rule in rules() {
        let what = format!("{} {}", rule.method, rule.path);
        let answer = server.ask(rule.method, &path(rule), Some(&server.viewer), None).await;
        if rule.role == Role::Contributor {
            assert_is_error(&answer, 403, "FORBIDDEN", &what);
            assert_eq!(answer.1["error"], "this needs the role project_contributor", "{what}");
        } else {
            assert!(!matches!(answer.0, 401 | 403), "{what}: {}", answer.1);
        }
        let changes = matches!(rule.method, "PUT" | "PATCH" | "DELETE");
        assert!(!changes || rule.role == Role::Contributor, "{what} changes things and asks for no role");
        let shows_a_secret = rule.path.ends_with("/reveal") || rule.path == "/v1/vault/secrets/{path}";
        assert!(!shows_a_secret || rule.role == Role::Contributor, "{what} shows a secret to a viewer");
    }
}

#[tokio::test]
async fn what_no_rule_names_is_not_there() {
    let server = Server::start().await;
    let token = Some(server.token.as_str());
    for path in ["/", "/v1", "/v1/nothing", "/v1/workflows/", "/v2/workflows", "/sandbox", "/v1/runs/none"] {
        for token in [None, token] {
            let answer = server.ask("GET", path, token, None).await;
            assert_is_error(&answer, 404, "NOT_FOUND", path);
            assert_eq!(answer.1["error"], NO_ROUTE, "{path}");
        }
    }
    // Every method that a path has no rule for, but the public door of the webhooks.
    let mut wrong = 0;
    for rule in rules() {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let ruled = rules().iter().any(|other| other.method == method && other.path == rule.path);
            if ruled || (method, rule.path) == ("POST", "/v1/inbound-webhooks/{id}") {
                continue;
            }
            wrong += 1;
            let answer = server.ask(method, &path(rule), token, None).await;
            assert_is_error(&answer, 404, "NOT_FOUND", &format!("{method} {}", rule.path));
            assert_eq!(answer.1["error"], NO_ROUTE, "{method} {}", rule.path);
        }
    }
    assert!(wrong > rules().len());
}

#[tokio::test]
async fn a_path_that_cannot_be_read_is_answered_in_the_apis_words() {
    let server = Server::start().await;
    assert_is_error(&server.get("/v1/workflows/%FF").await, 400, "BAD_REQUEST", "bytes that are no text");
    let (status, body) = server.get("/v1/workflows/%E2%82%AC%2F..%2F%00'%20OR%201=1").await;
    assert_eq!((status, &body["error"]), (404, &json!("there is no workflow \"€/../\u{0}' OR 1=1\"")));
}

#[tokio::test]
async fn a_token_that_has_expired_or_was_revoked_is_unknown() {
    let server = Server::start().await;
    let asked = json!({ "display_name": "short", "scopes": ["workflow:read"], "expires_at": "2999-01-01T00:00:00Z" });
    let short = server.made("/v1/pats", asked).await;
    let token = short["token"].as_str().unwrap();
    assert_eq!(short["expires_at"], "2999-01-01T00:00:00.000Z");
    assert_eq!(server.ask("GET", "/v1/workflows", Some(token), None).await.0, 200);
    let database = rusqlite::Connection::open(server.folder().join("sandbox.db")).unwrap();
    let changed = "UPDATE pats SET expires_at = '2020-01-01T00:00:00.000Z' WHERE id = ?";
    assert_eq!(database.execute(changed, [short["id"].as_str().unwrap()]).unwrap(), 1);
    assert_is_error(&server.ask("GET", "/v1/workflows", Some(token), None).await, 401, "UNAUTHORIZED", "expired");

    let body = json!({ "display_name": "gone", "scopes": ["workflow:read"] });
    let gone = server.made("/v1/pats", body).await;
    let token = gone["token"].as_str().unwrap();
    assert_eq!(server.ask("GET", "/v1/workflows", Some(token), None).await.0, 200);
    let path = format!("/v1/pats/{}", gone["id"].as_str().unwrap());
    assert_eq!(server.delete(&path).await, (204, Value::Null));
    assert_is_error(&server.ask("GET", "/v1/workflows", Some(token), None).await, 401, "UNAUTHORIZED", "revoked");
    assert_eq!(server.delete(&path).await.0, 404);
}

#[tokio::test]
async fn a_local_token_replaces_its_predecessor_and_no_one_elses() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let issue = async || {
        let sandbox = Sandbox::open(SandboxOptions::new(folder.path()).empty()).await.unwrap();
        sandbox.issue_local_pat("The app").await.unwrap().expose_secret().to_owned()
    };
    let first = issue().await;
    let server = Server::open(folder.clone()).await;
    let row = |pats: &Value| {
        pats["pats"].as_array().unwrap().iter().find(|pat| pat["display_name"] == "The app").unwrap().clone()
    };
    let before = row(&server.read("/v1/pats").await);
    assert_eq!(before["scopes"].as_array().unwrap().len(), Scope::ALL.len());
    assert_eq!(server.ask("GET", "/v1/workflows", Some(&first), None).await.0, 200);
    let namesake = server.made("/v1/pats", json!({ "display_name": "The app", "scopes": ["workflow:read"] })).await;
    server.stop().await;

    let second = issue().await;
    let server = Server::open(folder.clone()).await;
    assert_eq!(server.ask("GET", "/v1/workflows", Some(&first), None).await.0, 401);
    assert_eq!(server.ask("GET", "/v1/workflows", Some(&second), None).await.0, 200);
    let token = namesake["token"].as_str().unwrap();
    assert_eq!(server.ask("GET", "/v1/workflows", Some(token), None).await.0, 200, "a person's token of the same name");
    let ids = server.read("/v1/pats").await;
    let kept = ids["pats"].as_array().unwrap().iter().any(|pat| pat["id"] == before["id"]);
    assert!(kept, "what is bound to the app's token stays bound to it");
}
