//! A platform that makes, shows, lists and revokes tokens over real HTTP, and fails where it is told to. It stands in for the
//! real one, which cannot be here, and for what no real one does on demand.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// A token as the platform knows it.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: String,
    pub name: String,
    pub scopes: Vec<String>,
    pub text: String,
    pub used: bool,
    pub revealed: bool,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is answered with this status and changes nothing.
    Status(u16),
    /// The connection breaks before anything is done.
    Lost,
    /// It is done, and the connection breaks before the answer.
    AnswerLost,
    /// It is done, and the answer has no token in it.
    Tokenless,
}

#[derive(Debug, Default)]
pub struct State_ {
    rows: Vec<Row>,
    made: usize,
    faults: VecDeque<(Method, &'static str, Fault)>,
    /// `method path` of every request, in order.
    pub heard: Vec<String>,
    reveals: bool,
    holds: bool,
    /// Lists that pass before any fails.
    lists_pass: usize,
    tells_uses: bool,
}

#[derive(Debug, Clone)]
pub struct Platform {
    pub url: String,
    state: Arc<Mutex<State_>>,
    /// Whoever is held waits here.
    gate: Arc<Semaphore>,
    /// Says that somebody is held.
    held: Arc<Semaphore>,
}

pub const SCOPES: [&str; 2] = ["workflow:read", "mcp:execute"];

impl Platform {
    /// One with a token named `laptop`, and its text.
    pub async fn start() -> (Self, String) {
        let state = Arc::new(Mutex::new(State_ { reveals: true, tells_uses: true, ..State_::default() }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let platform = Self { url, state, gate: Arc::new(Semaphore::new(0)), held: Arc::new(Semaphore::new(0)) };
        let app = Router::new().fallback(answer).with_state(platform.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let text = platform.make("laptop", &SCOPES);
        (platform, text)
    }

    /// Makes a token, as somebody does in the Console. Its text.
    pub fn make(&self, name: &str, scopes: &[&str]) -> String {
        self.state().make(name, scopes.iter().map(|scope| (*scope).to_owned()).collect()).text
    }

    /// Has the next request of this kind fail so.
    pub fn fail(&self, method: Method, path: &'static str, fault: Fault) {
        self.state().faults.push_back((method, path, fault));
    }

    /// Has so many lists fail, after one that does not.
    pub fn hold_lists_after_the_next(&self, times: usize) {
        self.state().lists_pass = 1;
        for _ in 0..times {
            self.fail(Method::GET, "/v1/pats", Fault::Status(503));
        }
    }

    pub fn never_reveals(&self) {
        self.state().reveals = false;
    }

    pub fn tells_no_uses(&self) {
        self.state().tells_uses = false;
    }

    /// The texts of all live tokens.
    pub fn live(&self) -> Vec<String> {
        self.state().rows.iter().map(|row| row.text.clone()).collect()
    }

    pub fn rows(&self) -> Vec<Row> {
        self.state().rows.clone()
    }

    /// What was to fail does not.
    pub fn mend(&self) {
        self.state().faults.clear();
    }

    /// Holds whoever reads workflows, until they are let go.
    pub fn hold_workflows(&self) {
        self.state().holds = true;
    }

    pub async fn until_held(&self) {
        self.held.acquire().await.unwrap().forget();
    }

    pub fn let_go(&self) {
        self.state().holds = false;
        self.gate.add_permits(64);
    }

    /// Somebody calls with a token.
    pub fn use_it(&self, text: &str) {
        self.state().rows.iter_mut().filter(|row| row.text == text).for_each(|row| row.used = true);
    }

    pub fn kill(&self, text: &str) {
        self.state().rows.retain(|row| row.text != text);
    }

    pub fn heard(&self) -> Vec<String> {
        std::mem::take(&mut self.state().heard)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State_> {
        self.state.lock().unwrap()
    }
}

impl State_ {
    fn make(&mut self, name: &str, scopes: Vec<String>) -> Row {
        self.made += 1;
        let (id, text) = (format!("p-{}", self.made), format!("pat_never-to-be-found-{:04}", self.made));
        let row = Row { id, name: name.to_owned(), scopes, text, used: false, revealed: false };
        self.rows.push(row.clone());
        row
    }

    fn shown(&self, row: &Row) -> Value {
        let used = (row.used && self.tells_uses).then(|| Timestamp::now().to_string());
        json!({ "id": row.id, "display_name": row.name, "scopes": row.scopes, "last_used_at": used })
    }

    fn act(&mut self, method: &Method, path: &str, asked: &Value) -> (u16, Value) {
        match (method.as_str(), path.trim_start_matches("/v1/").split('/').collect::<Vec<_>>().as_slice()) {
            ("GET", ["workflows"]) => (200, json!({ "workflows": [] })),
            ("GET", ["pats"]) => {
                (200, json!({ "pats": self.rows.iter().map(|row| self.shown(row)).collect::<Vec<_>>() }))
            }
            ("POST", ["pats"]) => {
                let scopes = serde_json::from_value(asked["scopes"].clone()).unwrap();
                let row = self.make(asked["display_name"].as_str().unwrap(), scopes);
                let mut shown = self.shown(&row);
                shown["token"] = row.text.into();
                (201, shown)
            }
            ("GET", ["pats", id, "reveal"]) => {
                let row = self.rows.iter_mut().find(|row| row.id == *id);
                match row.filter(|row| self.reveals && !row.revealed) {
                    Some(row) => {
                        row.revealed = true;
                        (200, json!({ "id": row.id, "token": row.text }))
                    }
                    None => (404, json!({ "error": "it was shown once" })),
                }
            }
            ("DELETE", ["pats", id]) => {
                let before = self.rows.len();
                self.rows.retain(|row| row.id != *id);
                if self.rows.len() < before { (204, Value::Null) } else { (404, json!({ "error": "no such token" })) }
            }
            _ => (404, json!({ "error": "no such thing" })),
        }
    }
}

async fn answer(State(platform): State<Platform>, request: Request) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let pat = request.headers().get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let pat = pat.trim_start_matches("Bearer ").to_owned();
    if path == "/v1/workflows" && platform.state().holds {
        platform.held.add_permits(1);
        platform.gate.acquire().await.unwrap().forget();
    }
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap_or_default();
    let asked = serde_json::from_slice(&body).unwrap_or_default();
    let mut state = platform.state();
    state.heard.push(format!("{method} {path}"));
    let place = state.faults.iter().position(|(of, start, _)| *of == method && path.starts_with(start));
    let passes = method == Method::GET && path == "/v1/pats" && state.lists_pass > 0;
    state.lists_pass -= usize::from(passes);
    let fault = place.filter(|_| !passes).and_then(|place| state.faults.remove(place)).map(|(.., fault)| fault);
    match fault {
        Some(Fault::Status(status)) => return said(status, &json!({ "error": format!("no, not with {pat}") })),
        Some(Fault::Lost) => return broken(),
        Some(Fault::AnswerLost | Fault::Tokenless) | None => {}
    }
    let Some(row) = state.rows.iter_mut().find(|row| row.text == pat) else {
        return said(401, &json!({ "error": format!("{pat} is not known") }));
    };
    row.used = true;
    let (status, mut body) = state.act(&method, &path, &asked);
    if let (Some(Fault::Tokenless), Some(body)) = (fault, body.as_object_mut()) {
        body.remove("token");
    }
    if fault == Some(Fault::AnswerLost) { broken() } else { said(status, &body) }
}

fn said(status: u16, body: &Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}

/// An answer that breaks off.
fn broken() -> Response {
    let pieces = futures_util::stream::iter([Ok("{"), Err(std::io::Error::other("the connection broke"))]);
    Body::from_stream(pieces).into_response()
}
