//! What the settings say of the shell takes effect here, whoever wrote it: how much is logged, and the start at login. Language
//! and theme go with each snapshot.

use std::sync::Arc;

use agentruntime_desk::Desk;
use agentruntime_settings::Settings;
use tauri::AppHandle;
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

/// Brings both together where the settings and the system differ when the app starts. Who looks through a desktop's own settings
/// can switch the start at login off, and ours follow; nobody can switch it on there, so an entry that the settings do not name was
/// left by somebody who changed the file while the app did not run, and it goes.
pub async fn agree_about_the_login(app: &AppHandle, desk: &Desk) {
    match (desk.settings.get().start_at_login, autostart::is_set(app)) {
        (true, false) => {
            tracing::info!("the app no longer starts at login: that was switched off elsewhere");
            is_off(desk).await;
        }
        (false, true) => {
            tracing::info!("the app no longer starts at login: the settings say so");
            if let Err(failed) = autostart::set(app, false) {
                tracing::warn!(%failed, "the app goes on to start at login");
            }
        }
        (true, true) | (false, false) => {}
    }
}

/// Has the system start the app at login as the settings say from now on, whoever changes them.
pub async fn keep_the_login(app: AppHandle, desk: Arc<Desk>) {
    let mut changes = desk.settings.store().subscribe();
    let mut before = changes.borrow_and_update().start_at_login;
    while changed(&desk, &mut changes).await {
        let now = changes.borrow_and_update().start_at_login;
        if now == std::mem::replace(&mut before, now) || now == autostart::is_set(&app) {
            continue;
        }
        if let Err(failed) = autostart::set(&app, now) {
            tracing::warn!(%failed, "the start at login stays as it is");
            if now {
                is_off(&desk).await;
            }
        }
    }
}

async fn is_off(desk: &Desk) {
    if let Err(error) = desk.settings.update(|settings| settings.start_at_login = false).await {
        tracing::warn!(%error, "the settings go on to say that the app starts at login");
    }
}

/// Waits for the next change; whether there is one before the desk closes.
async fn changed(desk: &Desk, changes: &mut watch::Receiver<Arc<Settings>>) -> bool {
    desk.ending().run_until_cancelled(changes.changed()).await.is_some_and(|changed| changed.is_ok())
}
