//! Keeps Platform MCP serving as the person wishes: on this port, resting, or not at all.

use std::{io::ErrorKind, net::Ipv4Addr, sync::Arc, time::Duration};

use agentruntime_platform_mcp::door::{self, Admission, SessionLimits};
use jiff::Timestamp;
use tokio::{net::TcpListener, sync::watch};
use tokio_util::sync::CancellationToken;

use crate::{
    Desk,
    api::ServerState,
    server::{Wish, url},
};

/// How long a program on our port may take to say what it is.
const ASKING: Duration = Duration::from_secs(1);
/// How many ports after a taken one are tried for a suggestion.
const SUGGESTIONS: u16 = 50;

/// Serves until the desk shuts down.
pub(crate) async fn run(desk: Arc<Desk>) {
    let (shutdown, mut wishes) = (desk.ending(), desk.server.wish.subscribe());
    while !shutdown.is_cancelled() {
        let wish = *wishes.borrow_and_update();
        if wish.paused {
            desk.server.stands(ServerState::Paused { url: url(wish.port) });
        } else {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, wish.port)).await {
                Ok(listener) => {
                    serve(&desk, listener, wish, &mut wishes).await;
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::AddrInUse => {
                    let (by, suggestion) = tokio::join!(owner(wish.port), free_port(wish.port));
                    desk.server.stands(ServerState::PortTaken { port: wish.port, by, suggestion });
                }
                Err(error) => desk.server.stands(ServerState::Failed {
                    code: "cannot_listen".to_owned(),
                    message: format!(
                        "Port {} cannot be used: {error}. Choose another port in the settings.",
                        wish.port
                    ),
                }),
            }
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            // The sender lives as long as the desk.
            _ = wishes.changed() => {}
        }
    }
}

/// Serves on this listener until the wish is another one.
async fn serve(desk: &Arc<Desk>, listener: TcpListener, wish: Wish, wishes: &mut watch::Receiver<Wish>) {
    let platform = desk.new_platform();
    let ending = CancellationToken::new();
    let serving = door::serve(platform, listener, Admission::default(), SessionLimits::default(), ending.clone());
    let mut serving = std::pin::pin!(serving);
    desk.server.stands(ServerState::Serving { url: url(wish.port), since: Timestamp::now() });
    let served = tokio::select! {
        served = &mut serving => served,
        () = wished_otherwise(wish, wishes, desk.supervisor.shutdown()) => {
            ending.cancel();
            serving.await
        }
    };
    if let Err(error) = served {
        tracing::error!(%error, "the server ended by itself");
        desk.server.stands(ServerState::Failed {
            code: "server_failed".to_owned(),
            message: format!("The server ended: {error}."),
        });
        tokio::select! {
            () = desk.supervisor.shutdown().cancelled() => {}
            _ = wishes.changed() => {}
        }
    }
}

async fn wished_otherwise(wish: Wish, wishes: &mut watch::Receiver<Wish>, shutdown: &CancellationToken) {
    tokio::select! {
        () = shutdown.cancelled() => {}
        // A retry of what works already changes nothing.
        _ = wishes.wait_for(|now| (now.port, now.paused) != (wish.port, wish.paused)) => {}
    }
}

/// Whose the program on our port looks to be.
async fn owner(port: u16) -> Option<String> {
    let who = format!("http://127.0.0.1:{port}/who").parse().ok()?;
    let client = agentruntime_http::client_for(&who).timeout(ASKING).build().ok()?;
    let answer = client.get(who).send().await.ok()?;
    let text = answer.text().await.ok()?;
    text.contains("MCP is served at `/mcp`").then(|| "Platform MCP".to_owned())
}

async fn free_port(taken: u16) -> u16 {
    for port in (taken.saturating_add(2)..).take(usize::from(SUGGESTIONS)) {
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.is_ok() {
            return port;
        }
    }
    taken.saturating_add(2)
}
