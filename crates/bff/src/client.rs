//! The client: limits, retries, cancellation, and where a token may travel.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use backon::{BackoffBuilder, ExponentialBuilder};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, header};
use reqwest::redirect;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{Error, Method, Pat, Request, Route, error::message_of};

/// An endpoint as a type: its route, its request, its response.
pub trait Endpoint {
    /// Method and path.
    const ROUTE: Route;
    /// The answer, read tolerantly.
    type Response: DeserializeOwned + Send;

    /// The request.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] where an id cannot be sent.
    fn request(&self) -> Result<Request, Error>;
}

/// How to reach one BFF.
#[derive(Debug, Clone)]
pub struct Config {
    /// The BFF's base URL, e.g. `https://api.agentruntime.io`.
    pub base_url: Url,
    /// Sent as `X-Tenant-Id` where set; by default the BFF infers it from the token.
    pub tenant_id: Option<String>,
    /// Sent as `X-Project-Id` where set.
    pub project_id: Option<String>,
    /// For a connection. 5 s.
    pub connect_timeout: Duration,
    /// Between two pieces of an answer. 20 s.
    pub read_timeout: Duration,
    /// For a request with all its tries. 50 s: within the 60 s that a tool call may take.
    pub overall_timeout: Duration,
    /// The largest answer taken, in bytes. 8 MiB.
    pub max_response_bytes: usize,
}

impl Config {
    /// The usual limits for a BFF.
    #[must_use]
    pub const fn new(base_url: Url) -> Self {
        Self {
            base_url,
            tenant_id: None,
            project_id: None,
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(20),
            overall_timeout: Duration::from_secs(50),
            max_response_bytes: 8 * 1024 * 1024,
        }
    }
}

/// An answer with a success status.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body as it came.
    pub body: Bytes,
}

/// A client of one BFF. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    http: reqwest::Client,
    config: Config,
    headers: HeaderMap,
}

/// Tries of an idempotent read, the first included.
const TRIES: usize = 3;
/// The longest wait that `Retry-After` may ask for; a longer one is left to the caller.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

impl Client {
    /// A client for `config`.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a URL that is not http(s) or carries a user, a query or a fragment;
    /// [`Error::InsecureTransport`] for plain http beyond loopback.
    pub fn new(config: Config) -> Result<Self, Error> {
        let loopback = check_base(&config.base_url)?;
        let mut headers = HeaderMap::new();
        for (name, value) in [("x-tenant-id", &config.tenant_id), ("x-project-id", &config.project_id)] {
            if let Some(value) = value {
                let value = HeaderValue::from_str(value).map_err(|_| Error::InvalidArgument {
                    what: name,
                    problem: "it has characters that no header has".to_owned(),
                })?;
                headers.insert(name, value);
            }
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("agentruntime-desktop/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::custom(same_origin_only))
            .connect_timeout(config.connect_timeout)
            .read_timeout(config.read_timeout)
            .tcp_nodelay(true)
            .retry(reqwest::retry::never());
        if loopback {
            // A proxy that is set for the world must not see what never leaves this machine.
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| Error::InvalidResponse { problem: error.to_string() })?;
        Ok(Self(Arc::new(Inner { http, config, headers })))
    }

    /// The base URL.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.0.config.base_url
    }

    pub(crate) fn extra_headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        self.0.config.connect_timeout
    }

    /// Sends an endpoint's request and reads its answer.
    ///
    /// # Errors
    /// As [`Client::send`], and [`Error::InvalidResponse`] for an answer of another shape.
    pub async fn call<E: Endpoint + Sync>(
        &self,
        pat: &Pat,
        endpoint: &E,
        cancel: &CancellationToken,
    ) -> Result<E::Response, Error> {
        let reply = self.send(pat, &endpoint.request()?, cancel).await?;
        let body: &[u8] = if reply.body.is_empty() { b"null" } else { &reply.body };
        serde_json::from_slice(body).map_err(|error| Error::InvalidResponse { problem: error.to_string() })
    }

