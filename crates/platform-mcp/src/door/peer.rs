//! Whose socket is at the other end of a connection, looked up once a connection.

#[cfg(not(target_os = "linux"))]
mod process;
#[cfg(target_os = "linux")]
mod socket;

use std::{net::SocketAddr, sync::Arc};

use axum::{extract::connect_info::Connected, serve::IncomingStream};
use tokio::{net::TcpListener, sync::OnceCell};

/// A connection, and what was found out about it.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The peer's address.
    pub remote: SocketAddr,
    local: Option<SocketAddr>,
    #[cfg(not(target_os = "linux"))]
    accepted: std::time::SystemTime,
    own_user: Arc<OnceCell<bool>>,
}

impl Connected<IncomingStream<'_, TcpListener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        // An SSE answer is several small writes; with Nagle's algorithm each call would wait 40 ms for an acknowledgement.
        if let Err(error) = stream.io().set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        Self {
            remote: *stream.remote_addr(),
            local: stream.io().local_addr().ok(),
            #[cfg(not(target_os = "linux"))]
            accepted: std::time::SystemTime::now(),
            own_user: Arc::default(),
        }
    }
}

impl Connection {
    /// Whether the peer belongs to the user who runs this process.
    ///
    /// Only loopback peers have a user here; others are let by (they can reach only a server in pass-through mode, which
    /// asks for a token). Nobody is let in on a guess: `docs/SECURITY.md` says what cannot be told.
    pub async fn is_own_user(&self) -> bool {
        let looked_up = async {
            match self.local {
                Some(local) if self.remote.ip().to_canonical().is_loopback() => self.is_ours(local).await,
                Some(_) => true,
                None => false,
            }
        };
        *self.own_user.get_or_init(|| looked_up).await
    }

    #[cfg(target_os = "linux")]
    async fn is_ours(&self, local: SocketAddr) -> bool {
        socket::is_ours(self.remote, local)
    }

    /// The system's tables are asked, which takes some milliseconds.
    #[cfg(not(target_os = "linux"))]
    async fn is_ours(&self, _: SocketAddr) -> bool {
        let (remote, accepted) = (self.remote, self.accepted);
        tokio::task::spawn_blocking(move || process::is_ours(remote, accepted)).await.unwrap_or(false)
    }
}

fn same(a: SocketAddr, b: SocketAddr) -> bool {
    // A dual-stack socket that connects to an IPv4 address has it in its IPv6 form.
    a.port() == b.port() && a.ip().to_canonical() == b.ip().to_canonical()
}
