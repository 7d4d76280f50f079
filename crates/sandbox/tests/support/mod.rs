//! A sandbox over real HTTP in a folder of its own, and short ways to ask it.
//!
//! [`Server::start`] serves an empty sandbox, [`Server::with_examples`] one with the examples, [`Server::open`] one in a folder
//! that is there already. Nothing here sleeps: [`Server::until`] and [`Server::finished`] read the WebSocket stream.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::disallowed_methods)]

pub mod ending;
pub mod program;

use std::{future::Future, path::Path, sync::Arc, time::Duration};

use agentruntime_sandbox::{Role, Sandbox, SandboxOptions, Scope, SetAside};
use futures_util::StreamExt as _;
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{self, Message, client::IntoClientRequest as _},
};
use tokio_util::sync::CancellationToken;

/// Events that end a run.
pub const LAST_EVENTS: [&str; 3] = ["run_completed", "run_failed", "run_cancelled"];

/// A sandbox that is being served.
pub struct Server {
    /// `http://127.0.0.1:port`.
    pub url: String,
    /// A contributor's token with every scope.
    pub token: String,
    /// A viewer's token with every scope.
    pub viewer: String,
    /// What was in the folder before, if it could not be opened.
    pub set_aside: Option<SetAside>,
    http: reqwest::Client,
    folder: Arc<TempDir>,
    shutdown: CancellationToken,
    serving: JoinHandle<agentruntime_sandbox::Result<()>>,
}

impl Server {
    /// An empty sandbox in a new folder.
    pub async fn start() -> Self {
        Self::start_with(&[]).await.0
    }

    /// The same, with one more token for each pair of scopes and role.
    pub async fn start_with(tokens: &[(&[Scope], Role)]) -> (Self, Vec<String>) {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let options = SandboxOptions::new(folder.path()).empty();
        Self::serve(folder, options, tokens).await
    }

