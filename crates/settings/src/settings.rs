//! The settings: one file, every key known, nothing secret in it.

use std::collections::{BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use crate::{EntryId, InvalidProfile, Journal, Notifications, Profile, ProfileId, SettingsError};

/// The version this app writes. A file of a later one is kept aside, not guessed at.
pub const VERSION: u32 = 2;

/// How the window looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system does.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
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
    /// And everything else.
    Trace,
}

/// The settings. A key that is absent has its default; one that is unknown is an error that names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The file's version.
    pub version: u32,
    /// The port Platform MCP is served on.
    pub port: u16,
    /// Whether the app starts when the person logs in.
    pub start_at_login: bool,
    /// How the window looks.
    pub theme: Theme,
    /// A language tag such as `de`; `None` follows the system.
    pub language: Option<String>,
    /// How much is logged.
    pub log_level: LogLevel,
    /// Of what the person is told by notifications.
    pub notifications: Notifications,
    /// Whether the person is asked before an agent answers a task in their name.
    pub ask_before_answers: bool,
    /// Clients that have connected before, by the name they give themselves: the first time is told.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub known_clients: BTreeSet<String>,
    /// The tool groups that are off, by name.
    pub groups_off: BTreeSet<String>,
    /// Whether tools that return or change secrets are on.
    pub risk: bool,
    /// The profile that calls go with.
    pub active_profile: Option<ProfileId>,
    /// All profiles, in the order they were added.
    pub profiles: Vec<Profile>,
    /// Entries of the keychain that no profile names, to be deleted: written down before such an entry is made, and before
    /// one is left.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub unfinished: BTreeSet<EntryId>,
    /// Rotations and revocations that have not ended.
    #[serde(skip_serializing_if = "Journal::is_empty")]
    pub journal: Journal,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: VERSION,
            port: 8340,
            start_at_login: false,
            theme: Theme::default(),
            language: None,
            log_level: LogLevel::default(),
            notifications: Notifications::default(),
            ask_before_answers: true,
            known_clients: BTreeSet::new(),
            groups_off: BTreeSet::new(),
            risk: false,
            active_profile: None,
            profiles: Vec::new(),
            unfinished: BTreeSet::new(),
            journal: Journal::default(),
        }
    }
}

impl Settings {
    /// The profile of this id.
    #[must_use]
    pub fn profile(&self, id: ProfileId) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.id == id)
    }

    /// The profile that calls go with.
    #[must_use]
    pub fn active(&self) -> Option<&Profile> {
        self.active_profile.and_then(|id| self.profile(id))
    }

    /// The profile of this id, to be changed.
    pub fn profile_mut(&mut self, id: ProfileId) -> Option<&mut Profile> {
        self.profiles.iter_mut().find(|profile| profile.id == id)
    }

    /// Whether everything fits together.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`], which names the key.
    pub fn check(&self) -> Result<(), SettingsError> {
        if self.version != VERSION {
            return Err(unknown_version(self.version.into()));
        }
        if self.port == 0 {
            return Err(SettingsError::invalid("port", "is 0; clients need one that stays, such as 8340"));
        }
        let tag = |text: &String| {
            (2..=35).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if !self.language.as_ref().is_none_or(tag) {
            return Err(SettingsError::invalid("language", "is no language tag such as `de`; null follows the system"));
        }
        self.notifications.check()?;
        let mut ids = HashSet::new();
        for (place, profile) in self.profiles.iter().enumerate() {
            if !ids.insert(profile.id) {
                return Err(SettingsError::invalid(format!("profiles[{place}].id"), "stands there twice"));
            }
            if let Err(InvalidProfile { field, problem }) = profile.check() {
                return Err(SettingsError::invalid(format!("profiles[{place}].{field}"), problem));
            }
        }
        match self.active_profile {
            Some(id) if !ids.contains(&id) => {
                Err(SettingsError::invalid("active_profile", "names no workspace that is there"))
            }
            _ => Ok(()),
        }
    }
}

pub(crate) fn unknown_version(version: u64) -> SettingsError {
    let problem = format!("is {version}, and this app knows {VERSION}; another version of the app wrote it");
    SettingsError::invalid("version", problem)
}
