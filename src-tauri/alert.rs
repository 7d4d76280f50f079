//! A word to the person where there is no window to say it in. Linux has a terminal to look into, and a launcher that tells.

use std::fmt::Display;

use tauri::AppHandle;

/// Says that the app does not start, and waits until it was read.
#[cfg(not(target_os = "linux"))]
pub fn no_start(error: &(impl Display + ?Sized)) {
    use agentruntime_desk::{api::Language, words::shell::ShellWords};
    use rfd::{MessageDialog, MessageLevel};

    let words = ShellWords::of(Language::System);
    let said = MessageDialog::new().set_level(MessageLevel::Error).set_title(words.no_start);
    said.set_description(error.to_string()).show();
}

/// Says that the window cannot be made, and why.
#[cfg(not(target_os = "linux"))]
pub fn no_window(app: &AppHandle, error: &tauri::Error) {
    use std::sync::Arc;

    use agentruntime_desk::{
        Desk,
        words::{filled, shell::ShellWords},
    };
    use agentruntime_settings::Preference as _;
    use tauri::Manager as _;
    use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};

    let Some(desk) = app.try_state::<Arc<Desk>>() else { return };
    let words = ShellWords::of(desk.settings.get().language.view());
    let is_missing = cfg!(windows) && tauri::webview_version().is_err();
    let why = if is_missing { words.no_web_view.to_owned() } else { filled(words.no_window_why, error) };
    app.dialog().message(why).title(words.no_window).kind(MessageDialogKind::Error).show(|_| {});
}

/// Nothing: the error stands in the terminal and in the log.
#[cfg(target_os = "linux")]
pub fn no_start(_: &(impl Display + ?Sized)) {}

/// Nothing: the error stands in the log.
#[cfg(target_os = "linux")]
pub fn no_window(_: &AppHandle, _: &tauri::Error) {}
