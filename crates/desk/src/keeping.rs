//! What becomes of the workspaces when something else stands behind the server than before.

use std::{future::ready, sync::Arc};

use agentruntime_serving::{Decision, Why};

use crate::Desk;

/// Keeps what stands behind the server to the settings, the keychain and the sandbox, until the desk closes.
pub(crate) async fn keep_backing(desk: Arc<Desk>) {
    let shutdown = desk.ending();
    let decided = |why: Why, decision: Decision| {
        desk.workspaces.take_note(&decision);
        // On their own: what comes meanwhile is decided at once, and what is found then does not count.
        let checking = desk.clone();
        desk.run_once("check", async move { checking.workspaces.check_active().await });
        if matches!(why, Why::Start | Why::Keychain) {
            let tidying = desk.clone();
            desk.run_once("tidying", async move { tidy(&tidying).await });
        }
        ready(())
    };
    desk.workspaces.backing.keep(&shutdown, decided).await;
}

/// Ends what a crash left half done in the keychain.
async fn tidy(desk: &Desk) {
    if let Err(error) = desk.workspaces.tokens.tidy().await {
        tracing::warn!(code = error.code(), "what a crash left half done stays for now");
    }
    desk.care.settle_soon();
}

/// Shows files of the sandbox that were set aside, wherever the person is, until the desk closes.
pub(crate) async fn show_the_sandbox(desk: Arc<Desk>) {
    let mut states = desk.workspaces.sandbox.watch();
    loop {
        tokio::select! {
            () = desk.supervisor.shutdown().cancelled() => return,
            changed = states.changed() => if changed.is_err() { return },
        }
        desk.changed.tell();
    }
}
