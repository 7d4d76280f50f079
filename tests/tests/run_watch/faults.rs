//! A proxy between the follower and the sandbox that does to the traffic what networks and platforms do.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{FromRequestParts as _, Request, State, WebSocketUpgrade, ws},
    response::{IntoResponse as _, Response},
};
use futures_util::StreamExt as _;
use http::{HeaderValue, StatusCode, header};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tokio::{net::TcpListener, sync::watch, time::Instant};
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest as _};
use tokio_util::task::AbortOnDropHandle;

/// How often what goes wrong, in a hundred.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// Answers with 500.
    pub errors: u32,
    /// Answers with 429 and a `Retry-After` of `rest` seconds, one at least.
    pub limits: u32,
    pub rest: u32,
    /// The inbox answers with 500.
    pub no_inbox: bool,
    /// The feed answers after the inbox has.
    pub feed_last: bool,
    /// Answers that come late, up to half a second.
    pub delays: u32,
    /// Frames that are lost.
    pub drops: u32,
    /// Frames that come twice.
    pub duplicates: u32,
    /// Frames that come after the next one.
    pub reorders: u32,
    /// Frames after which the connection is cut.
    pub cuts: u32,
    /// Nothing more comes over open streams, and nobody says so.
    pub half_open: bool,
    /// Every request is refused with 503, and streams are cut.
    pub down: bool,
}

#[derive(Clone)]
pub struct Proxy {
    pub url: String,
    upstream: String,
    faults: Arc<Mutex<Faults>>,
    random: Arc<Mutex<StdRng>>,
    http: reqwest::Client,
    /// The paths and queries of all requests but streams.
    requests: Arc<Mutex<Vec<String>>>,
    /// How often the inbox has answered.
    inboxes: watch::Sender<usize>,
    /// When a stream was asked for.
    handshakes: Arc<Mutex<Vec<Instant>>>,
    refused: Arc<AtomicUsize>,
    streams: Arc<AtomicUsize>,
    cut: Arc<AtomicUsize>,
    /// The stream requests that were answered, so that a test can see that one was opened anew.
    _serving: Arc<Mutex<Option<AbortOnDropHandle<()>>>>,
}

impl Proxy {
    pub async fn before(upstream: &str, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            upstream: upstream.to_owned(),
            faults: Arc::default(),
            random: Arc::new(Mutex::new(StdRng::seed_from_u64(seed))),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            requests: Arc::default(),
            inboxes: watch::Sender::new(0),
            handshakes: Arc::default(),
            refused: Arc::default(),
            streams: Arc::default(),
            cut: Arc::default(),
            _serving: Arc::default(),
        };
        let router = Router::new().fallback(pass).with_state(proxy.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        *proxy._serving.lock().unwrap() = Some(AbortOnDropHandle::new(serving));
        proxy
    }

    pub fn set(&self, faults: Faults) {
        *self.faults.lock().unwrap() = faults;
    }

    fn faults(&self) -> Faults {
        *self.faults.lock().unwrap()
    }

    /// Requests so far, streams not among them.
    pub fn requests(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    /// The requests from the `nth` on.
    pub fn asked_since(&self, nth: usize) -> Vec<String> {
        self.requests.lock().unwrap()[nth..].to_vec()
    }

    /// When streams were asked for, opened or not.
    pub fn handshakes(&self) -> Vec<Instant> {
        self.handshakes.lock().unwrap().clone()
    }

    /// Requests that found the platform down.
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }

    /// Streams that were opened so far.
    pub fn streams(&self) -> usize {
        self.streams.load(Ordering::SeqCst)
    }

    /// Streams that were cut so far.
    pub fn cut(&self) -> usize {
        self.cut.load(Ordering::SeqCst)
    }

    fn happens(&self, in_a_hundred: u32) -> bool {
        self.random.lock().unwrap().random_range(0..100) < in_a_hundred
    }
}

