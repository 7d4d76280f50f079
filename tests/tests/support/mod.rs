//! A sandbox, a wire-tap before it, and Platform MCP with a token of exactly the scopes a test asks for.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::disallowed_methods)]

pub mod tap;

use std::sync::Arc;

use agentruntime_bff::{Client, Config};
use agentruntime_platform_mcp::{
    call::Upstream,
    catalogue::{Group, Switches},
    platform::{Caller, Credentials, Platform},
};
use agentruntime_sandbox::{Role, Sandbox, SandboxOptions, Scope};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use tap::Tap;

/// A sandbox that serves until it is dropped, with a token for everything.
pub struct World {
    pub url: String,
    pub admin: SecretString,
    pub tap: Tap,
    http: reqwest::Client,
    _folder: TempDir,
    _end: DropGuard,
}

impl World {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::open(SandboxOptions::new(folder.path())).await.unwrap();
        let admin = sandbox.issue_local_pat("admin").await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        tokio::spawn(sandbox.serve(listener, shutdown.clone()));
        let tap = Tap::before(address).await;
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { url: format!("http://{address}"), admin, tap, http, _folder: folder, _end: shutdown.drop_guard() }
    }

    /// Asks the sandbox itself, past the tap, with the token for everything.
    pub async fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let method = method.parse::<reqwest::Method>().unwrap();
        let mut request =
            self.http.request(method, format!("{}{path}", self.url)).bearer_auth(self.admin.expose_secret());
        if !body.is_null() {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }

    /// A new token; the only way to one with few scopes or a lesser role is through a stronger one.
    pub async fn token(&self, scopes: &[Scope]) -> (String, String) {
        let scopes = scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>();
        let made = self.ask("POST", "/v1/pats", json!({ "display_name": "of a test", "scopes": scopes })).await;
        (made["id"].as_str().unwrap().to_owned(), made["token"].as_str().unwrap().to_owned())
    }

    /// Platform MCP behind the tap, with every switch on and this token.
    pub fn platform(&self, token: &str) -> Arc<Platform> {
        let client = Client::new(Config::new(self.tap.url.parse().unwrap())).unwrap();
        let upstream = Upstream::new(client, Some(token.parse().unwrap()));
        Arc::new(Platform::new(Switches::new(Group::ALL.to_vec(), true), Credentials::Held, upstream))
    }

    /// A run that works for two seconds: workflow, run.
    pub async fn busy_run(&self) -> (String, String) {
        let step = json!({ "id": "busy", "type": "lua_script", "script": "while true do end", "timeout_s": 2 });
        let body = json!({ "name": "Busy", "graph": { "steps": [step] } });
        let workflow = self.ask("POST", "/v1/workflows", body).await["id"].as_str().unwrap().to_owned();
        self.ask("POST", &format!("/v1/workflows/{workflow}/versions"), json!({})).await;
        let start = json!({ "command": "start" });
        let started = self.ask("POST", &format!("/v1/workflows/{workflow}/command"), start).await;
        (workflow, started["run_id"].as_str().unwrap().to_owned())
    }

    /// A run that waits for a person: workflow, run, task.
    pub async fn waiting_run(&self) -> (String, String, String) {
        let workflow = "wf_example_approval".to_owned();
        let started =
            self.ask("POST", &format!("/v1/workflows/{workflow}/command"), json!({ "command": "start" })).await;
        let run = started["run_id"].as_str().unwrap().to_owned();
        loop {
            let path = format!("/v1/workflows/{workflow}/runs/{run}/tasks/pending");
            let pending = self.ask("GET", &path, Value::Null).await;
            if let Some(task) = pending["tasks"][0]["id"].as_str() {
                return (workflow, run, task.to_owned());
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Calls a tool past the HTTP door: its answer as JSON, and its error code if it is one.
pub async fn call(platform: &Platform, tool: &str, arguments: Value) -> Result<Value, String> {
    let arguments = arguments.as_object().unwrap().clone();
    let result = platform.call(tool, arguments, Caller::default()).await.expect("there is such a tool");
    let text = &result.content[0].as_text().expect("a text").text;
    let answer: Value = serde_json::from_str(text).unwrap();
    if result.is_error == Some(true) {
        Err(answer["error"]["code"].as_str().unwrap_or(text).to_owned())
    } else {
        Ok(answer)
    }
}

/// The sandbox's word for a scope of the catalogue's: the two are written apart on purpose.
pub fn scope(name: &str) -> Scope {
    Scope::named(name).expect("both know the scope")
}

/// The sandbox's role of this name.
pub fn role(name: &str) -> Role {
    Role::named(name).expect("both know the role")
}
