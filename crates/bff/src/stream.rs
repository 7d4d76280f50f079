//! The live stream of a workflow, over WebSocket, within bounds.

use std::time::Duration;

use futures_util::StreamExt as _;
use http::{StatusCode, header};
use serde_json::Value;
use tokio::{net::TcpStream, time::Instant};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{self, Message, client::IntoClientRequest as _, protocol::WebSocketConfig},
};
use tokio_util::sync::CancellationToken;

use crate::{Client, Error, Pat, Request, Route, client::root_cause, error::message_of};

/// The stream's route (BFF API, "Workflows").
pub const ROUTE: Route = Route::get("/v1/workflows/{id}/stream");

/// How much of a stream is read.
#[derive(Debug, Clone, Copy)]
pub struct StreamBounds {
    /// For how long.
    pub duration: Duration,
    /// At most so many frames.
    pub messages: usize,
    /// At most so many bytes of frames.
    pub bytes: usize,
}

/// Why a read ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamEnd {
    /// The time was up.
    Duration,
    /// Enough frames.
    Messages,
    /// Enough bytes.
    Bytes,
    /// The BFF closed the stream.
    Closed,
}

impl StreamEnd {
    /// The reason as one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Duration => "duration",
            Self::Messages => "messages",
            Self::Bytes => "bytes",
            Self::Closed => "closed",
        }
    }
}

/// What was read.
#[derive(Debug, Clone)]
pub struct StreamReading {
    /// The frames in order; a frame that is not JSON is a JSON string.
    pub frames: Vec<Value>,
    /// Why it ended.
    pub ended: StreamEnd,
}

/// An open stream, frame by frame.
#[derive(Debug)]
pub struct LiveStream {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl LiveStream {
    /// The next text frame; `None` when the BFF has closed the stream.
    ///
    /// # Errors
    /// [`Error::ResponseTooLarge`] for a frame over the bound, [`Error::Unreachable`] when the connection breaks.
    pub async fn next(&mut self) -> Result<Option<String>, Error> {
        loop {
            return match self.socket.next().await {
                None | Some(Ok(Message::Close(_))) => Ok(None),
                Some(Ok(Message::Text(text))) => Ok(Some(text.as_str().to_owned())),
                // Pings are answered by the library; the platform sends no binary frames.
                Some(Ok(_)) => continue,
                Some(Err(tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed)) => Ok(None),
                Some(Err(tungstenite::Error::Capacity(error))) => {
                    tracing::debug!(%error, "a frame of the stream is too large");
                    Err(Error::ResponseTooLarge { limit: LARGEST_FRAME })
                }
                Some(Err(error)) => {
                    Err(Error::Unreachable { host: "the stream".to_owned(), problem: root_cause(&error) })
                }
            };
        }
    }
}

/// The largest frame taken, in bytes: a step's result is at most 1 MiB.
const LARGEST_FRAME: usize = 2 * 1024 * 1024;

impl Client {
    /// Opens a workflow's stream, of one run where `run_id` names it.
    ///
    /// # Errors
    /// What the BFF answered to the upgrade, or the network.
    pub async fn open_stream(
        &self,
        pat: &Pat,
        workflow_id: &str,
        run_id: Option<&str>,
        cancel: &CancellationToken,
    ) -> Result<LiveStream, Error> {
        let request = Request::new(ROUTE, &[("workflow_id", workflow_id)])?.query("run_id", run_id);
        let mut url = self.base_url().clone();
        let path = format!("{}{}", url.path().trim_end_matches('/'), request.path());
        url.set_path(&path);
        url.set_query(request.query_text());
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        if url.set_scheme(scheme).is_err() {
            return Err(Error::InvalidArgument { what: "BFF URL", problem: "it has no WebSocket form".to_owned() });
        }
        let unfit = |error: tungstenite::Error| Error::InvalidResponse { problem: error.to_string() };
        let mut upgrade = url.as_str().into_client_request().map_err(unfit)?;
        upgrade.headers_mut().extend(self.extra_headers().clone());
        upgrade.headers_mut().insert(header::AUTHORIZATION, pat.header()?);
        let config =
            WebSocketConfig::default().max_message_size(Some(LARGEST_FRAME)).max_frame_size(Some(LARGEST_FRAME));
        let host = url.host_str().unwrap_or_default().to_owned();
        let limit = self.connect_timeout();
        let connecting = tokio::time::timeout(limit, connect_async_with_config(upgrade, Some(config), true));
        let connected = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(Error::Cancelled),
            connected = connecting => connected.map_err(|_| Error::Timeout { seconds: limit.as_secs() })?,
        };
        match connected {
            Ok((socket, _)) => Ok(LiveStream { socket }),
            Err(tungstenite::Error::Http(answer)) => Err(refused(pat, &answer)),
            Err(error) => Err(Error::Unreachable { host, problem: root_cause(&error) }),
        }
    }

    /// Reads a workflow's stream until a bound is reached or the BFF closes it.
    ///
    /// # Errors
    /// As [`Client::open_stream`]; a connection that breaks after the first frame is an end, not an error.
    pub async fn stream(
        &self,
        pat: &Pat,
        workflow_id: &str,
        run_id: Option<&str>,
        bounds: StreamBounds,
        cancel: &CancellationToken,
    ) -> Result<StreamReading, Error> {
        let until = Instant::now() + bounds.duration;
        let mut stream = self.open_stream(pat, workflow_id, run_id, cancel).await?;
        let mut frames = Vec::new();
        let mut bytes = 0;
        let ended = loop {
            if frames.len() >= bounds.messages {
                break StreamEnd::Messages;
            }
            let next = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(Error::Cancelled),
                () = tokio::time::sleep_until(until) => break StreamEnd::Duration,
                next = stream.next() => next,
            };
            let text = match next {
                Ok(Some(text)) => text,
                Ok(None) => break StreamEnd::Closed,
                Err(error) if frames.is_empty() => return Err(error),
                Err(_) => break StreamEnd::Closed,
            };
            bytes += text.len();
            if bytes > bounds.bytes {
                break StreamEnd::Bytes;
            }
            frames.push(serde_json::from_str(&text).unwrap_or(Value::String(text)));
        };
        Ok(StreamReading { frames, ended })
    }
}

fn refused(pat: &Pat, answer: &http::Response<Option<Vec<u8>>>) -> Error {
    let status = answer.status();
    if status.is_redirection() {
        let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("another place");
        return Error::RedirectRefused { to: to.chars().take(200).collect() };
    }
    if status == StatusCode::OK {
        return Error::InvalidResponse { problem: "it does not speak WebSocket here".to_owned() };
    }
    let body = answer.body().as_deref().unwrap_or_default();
    Error::Refused { status: status.as_u16(), message: pat.redact(&message_of(body)), retry_after: None }
}
