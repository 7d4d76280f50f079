//! A BFF that takes tokens or refuses them, over real HTTP.

use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering::SeqCst},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::get,
};
use serde_json::{Value, json};

use super::TOKEN;

#[derive(Debug, Default)]
struct Answers {
    /// The status of the workflow list; 0 answers by the token.
    workflows: AtomicU16,
    /// The same of the token list.
    pats: AtomicU16,
}

#[derive(Debug)]
pub struct Bff {
    pub url: String,
    answers: Arc<Answers>,
}

impl Bff {
    pub async fn start() -> Self {
        let answers = Arc::<Answers>::default();
        let app = Router::new()
            .route("/v1/workflows", get(workflows))
            .route("/v1/pats", get(pats))
            .with_state(Arc::clone(&answers));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, answers }
    }

    pub fn refuse(&self, status: u16) {
        self.answers.workflows.store(status, SeqCst);
    }

    pub fn refuse_pats(&self, status: u16) {
        self.answers.pats.store(status, SeqCst);
    }
}

fn judge(status: &AtomicU16, headers: &HeaderMap, body: Value) -> (StatusCode, Json<Value>) {
    let known = headers.get("authorization").is_some_and(|value| value == format!("Bearer {TOKEN}").as_str());
    let status = match status.load(SeqCst) {
        0 if known => 200,
        0 => 401,
        status => status,
    };
    let body = if status == 200 { body } else { json!({"error": format!("no, not with {TOKEN}")}) };
    (StatusCode::from_u16(status).unwrap(), Json(body))
}

async fn workflows(State(answers): State<Arc<Answers>>, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    judge(&answers.workflows, &headers, json!({"workflows": []}))
}

async fn pats(State(answers): State<Arc<Answers>>, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    let rows = json!({"pats": [
        {"id": "p-1", "display_name": "laptop", "scopes": ["workflow:read"], "created_at": "2026-01-02T03:04:05Z",
         "last_used_at": jiff::Timestamp::now().to_string()},
        {"id": "p-2", "display_name": "old", "scopes": [], "last_used_at": "2026-01-01T00:00:00Z"},
    ]});
    judge(&answers.pats, &headers, rows)
}
