//! Workspaces and their tokens as one: what the settings name is in the keychain, and what this app put into the keychain is
//! named by the settings.
//!
//! The keychain and the file cannot be changed at one stroke, so the order keeps the promise when the process dies between:
//! - *adding*: the entry's id goes into the settings as unfinished, then the token into the keychain, then the workspace
//!   into the settings, where its id stops being unfinished. What was begun and not finished, [`Tokens::tidy`] deletes.
//! - *removing*: the token goes from the keychain first. After a crash between the two there is a workspace whose token is
//!   missing, which its owner sees and can remove again; never a token that nobody sees.
//! - *rotating* and *revoking* concern the platform too, and have a journal: see [`Tokens::rotate`], [`Tokens::revoke`] and
//!   [`Tokens::settle`].
//!
//! An entry that no workspace names (of a settings file that was lost, or of another folder) is only ever shown
//! ([`Tokens::orphans`]): its owner decides.

mod add;
mod advance;
mod change;
mod credentials;
mod delete;
mod facts;
mod health;
mod lease;
mod outcome;
mod retire;
mod revoke;
mod rotate;
mod rows;
mod settle;
mod successor;
mod tidy;

use std::{
    collections::{BTreeSet, HashMap},
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use agentruntime_bff::{Client, Pat};
use agentruntime_lifecycle::Lock;
use agentruntime_settings::{EntryId, JobId, Profile, ProfileId, SettingsError, SettingsStore, TokenPlace};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};

pub use change::IfKeychainFails;
pub use health::Health;
pub use lease::{InUse, Lease};
pub use revoke::{Revoked, When};
pub use rotate::{Rotate, Rotated};
pub use rows::own_row;
pub use settle::{Settled, SettledAs, Which};

use crate::{Error, Keychain};

/// Where a token is to live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// In the keychain.
    Keychain,
    /// In this process, until it ends. For a person who chose so where there is no keychain; never chosen for them.
    Memory,
}

/// How long is waited for what takes its time.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For calls under way with a token that was replaced, before it is revoked. 150 s: no call takes longer.
    pub drain: Duration,
    /// For a successor that may have been made to appear in the platform's list. 180 s.
    pub appear: SignedDuration,
    /// Between tries of a token that is seconds old and refused: not every part of a platform knows it at once. 1 s, then
    /// doubled, three tries in all.
    pub known: Duration,
    /// For another process that changes the same workspaces. 30 s.
    pub others: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            drain: Duration::from_secs(150),
            appear: SignedDuration::from_secs(180),
            known: Duration::from_secs(1),
            others: Duration::from_secs(30),
        }
    }
}

/// Workspaces and their tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    keychain: Keychain,
    settings: SettingsStore,
    patience: Patience,
    in_memory: Mutex<HashMap<EntryId, TokenInMemory>>,
    uses: lease::Uses,
    /// What is taken up in this process just now, for an end in order to put down.
    under_way: Mutex<BTreeSet<JobId>>,
    /// One change at a time: what tidies must not meet an addition under way.
    turn: tokio::sync::Mutex<()>,
}

struct TokenInMemory {
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
    /// The tokens of these settings' workspaces.
    #[must_use]
    pub fn new(keychain: Keychain, settings: SettingsStore) -> Self {
        Self::with(keychain, settings, Patience::default())
    }

