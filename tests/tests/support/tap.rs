//! Listens in on the wire before the sandbox: every request line that a client sends, WebSocket upgrades included.
#![allow(clippy::disallowed_methods)]

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, tcp::OwnedWriteHalf},
};

/// A TCP relay that remembers request lines.
#[derive(Clone)]
pub struct Tap {
    pub url: String,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Tap {
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tap = Self { url: format!("http://{}", listener.local_addr().unwrap()), lines: Arc::default() };
        let heard = tap.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(server).await.unwrap();
                let (from_client, mut to_client) = client.into_split();
                let (mut from_server, to_server) = server.into_split();
                tokio::spawn(heard.clone().relay(from_client, to_server));
                tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
            }
        });
        tap
    }

    async fn relay(self, mut from: impl AsyncRead + Unpin, mut to: OwnedWriteHalf) {
        let mut buffer = vec![0; 64 * 1024];
        let mut line = Vec::new();
        while let Ok(read @ 1..) = from.read(&mut buffer).await {
            for &byte in &buffer[..read] {
                if byte == b'\n' {
                    self.note(&line);
                    line.clear();
                } else {
                    line.push(byte);
                }
            }
            if to.write_all(&buffer[..read]).await.is_err() {
                break;
            }
        }
    }

    /// A body may end without a line break, right before the next request line.
    fn note(&self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let Some(request) = text.trim_end().strip_suffix(" HTTP/1.1") else { return };
        let methods = ["GET ", "POST ", "PUT ", "PATCH ", "DELETE "];
        if let Some(at) = methods.iter().filter_map(|method| request.rfind(&format!("{method}/"))).max() {
            self.lines.lock().unwrap().push(request[at..].to_owned());
        }
    }

    /// What was heard since the last time, as method and path.
    pub fn take(&self) -> Vec<(String, String)> {
        let lines = std::mem::take(&mut *self.lines.lock().unwrap());
        let parts = |line: String| {
            let (method, target) = line.split_once(' ').unwrap();
            (method.to_owned(), target.split('?').next().unwrap().to_owned())
        };
        lines.into_iter().map(parts).collect()
    }
}
