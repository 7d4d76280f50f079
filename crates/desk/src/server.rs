//! The server: what is wished of it, and how it stands.

use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use crate::{api::ServerState, changed::Changed};

/// What the person wants of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wish {
    /// The port on 127.0.0.1.
    pub(crate) port: u16,
    /// Whether it should rest.
    pub(crate) paused: bool,
    /// Counts how often a retry was asked for.
    pub(crate) attempt: u64,
}

/// The server: what is wished of it, and how it stands.
pub struct Server {
    pub(crate) wish: watch::Sender<Wish>,
    state: Mutex<ServerState>,
    changed: Changed,
}

impl Server {
    pub(crate) fn new(port: u16, changed: Changed) -> Self {
        let wish = watch::Sender::new(Wish { port, paused: false, attempt: 0 });
        Self { wish, state: Mutex::new(ServerState::Starting), changed }
    }

    /// Lets the server rest, or serve again.
    pub fn pause(&self, paused: bool) {
        self.wish.send_modify(|wish| wish.paused = paused);
    }

    /// Tries to serve once more.
    pub fn retry(&self) {
        self.wish.send_modify(|wish| wish.attempt += 1);
    }

    /// Serves on another port from now on.
    pub(crate) fn move_to(&self, port: u16) {
        self.wish.send_if_modified(|wish| {
            let other = wish.port != port;
            wish.port = port;
            other
        });
    }

    /// How it stands now.
    #[must_use]
    pub fn state(&self) -> ServerState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn stands(&self, state: ServerState) {
        tracing::info!(?state, "the server stands elsewhere");
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.changed.tell();
    }
}

/// Where MCP is served on this port.
pub fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}/mcp")
}
