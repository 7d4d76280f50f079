//! On macOS, its notification centre. Tauri's plugin would use the one that Apple has given up: it cannot take a notification back,
//! does not say that the person refused them, and looks twice a second after each that nobody has answered.
//!
//! The person is asked when the first notification is due, or when they switch a kind on, and never at the start. The centre
//! knows apps in bundles alone, signed ones: a program out of a build folder tells nothing.

use std::process;

use agentruntime_desk::Desk;
use mac_usernotifications::{
    Action, AuthorizationStatus, Notification, check_bundle, close_delivered, get_delivered_notification_ids,
    get_notification_settings, request_auth,
};
use tauri::{AppHandle, Builder, Manager as _, Wry};

use super::{Said, Shown, answered};

pub(super) fn plugged(builder: Builder<Wry>) -> Builder<Wry> {
    builder
}

/// Takes back what an earlier run of the app has left: nobody hears of its buttons any more.
pub(super) fn listen(app: &AppHandle, _: Shown) -> Result<(), Box<dyn std::error::Error>> {
    if let Err(error) = check_bundle() {
        tracing::warn!(%error, "there are no notifications");
        return Ok(());
    }
    run(app, "notifications of an earlier run", async {
        for name in get_delivered_notification_ids().await {
            close_delivered(&name).await;
        }
    });
    Ok(())
}

pub(super) fn show(app: &AppHandle, shown: &Shown, id: i32, said: Said) {
    let (handle, shown) = (app.clone(), shown.clone());
    run(app, "a notification", async move {
        if !may_tell().await {
            tracing::info!(id, "the system holds a notification back");
            return;
        }
        // The person may have taken long to allow it.
        if !shown.is_due(id) {
            return;
        }
        let (_, buttons) = said.buttons;
        let notification = Notification::new().id(&name(id)).title(said.title).message(said.body);
        let notification = buttons
            .into_iter()
            .fold(notification, |notification, (id, text)| notification.action(Action::button(id, text)));
        let response = match notification.send().await {
            Ok(sent) => sent.response(),
            Err(error) => return tracing::warn!(%error, "the person could not be told"),
        };
        if !shown.is_due(id) {
            return close_delivered(&name(id)).await;
        }
        // It is never told of those that the person clears away all at once.
        tokio::select! {
            response = response => match response {
                Ok(response) if response.is_dismiss_action() => {}
                Ok(response) if response.is_default_action() => answered(&handle, &shown, id, "tap"),
                Ok(response) => answered(&handle, &shown, id, &response.action_identifier),
                Err(error) => tracing::debug!(%error, "what became of a notification is not known"),
            },
            () = shown.forgotten(id) => {}
        }
    });
}

pub(super) fn withdraw(app: &AppHandle, ids: Vec<i32>) {
    run(app, "notifications to be taken back", async move {
        for id in ids {
            close_delivered(&name(id)).await;
        }
    });
}

/// Asks the person whether the app may tell them something, if they were never asked.
pub(super) fn ask(app: &AppHandle) {
    run(app, "the question whether to tell", async { _ = may_tell().await });
}

/// Whether the person has told the system to show none of the app's notifications.
pub(super) async fn are_refused(_: &AppHandle) -> bool {
    let settings = get_notification_settings().await;
    settings.is_ok_and(|settings| settings.authorization_status == AuthorizationStatus::Denied)
}

async fn may_tell() -> bool {
    match get_notification_settings().await.map(|settings| settings.authorization_status) {
        Ok(AuthorizationStatus::NotDetermined) => request_auth().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the system does not let the app ask whether it may tell something");
            false
        }),
        Ok(status) => status != AuthorizationStatus::Denied,
        Err(_) => false,
    }
}

/// A name that no notification of an earlier run has: one of the same name would take its place.
fn name(id: i32) -> String {
    format!("{}-{id}", process::id())
}

/// Runs until it has ended, or the app ends.
fn run(app: &AppHandle, what: &'static str, work: impl Future<Output = ()> + Send + 'static) {
    let Some(desk) = app.try_state::<std::sync::Arc<Desk>>() else { return };
    let ending = desk.ending();
    desk.supervisor.run_once(what, async move { _ = ending.run_until_cancelled(work).await });
}
