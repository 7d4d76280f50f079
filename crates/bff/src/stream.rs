//! The live stream of a workflow, over WebSocket, within bounds.
//!
//! The upgrade goes through the same HTTP client as every other request, so that proxies, trusted roots and the rule about
//! where a token may travel are the same.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use http::{HeaderMap, StatusCode, header};
use reqwest::Upgraded;
use serde_json::Value;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self, Message,
        handshake::{client::generate_key, derive_accept_key},
        protocol::{Role, WebSocketConfig},
    },
};
use tokio_util::sync::CancellationToken;

use crate::{
    Client, Error, Pat, Request, Route,
    exchange::{elsewhere, host_of, refused, root_cause, target},
};

/// The stream's route (BFF API, "Workflows").
pub const ROUTE: Route = Route::get("/v1/workflows/{id}/stream");

/// The largest frame taken, in bytes: a step's result is at most 1 MiB.
const LARGEST_FRAME: usize = 2 * 1024 * 1024;
/// For a polite end. The connection is closed after it in any case.
const FAREWELL: Duration = Duration::from_millis(250);

/// How much of a stream is read.
#[derive(Debug, Clone, Copy)]
pub struct StreamBounds {
    /// For how long, the connection included.
    pub duration: Duration,
    /// At most so many frames.
    pub messages: usize,
    /// At most so many bytes of frames; the frame that would pass it is not returned.
    pub bytes: usize,
}

/// Why a read ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamEnd {
    /// [`StreamBounds::duration`] was up.
    Duration,
    /// [`StreamBounds::messages`] were read.
    Messages,
    /// Enough bytes, or a frame larger than any that is taken.
    Bytes,
    /// The BFF closed the stream.
    Closed,
    /// The run that was asked for has ended: its last event was read.
    RunEnded,
    /// The connection broke after the first frame.
    Broken,
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
            Self::RunEnded => "run_ended",
            Self::Broken => "broken",
        }
    }
}

/// What was read of a stream.
#[derive(Debug, Clone)]
pub struct StreamReading {
    /// The frames in order; a frame that is not JSON is a JSON string.
    pub frames: Vec<Value>,
    /// Why it ended.
    pub ended: StreamEnd,
}

/// An open stream, frame by frame, for as long as the caller likes. Dropping it closes the connection.
#[derive(Debug)]
pub struct LiveStream {
    socket: WebSocketStream<Upgraded>,
    host: String,
}

/// What comes over an open stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A text frame.
    Frame(String),
    /// Nothing to read, but a sign that the other side is there: a ping, or the reply to one of ours.
    Alive,
}

impl LiveStream {
    /// The next text frame; `None` when the BFF has closed the stream. Cancel safe: no frame is lost when it is dropped.
    ///
    /// # Errors
    /// [`Error::ResponseTooLarge`] for a frame over 2 MiB, [`Error::Interrupted`] when the connection breaks.
    pub async fn next(&mut self) -> Result<Option<String>, Error> {
        loop {
            match self.hear().await? {
                None => return Ok(None),
                Some(Heard::Frame(text)) => return Ok(Some(text)),
                Some(Heard::Alive) => {}
            }
        }
    }

    /// As [`LiveStream::next`], and tells of signs of life as well: who listens for long learns from their absence that a
    /// connection is dead that nobody closed.
    ///
    /// # Errors
    /// As [`LiveStream::next`].
    pub async fn hear(&mut self) -> Result<Option<Heard>, Error> {
        match self.socket.next().await {
            None | Some(Ok(Message::Close(_))) => Ok(None),
            Some(Ok(Message::Text(text))) => Ok(Some(Heard::Frame(text.as_str().to_owned()))),
            // Pings are answered by the library; the platform sends no binary frames.
            Some(Ok(_)) => Ok(Some(Heard::Alive)),
            Some(Err(tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed)) => Ok(None),
            Some(Err(tungstenite::Error::Capacity(_))) => Err(Error::ResponseTooLarge { limit: LARGEST_FRAME }),
            Some(Err(error)) => Err(self.interrupted(&error)),
        }
    }

    /// Asks the other side for a sign of life (RFC 6455, section 5.5.2), which [`LiveStream::hear`] tells of.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when the connection is known to be broken.
    pub async fn ping(&mut self) -> Result<(), Error> {
        let asked = self.socket.send(Message::Ping(Bytes::new())).await;
        asked.map_err(|error| self.interrupted(&error))
    }

    fn interrupted(&self, error: &tungstenite::Error) -> Error {
        Error::Interrupted { host: self.host.clone(), problem: root_cause(error) }
    }