    /// As [`Tokens::new`], with another patience.
    #[must_use]
    pub fn with(keychain: Keychain, settings: SettingsStore, patience: Patience) -> Self {
        let (in_memory, uses, turn) = (Mutex::default(), lease::Uses::default(), tokio::sync::Mutex::new(()));
        Self(Arc::new(Inner { keychain, settings, patience, in_memory, uses, under_way: Mutex::default(), turn }))
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

    /// A workspace's token: from memory, or from the keychain, after which it is kept in memory.
    ///
    /// # Errors
    /// [`Error::UnknownProfile`], [`Error::NoToken`], and the keychain's.
    pub async fn pat(&self, id: ProfileId) -> Result<Pat, Error> {
        let profile = self.profile(id)?;
        if let Some(held) = self.in_memory().get(&profile.entry) {
            return Ok(held.pat.clone());
        }
        if profile.token != TokenPlace::Keychain {
            return Err(Error::NoToken { name: profile.name });
        }
        let pat = pasted(&self.0.keychain.read(&profile.entry.to_string()).await?)?;
        // The workspace may have been removed, or its token replaced, while the keychain was asked.
        if self.profile(id)?.entry == profile.entry {
            self.in_memory().entry(profile.entry).or_insert(TokenInMemory { pat: pat.clone(), stored: true });
        }
        Ok(pat)
    }

    /// A workspace's token as text, from the keychain, for a person who asked to see it.
    ///
    /// # Errors
    /// As [`Tokens::pat`]; also [`Error::NoToken`] for one that is in another process's memory.
    pub async fn text(&self, id: ProfileId) -> Result<SecretString, Error> {
        let profile = self.profile(id)?;
        if profile.token != TokenPlace::Keychain {
            return Err(Error::NoToken { name: profile.name });
        }
        Ok(self.0.keychain.read(&profile.entry.to_string()).await?)
    }

    /// Drops from memory every token that the keychain has, e.g. when it was locked: the next use asks it again.
    pub fn forget_cached(&self) {
        self.in_memory().retain(|_, held| !held.stored);
    }

    /// A client of a workspace's BFF.
    ///
    /// # Errors
    /// [`Error::Bff`] for a workspace that does not fit.
    pub fn client(&self, profile: &Profile) -> Result<Client, Error> {
        Ok(Client::new(profile.bff_config())?)
    }

    fn profile(&self, id: ProfileId) -> Result<Profile, Error> {
        self.0.settings.get().profile(id).cloned().ok_or(Error::UnknownProfile { id })
    }

    fn in_memory(&self) -> MutexGuard<'_, HashMap<EntryId, TokenInMemory>> {
        self.0.in_memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The turn to change what is there, among all processes.
    async fn turn(&self) -> Result<Turn<'_>, Error> {
        let among_tasks = self.0.turn.lock().await;
        let lock = self.settings().locks().wait_at_most("profiles", self.0.patience.others).await;
        let among_processes = lock.map_err(|error| unlockable(self.settings(), &error))?.ok_or(Error::Busy)?;
        // Whoever had it before may have changed what is decided by from here on.
        self.settings().refresh().await;
        Ok(Turn { _among_tasks: among_tasks, _among_processes: among_processes })
    }

    /// The only hold on a workspace's token, among all processes: for what takes longer than a turn.
    async fn alone_with(&self, id: ProfileId) -> Result<Lock, Error> {
        let lock = self.settings().locks().try_get(&format!("profile-{id}"));
        let lock = lock.map_err(|error| unlockable(self.settings(), &error))?.ok_or(Error::Busy)?;
        self.settings().refresh().await;
        Ok(lock)
    }
}

/// One change at a time.
struct Turn<'a> {
    _among_tasks: tokio::sync::MutexGuard<'a, ()>,
    _among_processes: Lock,
}

/// The locks' files cannot be used.
fn unlockable(settings: &SettingsStore, error: &io::Error) -> Error {
    let path = settings.path().with_file_name("locks");
    SettingsError::Unwritable { path, problem: error.to_string() }.into()
}

/// A token as it was pasted, piped or stored: blanks around it, and the mark that some editors and shells of Windows begin a text
/// with, are gone.
fn pasted(token: &SecretString) -> Result<Pat, Error> {
    let around = |letter: char| letter.is_whitespace() || letter == '\u{feff}';
    token.expose_secret().trim_matches(around).parse().map_err(|error| match error {
        agentruntime_bff::Error::InvalidArgument { problem, .. } => Error::invalid("token", problem),
        error => Error::Bff(error),
    })
}
