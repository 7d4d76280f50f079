//! A port for each test: for those of the crate's own files too, which may run in one process.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU32, Ordering},
};

/// A port below those that the system gives to whoever does not care: nobody's connection takes it before it is listened on.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let nth = NEXT.fetch_add(1, Ordering::Relaxed) * 101 + std::process::id() * 17;
        let port = u16::try_from(15_000 + nth % 17_000).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
