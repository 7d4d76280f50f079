//! A server over real HTTP before a scripted upstream, and a client of raw JSON-RPC for both eras.
//!
//! The upstream is a fake: it stands for a BFF that can be told to hang, to fail and to show what it was asked.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use agentruntime_bff::{Client, Config};
use agentruntime_platform_mcp::{
    call::Upstream,
    catalogue::Switches,
    door::{self, Admission, SessionLimits},
    platform::{Credentials, Platform},
};
use axum::{Router, body::Bytes, extract::State, response::IntoResponse};
use http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};
use tokio_util::sync::{CancellationToken, DropGuard};

pub const TOKEN: &str = "pat_test_0123456789";

/// A request as the upstream saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: Method,
    pub uri: Uri,
    pub authorization: Option<String>,
    pub body: Value,
}

/// What the upstream does with a request whose path contains a word.
#[derive(Debug, Clone)]
pub enum Script {
    Answer(u16, Value),
    /// Never answers; says when the connection is given up.
    Hang,
}

#[derive(Clone)]
pub struct Fake {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    scripts: Arc<Mutex<Vec<(&'static str, Script)>>>,
    arrived: mpsc::UnboundedSender<()>,
    given_up: mpsc::UnboundedSender<()>,
}

pub struct Signals {
    pub arrived: mpsc::UnboundedReceiver<()>,
    pub given_up: mpsc::UnboundedReceiver<()>,
}

struct OnDrop(mpsc::UnboundedSender<()>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

impl Fake {
    pub async fn start() -> (Self, Signals) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (arrived, arrivals) = mpsc::unbounded_channel();
        let (given_up, endings) = mpsc::unbounded_channel();
        let fake = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            seen: Arc::default(),
            scripts: Arc::default(),
            arrived,
            given_up,
        };
        let app = Router::new().fallback(answer).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (fake, Signals { arrived: arrivals, given_up: endings })
    }

