//! Sessions of the old era (up to 2025-11-25), capped, the idle ones dropped.
//!
//! rmcp keeps sessions without a bound, about 52 KiB each, so that a loop of `initialize` would eat the memory. Here the
//! session used longest ago gives way to a new one; its client is answered 404 at its next request and begins anew.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::{Stream, StreamExt, future::Either, stream};
use rmcp::{
    ErrorData,
    model::{ClientJsonRpcMessage, RequestId, ServerJsonRpcMessage},
    transport::streamable_http_server::session::{
        ServerSseMessage, SessionId, SessionManager,
        local::{LocalSessionManager, LocalSessionManagerError},
    },
};

/// Bounds on sessions.
#[derive(Debug, Clone, Copy)]
pub struct SessionLimits {
    /// The most sessions at a time.
    pub most: usize,
    /// A session unused for this long is dropped. Long, because some clients cannot recover from a 404 (Gemini CLI 0.61).
    pub idle: Duration,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { most: 128, idle: Duration::from_hours(8) }
    }
}

/// rmcp's sessions with bounds.
#[derive(Debug)]
pub(super) struct Sessions {
    inner: LocalSessionManager,
    most: usize,
    used: Mutex<HashMap<SessionId, Instant>>,
    answering: Arc<Mutex<HashSet<(SessionId, RequestId)>>>,
}

impl Sessions {
    pub(super) fn new(limits: SessionLimits) -> Self {
        let mut inner = LocalSessionManager::default();
        inner.session_config.keep_alive = Some(limits.idle);
        Self { inner, most: limits.most, used: Mutex::default(), answering: Arc::default() }
    }

    /// The session to end before one more is made, if the cap is reached.
    fn to_evict(&self) -> Option<SessionId> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() < self.most {
            return None;
        }
        used.iter().min_by_key(|(_, at)| **at).map(|(id, _)| id.clone())
    }

    fn touch(&self, id: &SessionId) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.insert(id.clone(), Instant::now());
    }

    fn forget(&self, id: &SessionId) {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Marks a request as being answered; `None` if one with its id already is.
    fn begin(&self, id: &SessionId, message: &ClientJsonRpcMessage) -> Option<Answering> {
        let ClientJsonRpcMessage::Request(request) = message else {
            return Some(Answering { key: None, all: self.answering.clone() });
        };
        let key = (id.clone(), request.id.clone());
        let mut answering = self.answering.lock().unwrap_or_else(PoisonError::into_inner);
        answering.insert(key.clone()).then(|| Answering { key: Some(key), all: self.answering.clone() })
    }
}

/// Keeps a request's id taken while its answer is sent.
struct Answering {
    key: Option<(SessionId, RequestId)>,
    all: Arc<Mutex<HashSet<(SessionId, RequestId)>>>,
}

impl Drop for Answering {
    fn drop(&mut self) {
        if let Some(key) = &self.key {
            self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
        }
    }
}

impl SessionManager for Sessions {
    type Error = LocalSessionManagerError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Self::Error> {
        if let Some(oldest) = self.to_evict() {
            tracing::info!(most = self.most, "too many sessions: the one used longest ago is ended");
            self.close_session(&oldest).await?;
        }
        let (id, transport) = self.inner.create_session().await?;
        self.touch(&id);
        Ok((id, transport))
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, Self::Error> {
        self.inner.initialize_session(id, message).await
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, Self::Error> {
        let known = self.inner.has_session(id).await?;
        if known {
            self.touch(id);
        }
        Ok(known)
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), Self::Error> {
        self.forget(id);
        self.inner.close_session(id).await
    }

    /// A second request with an id that is still being answered is refused; rmcp would leave it without an answer for ever.
    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        let Some(answering) = self.begin(id, &message) else {
            let request_id = match message {
                ClientJsonRpcMessage::Request(request) => Some(request.id),
                _ => None,
            };
            let error =
                ErrorData::invalid_request("a request with this id is still being answered in this session", None);
            let refusal = ServerSseMessage::from_message(ServerJsonRpcMessage::error(error, request_id));
            return Ok(Either::Left(stream::once(std::future::ready(refusal))));
        };
        let answers = self.inner.create_stream(id, message).await?;
        Ok(Either::Right(answers.inspect(move |_| {
            // Captured, so that the id stays taken as long as the stream lives.
            let _ = &answering;
        })))
    }

    async fn accept_message(&self, id: &SessionId, message: ClientJsonRpcMessage) -> Result<(), Self::Error> {
        self.inner.accept_message(id, message).await
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.inner.create_standalone_stream(id).await
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.inner.resume(id, last_event_id).await
    }
}
