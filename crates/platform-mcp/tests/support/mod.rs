//! A server over real HTTP before a scripted upstream.
//!
//! The upstream is a fake: it stands for a BFF that can be told to hang, to fail and to show what it was asked.
#![allow(dead_code, unused_imports, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::disallowed_methods)]

pub mod mcp;

use std::sync::{Arc, Mutex};

use agentruntime_bff::{Client, Config};
use agentruntime_lifecycle::Supervisor;
use agentruntime_platform_mcp::{
    call::Upstream,
    catalogue::Switches,
    consent::Consents,
    door::{self, Admission, SessionLimits},
    platform::{Credentials, Platform},
};
use axum::{Router, body::Bytes, extract::State, response::IntoResponse};
use http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};
use tokio_util::sync::{CancellationToken, DropGuard};

pub use mcp::{ERAS, Era, Mcp, parse};

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
    /// Answers `{}` when it is told to.
    Wait(Arc<tokio::sync::Notify>),
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
        Some((_, Script::Wait(told_to))) => {
            told_to.notified().await;
            (StatusCode::OK, "{}".to_owned())
        }
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
    serve_platform(platform(fake, switches, credentials), limits).await
}

/// A server that asks a person before a task is answered in their name.
pub async fn serve_asking(fake: &Fake, consents: Arc<Consents>) -> Server {
    let platform = platform(fake, Switches::all_but_risk(), Credentials::Held).asking(consents);
    serve_platform(platform, SessionLimits::default()).await
}

/// A server in a program whose tasks this one owns.
pub async fn serve_watched(fake: &Fake, owner: &Supervisor) -> Server {
    let platform = platform(fake, Switches::all_but_risk(), Credentials::Held).watched_by(owner);
    serve_platform(platform, SessionLimits::default()).await
}

fn platform(fake: &Fake, switches: Switches, credentials: Credentials) -> Platform {
    let pat = (credentials == Credentials::Held).then(|| TOKEN.parse().unwrap());
    let client = Client::new(Config::new(fake.url.parse().unwrap())).unwrap();
    Platform::new(switches, credentials, Upstream::new(client, pat))
}

async fn serve_platform(platform: Platform, limits: SessionLimits) -> Server {
    let platform = Arc::new(platform);
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

/// An event the test waits for; ten seconds are for a machine that is busy, never the measure.
pub async fn within<T>(event: impl Future<Output = T>) -> T {
    tokio::time::timeout(std::time::Duration::from_secs(10), event).await.expect("it did not happen")
}
