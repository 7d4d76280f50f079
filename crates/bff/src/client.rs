//! The client: what it promises about every request, whoever sends it.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use backon::{BackoffBuilder, ExponentialBuilder};
use bytes::Bytes;
use http::HeaderValue;
use reqwest::redirect;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{Config, Error, Pat, Request, Route};

/// An endpoint as a type: its route, its request, its response.
pub trait Endpoint {
    /// Its method and path.
    const ROUTE: Route;
    /// What a reply to it is read as: fields that are unknown are no error.
    type Response: DeserializeOwned + Send;

    /// The request, with ids, query and body filled in.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] where an id cannot be sent.
    fn request(&self) -> Result<Request, Error>;
}

/// What the BFF replied with a success status (2xx). Its `Debug` shows how long the body is, not the body: that may hold a secret.
#[derive(Clone)]
pub struct Reply {
    pub status: u16,
    /// The `Content-Type`, where one was named.
    pub content_type: Option<HeaderValue>,
    /// The body as it came, unread: a caller may pass it on as it is.
    pub body: Bytes,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = format_args!("[{} bytes]", self.body.len());
        let mut shown = f.debug_struct("Reply");
        shown.field("status", &self.status).field("content_type", &self.content_type).field("body", &body).finish()
    }
}

/// A client of one BFF. Cheap to clone; clones share their connections.
///
/// It holds no token: each request names its own, so that one client can serve many callers.
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    http: reqwest::Client,
    /// Speaks HTTP/1.1 only, since a WebSocket begins there. Made when the first stream is opened over TLS.
    upgrading: OnceLock<reqwest::Client>,
    config: Config,
}

/// Tries of an idempotent read, the first included (BFF API, "Hosts and auth").
const TRIES: usize = 3;
/// For a limit so long that no clock can hold it.
const FAR: Duration = Duration::from_secs(24 * 60 * 60);

impl Client {
    /// A client for `config`. Connects to nothing yet.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a URL that is not http(s) or carries a user, a query or a fragment, and for a
    /// tenant or project that no header can carry; [`Error::InsecureTransport`] for plain http beyond loopback.
    pub fn new(config: Config) -> Result<Self, Error> {
        config.check_base_url()?;
        let http = build(&config, false)?;
        Ok(Self(Arc::new(Inner { http, upgrading: OnceLock::new(), config })))
    }

    /// The URL that all routes stand below, as the configuration gave it.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.0.config.base_url
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    /// The HTTP client that opens WebSockets.
    pub(crate) fn upgrading(&self) -> Result<&reqwest::Client, Error> {
        let inner = &*self.0;
        if inner.config.base_url.scheme() == "http" {
            // HTTP/2 is only ever agreed upon over TLS.
            return Ok(&inner.http);
        }
        if let Some(client) = inner.upgrading.get() {
            return Ok(client);
        }
        let client = build(&inner.config, true)?;
        Ok(inner.upgrading.get_or_init(|| client))
    }

    /// Sends an endpoint's request and reads its reply.
    ///
    /// # Errors
    /// As [`Client::send`], and [`Error::InvalidResponse`] for a reply of another shape.
    pub async fn call<E: Endpoint + Sync>(
        &self,
        pat: &Pat,
        endpoint: &E,
        cancel: &CancellationToken,
    ) -> Result<E::Response, Error> {
        let reply = self.send(pat, &endpoint.request()?, cancel).await?;
        let body: &[u8] = if reply.body.is_empty() { b"null" } else { &reply.body };
        serde_json::from_slice(body).map_err(|error| Error::unreadable(&error))
    }

    /// Sends one request; a read is tried up to three times where that is safe.
    ///
    /// When `cancel` is cancelled, or the future is dropped, the connection is closed at once.
    ///
    /// # Errors
    /// What the BFF or the network answered; [`Error::Timeout`] for all tries together; [`Error::Cancelled`].
    pub async fn send(&self, pat: &Pat, request: &Request, cancel: &CancellationToken) -> Result<Reply, Error> {
        let limit = self.0.config.overall_timeout;
        let now = Instant::now();
        let deadline = now.checked_add(limit).unwrap_or(now + FAR);
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(Error::Cancelled),
            done = tokio::time::timeout_at(deadline, self.tries(pat, request, deadline)) => {
                done.unwrap_or(Err(Error::Timeout { limit }))
            }
        }
    }

    async fn tries(&self, pat: &Pat, request: &Request, deadline: Instant) -> Result<Reply, Error> {
        let mut waits = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(150))
            .with_max_delay(Duration::from_secs(2))
            .with_jitter()
            .with_max_times(TRIES - 1)
            .build();
        loop {
            let error = match self.fetch(pat, request).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            let repeatable = request.method().is_idempotent_read() && error.is_transient();
            let Some(wait) = waits.next().filter(|_| repeatable) else {
                return Err(error);
            };
            let wait = wait.max(error.retry_after().unwrap_or_default());
            let in_time = wait <= self.0.config.longest_wait
                && Instant::now().checked_add(wait).is_some_and(|then| then < deadline);
            if !in_time {
                return Err(error);
            }
            tracing::debug!(code = error.code(), path = request.path(), ?wait, "trying again");
            tokio::time::sleep(wait).await;
        }
    }
}

fn build(config: &Config, upgrading: bool) -> Result<reqwest::Client, Error> {
    let mut builder = agentruntime_http::client_for(&config.base_url)
        .user_agent(config.user_agent.as_ref())
        .default_headers(config.headers()?)
        .connect_timeout(config.connect_timeout)
        .read_timeout(config.read_timeout)
        .tcp_nodelay(true)
        // Both are decided here, where the method and the origin are known.
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never());
    if upgrading {
        builder = builder.http1_only().pool_max_idle_per_host(0);
    }
    builder.build().map_err(|error| Error::InvalidArgument { what: "BFF connection", problem: error.to_string() })
}
