//! Profiles and their tokens as one: what the settings name is in the keychain, and what this app put into the keychain is
//! named by the settings.
//!
//! The keychain and the file cannot be changed at one stroke, so the order keeps the promise when the process dies between:
//! - *adding*: the profile's id goes into the settings as unfinished, then the token into the keychain, then the profile
//!   into the settings, where its id stops being unfinished. What was begun and not finished, [`Tokens::tidy`] deletes.
//! - *removing*: the token goes from the keychain first. After a crash between the two there is a profile whose token is
//!   missing, which its owner sees and can remove again; never a token that nobody sees.
//!
//! An entry that no profile names (of a settings file that was lost, or of another folder) is only ever shown
//! ([`Tokens::orphans`]): its owner decides.

mod add;
mod change;
mod facts;
mod health;
mod tidy;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use agentruntime_bff::{Client, Pat};
use secrecy::{ExposeSecret, SecretString};

pub use change::IfKeychainFails;
pub use health::Health;

use crate::{Error, Keychain, Profile, ProfileId, SettingsStore, TokenPlace};

/// Where a token is to live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// In the keychain.
    Keychain,
    /// In this process, until it ends. For a person who chose so where there is no keychain; never chosen for them.
    Memory,
}

/// Profiles and their tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    keychain: Keychain,
    settings: SettingsStore,
    held: Mutex<HashMap<ProfileId, Held>>,
    /// One change at a time: what tidies must not meet an addition under way.
    turn: tokio::sync::Mutex<()>,
}

/// A token in memory.
struct Held {
    pat: Pat,
    /// Whether the keychain has it too.
    stored: bool,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("keychain", &self.0.keychain).field("settings", &self.0.settings).finish()
    }
}

impl Tokens {
    /// The tokens of these settings' profiles.
    #[must_use]
    pub fn new(keychain: Keychain, settings: SettingsStore) -> Self {
        Self(Arc::new(Inner { keychain, settings, held: Mutex::default(), turn: tokio::sync::Mutex::new(()) }))
    }

    /// The keychain.
    #[must_use]
    pub fn keychain(&self) -> &Keychain {
        &self.0.keychain
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &SettingsStore {
        &self.0.settings
    }

    /// A profile's token: from memory, or from the keychain, after which it is kept in memory.
    ///
    /// # Errors
    /// [`Error::UnknownProfile`], [`Error::NoToken`], and the keychain's.
    pub async fn pat(&self, id: ProfileId) -> Result<Pat, Error> {
        if let Some(held) = self.held().get(&id) {
            return Ok(held.pat.clone());
        }
        let profile = self.profile(id)?;
        if profile.token != TokenPlace::Keychain {
            return Err(Error::NoToken { name: profile.name });
        }
        let (pat, _) = pasted(&self.0.keychain.read(&id.to_string()).await?)?;
        // The profile may have been removed, or its token replaced, while the keychain was asked.
        if self.profile(id)? == profile {
            self.held().entry(id).or_insert(Held { pat: pat.clone(), stored: true });
        }
        Ok(pat)
    }

    /// A token for this process only, unchecked: the embedded sandbox's, which makes a new one each time it starts.
    ///
    /// # Errors
    /// [`Error::UnknownProfile`]; [`Error::InvalidProfile`] for what cannot be a token.
    pub fn lend(&self, id: ProfileId, token: &SecretString) -> Result<(), Error> {
        self.profile(id)?;
        let (pat, _) = pasted(token)?;
        self.held().insert(id, Held { pat, stored: false });
        Ok(())
    }

    /// Drops from memory every token that the keychain has, e.g. when it was locked: the next use asks it again.
    pub fn forget_cached(&self) {
        self.held().retain(|_, held| !held.stored);
    }

    /// A client of a profile's BFF.
    ///
    /// # Errors
    /// [`Error::Bff`] for a profile that does not fit.
    pub fn client(&self, profile: &Profile) -> Result<Client, Error> {
        Ok(Client::new(profile.bff_config())?)
    }

    fn profile(&self, id: ProfileId) -> Result<Profile, Error> {
        self.0.settings.get().profile(id).cloned().ok_or(Error::UnknownProfile { id })
    }

    fn held(&self) -> MutexGuard<'_, HashMap<ProfileId, Held>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A token as it was pasted, blanks around it gone: as a client takes it, and as the keychain does.
fn pasted(token: &SecretString) -> Result<(Pat, SecretString), Error> {
    let text = SecretString::from(token.expose_secret().trim());
    let pat = text.expose_secret().parse().map_err(|error| match error {
        agentruntime_bff::Error::InvalidArgument { problem, .. } => Error::invalid("token", problem),
        error => Error::Bff(error),
    })?;
    Ok((pat, text))
}
