//! The one window: made when it is wanted, gone when it is closed, and its web process with it.

use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindowBuilder};

/// The window's label, which the capability file names.
const LABEL: &str = "main";

/// Shows the window, making it if there is none.
pub fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the window does not come to the front");
        }
        return;
    }
    let made = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("AgentRuntime Desktop")
        .inner_size(960.0, 640.0)
        .min_inner_size(380.0, 480.0)
        .build();
    if let Err(error) = made {
        tracing::error!(%error, "the window cannot be made");
    }
}
