//! One exchange with the BFF: a request out, a reply in, both within their limits.

use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use url::Url;

use crate::{Client, Error, Pat, Reply, Request, refusal::message_of};

/// Redirects followed within the BFF's own origin.
const HOPS: usize = 3;
/// As much of an error's body as is read, in bytes: its text is short, and the status must not be lost to a long page.
const ERROR_BODY: usize = 16 * 1024;
/// The longest `Retry-After` that is passed on.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 60 * 60);

impl Client {
    /// Sends a request once, redirects within the origin aside.
    pub(crate) async fn fetch(&self, pat: &Pat, request: &Request) -> Result<Reply, Error> {
        let mut url = self.url_of(request);
        for _ in 0..=HOPS {
            let response = self.dispatch(pat, request, url).await?;
            let status = response.status();
            if status.is_success() {
                let content_type = response.headers().get(header::CONTENT_TYPE).cloned();
                let body = self.read(response).await?;
                return Ok(Reply { status: status.as_u16(), content_type, body });
            }
            if !status.is_redirection() {
                return Err(refused(pat, response).await);
            }
            let to = target(&response)?;
            if !self.may_follow(request, status, &to) {
                return Err(elsewhere(pat, &to));
            }
            url = to;
        }
        Err(Error::InvalidResponse { problem: "it redirects in a circle".to_owned() })
    }

    /// The URL of a request below the base URL.
    pub(crate) fn url_of(&self, request: &Request) -> Url {
        let mut url = self.base_url().clone();
        let prefix = url.path().trim_end_matches('/');
        if prefix.is_empty() {
            url.set_path(request.path());
        } else {
            let path = format!("{prefix}{}", request.path());
            url.set_path(&path);
        }
        url.set_query(request.query_text());
        url
    }

    async fn dispatch(&self, pat: &Pat, request: &Request, url: Url) -> Result<reqwest::Response, Error> {
        let mut outgoing =
            self.http().request(request.method().into(), url).header(header::AUTHORIZATION, pat.header()?);
        if let Some((name, value)) = request.extra_header() {
            outgoing = outgoing.header(name, value);
        }
        if let Some(body) = request.body() {
            outgoing = outgoing.header(header::CONTENT_TYPE, "application/json").body(body.clone());
        }
        outgoing.send().await.map_err(|error| self.network_error(&error))
    }

    /// A read may be sent again to the same origin. A raw request may not: its caller judged its path, and nobody judged
    /// the place it would be led to.
    fn may_follow(&self, request: &Request, status: StatusCode, to: &Url) -> bool {
        let moved = matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
        let same_origin =
            to.origin() == self.base_url().origin() && to.username().is_empty() && to.password().is_none();
        moved && same_origin && request.method().is_idempotent_read() && !request.is_raw()
    }

    /// Reads a body piece by piece, so that a lying or missing `Content-Length` cannot fill the memory.
    async fn read(&self, mut response: reqwest::Response) -> Result<Bytes, Error> {
        let limit = self.config().max_response_bytes;
        let too_large = || Error::ResponseTooLarge { limit };
        let announced = usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
        if announced > limit {
            return Err(too_large());
        }
        let Some(first) = self.piece(&mut response).await? else {
            return Ok(Bytes::new());
        };
        if first.len() > limit {
            return Err(too_large());
        }
        // Most replies are one piece, which is passed on without a copy.
        let Some(mut piece) = self.piece(&mut response).await? else {
            return Ok(first);
        };
        let mut body = BytesMut::with_capacity(announced.max(first.len() + piece.len()).min(limit));
        body.extend_from_slice(&first);
        loop {
            if body.len() + piece.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&piece);
            match self.piece(&mut response).await? {
                Some(next) => piece = next,
                None => return Ok(body.freeze()),
            }
        }
    }

    async fn piece(&self, response: &mut reqwest::Response) -> Result<Option<Bytes>, Error> {
        response.chunk().await.map_err(|error| self.network_error(&error))
    }

    pub(crate) fn network_error(&self, error: &reqwest::Error) -> Error {
        let config = self.config();
        let host = host_of(&config.base_url);
        match (error.is_connect(), error.is_timeout()) {
            (true, true) => {
                Error::Unreachable { host, problem: format!("nothing within {:?}", config.connect_timeout) }
            }
            (true, false) => Error::Unreachable { host, problem: root_cause(error) },
            (false, true) => Error::Timeout { limit: config.read_timeout },
            (false, false) => Error::Interrupted { host, problem: root_cause(error) },
        }
    }
}

/// A reply that is neither a success nor a redirect, as an error. What cannot be read of its body is left out.
pub(crate) async fn refused(pat: &Pat, mut response: reqwest::Response) -> Error {
    let status = response.status().as_u16();
    let retry_after = retry_after(response.headers());
    let mut body = BytesMut::new();
    while let Ok(Some(piece)) = response.chunk().await {
        let room = ERROR_BODY - body.len();
        body.extend_from_slice(piece.get(..room).unwrap_or(&piece));
        if body.len() == ERROR_BODY {
            break;
        }
    }
    let (message, bff_code) = message_of(&body, pat);
    Error::Refused { status, message, bff_code, retry_after }
}

/// Where a redirect points to.
pub(crate) fn target(response: &reqwest::Response) -> Result<Url, Error> {
    let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    location.and_then(|location| response.url().join(location).ok()).ok_or_else(|| Error::InvalidResponse {
        problem: format!("its status is {}, without a place to go", response.status().as_u16()),
    })
}

/// A redirect that is not followed. A host name may be the token too.
pub(crate) fn elsewhere(pat: &Pat, to: &Url) -> Error {
    Error::RedirectRefused { to: pat.redact(&to.origin().ascii_serialization()) }
}

/// Host and port, as they stand in the URL.
pub(crate) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The innermost reason: the outer ones repeat the URL.
pub(crate) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let asked = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        // More seconds than a number holds.
        Err(_) if !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit()) => LONGEST_ASKED,
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::now()).unwrap_or_default(),
    };
    Some(asked.min(LONGEST_ASKED))
}
