#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use agentruntime_platform_mcp::{
    activity::{ActivityLog, Query},
    platform::Caller,
};
use agentruntime_serving::Folders;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::*;
use crate::{Face, api::ServerState, free_port::free_port};

async fn until(desk: &Desk, stands: impl Fn(&ServerState) -> bool) {
    let mut changes = desk.watch();
    while !stands(&desk.server.state()) {
        changes.changed().await.unwrap();
    }
}

/// A desk that serves, in folders of its own.
async fn serving() -> (tempfile::TempDir, Folders, Arc<Desk>) {
    let home = tempfile::tempdir().unwrap();
    let folders = Folders { config: home.path().join("config"), state: home.path().join("state") };
    folders.make().unwrap();
    let settings = serde_json::json!({ "version": 2, "port": free_port() }).to_string();
    std::fs::write(folders.config.join("settings.json"), settings).unwrap();
    let desk = Desk::open(folders.clone(), Face::Tray).await.unwrap();
    until(&desk, |state| matches!(state, ServerState::Serving { .. })).await;
    (home, folders, desk)
}

/// With it goes its upstream, whose token may have to be retired.
#[tokio::test]
async fn a_platform_that_no_longer_serves_is_let_go() {
    let (_home, _, desk) = serving().await;
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

/// A request that has come in, and whose end has not: a server that is to end waits for it.
async fn begin_request(desk: &Desk) -> TcpStream {
    let ServerState::Serving { url, .. } = desk.server.state() else { unreachable!("it serves") };
    let address = url.trim_start_matches("http://").trim_end_matches("/mcp").to_owned();
    let mut connection = TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\n\
         content-length: 100\r\nexpect: 100-continue\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    // Said when somebody reads the body.
    let mut go_on = [0; 25];
    connection.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    connection
}

#[tokio::test]
async fn a_call_that_ends_while_the_app_does_is_in_the_activity_log() {
    let (_home, folders, desk) = serving().await;
    let platform = desk.workspaces.backing.platform().unwrap();
    let (under_way, connection) = (platform.begin_call(), begin_request(&desk).await);
    let closing = {
        let desk = desk.clone();
        async move { desk.close().await }
    };
    let calling = async {
        desk.ending().cancelled().await;
        // Long enough for whoever ends with the desk to have ended.
        while desk.supervisor.names().contains("power") {
            tokio::task::yield_now().await;
        }
        platform.call("workflows_list", serde_json::Map::new(), Caller::default()).await.unwrap();
        drop((under_way, platform, connection));
    };
    tokio::join!(closing, calling);
    drop(desk);
    let log = ActivityLog::open(&folders.state.join("activity.db")).await.unwrap();
    let found = log.find(Query { limit: 10, ..Query::default() }).await.unwrap();
    assert_eq!(found.total, 1, "{found:?}");
}
