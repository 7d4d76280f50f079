//! What stands between the program and the sandbox: a network that loses requests and answers, a BFF that refuses, and the
//! moment at which the program is killed. It also shows a token once more on request, which the sandbox, keeping hashes, cannot:
//! that part stands in for the platform.

use std::{
    collections::HashMap,
    process::Child,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};
use serde_json::{Value, json};

/// When the program is killed, as the network sees it.
#[derive(Debug, Clone, Copy)]
pub struct Kill {
    /// At the request of this number, from 1.
    pub request: usize,
    /// Whether the request has reached the BFF by then.
    pub after: bool,
}

pub struct Plan {
    random: SmallRng,
    /// How many of a hundred requests meet something.
    pub faults: u32,
    /// Whether a token is shown once more.
    pub reveals: bool,
    kill: Option<(Kill, Arc<Mutex<Child>>)>,
    requests: usize,
    /// The text of every token that was made, by its id, until it is shown.
    hidden: HashMap<String, String>,
    /// The text of every token that was made.
    pub made: Vec<String>,
}

#[derive(Clone)]
pub struct Proxy {
    pub url: String,
    upstream: String,
    client: reqwest::Client,
    plan: Arc<Mutex<Plan>>,
}

impl Proxy {
    pub async fn start(upstream: String, seed: u64) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let plan = Plan {
            random: SmallRng::seed_from_u64(seed),
            faults: 0,
            reveals: false,
            kill: None,
            requests: 0,
            hidden: HashMap::new(),
            made: Vec::new(),
        };
        let proxy = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            upstream,
            client: reqwest::Client::new(),
            plan: Arc::new(Mutex::new(plan)),
        };
        let app = Router::new().fallback(pass).with_state(proxy.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        proxy
    }

    pub fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap()
    }

    /// Kills this child then, and counts requests from here.
    pub fn kill_at(&self, kill: Option<Kill>, child: &Arc<Mutex<Child>>) {
        let mut plan = self.plan();
        plan.requests = 0;
        plan.kill = kill.map(|kill| (kill, Arc::clone(child)));
    }

    /// All is well from here on.
    pub fn heal(&self) {
        let mut plan = self.plan();
        (plan.faults, plan.kill) = (0, None);
    }
}

/// What a request meets.
enum Fault {
    Lost,
    AnswerLost,
    Status(u16),
}

impl Plan {
    fn fault(&mut self) -> Option<Fault> {
        if self.random.random_range(0..100) >= self.faults {
            return None;
        }
        Some(match self.random.random_range(0..6) {
            0 | 1 => Fault::Lost,
            2 | 3 => Fault::AnswerLost,
            4 => Fault::Status(503),
            _ => Fault::Status(403),
        })
    }

    fn kill_if(&mut self, is_after: bool) {
        let due = |kill: &Kill| kill.request == self.requests && kill.after == is_after;
        if let Some((_, child)) = self.kill.take_if(|(kill, _)| due(kill)) {
            child.lock().unwrap().kill().unwrap();
        }
    }
}

async fn pass(State(proxy): State<Proxy>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default();
    let path = parts.uri.path().to_owned();
    let (fault, wait) = {
        let mut plan = proxy.plan();
        plan.requests += 1;
        plan.kill_if(false);
        let wait = if plan.faults > 0 { plan.random.random_range(0..20) } else { 0 };
        (plan.fault(), wait)
    };
    tokio::time::sleep(Duration::from_millis(wait)).await;
    match fault {
        Some(Fault::Lost) => return broken(),
        Some(Fault::Status(status)) => {
            return (StatusCode::from_u16(status).unwrap(), axum::Json(json!({ "error": "not now" }))).into_response();
        }
        Some(Fault::AnswerLost) | None => {}
    }
    if let Some(id) = path.strip_prefix("/v1/pats/").and_then(|rest| rest.strip_suffix("/reveal")) {
        let mut plan = proxy.plan();
        if let Some(text) = plan.hidden.remove(id).filter(|_| plan.reveals) {
            return if fault.is_some() {
                broken()
            } else {
                axum::Json(json!({ "id": id, "token": text })).into_response()
            };
        }
    }
    let url = format!("{}{}", proxy.upstream, parts.uri.path_and_query().unwrap());
    let mut headers = parts.headers;
    headers.remove("host");
    let answer = proxy.client.request(parts.method.clone(), url).headers(headers).body(body).send().await.unwrap();
    let (status, bytes) = (answer.status(), answer.bytes().await.unwrap());
    {
        let mut plan = proxy.plan();
        if parts.method == Method::POST && path == "/v1/pats" && status.is_success() {
            remember(&mut plan, &bytes);
        }
        plan.kill_if(true);
    }
    if fault.is_some() {
        return broken();
    }
    (status, [("content-type", "application/json")], bytes).into_response()
}

fn remember(plan: &mut Plan, answer: &Bytes) {
    let answer: Value = serde_json::from_slice(answer).unwrap();
    let (id, text) = (answer["id"].as_str().unwrap(), answer["token"].as_str().unwrap());
    plan.hidden.insert(id.to_owned(), text.to_owned());
    plan.made.push(text.to_owned());
}

/// An answer that breaks off.
fn broken() -> Response {
    let pieces = futures_util::stream::iter([Ok("{"), Err(std::io::Error::other("the connection broke"))]);
    Body::from_stream(pieces).into_response()
}
