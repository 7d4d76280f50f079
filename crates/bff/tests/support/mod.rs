//! Servers over real TCP that stand for a BFF: one that answers by a function and keeps what it saw, one that speaks bytes.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::disallowed_methods)]

use std::{
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};

use agentruntime_bff::{Client, Config, Error, Method, Pat, Reply, Request, Route};
use axum::{
    Router,
    body::{Body, Bytes},
    response::Response,
};
use http::{HeaderMap, Uri};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::{
    sync::CancellationToken,
    task::{AbortOnDropHandle, TaskTracker},
};

/// In lower case, so that a host name can be it too.
pub const TOKEN: &str = "pat_test_0123456789abcdef";

pub fn pat() -> Pat {
    TOKEN.parse().unwrap()
}

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: http::Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A server that answers its n-th request (from 0) by a function.
pub struct Fake {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    _serving: AbortOnDropHandle<()>,
}

impl Fake {
    pub async fn start(answer: impl Fn(usize, &Seen) -> Response + Send + Sync + 'static) -> Self {
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let kept = seen.clone();
        let answer = Arc::new(answer);
        let router = Router::new().fallback(move |method, uri, headers, body| {
            let (kept, answer) = (kept.clone(), answer.clone());
            async move {
                let new = Seen { method, uri, headers, body };
                let nth = {
                    let mut kept = kept.lock().unwrap();
                    kept.push(new.clone());
                    kept.len() - 1
                };
                answer(nth, &new)
            }
        });
        let (url, serving) = serve(router).await;
        Self { url, seen, _serving: serving }
    }

    /// Always the same answer.
    pub async fn always(status: u16, body: &'static str) -> Self {
        Self::start(move |_, _| reply(status, body)).await
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn times(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    pub fn client(&self) -> Client {
        client(config(&self.url))
    }
}

pub async fn serve(router: Router) -> (String, AbortOnDropHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, AbortOnDropHandle::new(serving))
}

pub fn reply(status: u16, body: impl Into<Body>) -> Response {
    Response::builder().status(status).body(body.into()).unwrap()
}

pub fn reply_with(status: u16, header: (&str, &str), body: &'static str) -> Response {
    Response::builder().status(status).header(header.0, header.1).body(body.into()).unwrap()
}

/// A server of bytes: what `each` does with a connection.
pub async fn raw<F, T>(each: F) -> (String, AbortOnDropHandle<()>)
where
    F: Fn(TcpStream) -> T + Send + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let accepting = tokio::spawn(async move {
        let connections = TaskTracker::new();
        while let Ok((stream, _)) = listener.accept().await {
            connections.spawn(each(stream));
        }
    });
    (url, AbortOnDropHandle::new(accepting))
}

/// Reads a request's head; whether it came whole.
pub async fn head(stream: &mut TcpStream) -> bool {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return false };
        head.push(byte);
    }
    true
}

/// Waits until the other side has closed the connection.
pub async fn ended(stream: &mut TcpStream) {
    let mut rest = [0; 1024];
    while matches!(stream.read(&mut rest).await, Ok(read) if read > 0) {}
}

/// Whoever is gone hears nothing, and that is no fault of the server's.
pub async fn say(stream: &mut TcpStream, text: &str) {
    let _ = stream.write_all(text.as_bytes()).await;
}

pub fn config(url: &str) -> Config {
    Config::new(url.parse().unwrap())
}

pub fn client(config: Config) -> Client {
    Client::new(config).unwrap()
}

pub fn request(method: Method) -> Request {
    Request::new(Route { method, path: "/v1/things" }, &[]).unwrap()
}

pub async fn send(client: &Client, method: Method) -> Result<Reply, Error> {
    soon(client.send(&pat(), &request(method), &CancellationToken::new())).await
}

/// A test that waits for what does not come fails instead of hanging.
pub async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it never happened")
}

pub async fn done<T>(task: JoinHandle<T>) -> T {
    soon(task).await.unwrap()
}
