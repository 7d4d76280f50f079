//! On macOS and Windows, Tauri's plugin knows the way.

use tauri::{AppHandle, Builder, Wry};
use tauri_plugin_autostart::ManagerExt as _;

pub(super) fn plugged(builder: Builder<Wry>) -> Builder<Wry> {
    builder.plugin(tauri_plugin_autostart::Builder::new().arg(super::HIDDEN).build())
}

pub(super) fn is_set(app: &AppHandle) -> Result<bool, String> {
    app.autolaunch().is_enabled().map_err(|error| error.to_string())
}

pub(super) fn set(app: &AppHandle, on: bool) -> Result<(), String> {
    let manager = app.autolaunch();
    // What is not set cannot be taken back, and need not be.
    let turned = match (on, manager.is_enabled()) {
        (true, _) => manager.enable(),
        (false, Ok(false)) => Ok(()),
        (false, _) => manager.disable(),
    };
    turned.map_err(|error| error.to_string())
}
