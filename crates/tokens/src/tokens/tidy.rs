//! What was left: by a crash, by a keychain that could not be used, by settings that were lost.

use super::Tokens;
use agentruntime_settings::{EntryId, Settings, TokenPlace};

use crate::{Error, KeychainError};

impl Tokens {
    /// Ends what was begun and not finished: deletes the entries that this app wrote down before it made them, and that no
    /// workspace came to name. Returns how many things it ended. To be called after start, and when the keychain can be used
    /// again; it deletes nothing else.
    ///
    /// # Errors
    /// The keychain's, and the settings': what is left then, a later call ends.
    pub async fn tidy(&self) -> Result<usize, Error> {
        let _turn = self.turn().await?;
        let settings = self.settings().get();
        for entry in settings.unfinished.iter().copied() {
            if !names(&settings, entry) {
                self.delete_entry(entry).await?;
            }
            self.settings().update(move |settings| settings.unfinished.remove(&entry)).await?;
        }
        Ok(settings.unfinished.len())
    }

    /// The keychain's entries that nothing in the settings names: of settings that were lost, or that stand in another folder.
    ///
    /// # Errors
    /// The keychain's.
    pub async fn orphans(&self) -> Result<Vec<EntryId>, Error> {
        let found = self.keychain().names().await?;
        let settings = self.settings().get();
        let entries = found.iter().filter_map(|name| name.parse().ok());
        Ok(entries.filter(|entry| !names(&settings, *entry)).collect())
    }

    /// Deletes entries that [`Tokens::orphans`] showed and a person chose; passes over those that are named. Answers how many
    /// it deleted.
    ///
    /// # Errors
    /// The keychain's.
    pub async fn delete_orphans(&self, entries: &[EntryId]) -> Result<usize, Error> {
        let _turn = self.turn().await?;
        let settings = self.settings().get();
        let mut deleted = 0;
        for entry in entries.iter().filter(|entry| !names(&settings, **entry)) {
            deleted += usize::from(self.delete_entry(*entry).await?);
        }
        Ok(deleted)
    }

    /// Deletes an entry that the settings have as unfinished. If it cannot be, they remember it.
    pub(super) async fn take_back(&self, entry: EntryId) {
        match self.delete_entry(entry).await {
            Ok(_) => self.end(entry).await,
            Err(error) => tracing::warn!(code = error.code(), %entry, "an entry will be deleted later"),
        }
    }

    /// Writes down that nothing of this entry is left to do.
    pub(super) async fn end(&self, entry: EntryId) {
        if let Err(error) = self.settings().update(move |settings| settings.unfinished.remove(&entry)).await {
            tracing::warn!(code = error.code(), %entry, "the settings still name an entry that has gone");
        }
    }

    async fn delete_entry(&self, entry: EntryId) -> Result<bool, Error> {
        match self.keychain().delete(&entry.to_string()).await {
            Ok(()) => Ok(true),
            Err(KeychainError::Missing) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether something that is there, or under way, needs an entry.
fn names(settings: &Settings, entry: EntryId) -> bool {
    let of_a_profile =
        settings.profiles.iter().any(|profile| profile.entry == entry && profile.token == TokenPlace::Keychain);
    of_a_profile || settings.journal.entries().any(|named| named == entry)
}
