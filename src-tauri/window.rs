//! The one window: made when it is wanted, gone when it is closed, and its web process with it.

use std::sync::Arc;
#[cfg(target_os = "linux")]
use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use tauri::{AppHandle, Emitter as _, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

use agentruntime_desk::Desk;

use crate::alert;

/// The window's label, which the capability file names.
const LABEL: &str = "main";

/// A web process that dies again within this time is not made anew.
#[cfg(target_os = "linux")]
const REVIVAL: Duration = Duration::from_secs(10);

/// Shows the window, making it if there is none.
pub fn show(app: &AppHandle) {
    show_at(app, None);
}

/// Shows the window at a place, which is named as in the page's address: `run/wf/run_1`.
pub fn show_at(app: &AppHandle, place: Option<&str>) {
    #[cfg(target_os = "macos")]
    stand_in_dock(app, true);
    if let Some(window) = app.get_webview_window(LABEL) {
        if let Some(place) = place
            && let Err(error) = app.emit("go", place)
        {
            tracing::warn!(%error, "the window stays where it is");
        }
        let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the window does not come to the front");
        }
        return;
    }
    let address = place.map_or_else(|| "index.html".to_owned(), |place| format!("index.html#{place}"));
    let made = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App(address.into()))
        .title("AgentRuntime Desktop")
        .inner_size(960.0, 640.0)
        .min_inner_size(380.0, 480.0)
        .build();
    if let Ok(window) = &made {
        heed(app, window);
        // An app that has just come into the Dock is not yet the one that has the keyboard.
        #[cfg(target_os = "macos")]
        if let Err(error) = window.set_focus() {
            tracing::warn!(%error, "the window does not come to the front");
        }
    }
    if let Err(error) = made.and_then(|window| revive(&window)) {
        tracing::error!(%error, "the window cannot be made");
        if let Some(desk) = app.try_state::<Arc<Desk>>().filter(|_| app.get_webview_window(LABEL).is_none()) {
            desk.is_seen(false);
            #[cfg(target_os = "macos")]
            stand_in_dock(app, false);
            alert::no_window(app, &error);
        }
    }
}

/// Tells the desk whether somebody can look.
fn heed(app: &AppHandle, window: &WebviewWindow) {
    let Some(desk) = app.try_state::<Arc<Desk>>() else { return };
    let desk = desk.inner().clone();
    desk.is_seen(true);
    #[cfg(target_os = "macos")]
    let app = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::Destroyed = event {
            desk.is_seen(false);
            #[cfg(target_os = "macos")]
            stand_in_dock(&app, false);
        }
    });
}

/// Has the app in the Dock and in the menu bar while it has a window, and only then. Hidden without one, it gives the keyboard back
/// to the app that had it before.
#[cfg(target_os = "macos")]
fn stand_in_dock(app: &AppHandle, stands: bool) {
    use tauri::ActivationPolicy::{Accessory, Regular};

    let done = if stands {
        app.set_activation_policy(Regular).and_then(|()| app.show())
    } else {
        app.set_activation_policy(Accessory).and_then(|()| app.hide())
    };
    if let Err(error) = done {
        tracing::warn!(%error, stands, "the Dock does not follow the window");
    }
}

/// A page whose web process died comes back, instead of a window that stays blank.
#[cfg(target_os = "linux")]
fn revive(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::WebViewExt as _;

    let dying = window.clone();
    window.with_webview(move |view| {
        let last = Cell::new(None::<Instant>);
        view.inner().connect_web_process_terminated(move |view, reason| {
            tracing::warn!(?reason, "the window's web process ended");
            if last.replace(Some(Instant::now())).is_some_and(|last| last.elapsed() < REVIVAL) {
                // It dies of the page itself, and would again: the tray makes a new window when it is wanted.
                let _gone = dying.destroy();
            } else {
                view.reload();
            }
        });
    })
}

/// Elsewhere the system's web view does so itself.
#[cfg(not(target_os = "linux"))]
fn revive(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}