    /// Sends one request; reads are tried up to three times where that is safe.
    ///
    /// # Errors
    /// What the BFF or the network answered; [`Error::Timeout`] for all tries together; [`Error::Cancelled`].
    pub async fn send(&self, pat: &Pat, request: &Request, cancel: &CancellationToken) -> Result<Reply, Error> {
        let limit = self.0.config.overall_timeout;
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(Error::Cancelled),
            done = tokio::time::timeout(limit, self.tries(pat, request)) => {
                done.unwrap_or(Err(Error::Timeout { seconds: limit.as_secs() }))
            }
        }
    }

    async fn tries(&self, pat: &Pat, request: &Request) -> Result<Reply, Error> {
        let mut waits = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(150))
            .with_max_delay(Duration::from_secs(2))
            .with_jitter()
            .with_max_times(TRIES - 1)
            .build();
        loop {
            let error = match self.once(pat, request).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            let repeatable = request.method() == Method::Get && error.is_transient();
            let asked = error.retry_after().unwrap_or_default();
            let Some(wait) = waits.next().filter(|_| repeatable && asked <= LONGEST_WAIT) else {
                return Err(error);
            };
            tracing::debug!(code = error.code(), path = request.path(), "trying again");
            tokio::time::sleep(wait.max(asked)).await;
        }
    }

    async fn once(&self, pat: &Pat, request: &Request) -> Result<Reply, Error> {
        let Inner { http, config, headers } = &*self.0;
        let mut url = config.base_url.clone();
        let path = format!("{}{}", config.base_url.path().trim_end_matches('/'), request.path());
        url.set_path(&path);
        url.set_query(request.query_text());
        let mut outgoing = http
            .request(request.method().into(), url)
            .headers(headers.clone())
            .header(header::AUTHORIZATION, pat.header()?);
        if let Some(body) = request.body() {
            outgoing = outgoing.header(header::CONTENT_TYPE, "application/json").body(body.to_vec());
        }
        let answer = outgoing.send().await.map_err(|error| self.network_error(&error))?;
        let status = answer.status();
        if status.is_redirection() {
            let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("another place");
            return Err(Error::RedirectRefused { to: to.chars().take(200).collect() });
        }
        let retry_after = retry_after(answer.headers());
        let body = self.read(answer).await?;
        if status.is_success() {
            return Ok(Reply { status: status.as_u16(), body });
        }
        let message = pat.redact(&message_of(&body));
        Err(Error::Refused { status: status.as_u16(), message, retry_after })
    }

    /// Reads a body piece by piece, so that a lying or missing `Content-Length` cannot fill the memory.
    async fn read(&self, mut answer: reqwest::Response) -> Result<Bytes, Error> {
        let limit = self.0.config.max_response_bytes;
        let too_large = || Error::ResponseTooLarge { limit };
        let Some(first) = self.piece(&mut answer).await? else {
            return Ok(Bytes::new());
        };
        if first.len() > limit {
            return Err(too_large());
        }
        // Most answers are one piece, which is passed on without a copy.
        let Some(second) = self.piece(&mut answer).await? else {
            return Ok(first);
        };
        let mut body = BytesMut::from(first);
        let mut piece = Some(second);
        while let Some(more) = piece {
            if body.len() + more.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&more);
            piece = self.piece(&mut answer).await?;
        }
        Ok(body.freeze())
    }

    async fn piece(&self, answer: &mut reqwest::Response) -> Result<Option<Bytes>, Error> {
        answer.chunk().await.map_err(|error| self.network_error(&error))
    }

    fn network_error(&self, error: &reqwest::Error) -> Error {
        if error.is_timeout() && !error.is_connect() {
            return Error::Timeout { seconds: self.0.config.read_timeout.as_secs() };
        }
        let host = self.base_url().host_str().unwrap_or_default().to_owned();
        Error::Unreachable { host, problem: root_cause(error) }
    }
}

/// The innermost reason: the outer ones repeat the URL.
pub(crate) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Whether the base URL is loopback; an error if a token may not travel there.
fn check_base(url: &Url) -> Result<bool, Error> {
    let refuse = |problem: &str| Error::InvalidArgument { what: "BFF URL", problem: problem.to_owned() };
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(refuse("it is no http or https URL"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it carries a user or password; the access token is all that is needed"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("it carries a query or fragment; give the base URL only"));
    }
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => IpAddr::from(address).to_canonical().is_loopback(),
        None => false,
    };
    if url.scheme() == "http" && !loopback {
        return Err(Error::InsecureTransport { url: url.to_string() });
    }
    Ok(loopback)
}

/// Follows a redirect of a read within the same origin; any other is handed back, and refused.
fn same_origin_only(attempt: redirect::Attempt) -> redirect::Action {
    let same = attempt.previous().last().is_some_and(|from| from.origin() == attempt.url().origin());
    if same && attempt.previous().len() <= 3 { attempt.follow() } else { attempt.stop() }
}

/// `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(text).ok()?;
    Some(at.duration_since(SystemTime::now()).unwrap_or_default())
}