    /// A sandbox with the examples in a new folder.
    pub async fn with_examples() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let options = SandboxOptions::new(folder.path());
        Self::serve(folder, options, &[]).await.0
    }

    /// An empty sandbox in a folder that may be there already.
    pub async fn open(folder: Arc<TempDir>) -> Self {
        let options = SandboxOptions::new(folder.path()).empty();
        Self::serve(folder, options, &[]).await.0
    }

    /// Any sandbox.
    pub async fn serve(
        folder: Arc<TempDir>,
        options: SandboxOptions,
        tokens: &[(&[Scope], Role)],
    ) -> (Self, Vec<String>) {
        let sandbox = Sandbox::open(options.workers(program::program())).await.unwrap();
        let set_aside = sandbox.was_set_aside().cloned();
        let token = create_pat(&sandbox, &Scope::ALL, Role::Contributor).await;
        let viewer = create_pat(&sandbox, &Scope::ALL, Role::Viewer).await;
        let mut more = Vec::new();
        for (scopes, role) in tokens {
            more.push(create_pat(&sandbox, scopes, *role).await);
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shutdown = CancellationToken::new();
        let serving = tokio::spawn(sandbox.serve(listener, shutdown.clone()));
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap();
        (Self { url, token, viewer, set_aside, http, folder, shutdown, serving }, more)
    }

    /// Where the sandbox keeps its files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends the sandbox as its owner would; its folder, to be opened again.
    pub async fn stop(self) -> Arc<TempDir> {
        self.shutdown.cancel();
        drop(self.http);
        soon(self.serving).await.unwrap().unwrap();
        self.folder
    }

    /// Tells the sandbox to end and waits for nothing.
    pub fn begin_to_stop(&self) {
        self.shutdown.cancel();
    }

    /// Asks with any token, or with none; the status and the body as JSON (null when it is empty, a text when it is none).
    pub async fn ask(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> (u16, Value) {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        answer(request).await
    }

    /// A request to be added to.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.http.request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{}{path}", self.url))
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", path, Some(&self.token), None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.ask("POST", path, Some(&self.token), Some(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        self.ask("PUT", path, Some(&self.token), Some(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        self.ask("PATCH", path, Some(&self.token), Some(&body)).await
    }

    pub async fn delete(&self, path: &str) -> (u16, Value) {
        self.ask("DELETE", path, Some(&self.token), None).await
    }

    /// The body of a GET that must answer 200.
    pub async fn read(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    /// The body of a POST that must answer 200 or 201.
    pub async fn made(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.post(path, body).await;
        assert!(matches!(status, 200 | 201), "POST {path}: {status} {answer}");
        answer
    }

    /// The id of a new draft.
    pub async fn draft(&self, graph: Value) -> String {
        let body = self.made("/v1/workflows", json!({ "name": "A workflow", "graph": graph })).await;
        body["id"].as_str().unwrap().to_owned()
    }

    /// The id of a new workflow, published.
    pub async fn workflow(&self, graph: Value) -> String {
        let id = self.draft(graph).await;
        self.made(&format!("/v1/workflows/{id}/versions"), json!({})).await;
        id
    }

    /// What a command to a workflow answers.
    pub async fn command(&self, workflow: &str, command: &str, params: Value) -> (u16, Value) {
        let body = json!({ "command": command, "params": params });
        self.post(&format!("/v1/workflows/{workflow}/command"), body).await
    }

    /// The id of a new run.
    pub async fn run(&self, workflow: &str, params: Value) -> String {
        let (status, body) = self.command(workflow, "start", params).await;
        assert_eq!(status, 200, "start: {body}");
        body["run_id"].as_str().unwrap().to_owned()
    }

    /// Waits for a run's end; its summary.
    pub async fn finished(&self, workflow: &str, run: &str) -> Value {
        self.until(workflow, run, &LAST_EVENTS).await;
        self.summary(workflow, run).await
    }

    /// Waits until a person is asked; the task's id.
    pub async fn asked(&self, workflow: &str, run: &str) -> String {
        let events = self.until(workflow, run, &["human_task_created"]).await;
        events.last().unwrap()["data"]["task_id"].as_str().unwrap().to_owned()
    }

    /// The run's events up to the first of one of these kinds.
    pub async fn until(&self, workflow: &str, run: &str, kinds: &[&str]) -> Vec<Value> {
        let mut stream = self.stream(workflow, Some(run), Some(&self.token)).await.unwrap();
        let mut events = Vec::new();
        loop {
            let event = next_event(&mut stream).await.unwrap_or_else(|| panic!("the stream ended after {events:#?}"));
            let kind = event["event_type"].as_str().unwrap().to_owned();
            events.push(event);
            if kinds.contains(&kind.as_str()) {
                return events;
            }
        }
    }

    pub async fn summary(&self, workflow: &str, run: &str) -> Value {
        self.read(&format!("/v1/workflows/{workflow}/runs/{run}/summary")).await
    }

    pub async fn events(&self, workflow: &str, run: &str) -> Vec<Value> {
        let body = self.read(&format!("/v1/workflows/{workflow}/runs/{run}/events?limit=500")).await;
        body["events"].as_array().unwrap().clone()
    }

    pub async fn context(&self, workflow: &str, run: &str) -> Value {
        self.read(&format!("/v1/workflows/{workflow}/runs/{run}/context")).await
    }

    /// A person's answer to a task.
    pub async fn complete(&self, workflow: &str, run: &str, task: &str, answer: Value) -> (u16, Value) {
        self.post(&format!("/v1/workflows/{workflow}/runs/{run}/tasks/{task}/complete"), answer).await
    }

    /// Opens the stream of a workflow, or of one of its runs.
    pub async fn stream(
        &self,
        workflow: &str,
        run: Option<&str>,
        token: Option<&str>,
    ) -> Result<Stream, tungstenite::Error> {
        let query = run.map(|run| format!("?run_id={run}")).unwrap_or_default();
        let url = format!("{}/v1/workflows/{workflow}/stream{query}", self.url.replace("http://", "ws://"));
        let mut request = url.into_client_request().unwrap();
        if let Some(token) = token {
            request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        Ok(soon(tokio_tungstenite::connect_async(request)).await?.0)
    }
}

pub type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The next event of a stream; none once it has ended.
pub async fn next_event(stream: &mut Stream) -> Option<Value> {
    loop {
        match soon(stream.next()).await? {
            Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

async fn create_pat(sandbox: &Sandbox, scopes: &[Scope], role: Role) -> String {
    sandbox.create_pat("test", scopes, role).await.unwrap().expose_secret().to_owned()
}

/// Sends; the status, and the body as JSON where it is JSON.
pub async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
    (status, body)
}

/// A test that waits for what does not come fails instead of hanging.
pub async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it never happened")
}

/// The values of one key in a list.
pub fn column<'a>(rows: &'a Value, key: &str) -> Vec<&'a str> {
    rows.as_array().unwrap().iter().map(|row| row[key].as_str().unwrap()).collect()
}

/// A graph of these steps.
pub fn graph(steps: Value) -> Value {
    json!({ "steps": steps })
}

/// A script step.
pub fn script(id: &str, source: &str, before: &[&str]) -> Value {
    json!({ "id": id, "type": "lua_script", "name": id, "script": source, "depends_on": before })
}

/// A step that asks a person.
pub fn human(id: &str, before: &[&str]) -> Value {
    json!({ "id": id, "type": "human_task", "name": id, "task_type": "approval", "depends_on": before,
            "task_payload": { "title": "May it go on?", "fields": [] } })
}
