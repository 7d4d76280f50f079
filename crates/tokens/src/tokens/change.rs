//! Changing and removing profiles.

use super::Tokens;
use crate::{Error, KeychainError, ProfileId, Settings, TokenPlace, profile::check_name};

/// What becomes of a profile whose token cannot be deleted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfKeychainFails {
    /// It stays, and the error says why: nothing was removed.
    KeepProfile,
    /// It goes. Its token is deleted by [`Tokens::tidy`] when the keychain can be used again; until then the settings
    /// remember that it has to be.
    DeleteTokenLater,
}

impl Tokens {
    /// Renames a profile.
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

    /// Makes a profile the one that calls go with.
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

    /// Removes a profile and its token from this app; at the platform the token stays valid. If it was the active profile,
    /// none is: calls must not go to another workspace because one was removed.
    ///
    /// # Errors
    /// [`Error::UnknownProfile`], the settings', and with [`IfKeychainFails::KeepProfile`] the keychain's.
    pub async fn remove(&self, id: ProfileId, otherwise: IfKeychainFails) -> Result<(), Error> {
        let _turn = self.0.turn.lock().await;
        let mut left = false;
        if self.profile(id)?.token == TokenPlace::Keychain {
            match self.keychain().delete(&id.to_string()).await {
                Ok(()) | Err(KeychainError::Missing) => {}
                Err(error) if otherwise == IfKeychainFails::KeepProfile => return Err(error.into()),
                Err(error) => {
                    tracing::info!(code = error.code(), profile = %id, "the token will be deleted later");
                    left = true;
                }
            }
        }
        let remove = move |settings: &mut Settings| {
            settings.profiles.retain(|profile| profile.id != id);
            settings.active_profile = settings.active_profile.filter(|active| *active != id);
            if left {
                settings.unfinished.insert(id);
            }
        };
        self.settings().update(remove).await?;
        self.held().remove(&id);
        Ok(())
    }
}
