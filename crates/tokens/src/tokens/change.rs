//! Changing and removing workspaces.

use std::collections::BTreeSet;

use super::Tokens;
use agentruntime_settings::{Care, ProfileId, Reason, Reminder, Settings, TokenPlace, check_name};

use crate::{Error, KeychainError};

/// What becomes of a workspace whose token cannot be deleted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfKeychainFails {
    /// It stays, and the error says why: nothing was removed.
    KeepProfile,
    /// It goes. Its token is deleted by [`Tokens::tidy`] when the keychain can be used again; until then the settings
    /// remember that it has to be.
    DeleteTokenLater,
}

impl Tokens {
    /// Renames a workspace.
    ///
    /// # Errors
    /// [`Error::InvalidProfile`], [`Error::UnknownProfile`], and the settings'.
    pub async fn rename(&self, id: ProfileId, name: String) -> Result<(), Error> {
        let name = name.trim().to_owned();
        check_name(&name)?;
        let rename = move |settings: &mut Settings| {
            settings.profile_mut(id).map(|profile| profile.name = name).ok_or(Error::UnknownProfile { id })
        };
        self.settings().update(rename).await?
    }

    /// Makes a workspace the one that calls go with.
    ///
    /// # Errors
    /// [`Error::UnknownProfile`], and the settings'.
    pub async fn activate(&self, id: ProfileId) -> Result<(), Error> {
        let activate = move |settings: &mut Settings| {
            settings.profile(id).ok_or(Error::UnknownProfile { id })?;
            settings.active_profile = Some(id);
            Ok(())
        };
        self.settings().update(activate).await?
    }

    /// Says when a workspace's token wants attention.
    ///
    /// # Errors
    /// [`Error::InvalidProfile`], [`Error::UnknownProfile`], and the settings'.
    pub async fn set_care(&self, id: ProfileId, care: Care) -> Result<(), Error> {
        care.check()?;
        let set = move |settings: &mut Settings| {
            let profile = settings.profile_mut(id).ok_or(Error::UnknownProfile { id })?;
            profile.care = care;
            // Another wish is a new reason to be reminded.
            profile.told.remove(&Reminder::Old);
            Ok(())
        };
        self.settings().update(set).await?
    }

    /// Remembers that a person was reminded of all this of a workspace's token ([`crate::care::Due::told`]).
    ///
    /// # Errors
    /// [`Error::UnknownProfile`], and the settings'.
    pub async fn remember_reminders(&self, id: ProfileId, told: BTreeSet<Reminder>) -> Result<(), Error> {
        let set = move |settings: &mut Settings| {
            settings.profile_mut(id).map(|profile| profile.told = told).ok_or(Error::UnknownProfile { id })
        };
        self.settings().update(set).await?
    }

    /// Removes a workspace and its token from this app; at the platform the token stays valid. If it was the active workspace,
    /// none is: calls must not go to another workspace because one was removed.
    ///
    /// # Errors
    /// [`Error::UnknownProfile`], [`Error::Busy`], [`Error::Unfinished`] where a rotation left something that needs this token,
    /// the settings', and with [`IfKeychainFails::KeepProfile`] the keychain's.
    pub async fn remove(&self, id: ProfileId, otherwise: IfKeychainFails) -> Result<(), Error> {
        let _alone = self.alone_with(id).await?;
        let _turn = self.turn().await?;
        let mut left = false;
        let profile = self.profile(id)?;
        let journal = &self.settings().get().journal;
        // What is left to do may need this token, and would never be done without it.
        if journal.rotation_of(id).is_some()
            || journal.revocations.iter().any(|left| left.profile == id && left.reason != Reason::Asked)
        {
            let problem = "what is left of it needs this workspace's token.".to_owned();
            return Err(Error::Unfinished { name: profile.name, problem, code: "rotation_unfinished".to_owned() });
        }
        let entry = profile.entry;
        if profile.token == TokenPlace::Keychain {
            match self.keychain().delete(&entry.to_string()).await {
                Ok(()) | Err(KeychainError::Missing) => {}
                Err(error) if otherwise == IfKeychainFails::KeepProfile => return Err(error.into()),
                Err(error) => {
                    tracing::info!(code = error.code(), %entry, "the token will be deleted later");
                    left = true;
                }
            }
        }
        let remove = move |settings: &mut Settings| {
            settings.profiles.retain(|profile| profile.id != id);
            settings.active_profile = settings.active_profile.filter(|active| *active != id);
            if left {
                settings.unfinished.insert(entry);
            }
        };
        self.settings().update(remove).await?;
        self.in_memory().remove(&entry);
        Ok(())
    }
}
