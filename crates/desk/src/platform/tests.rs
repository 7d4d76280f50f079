#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use agentruntime_serving::Folders;

use super::*;
use crate::{Face, api::ServerState};

async fn until(desk: &Desk, stands: impl Fn(&ServerState) -> bool) {
    let mut changes = desk.watch();
    while !stands(&desk.server.state()) {
        changes.changed().await.unwrap();
    }
}

/// With it goes its upstream, whose token may have to be retired.
#[tokio::test]
async fn a_platform_that_no_longer_serves_is_let_go() {
    let home = tempfile::tempdir().unwrap();
    let folders = Folders { config: home.path().join("config"), state: home.path().join("state") };
    folders.make().unwrap();
    // Below those that the system gives to whoever does not care.
    let first = 15_000 + u16::try_from(std::process::id() % 16_000).unwrap();
    let port = (first..).find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap();
    let settings = serde_json::json!({ "version": 2, "port": port }).to_string();
    std::fs::write(folders.config.join("settings.json"), settings).unwrap();
    let desk = Desk::open(folders, Face::Tray).await.unwrap();
    until(&desk, |state| matches!(state, ServerState::Serving { .. })).await;
    let first = Arc::downgrade(&desk.workspaces.backing.platform().unwrap());
    desk.server.pause(true);
    until(&desk, |state| matches!(state, ServerState::Paused { .. })).await;
    desk.server.pause(false);
    until(&desk, |state| matches!(state, ServerState::Serving { .. })).await;
    let gone = async {
        while first.strong_count() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), gone).await.expect("it is held");
    desk.close().await;
}
