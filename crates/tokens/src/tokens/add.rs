//! Taking a token in: checked, stored, read back, and only then named in the settings.

use agentruntime_settings::{EntryId, NewProfile, Profile, ProfileId, Settings, TokenPlace};
use secrecy::SecretString;

use super::{Keep, TokenInMemory, Tokens, facts, health, pasted};
use crate::Error;

impl Tokens {
    /// Adds a workspace with a token. The first workspace becomes the active one.
    ///
    /// If the future is dropped midway, or the process dies, [`Tokens::tidy`] ends what was begun.
    ///
    /// # Errors
    /// [`Error::InvalidProfile`] for what does not fit; [`Error::Bff`] where the BFF does not take the token or cannot be
    /// reached; the keychain's; the settings'. Then there is no new workspace and no new entry in the keychain.
    pub async fn add(&self, new: NewProfile, token: &SecretString, keep: Keep) -> Result<Profile, Error> {
        let mut profile = new.into_profile()?;
        let pat = pasted(token)?;
        let (client, _) = health::try_out(&profile.account(), &pat).await?;
        profile.facts = Some(facts::gather(&client, &pat).await);
        let _turn = self.turn().await?;
        let entry = profile.entry;
        match keep {
            Keep::Memory => {
                profile.token = TokenPlace::Memory;
                // In memory first: whoever sees the workspace can use it.
                self.in_memory().insert(entry, TokenInMemory { pat, stored: false });
                self.appear(&profile).await.inspect_err(|_| drop(self.in_memory().remove(&entry)))?;
            }
            Keep::Keychain => {
                profile.token = TokenPlace::Keychain;
                self.begin(entry).await?;
                self.put(entry, pat.as_secret()).await?;
                if let Err(error) = self.appear(&profile).await {
                    self.take_back(entry).await;
                    return Err(error);
                }
                self.in_memory().insert(entry, TokenInMemory { pat, stored: true });
            }
        }
        Ok(profile)
    }

    /// Adds a workspace without a token of its own: the sandbox, whose token is made at each of its starts.
    ///
    /// # Errors
    /// [`Error::InvalidProfile`], and the settings'.
    pub async fn add_without_token(&self, new: NewProfile) -> Result<Profile, Error> {
        let profile = new.into_profile()?;
        let _turn = self.turn().await?;
        self.appear(&profile).await?;
        Ok(profile)
    }

    /// Gives a workspace another token, checked as in [`Tokens::add`]. Until the new one is safe the old one stays in force; at
    /// the platform it stays valid. Calls under way go on with the old one.
    ///
    /// # Errors
    /// As [`Tokens::add`], [`Error::UnknownProfile`], and [`Error::Busy`] while the workspace's token is being rotated or
    /// revoked. Then the workspace has the token it had.
    pub async fn replace(&self, id: ProfileId, token: &SecretString, keep: Keep) -> Result<Profile, Error> {
        let pat = pasted(token)?;
        let (client, _) = health::try_out(&self.profile(id)?.account(), &pat).await?;
        let facts = facts::gather(&client, &pat).await;
        let _alone = self.alone_with(id).await?;
        let _turn = self.turn().await?;
        self.profile(id)?;
        let entry = EntryId::new();
        let place = match keep {
            Keep::Memory => TokenPlace::Memory,
            Keep::Keychain => {
                self.begin(entry).await?;
                self.put(entry, pat.as_secret()).await?;
                TokenPlace::Keychain
            }
        };
        self.in_memory().insert(entry, TokenInMemory { pat, stored: keep == Keep::Keychain });
        let named = self.settings().update(move |settings| {
            let profile = settings.profile_mut(id)?;
            let (before, was_stored) = (profile.entry, profile.token == TokenPlace::Keychain);
            (profile.token, profile.entry, profile.facts) = (place, entry, Some(facts));
            profile.told.clear();
            let profile = profile.clone();
            settings.unfinished.remove(&entry);
            if was_stored {
                settings.unfinished.insert(before);
            }
            Some((profile, before, was_stored))
        });
        match named.await.map_err(Error::from).and_then(|named| named.ok_or(Error::UnknownProfile { id })) {
            Ok((profile, before, was_stored)) => {
                self.in_memory().remove(&before);
                if was_stored {
                    self.take_back(before).await;
                }
                Ok(profile)
            }
            Err(error) => {
                self.in_memory().remove(&entry);
                if keep == Keep::Keychain {
                    self.take_back(entry).await;
                }
                Err(error)
            }
        }
    }

    /// Writes down that an entry of this name is about to be made.
    async fn begin(&self, entry: EntryId) -> Result<(), Error> {
        self.settings().update(move |settings| settings.unfinished.insert(entry)).await?;
        Ok(())
    }

    /// Stores a token; after a failure it is written down no longer, unless something of it may be left.
    async fn put(&self, entry: EntryId, token: &SecretString) -> Result<(), Error> {
        let Err((error, unclear)) = self.keychain().store_tracked(&entry.to_string(), token).await else {
            return Ok(());
        };
        if !unclear {
            self.end(entry).await;
        }
        Err(error.into())
    }

    /// Shows a new workspace in the settings.
    async fn appear(&self, profile: &Profile) -> Result<(), Error> {
        let profile = profile.clone();
        let appear = |settings: &mut Settings| {
            settings.unfinished.remove(&profile.entry);
            settings.active_profile.get_or_insert(profile.id);
            settings.profiles.push(profile);
        };
        Ok(self.settings().update(appear).await?)
    }
}
