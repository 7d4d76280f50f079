//! Taking a token in: checked, stored, read back, and only then named in the settings.

use secrecy::SecretString;

use super::{Held, Keep, Tokens, facts, health, pasted};
use crate::{Error, NewProfile, Profile, ProfileId, Settings, TokenPlace};

impl Tokens {
    /// Adds a profile with a token. The first profile becomes the active one.
    ///
    /// If the future is dropped midway, or the process dies, [`Tokens::tidy`] ends what was begun.
    ///
    /// # Errors
    /// [`Error::InvalidProfile`] for what does not fit; [`Error::Bff`] where the BFF does not take the token or cannot be
    /// reached; the keychain's; the settings'. Then there is no new profile and no new entry in the keychain.
    pub async fn add(&self, new: NewProfile, token: &SecretString, keep: Keep) -> Result<Profile, Error> {
        let mut profile = new.into_profile()?;
        let (pat, token) = pasted(token)?;
        let (client, _) = health::try_out(&profile, &pat).await?;
        profile.facts = Some(facts::gather(&client, &pat, &token).await);
        let _turn = self.0.turn.lock().await;
        let id = profile.id;
        match keep {
            Keep::Memory => {
                profile.token = TokenPlace::Memory;
                // Held first: whoever sees the profile can use it.
                self.held().insert(id, Held { pat, stored: false });
                self.appear(&profile).await.inspect_err(|_| drop(self.held().remove(&id)))?;
            }
            Keep::Keychain => {
                profile.token = TokenPlace::Keychain;
                self.begin(id).await?;
                self.put(id, &token).await?;
                if let Err(error) = self.appear(&profile).await {
                    self.take_back(id).await;
                    return Err(error);
                }
                self.held().insert(id, Held { pat, stored: true });
            }
        }
        Ok(profile)
    }

    /// Adds a profile without a token of its own, such as the sandbox; [`Tokens::lend`] gives it one.
    ///
    /// # Errors
    /// [`Error::InvalidProfile`], and the settings'.
    pub async fn add_without_token(&self, new: NewProfile) -> Result<Profile, Error> {
        let profile = new.into_profile()?;
        let _turn = self.0.turn.lock().await;
        self.appear(&profile).await?;
        Ok(profile)
    }

    /// Gives a profile a new token, checked as in [`Tokens::add`]. Until the new one is safe the old one stays in force.
    ///
    /// # Errors
    /// As [`Tokens::add`], and [`Error::UnknownProfile`]. Then the profile has the token it had.
    pub async fn replace(&self, id: ProfileId, token: &SecretString, keep: Keep) -> Result<Profile, Error> {
        let (pat, token) = pasted(token)?;
        let (client, _) = health::try_out(&self.profile(id)?, &pat).await?;
        let facts = facts::gather(&client, &pat, &token).await;
        let _turn = self.0.turn.lock().await;
        let was_stored = self.profile(id)?.token == TokenPlace::Keychain;
        let place = match keep {
            Keep::Keychain => TokenPlace::Keychain,
            Keep::Memory => TokenPlace::Memory,
        };
        let mut before = None;
        if keep == Keep::Keychain {
            if was_stored {
                before = self.keychain().read(&id.to_string()).await.ok();
            } else {
                self.begin(id).await?;
            }
            self.put(id, &token).await?;
        }
        let named = self.settings().update(move |settings| {
            // An entry that the profile no longer names is deleted below, or by whoever tidies.
            let left = keep == Keep::Memory && was_stored;
            if left {
                settings.unfinished.insert(id)
            } else {
                settings.unfinished.remove(&id)
            };
            let profile = settings.profile_mut(id)?;
            (profile.token, profile.facts) = (place, Some(facts));
            Some(profile.clone())
        });
        match named.await.and_then(|profile| profile.ok_or(Error::UnknownProfile { id })) {
            Ok(profile) => {
                self.held().insert(id, Held { pat, stored: keep == Keep::Keychain });
                if keep == Keep::Memory && was_stored {
                    self.take_back(id).await;
                }
                Ok(profile)
            }
            Err(error) => {
                match before {
                    Some(before) => {
                        if let Err(error) = self.keychain().store(&id.to_string(), &before).await {
                            tracing::warn!(code = error.code(), profile = %id, "the old token could not be put back");
                        }
                    }
                    None if keep == Keep::Keychain => self.take_back(id).await,
                    None => {}
                }
                Err(error)
            }
        }
    }

    /// Writes down that an entry of this name is about to be made.
    async fn begin(&self, id: ProfileId) -> Result<(), Error> {
        self.settings().update(move |settings| settings.unfinished.insert(id)).await.map(|_| ())
    }

    /// Stores a token; after a failure it is written down no longer, unless something of it may be left.
    async fn put(&self, id: ProfileId, token: &SecretString) -> Result<(), Error> {
        let Err((error, unclear)) = self.keychain().store_tracked(&id.to_string(), token).await else { return Ok(()) };
        if !unclear {
            self.end(id).await;
        }
        Err(error.into())
    }

    /// Shows a new profile in the settings.
    async fn appear(&self, profile: &Profile) -> Result<(), Error> {
        let profile = profile.clone();
        let appear = |settings: &mut Settings| {
            settings.unfinished.remove(&profile.id);
            settings.active_profile.get_or_insert(profile.id);
            settings.profiles.push(profile);
        };
        self.settings().update(appear).await
    }
}
