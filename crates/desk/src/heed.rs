//! What people prefer takes effect where it is watched, whoever wrote it: the window, the tray, another process, or a hand in
//! the file. Nothing is applied where it is written.

use std::sync::{Arc, PoisonError};

use agentruntime_tokens::Settings;

use crate::{
    Desk,
    desk::{InForce, switches},
};

/// Has the changes of others seen, until the desk shuts down.
pub(crate) async fn follow_the_file(desk: Arc<Desk>) {
    desk.settings.follow(desk.shutdown.clone()).await;
}

/// Keeps everything but the workspace to the settings. Nothing here waits for anybody.
pub(crate) async fn keep_to_settings(desk: Arc<Desk>) {
    let mut changes = desk.settings.subscribe();
    loop {
        let now = changes.borrow_and_update().clone();
        desk.heed(&now);
        desk.heeded.send_replace(Some(now));
        desk.change();
        tokio::select! {
            () = desk.shutdown.cancelled() => return,
            changed = changes.changed() => if changed.is_err() { return },
        }
    }
}

/// Keeps the server's upstream to the workspace in use and its token: a token that another process rotated is another upstream.
pub(crate) async fn keep_to_workspace(desk: Arc<Desk>) {
    let mut changes = desk.settings.subscribe();
    loop {
        let now = in_force(&changes.borrow_and_update());
        // At the start somebody else chooses. Remembered beside this task, so that nothing is missed should it break off.
        let before = desk.chosen.lock().unwrap_or_else(PoisonError::into_inner).replace(now);
        if before.is_some_and(|before| before != now) {
            desk.refresh().await;
        }
        tokio::select! {
            () = desk.shutdown.cancelled() => return,
            changed = changes.changed() => if changed.is_err() { return },
        }
    }
}

/// The token that calls go with.
fn in_force(settings: &Settings) -> InForce {
    settings.active().map(|profile| (profile.id, profile.entry, profile.token))
}

impl Desk {
    fn heed(&self, now: &Settings) {
        if let Some(platform) = self.platform.load_full() {
            platform.switchboard.turn(|_| switches(now));
        }
        self.move_to(now.port);
        // Without a screen there is nobody to ask.
        self.runs.consents.require(now.ask_before_answers && self.screen);
    }

    /// Waits until the settings as they are now are in force: whoever changed them hears of it then.
    pub async fn until_heeded(&self) {
        let mut heeded = self.heeded.subscribe();
        let heeding = async {
            loop {
                // In this order: what is in force is then never newer than what there is, and a later one wakes.
                let last = heeded.borrow_and_update().clone();
                let now = self.settings.get();
                if last.is_some_and(|last| Arc::ptr_eq(&last, &now)) {
                    return;
                }
                // The sender lives as long as the desk.
                _ = heeded.changed().await;
            }
        };
        self.shutdown.run_until_cancelled(heeding).await;
    }
}

#[cfg(test)]
mod tests;
