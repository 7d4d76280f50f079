//! Whose socket is at the other end of a connection, looked up once a connection.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use axum::{extract::connect_info::Connected, serve::IncomingStream};
use tokio::net::TcpListener;

/// A connection, and what was found out about it.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The peer's address.
    pub remote: SocketAddr,
    local: Option<SocketAddr>,
    own_user: Arc<OnceLock<bool>>,
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
            own_user: Arc::new(OnceLock::new()),
        }
    }
}

impl Connection {
    /// Whether the peer belongs to the user who runs this process.
    ///
    /// Only loopback peers have a user here; others are let by (they can reach only a server in pass-through mode, which
    /// asks for a token). On systems that cannot tell, every loopback peer counts as the user's own: `docs/SECURITY.md`.
    pub fn is_own_user(&self) -> bool {
        *self.own_user.get_or_init(|| match self.local {
            Some(local) if self.remote.ip().to_canonical().is_loopback() => owner::is_ours(self.remote, local),
            Some(_) => true,
            None => false,
        })
    }
}

#[cfg(target_os = "linux")]
mod owner {
    //! The kernel's socket table names the uid of each socket; the peer's socket is ours with the ends swapped.

    use std::{
        net::{IpAddr, SocketAddr},
        os::unix::fs::MetadataExt,
    };

    use procfs::net::{TcpNetEntry, tcp, tcp6};

    pub(super) fn is_ours(peer: SocketAddr, local: SocketAddr) -> bool {
        match (owner_of(peer, local), own_uid()) {
            (Some(owner), Some(own)) => owner == own,
            // Gone already, or not to be read: nobody is let in on a guess.
            _ => false,
        }
    }

    /// `/proc/self` belongs to the effective user.
    fn own_uid() -> Option<u32> {
        std::fs::metadata("/proc/self").ok().map(|meta| meta.uid())
    }

    fn owner_of(peer: SocketAddr, local: SocketAddr) -> Option<u32> {
        let ends = |entry: &TcpNetEntry| {
            // A socket that is closing has lost its inode, and with it its owner: its uid reads as 0.
            entry.inode != 0 && same(entry.local_address, peer) && same(entry.remote_address, local)
        };
        let among =
            |entries: procfs::ProcResult<Vec<TcpNetEntry>>| entries.ok()?.into_iter().find(|e| ends(e)).map(|e| e.uid);
        // A dual-stack socket that connects to an IPv4 address stands in the IPv6 table.
        if peer.ip().to_canonical().is_ipv4() { among(tcp()).or_else(|| among(tcp6())) } else { among(tcp6()) }
    }

    fn same(a: SocketAddr, b: SocketAddr) -> bool {
        let canonical = |ip: IpAddr| ip.to_canonical();
        a.port() == b.port() && canonical(a.ip()) == canonical(b.ip())
    }

    #[cfg(test)]
    mod tests {
        #![allow(clippy::unwrap_used)]
        use std::net::{TcpListener, TcpStream};

        use super::{is_ours, own_uid, owner_of};

        #[test]
        fn a_connection_of_this_process_is_ours_in_both_families() {
            for address in ["127.0.0.1:0", "[::1]:0"] {
                let listener = TcpListener::bind(address).unwrap();
                let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
                let (accepted, peer) = listener.accept().unwrap();
                let local = accepted.local_addr().unwrap();
                assert_eq!(owner_of(peer, local), own_uid());
                assert!(is_ours(peer, local));
                drop(client);
            }
        }

        #[test]
        fn a_mapped_address_is_found_in_the_other_table() {
            let listener = TcpListener::bind("[::]:0").unwrap();
            let port = listener.local_addr().unwrap().port();
            let _client = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let (accepted, peer) = listener.accept().unwrap();
            assert!(is_ours(peer, accepted.local_addr().unwrap()));
        }

        #[test]
        fn an_unknown_socket_is_nobodys() {
            let free: std::net::SocketAddr = "127.0.0.1:1".parse().unwrap();
            assert!(!is_ours(free, "127.0.0.1:2".parse().unwrap()));
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod owner {
    use std::net::SocketAddr;

    pub(super) fn is_ours(_peer: SocketAddr, _local: SocketAddr) -> bool {
        true
    }
}
