//! What was left: by a crash, by a keychain that could not be used, by settings that were lost.

use super::Tokens;
use crate::{Error, KeychainError, ProfileId, TokenPlace};

impl Tokens {
    /// Ends what was begun and not finished: deletes the entries that this app wrote down before it made them, and that no
    /// profile came to name. Answers how many things it ended. To be called after start, and when the keychain can be used
    /// again; it deletes nothing else.
    ///
    /// # Errors
    /// The keychain's, and the settings': what is left then, a later call ends.
    pub async fn tidy(&self) -> Result<usize, Error> {
        let _turn = self.0.turn.lock().await;
        let settings = self.settings().get();
        for id in settings.unfinished.iter().copied() {
            let named = settings.profile(id).is_some_and(|profile| profile.token == TokenPlace::Keychain);
            if !named {
                self.delete_entry(id).await?;
            }
            self.settings().update(move |settings| settings.unfinished.remove(&id)).await?;
        }
        Ok(settings.unfinished.len())
    }

    /// The keychain's entries that no profile names: of settings that were lost, or that stand in another folder.
    ///
    /// # Errors
    /// The keychain's.
    pub async fn orphans(&self) -> Result<Vec<ProfileId>, Error> {
        let names = self.keychain().names().await?;
        let settings = self.settings().get();
        let ids = names.iter().filter_map(|name| name.parse().ok());
        Ok(ids.filter(|id| settings.profile(*id).is_none()).collect())
    }

    /// Deletes entries that [`Tokens::orphans`] showed and a person chose; passes over those that a profile names. Answers
    /// how many it deleted.
    ///
    /// # Errors
    /// The keychain's.
    pub async fn delete_orphans(&self, ids: &[ProfileId]) -> Result<usize, Error> {
        let _turn = self.0.turn.lock().await;
        let settings = self.settings().get();
        let mut deleted = 0;
        for id in ids.iter().filter(|id| settings.profile(**id).is_none()) {
            deleted += usize::from(self.delete_entry(*id).await?);
        }
        Ok(deleted)
    }

    /// Deletes the entry of an addition that failed. If it cannot be, the settings remember it.
    pub(super) async fn take_back(&self, id: ProfileId) {
        match self.delete_entry(id).await {
            Ok(_) => self.end(id).await,
            Err(error) => tracing::warn!(code = error.code(), profile = %id, "an entry will be deleted later"),
        }
    }

    /// Writes down that nothing of this id is left to do.
    pub(super) async fn end(&self, id: ProfileId) {
        if let Err(error) = self.settings().update(move |settings| settings.unfinished.remove(&id)).await {
            tracing::warn!(code = error.code(), profile = %id, "the settings still name an addition that has ended");
        }
    }

    async fn delete_entry(&self, id: ProfileId) -> Result<bool, Error> {
        match self.keychain().delete(&id.to_string()).await {
            Ok(()) => Ok(true),
            Err(KeychainError::Missing) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