async fn pass(State(proxy): State<Proxy>, request: Request) -> Response {
    let faults = proxy.faults();
    if faults.down {
        proxy.refused.fetch_add(1, Ordering::SeqCst);
        return (StatusCode::SERVICE_UNAVAILABLE, r#"{"error":"down"}"#).into_response();
    }
    let is_stream = request.uri().path().ends_with("/stream");
    if is_stream {
        proxy.handshakes.lock().unwrap().push(Instant::now());
    } else {
        proxy.requests.lock().unwrap().push(request.uri().to_string());
    }
    if proxy.happens(faults.limits) {
        let rest = [(header::RETRY_AFTER, faults.rest.max(1).to_string())];
        return (StatusCode::TOO_MANY_REQUESTS, rest, r#"{"error":"slowly"}"#).into_response();
    }
    if is_stream {
        return stream(proxy, request).await;
    }
    let is_inbox = request.uri().path() == "/v1/tasks/pending";
    if faults.feed_last && request.uri().path() == "/v1/runs" {
        let mut inboxes = proxy.inboxes.subscribe();
        inboxes.wait_for(|answered| *answered > 0).await.unwrap();
    }
    if proxy.happens(faults.errors) || faults.no_inbox && is_inbox {
        return (StatusCode::INTERNAL_SERVER_ERROR, r#"{"error":"broken"}"#).into_response();
    }
    let late = proxy.happens(faults.delays).then(|| proxy.random.lock().unwrap().random_range(0..500));
    let answer = forward(&proxy, request).await;
    if let Some(late) = late {
        // What a network does; there is no event to wait for.
        tokio::time::sleep(Duration::from_millis(late)).await;
    }
    if is_inbox {
        proxy.inboxes.send_modify(|answered| *answered += 1);
    }
    answer
}

async fn forward(proxy: &Proxy, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let target = format!("{}{}", proxy.upstream, parts.uri);
    let mut asked = proxy.http.request(parts.method, target).body(body);
    for name in [header::AUTHORIZATION, header::CONTENT_TYPE] {
        if let Some(value) = parts.headers.get(&name) {
            asked = asked.header(name, value);
        }
    }
    let answer = asked.send().await.unwrap();
    let status = answer.status();
    let body: Bytes = answer.bytes().await.unwrap();
    let json = HeaderValue::from_static("application/json");
    Response::builder().status(status).header(header::CONTENT_TYPE, json).body(Body::from(body)).unwrap()
}

async fn stream(proxy: Proxy, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let target = format!("{}{}", proxy.upstream.replace("http://", "ws://"), parts.uri);
    let mut asked = target.into_client_request().unwrap();
    let authorization = parts.headers.get(header::AUTHORIZATION).unwrap().clone();
    asked.headers_mut().insert(header::AUTHORIZATION, authorization);
    let (upstream, _) = tokio_tungstenite::connect_async(asked).await.unwrap();
    proxy.streams.fetch_add(1, Ordering::SeqCst);
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.unwrap();
    upgrade.on_upgrade(move |client| relay(proxy, client, upstream))
}

type Upstream = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn relay(proxy: Proxy, mut client: ws::WebSocket, mut upstream: Upstream) {
    let mut held = VecDeque::new();
    loop {
        if proxy.faults().half_open {
            // Neither read nor closed: pings go unanswered.
            return std::future::pending().await;
        }
        tokio::select! {
            heard = client.recv() => match heard {
                None | Some(Ok(ws::Message::Close(_)) | Err(_)) => break,
                Some(Ok(_)) => {}
            },
            frame = upstream.next() => {
                let Some(Ok(tungstenite::Message::Text(text))) = frame else { break };
                let faults = proxy.faults();
                if faults.half_open {
                    continue;
                }
                if faults.down || proxy.happens(faults.cuts) {
                    proxy.cut.fetch_add(1, Ordering::SeqCst);
                    break;
                }
                if proxy.happens(faults.drops) {
                    continue;
                }
                let text = text.as_str().to_owned();
                if proxy.happens(faults.reorders) {
                    held.push_back(text);
                    continue;
                }
                let again = proxy.happens(faults.duplicates).then(|| text.clone());
                for text in std::iter::once(text).chain(again).chain(held.drain(..)) {
                    if client.send(ws::Message::text(text)).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
    let _gone = client.send(ws::Message::Close(None)).await;
    let _gone = upstream.close(None).await;
}
