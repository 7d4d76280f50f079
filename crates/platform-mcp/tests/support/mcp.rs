//! A client of raw JSON-RPC over HTTP, for both eras.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Duration;

use serde_json::{Value, json};

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

    /// The stream on which the server speaks by itself, in the era that has sessions.
    pub async fn listen(&self) -> reqwest::Response {
        let get = self.http.get(&self.url).header("accept", "text/event-stream");
        let stream = get.header("mcp-session-id", self.session.clone().unwrap()).send().await.unwrap();
        assert_eq!(stream.status(), 200);
        stream
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
