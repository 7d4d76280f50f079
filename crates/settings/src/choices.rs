//! What people choose from.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Preference, SettingsError, preferences::same_for_the_page};

/// How the window looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

same_for_the_page!(Theme);

/// The language of window, tray and notifications: a tag such as `de`, or none, which is the system's. One that the app does not
/// know stays as it was written, and counts as none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LanguageTag(pub Option<String>);

/// The language of window, tray and notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// As the system says.
    System,
    /// English.
    En,
    /// German.
    De,
}

impl Preference for LanguageTag {
    type View = Language;
    type Change = Language;

    fn view(&self) -> Language {
        match self.0.as_deref() {
            Some("en") => Language::En,
            Some("de") => Language::De,
            _ => Language::System,
        }
    }

    fn change(&mut self, change: Language) {
        let tag = match change {
            Language::System => None,
            Language::En => Some("en"),
            Language::De => Some("de"),
        };
        self.0 = tag.map(str::to_owned);
    }

    fn fits(&self) -> Result<(), SettingsError> {
        let tag = |text: &String| {
            (2..=35).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        match self.0.as_ref().is_none_or(tag) {
            true => Ok(()),
            false => Err(SettingsError::invalid("", "is no language tag such as `de`; null follows the system")),
        }
    }
}

/// How much is logged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// What failed.
    Error,
    /// And what may fail.
    Warn,
    /// And what happened.
    #[default]
    Info,
    /// And why.
    Debug,
    /// And everything else. Only a hand writes it; the page has it as [`LogLevelChoice::Debug`].
    Trace,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "LogLevel")]
pub enum LogLevelChoice {
    /// Errors only.
    Error,
    /// Errors and warnings.
    Warn,
    /// Also what happens.
    Info,
    /// Also how it happens, for our own crates alone.
    Debug,
}

impl Preference for LogLevel {
    type View = LogLevelChoice;
    type Change = LogLevelChoice;

    fn view(&self) -> LogLevelChoice {
        match self {
            Self::Error => LogLevelChoice::Error,
            Self::Warn => LogLevelChoice::Warn,
            Self::Info => LogLevelChoice::Info,
            Self::Debug | Self::Trace => LogLevelChoice::Debug,
        }
    }

    fn change(&mut self, change: LogLevelChoice) {
        *self = match change {
            LogLevelChoice::Error => Self::Error,
            LogLevelChoice::Warn => Self::Warn,
            LogLevelChoice::Info => Self::Info,
            LogLevelChoice::Debug => Self::Debug,
        };
    }
}