    /// Says goodbye, so that the BFF need not take the end for a fault. A BFF that does not listen is no error.
    pub async fn close(mut self) {
        let farewell = self.socket.close(None);
        if let Ok(Err(error)) = tokio::time::timeout(FAREWELL, farewell).await {
            tracing::debug!(%error, "the stream was closed without a goodbye");
        }
    }
}

impl Client {
    /// Opens a workflow's stream, of one run where `run_id` names it. Only the upgrade has time limits, those of
    /// any other request; how long to listen is the caller's business.
    ///
    /// # Errors
    /// What the BFF answered to the upgrade, or the network; [`Error::InvalidResponse`] where no WebSocket is spoken.
    pub async fn open_stream(
        &self,
        pat: &Pat,
        workflow_id: &str,
        run_id: Option<&str>,
        cancel: &CancellationToken,
    ) -> Result<LiveStream, Error> {
        let request = Request::new(ROUTE, &[("workflow_id", workflow_id)])?.query("run_id", run_id);
        let limit = self.config().overall_timeout;
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(Error::Cancelled),
            opened = tokio::time::timeout(limit, self.upgrade(pat, &request)) => {
                opened.unwrap_or(Err(Error::Timeout { limit }))
            }
        }
    }

    async fn upgrade(&self, pat: &Pat, request: &Request) -> Result<LiveStream, Error> {
        let key = generate_key();
        let asking = self
            .upgrading()?
            .get(self.url_of(request))
            .header(header::AUTHORIZATION, pat.header()?)
            .header(header::CONNECTION, "Upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, &key);
        let response = asking.send().await.map_err(|error| self.network_error(&error))?;
        let status = response.status();
        if status.is_redirection() {
            return Err(elsewhere(pat, &target(&response)?));
        }
        if status.is_client_error() || status.is_server_error() {
            return Err(refused(pat, response).await);
        }
        if status != StatusCode::SWITCHING_PROTOCOLS || !accepts(response.headers(), &key) {
            return Err(Error::InvalidResponse { problem: "it does not speak WebSocket here".to_owned() });
        }
        let connection = response.upgrade().await.map_err(|error| self.network_error(&error))?;
        let config =
            WebSocketConfig::default().max_message_size(Some(LARGEST_FRAME)).max_frame_size(Some(LARGEST_FRAME));
        let socket = WebSocketStream::from_raw_socket(connection, Role::Client, Some(config)).await;
        Ok(LiveStream { socket, host: host_of(self.base_url()) })
    }

    /// Reads a workflow's stream until a bound is reached, the BFF closes it, or the one run that was asked for has ended.
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
        let out_of_time = tokio::time::sleep(bounds.duration);
        tokio::pin!(out_of_time);
        let mut stream = tokio::select! {
            biased;
            opened = self.open_stream(pat, workflow_id, run_id, cancel) => opened?,
            () = &mut out_of_time => return Err(Error::Timeout { limit: bounds.duration }),
        };
        let mut frames = Vec::new();
        let mut bytes = 0;
        let ended = loop {
            if frames.len() >= bounds.messages {
                break StreamEnd::Messages;
            }
            let next = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(Error::Cancelled),
                () = &mut out_of_time => break StreamEnd::Duration,
                next = stream.next() => next,
            };
            let text = match next {
                Ok(Some(text)) => text,
                Ok(None) => break StreamEnd::Closed,
                Err(error) if frames.is_empty() => return Err(error),
                Err(Error::ResponseTooLarge { .. }) => break StreamEnd::Bytes,
                Err(_) => break StreamEnd::Broken,
            };
            bytes += text.len();
            if bytes > bounds.bytes {
                break StreamEnd::Bytes;
            }
            let frame = serde_json::from_str(&text).unwrap_or(Value::String(text));
            let last = run_id.is_some_and(|run| ends(&frame, run));
            frames.push(frame);
            if last {
                break StreamEnd::RunEnded;
            }
        };
        stream.close().await;
        Ok(StreamReading { frames, ended })
    }
}

/// Whether a frame is the last event of this run (BFF API: event types).
fn ends(frame: &Value, run_id: &str) -> bool {
    let text = |key: &str| frame.get(key).and_then(Value::as_str);
    let kind = text("event_type").or_else(|| text("type"));
    matches!(kind, Some("run_completed" | "run_failed" | "run_cancelled" | "run_rejected"))
        && text("run_id") == Some(run_id)
}

/// Whether the server proved that it understood the WebSocket key (RFC 6455, section 4.2.2).
fn accepts(headers: &HeaderMap, key: &str) -> bool {
    let proof = derive_accept_key(key.as_bytes());
    headers.get(header::SEC_WEBSOCKET_ACCEPT).is_some_and(|accept| accept.as_bytes() == proof.as_bytes())
}