    pub fn script(&self, word: &'static str, script: Script) {
        self.scripts.lock().unwrap().push((word, script));
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn answer(
    State(fake): State<Fake>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let authorization = headers.get("authorization").map(|v| v.to_str().unwrap().to_owned());
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    fake.seen.lock().unwrap().push(Seen { method, uri: uri.clone(), authorization, body });
    let _ = fake.arrived.send(());
    let script = fake.scripts.lock().unwrap().iter().rev().find(|(word, _)| uri.path().contains(word)).cloned();
    match script {
        None => (StatusCode::OK, json!({ "path": uri.path(), "workflows": [], "runs": [] }).to_string()),
        Some((_, Script::Answer(status, value))) => (StatusCode::from_u16(status).unwrap(), value.to_string()),
        Some((_, Script::Hang)) => {
            let _end = OnDrop(fake.given_up.clone());
            std::future::pending().await
        }
    }
}

pub struct Server {
    pub url: String,
    pub base: String,
    pub platform: Arc<Platform>,
    pub shutdown: CancellationToken,
    pub served: tokio::task::JoinHandle<std::io::Result<()>>,
    _end: DropGuard,
}

pub async fn serve(fake: &Fake, switches: Switches) -> Server {
    serve_with(fake, switches, Credentials::Held, SessionLimits::default()).await
}

pub async fn serve_with(fake: &Fake, switches: Switches, credentials: Credentials, limits: SessionLimits) -> Server {
    let pat = (credentials == Credentials::Held).then(|| TOKEN.parse().unwrap());
    let client = Client::new(Config::new(fake.url.parse().unwrap())).unwrap();
    let platform = Arc::new(Platform::new(switches, credentials, Upstream { client, pat }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let shutdown = CancellationToken::new();
    let serving = door::serve(platform.clone(), listener, Admission::default(), limits, shutdown.clone());
    Server {
        url: format!("{base}/mcp"),
        base,
        platform,
        served: tokio::spawn(serving),
        _end: shutdown.clone().drop_guard(),
        shutdown,
    }
}

/// Which protocol a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// 2025-11-25, with a session.
    Old,
    /// 2026-07-28.
    New,
}

pub const ERAS: [Era; 2] = [Era::Old, Era::New];

pub struct Mcp {
    pub http: reqwest::Client,
    pub url: String,
    pub era: Era,
    pub session: Option<String>,
    pub bearer: Option<String>,
}

impl Mcp {
    pub async fn connect(url: &str, era: Era) -> Self {
        Self::connect_as(url, era, None).await
    }

    pub async fn connect_as(url: &str, era: Era, bearer: Option<&str>) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut mcp = Self { http, url: url.to_owned(), era, session: None, bearer: bearer.map(str::to_owned) };
        if era == Era::Old {
            let answer = mcp.initialize("2025-11-25").await;
            assert_eq!(answer.status(), 200);
            mcp.session = Some(answer.headers()["mcp-session-id"].to_str().unwrap().to_owned());
            assert_eq!(mcp.notify("notifications/initialized", Value::Null).await, 202);
        }
        mcp
    }

    pub async fn initialize(&self, version: &str) -> reqwest::Response {
        let params =
            json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } });
        let body = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params });
        self.post().body(body.to_string()).send().await.unwrap()
    }

    pub fn post(&self) -> reqwest::RequestBuilder {
        let mut request = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
        if let Some(session) = &self.session {
            request = request.header("mcp-session-id", session).header("mcp-protocol-version", "2025-11-25");
        }
        if let Some(bearer) = &self.bearer {
            request = request.bearer_auth(bearer);
        }
        request
    }

    pub async fn notify(&self, method: &str, params: Value) -> u16 {
        let mut body = json!({ "jsonrpc": "2.0", "method": method });
        if !params.is_null() {
            body["params"] = params;
        }
        self.post().body(body.to_string()).send().await.unwrap().status().as_u16()
    }

    /// The request as it is sent, for tests that want the raw answer.
    pub fn request(&self, id: u64, method: &str, mut params: Value) -> reqwest::RequestBuilder {
        let mut post = self.post();
        if self.era == Era::New {
            post = post.header("mcp-protocol-version", "2026-07-28").header("mcp-method", method);
            if let Some(name) = params["name"].as_str().or(params["uri"].as_str()) {
                post = post.header("mcp-name", name);
            }
            if !params.is_object() {
                params = json!({});
            }
            let meta = &mut params["_meta"];
            if meta.is_null() {
                *meta = json!({});
            }
            meta["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
            meta["io.modelcontextprotocol/clientCapabilities"] = json!({});
            meta["io.modelcontextprotocol/clientInfo"] = json!({ "name": "test", "version": "1" });
        }
        post.body(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string())
    }

    /// All messages of the answer, the response last.
    pub async fn messages(&self, id: u64, method: &str, params: Value) -> Vec<Value> {
        let answer = self.request(id, method, params).send().await.unwrap();
        let text =
            tokio::time::timeout(Duration::from_secs(30), answer.text()).await.expect("no end of the answer").unwrap();
        parse(&text)
    }

    pub async fn ask(&self, method: &str, params: Value) -> Value {
        self.messages(1, method, params).await.pop().expect("an answer")
    }

    /// Calls a tool; its first text as JSON, and whether it is an error.
    pub async fn call(&self, tool: &str, arguments: Value) -> (Value, bool) {
        let answer = self.ask("tools/call", json!({ "name": tool, "arguments": arguments })).await;
        let result = &answer["result"];
        assert!(result.is_object(), "{answer}");
        let text = result["content"][0]["text"].as_str().unwrap();
        (serde_json::from_str(text).unwrap(), result["isError"] == true)
    }

    pub async fn tool_names(&self) -> Vec<String> {
        let answer = self.ask("tools/list", json!({})).await;
        answer["result"]["tools"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tool| tool["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// JSON, or the data lines of a finished event stream.
pub fn parse(text: &str) -> Vec<Value> {
    if text.starts_with('{') {
        return vec![serde_json::from_str(text).unwrap()];
    }
    text.lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .filter_map(|data| serde_json::from_str(data.trim()).ok())
        .collect()
}
