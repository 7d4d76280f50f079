//! The sandbox behind a workspace of its kind: what becomes of the workspace when it comes and goes.

use std::sync::Arc;

use agentruntime_serving::{Away, Folders, Place, Serving, State};
use agentruntime_tokens::Backend;

use crate::{Desk, failure::Failed};

/// The port that webhook URLs are made with, if it is free.
const PORT: u16 = 8341;
/// The name of the app's own token in the sandbox.
const TOKEN_NAME: &str = "AgentRuntime Desktop";

/// Where this person's sandbox lives.
pub(crate) fn place(folders: &Folders) -> Place {
    Place { folder: folders.sandbox(), port: PORT, token_name: TOKEN_NAME }
}

/// Puts the sandbox that came in the place of the one that went, and says that it is away, where it is the workspace in use.
pub(crate) async fn heed(desk: Arc<Desk>) {
    let mut states = desk.sandbox.watch();
    if !matches!(*states.borrow_and_update(), State::Unopened) {
        // It came while nobody looked.
        states.mark_changed();
    }
    loop {
        tokio::select! {
            () = desk.shutdown.cancelled() => return,
            changed = states.changed() => if changed.is_err() { return },
        }
        // Files that were set aside are to be told wherever the person is.
        desk.change();
        let settings = desk.settings.get();
        if settings.active().is_some_and(|profile| profile.backend == Backend::Sandbox) {
            desk.refresh().await;
        }
    }
}

impl Desk {
    /// The sandbox, started if it is not yet.
    pub(crate) async fn sandbox(&self) -> Result<Serving, Failed> {
        Ok(self.sandbox.serving().await?)
    }

    /// Where the sandbox's files lie that could not be opened.
    pub(crate) fn sandbox_set_aside(&self) -> Option<std::path::PathBuf> {
        match &*self.sandbox.watch().borrow() {
            State::Serving(serving) => serving.set_aside.clone(),
            State::Unopened | State::Away(_) => None,
        }
    }
}

impl From<Away> for Failed {
    fn from(away: Away) -> Self {
        Self::new("sandbox_unavailable", format!("The sandbox does not run: {away}. It is started again by itself."))
    }
}
