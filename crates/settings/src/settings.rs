//! The settings: one file, every key known, nothing secret in it.

use std::collections::{BTreeSet, HashSet};

use crate::{
    EntryId, InvalidProfile, Journal, LanguageTag, LogLevel, Notifications, Preference, Profile, ProfileId,
    SettingsError, Theme, preferences::preferences,
};

/// The version this app writes. A file of a later one is kept aside, not guessed at.
pub const VERSION: u32 = 2;

preferences! {
    /// The settings. A key that is absent has its default; one that is unknown is an error that names it.
    pub struct Settings;
    /// What people can set.
    pub struct SettingsView as "Settings";
    /// Settings to be changed; what is left out stays.
    pub struct SettingsChange;
    kept {
        /// The file's version.
        version: u32 = VERSION;
    }
    preferred {
        /// The server's port on 127.0.0.1. Not every system lets a person's program have one below 1024.
        port: u16 = 8340, within 1..=u16::MAX, offered 1024..=u16::MAX;
        /// Whether the app starts when the person logs in.
        start_at_login: bool = false;
        /// How the window looks.
        theme: Theme = Theme::System;
        /// The language of window, tray and notifications.
        language: LanguageTag = LanguageTag(None);
        /// How much is logged.
        log_level: LogLevel = LogLevel::Info;
        /// Of what the person is told.
        notifications: Notifications = Notifications::default();
        /// Whether the person is asked before an agent answers a task in their name.
        ask_before_answers: bool = true;
    }
    kept {
        /// Clients that have connected before, by the name they give themselves: the first time is told.
        #[serde(skip_serializing_if = "BTreeSet::is_empty")]
        known_clients: BTreeSet<String> = BTreeSet::new();
        /// The tool groups that are off, by name.
        groups_off: BTreeSet<String> = BTreeSet::new();
        /// Whether tools that return or change secrets are on.
        risk: bool = false;
        /// The workspace that calls go with.
        active_profile: Option<ProfileId> = None;
        /// All workspaces, in the order they were added.
        profiles: Vec<Profile> = Vec::new();
        /// Entries of the keychain that no workspace names, to be deleted: written down before such an entry is made, and before
        /// one is left.
        #[serde(skip_serializing_if = "BTreeSet::is_empty")]
        unfinished: BTreeSet<EntryId> = BTreeSet::new();
        /// Rotations and revocations that have not ended.
        #[serde(skip_serializing_if = "Journal::is_empty")]
        journal: Journal = Journal::default();
    }
}

impl Settings {
    /// The workspace of this id.
    #[must_use]
    pub fn profile(&self, id: ProfileId) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.id == id)
    }

    /// The workspace that calls go with.
    #[must_use]
    pub fn active(&self) -> Option<&Profile> {
        self.active_profile.and_then(|id| self.profile(id))
    }

    /// The workspace of this id, to be changed.
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
        self.fits()?;
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
