//! What stands behind a server: decided when somebody asks for it, and anew whenever the settings, the keychain or the sandbox
//! say something else. The one way for the app's start, for a change of workspace, and for a server without a window.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use agentruntime_platform_mcp::{call::Upstream, platform::Platform};
use agentruntime_run_watch::Followed;
use agentruntime_settings::{Profile, ProfileId, TokenPlace};
use agentruntime_tokens::{KeychainError, Tokens};
use arc_swap::ArcSwapOption;
use tokio::sync::watch;

use crate::{
    Error, Host, Source,
    sandbox::Stand,
    source::{Wanted, idle_client},
};

mod keeping;

pub use keeping::Why;

/// Least time between two looks at a keychain that was there and failed all the same.
const BREATH: Duration = Duration::from_secs(5);
/// Whose runs are followed where there is no workspace.
const NO_WORKSPACE: &str = "served";

/// Decides what stands behind a server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Backing(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    /// One at a time decides, so that an older decision does not come last.
    deciding: tokio::sync::Mutex<()>,
    stands: Mutex<Stands>,
    /// The server that is given what stands here.
    platform: ArcSwapOption<Platform>,
    /// Whose runs can be followed: as `stands` has it, but for a sandbox that is away.
    followed: watch::Sender<Option<Followed>>,
    /// The keychain's last word about each workspace's token, where it did not give it.
    troubles: watch::Sender<HashMap<ProfileId, KeychainError>>,
}

#[derive(Debug)]
struct Stands {
    upstream: Upstream,
    /// Of which workspace; nothing where none is served.
    profile: Option<ProfileId>,
    /// What it was last decided by; nothing before the first decision.
    decided_by: Option<DecidedBy>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct DecidedBy {
    wanted: Option<Wanted>,
    /// How the sandbox stood, where calls go to it.
    sandbox: Option<Stand>,
}

/// What was decided.
#[derive(Debug)]
pub struct Decision {
    /// For which workspace; nothing where there is none.
    pub workspace: Option<ProfileId>,
    /// Why calls cannot go where they are meant to, if they cannot: each of them says so.
    pub outcome: Result<(), Error>,
}

impl Backing {
    /// Nothing stands behind the server yet, unless it was given: calls are refused with `no_token`.
    ///
    /// # Errors
    /// [`Error::Bff`] where no client can be made at all.
    pub fn new(source: Source) -> Result<Self, Error> {
        let upstream = match &source {
            Source::Given(upstream) => upstream.clone(),
            Source::Workspace { .. } | Source::Sandbox(_) => Upstream::new(idle_client(None)?, None),
        };
        let account = account(&upstream, None);
        Ok(Self(Arc::new(Inner {
            source,
            deciding: tokio::sync::Mutex::default(),
            stands: Mutex::new(Stands { upstream, profile: None, decided_by: None }),
            platform: ArcSwapOption::empty(),
            followed: watch::Sender::new(account),
            troubles: watch::Sender::default(),
        })))
    }

    /// Begins a server with what stands here now. It is given what comes after, until another one begins.
    pub fn begin(&self, platform: impl FnOnce(Upstream) -> Platform) -> Arc<Platform> {
        // Held until the platform is there to be given another one.
        let stands = self.stands();
        let platform = Arc::new(platform(stands.upstream.clone()));
        self.0.platform.store(Some(platform.clone()));
        platform
    }

    /// The server that began last.
    #[must_use]
    pub fn platform(&self) -> Option<Arc<Platform>> {
        self.0.platform.load_full()
    }

    /// Whose runs are to be followed, and with what.
    #[must_use]
    pub fn followed(&self) -> watch::Receiver<Option<Followed>> {
        self.0.followed.subscribe()
    }

    /// The tokens of the workspaces it is decided among, where there are any.
    #[must_use]
    pub fn tokens(&self) -> Option<&Tokens> {
        self.0.source.tokens()
    }

    /// The sandbox that may stand behind the server.
    #[must_use]
    pub fn sandbox(&self) -> Option<&Host> {
        self.0.source.sandbox()
    }

    /// Whether the sandbox is what calls go to now.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        self.0.source.is_sandbox()
    }

    /// Why the keychain does not give a workspace's token, as far as it was asked.
    #[must_use]
    pub fn trouble(&self, profile: ProfileId) -> Option<KeychainError> {
        self.0.troubles.borrow().get(&profile).cloned()
    }

    /// Decides anew, and gives the server what calls go with from now on. A call under way keeps what it began with.
    ///
    /// Where the keychain does not give the new token of the workspace that is served, and may give it soon, the old one stays
    /// until it does. A token that the settings no longer name is let go otherwise: whoever revokes it waits for that.
    pub async fn refresh(&self) -> Decision {
        let _deciding = self.0.deciding.lock().await;
        self.decide().await
    }

