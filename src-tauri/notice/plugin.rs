//! On Linux and Windows, Tauri's plugin shows notifications.

use tauri::{AppHandle, Builder, Wry};
use tauri_plugin_notification::{Action, ActionType, NotificationExt as _};

use super::{Said, Shown, answered};

pub(super) fn plugged(builder: Builder<Wry>) -> Builder<Wry> {
    builder.plugin(tauri_plugin_notification::init())
}

/// Hears of buttons. To be called before the first notification, or none has any.
pub(super) fn listen(app: &AppHandle, shown: Shown) -> Result<(), Box<dyn std::error::Error>> {
    let handle = app.clone();
    let listening = app.notification().on_action(move |performed| {
        let Some(id) = performed.notification().map(|notification| notification.id()) else { return };
        answered(&handle, &shown, id, performed.action_id());
    });
    Ok(listening?)
}

pub(super) fn show(app: &AppHandle, _: &Shown, id: i32, said: Said) {
    let (name, buttons) = said.buttons;
    let buttons = buttons.into_iter().map(|(id, text)| Action::builder(id, text).build());
    let buttons = ActionType::builder(name).actions(buttons.collect()).build();
    // Made sure of each time: they are in the language of today.
    if let Err(error) = app.notification().register_action_types(vec![buttons]) {
        tracing::debug!(%error, "a notification has no buttons");
    }
    let notification = app.notification().builder().id(id).title(said.title).body(said.body).action_type_id(name);
    if let Err(error) = notification.show() {
        tracing::warn!(%error, "the person could not be told");
    }
}

/// Takes back notifications, where the system can.
pub(super) fn withdraw(app: &AppHandle, ids: Vec<i32>) {
    // It waits for the desktop's notification service, which may be slow.
    let app = app.clone();
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(error) = app.notification().remove_active(ids) {
            tracing::debug!(%error, "a notification stays though there is nothing to do");
        }
    });
}

/// Neither system asks the person before an app may tell something.
pub(super) fn ask(_: &AppHandle) {}

/// Whether the person has told Windows to show none of the app's notifications.
#[cfg(windows)]
pub(super) async fn are_refused(app: &AppHandle) -> bool {
    use windows::{
        UI::Notifications::{NotificationSetting, ToastNotificationManager},
        core::HSTRING,
    };

    let id = HSTRING::from(&app.config().identifier);
    let setting = ToastNotificationManager::CreateToastNotifierWithId(&id).and_then(|notifier| notifier.Setting());
    // Of a program that is not installed it knows nothing.
    setting.is_ok_and(|setting| setting != NotificationSetting::Enabled)
}

/// No Linux desktop tells.
#[cfg(not(windows))]
pub(super) async fn are_refused(_: &AppHandle) -> bool {
    false
}
