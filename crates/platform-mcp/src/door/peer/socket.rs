//! Linux: the kernel's socket table names the uid of each socket; the peer's socket is ours with the ends swapped.

use std::{net::SocketAddr, os::unix::fs::MetadataExt};

use procfs::net::{TcpNetEntry, tcp, tcp6};

use super::same;

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