    async fn decide(&self) -> Decision {
        let source = &self.0.source;
        loop {
            let workspace = source.workspace();
            let wanted = workspace.as_ref().map(Wanted::of);
            let found = source.upstream(workspace.as_ref()).await;
            // Another token may have taken its place while the keychain was asked, and is not to go with this BFF.
            if source.workspace().as_ref().map(Wanted::of) != wanted {
                continue;
            }
            let trouble = found.as_ref().err().and_then(Error::keychain).cloned();
            self.remember(workspace.as_ref(), trouble);
            let sandbox = match &found {
                Ok(found) => found.sandbox.clone(),
                Err(Error::Away(away)) => Some(away.into()),
                Err(_) => None,
            };
            let outcome = match found {
                Ok(found) => {
                    self.put(found.upstream, workspace.as_ref());
                    Ok(())
                }
                Err(error) => {
                    self.put_what_is_left(&error, workspace.as_ref());
                    Err(error)
                }
            };
            self.stands().decided_by = Some(DecidedBy { wanted, sandbox });
            return Decision { workspace: workspace.map(|profile| profile.id), outcome };
        }
    }

    fn put_what_is_left(&self, why: &Error, workspace: Option<&Profile>) {
        let stood = {
            let stands = self.stands();
            (stands.profile, stands.upstream.client.clone())
        };
        let is_same = stood.0 == workspace.map(|profile| profile.id);
        // No call is sent through it; what is shown of it is the workspace's address, where that can be had.
        let client = if is_same { stood.1 } else { idle_client(workspace).unwrap_or(stood.1) };
        let heals = why.keychain().is_some_and(KeychainError::may_heal);
        let stays = heals && is_same && workspace.is_some_and(|profile| profile.token == TokenPlace::Keychain);
        match why {
            Error::Away(away) => self.put(Upstream::away(client, &away.problem), workspace),
            _ if stays => {}
            _ => self.put(Upstream::new(client, None), None),
        }
    }

    /// Puts another upstream in the place of the one before, which is let go: whoever retires its token waits for that.
    fn put(&self, upstream: Upstream, workspace: Option<&Profile>) {
        let profile = workspace.map(|profile| profile.id);
        let mut stands = self.stands();
        // A sandbox that is away comes back as it was: its runs are not forgotten.
        if upstream.away.is_none() || profile != stands.profile {
            let account = account(&upstream, profile);
            self.0.followed.send_if_modified(|before| {
                let is_news = before.is_some() || account.is_some();
                *before = account;
                is_news
            });
        }
        // Within the lock: a server that is about to begin takes what stands here.
        if let Some(platform) = self.platform() {
            platform.set_upstream(upstream.clone());
        }
        (stands.upstream, stands.profile) = (upstream, profile);
    }

    /// Keeps what the keychain said of the workspace; of those that are gone, nothing.
    fn remember(&self, workspace: Option<&Profile>, trouble: Option<KeychainError>) {
        let settings = self.0.source.settings().map(|store| store.get());
        self.0.troubles.send_modify(|troubles| {
            troubles.retain(|id, _| settings.as_ref().is_some_and(|settings| settings.profile(*id).is_some()));
            match (workspace, trouble) {
                (Some(profile), Some(trouble)) => _ = troubles.insert(profile.id, trouble),
                (Some(profile), None) => _ = troubles.remove(&profile.id),
                (None, _) => {}
            }
        });
    }

    /// The trouble with the keychain that stands between the server and its token, and may pass by itself. A token that is not in
    /// the keychain does not come by waiting.
    fn healing(&self) -> Option<KeychainError> {
        self.trouble(self.0.source.workspace()?.id).filter(KeychainError::may_heal)
    }

    /// Waits until the keychain may give what it did not give before; for ever, where it has not been asked in vain.
    pub async fn healed(&self) {
        let (Some(trouble), Some(tokens)) = (self.healing(), self.tokens()) else {
            return std::future::pending().await;
        };
        tokens.keychain().wait_unlocked().await;
        if trouble != KeychainError::Locked {
            tokio::time::sleep(BREATH).await;
        }
    }

    fn stands(&self) -> MutexGuard<'_, Stands> {
        self.0.stands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn account(upstream: &Upstream, profile: Option<ProfileId>) -> Option<Followed> {
    Some(Followed {
        id: profile.map_or_else(|| NO_WORKSPACE.to_owned(), |id| id.to_string()),
        client: upstream.client.clone(),
        pat: upstream.pat.clone()?,
        in_use: upstream.in_use.clone(),
    })
}

#[cfg(test)]
mod tests;
