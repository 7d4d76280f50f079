//! A word to a person who does not look: once for each time they are needed, and only while the window is closed.

use tauri::{AppHandle, Manager as _};
use tauri_plugin_notification::NotificationExt as _;

use crate::{api::Snapshot, tray, words::Words};

/// What the person has been told.
#[derive(Debug, Default)]
pub struct Notices {
    told: Option<String>,
}

impl Notices {
    /// Tells the person if they are needed for another reason than before.
    pub fn tell(&mut self, app: &AppHandle, snapshot: &Snapshot) {
        let reason = tray::attention(snapshot);
        if reason == self.told {
            return;
        }
        self.told = reason;
        let Some(reason) = &self.told else { return };
        // An open window says it already.
        if !app.webview_windows().is_empty() {
            return;
        }
        let words = Words::of(snapshot.settings.language);
        let shown = app.notification().builder().title(words.needed).body(reason).show();
        if let Err(error) = shown {
            tracing::warn!(%error, "the person could not be told");
        }
    }
}
