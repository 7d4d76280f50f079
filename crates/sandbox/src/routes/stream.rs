//! The WebSocket stream of a workflow's events (BFF API, "Workflows").
//!
//! With `run_id`, the run's events so far come first: who follows a run misses nothing, however late they connect. Without,
//! the stream begins with what happens next.

use std::sync::Arc;

use axum::{
    Router,
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    response::Response,
    routing::any,
};
use serde::Deserialize;

use super::{
    extract::Query,
    runs::{EVENT, check_run_exists, event},
    workflows::check_exists,
};
use crate::{app::App, db::Ask as _, error::Result};

/// Events that are read and sent at a time.
const CHUNK: u32 = 100;
/// Largest frame that a client may send; nothing it sends has a meaning.
const FRAME_MAX: usize = 4096;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/v1/workflows/{id}/stream", any(stream))
}

#[derive(Deserialize)]
struct Filter {
    run_id: Option<String>,
}

async fn stream(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(filter): Query<Filter>,
    upgrade: WebSocketUpgrade,
) -> Result<Response> {
    let (workflow, run) = (id.clone(), filter.run_id.clone());
    let from = app
        .db
        .read(move |connection| {
            check_exists(connection, &workflow)?;
            match run {
                Some(run) => check_run_exists(connection, &workflow, &run).map(|()| 0),
                None => {
                    Ok(connection.one("SELECT coalesce(max(seq), 0) FROM events", &[], |row| row.get(0))?.unwrap_or(0))
                }
            }
        })
        .await?;
    let follower = Follower { app, workflow_id: id, run_id: filter.run_id, after: from };
    Ok(upgrade.max_message_size(FRAME_MAX).on_upgrade(|socket| follower.run(socket)))
}

struct Follower {
    app: Arc<App>,
    workflow_id: String,
    run_id: Option<String>,
    after: i64,
}

impl Follower {
    async fn run(mut self, mut socket: WebSocket) {
        let shutdown = self.app.shutdown.clone();
        tokio::select! {
            () = shutdown.cancelled() => {}
            ended = self.follow(&mut socket) => if let Err(error) = ended {
                tracing::debug!(%error, "a stream ended early");
            }
        }
        // The other side may be gone already.
        let _gone = socket.send(Message::Close(None)).await;
    }

    async fn follow(&mut self, socket: &mut WebSocket) -> anyhow::Result<()> {
        let mut latest = self.app.engine.latest();
        loop {
            latest.mark_unchanged();
            while self.send_next(socket).await? {}
            loop {
                tokio::select! {
                    changed = latest.changed() => {
                        changed?;
                        break;
                    }
                    heard = socket.recv() => match heard {
                        None | Some(Ok(Message::Close(_))) => return Ok(()),
                        Some(Ok(_)) => {}
                        Some(Err(error)) => return Err(error.into()),
                    },
                }
            }
        }
    }

    /// Sends the next events. Whether there may be more.
    async fn send_next(&mut self, socket: &mut WebSocket) -> anyhow::Result<bool> {
        let (workflow, run, after) = (self.workflow_id.clone(), self.run_id.clone(), self.after);
        let events = self.app.db.read(move |connection| match run {
            Some(run) => connection.all(
                &format!("{EVENT} WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?"),
                &[&run, &after, &CHUNK],
                event,
            ),
            None => connection.all(
                &format!("{EVENT} WHERE workflow_id = ? AND seq > ? ORDER BY seq LIMIT ?"),
                &[&workflow, &after, &CHUNK],
                event,
            ),
        });
        let events = events.await?;
        for (seq, event) in &events {
            socket.send(Message::text(event.to_string())).await?;
            self.after = *seq;
        }
        Ok(!events.is_empty())
    }
}
