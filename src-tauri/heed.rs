//! What the settings say of the shell takes effect here, whoever wrote it: how much is logged, and the start at login. Language
//! and theme go with each snapshot.

use std::sync::Arc;

use agentruntime_desk::Desk;
use agentruntime_settings::Settings;
use tokio::sync::watch;

use crate::{
    autostart,
    logs::{self, Logs},
};

/// Keeps the log to the level that is asked for, until the desk closes.
pub async fn keep_the_log(logs: Arc<Logs>, desk: Arc<Desk>) {
    let mut changes = desk.settings.store().subscribe();
    loop {
        logs.set_level(logs::level(changes.borrow_and_update().log_level));
        if !changed(&desk, &mut changes).await {
            return;
        }
    }
}

/// Takes note of a start at login that was switched behind the app's back, in the desktop's own settings: where both differ when
/// the app starts, ours follow, so that the mark in the tray says what is so.
pub async fn take_note_of_the_login(desk: &Desk) {
    let is_set = autostart::is_set();
    if desk.settings.get().start_at_login != is_set {
        tracing::info!(is_set, "whether the app starts at login was changed elsewhere");
        remember(desk, is_set).await;
    }
}

/// Has the system start the app at login as the settings say from now on, whoever changes them.
pub async fn keep_the_login(desk: Arc<Desk>) {
    let mut changes = desk.settings.store().subscribe();
    let mut before = changes.borrow_and_update().start_at_login;
    while changed(&desk, &mut changes).await {
        let now = changes.borrow_and_update().start_at_login;
        if now == std::mem::replace(&mut before, now) || now == autostart::is_set() {
            continue;
        }
        if let Err(failed) = autostart::set(now) {
            tracing::warn!(%failed, "the start at login stays as it is");
            if now {
                remember(&desk, false).await;
            }
        }
    }
}

async fn remember(desk: &Desk, is_set: bool) {
    if let Err(error) = desk.settings.store().update(move |settings| settings.start_at_login = is_set).await {
        tracing::warn!(%error, "the settings go on to say otherwise of the start at login");
    }
}

/// Waits for the next change; whether there is one before the desk closes.
async fn changed(desk: &Desk, changes: &mut watch::Receiver<Arc<Settings>>) -> bool {
    desk.ending().run_until_cancelled(changes.changed()).await.is_some_and(|changed| changed.is_ok())
}
