//! What people can set, and what the app says of itself.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the window looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The language of window, tray and notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Language {
    /// As the system says.
    System,
    /// English.
    En,
    /// German.
    De,
}

impl Language {
    /// The one that the settings name.
    pub fn of(settings: &agentruntime_settings::Settings) -> Self {
        match settings.language.as_deref() {
            Some("en") => Self::En,
            Some("de") => Self::De,
            _ => Self::System,
        }
    }
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LogLevel {
    /// Errors only.
    Error,
    /// Errors and warnings.
    Warn,
    /// Also what happens.
    Info,
    /// Also how it happens, for our own crates alone.
    Debug,
}

/// Of what the person is told by notifications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Notifications {
    /// A task waits for the person.
    pub approvals: bool,
    /// A run failed.
    pub failures: bool,
    /// A run has ended that the person started here or follows, or that took long.
    pub finished: bool,
    /// From how many minutes on a run counts as long, 1 to 1440.
    pub long_minutes: u16,
    /// A token wants something.
    pub tokens: bool,
    /// A client connected that never has before.
    pub clients: bool,
    /// Hours in which nothing is shown but what the settings page names.
    pub quiet_hours: Option<QuietHours>,
}

/// Hours in which notifications wait, by this computer's clock; they may pass midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuietHours {
    /// From then, as `22:00`.
    pub from: String,
    /// Until then, as `07:00`.
    pub to: String,
}

/// For how long notifications are held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum QuietFor {
    /// An hour from now.
    Hour,
    /// Until the next eight o'clock in the morning.
    Morning,
}

/// What people can set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// The server's port on 127.0.0.1, from 1 on.
    pub port: u16,
    /// Whether the app starts when the person logs in.
    pub start_at_login: bool,
    /// How the window looks.
    pub theme: Theme,
    /// The language of window, tray and notifications.
    pub language: Language,
    /// How much is logged.
    pub log_level: LogLevel,
    /// Of what the person is told.
    pub notifications: Notifications,
    /// Whether the person is asked before an agent answers a task in their name.
    pub ask_before_answers: bool,
}

/// Settings to be changed; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[ts(optional_fields)]
pub struct SettingsChange {
    /// The server's port on 127.0.0.1, from 1 on.
    pub port: Option<u16>,
    /// Whether the app starts when the person logs in.
    pub start_at_login: Option<bool>,
    /// How the window looks.
    pub theme: Option<Theme>,
    /// The language of window, tray and notifications.
    pub language: Option<Language>,
    /// How much is logged.
    pub log_level: Option<LogLevel>,
    /// Of what the person is told, whole.
    pub notifications: Option<Notifications>,
    /// Whether the person is asked before an agent answers a task in their name.
    pub ask_before_answers: Option<bool>,
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
}
