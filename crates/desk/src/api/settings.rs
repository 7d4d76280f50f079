//! What people can set, and what the app says of itself.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

// Each preference is declared where the settings are, the page's side of it included.
pub use agentruntime_settings::{
    Language, LogLevelChoice, NotificationsChange, NotificationsView, QuietHours, SettingsChange, SettingsView, Theme,
};

/// For how long notifications are held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum QuietFor {
    /// An hour from now.
    Hour,
    /// Until the next eight o'clock in the morning.
    Morning,
}

/// What the app is and where it keeps things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// The app's version.
    pub version: String,
    /// The path of the settings file.
    pub config_file: String,
    /// The folder of the sandbox and the activity log.
    pub state_folder: String,
    /// The folder of the log files.
    pub log_file: String,
    /// Whether starting at login can be offered: not from a build folder.
    pub autostart_possible: bool,
    /// What the system's keychain is called.
    pub keychain: String,
    /// Whether the system shows none of the app's notifications, as the person has told it; most systems do not say.
    pub notifications_refused: bool,
}
