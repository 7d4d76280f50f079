//! The profile that `--profile` names: its token, its BFF, and the switches, as the tray app's settings have them.
//!
//! The settings are followed while the server runs. When the app rotates the profile's token or moves the profile to another
//! BFF, the next call goes with what is new, and what was replaced is let go, so that it can be revoked. Nothing is written here.

use std::{sync::Arc, time::Duration};

use agentruntime_platform_mcp::{
    call::{TokenKnown, Upstream},
    catalogue::{Group, Switches},
    platform::Platform,
};
use agentruntime_tokens::{Backend, Error, Keychain, KeychainError, Profile, Settings, TokenFacts, TokenPlace, Tokens};
use tokio_util::sync::CancellationToken;

use crate::profiles;

/// Least time between two looks at a keychain that was there and failed all the same.
const BREATH: Duration = Duration::from_secs(5);

/// The switches that the command line sets; the others are the settings', or the defaults where no profile is named.
#[derive(Debug, Clone)]
pub(super) struct Flags {
    pub(super) groups: Option<Vec<Group>>,
    pub(super) risk: Option<bool>,
}

impl Flags {
    pub(super) fn switches(&self, settings: Option<&Settings>) -> Switches {
        let is_on = |group: &Group| match (&self.groups, settings) {
            (Some(named), _) => named.contains(group),
            (None, Some(settings)) => !settings.groups_off.contains(group.name()),
            (None, None) => true,
        };
        let risk = self.risk.unwrap_or_else(|| settings.is_some_and(|settings| settings.risk));
        Switches::new(Group::ALL.into_iter().filter(is_on), risk)
    }
}

/// A profile of the app's.
pub(super) struct Chosen {
    tokens: Tokens,
    /// As it was found; it may have changed since.
    profile: Profile,
}

impl Chosen {
    /// Finds the profile of this name, or of this id, in the app's settings.
    pub(super) async fn find(name: &str) -> anyhow::Result<Self> {
        let settings = profiles::open().await?;
        let profile = profiles::find(&settings.get(), Some(name))?;
        Ok(Self { tokens: Tokens::new(Keychain::system(), settings), profile })
    }

    /// Whether the sandbox stands behind it, which has no token in the keychain.
    pub(super) fn is_sandbox(&self) -> bool {
        self.profile.backend == Backend::Sandbox
    }

    /// Its name and BFF, for the log.
    pub(super) fn describe(&self) -> String {
        format!("{} ({})", self.profile.url.host_str().unwrap_or_default(), self.profile.name)
    }

    /// The settings now.
    pub(super) fn settings(&self) -> Arc<Settings> {
        self.tokens.settings().get()
    }

    /// What its calls go to. A keychain that is locked is waited for; one that is not there is an error.
    pub(super) async fn upstream(&self) -> anyhow::Result<Upstream> {
        let heals = |error: &KeychainError| error.may_heal() && !matches!(error, KeychainError::NoService { .. });
        Ok(self.lease(&self.profile, heals).await?)
    }

    /// Asks for the token until it is there, or cannot come by waiting.
    async fn lease(&self, profile: &Profile, heals: impl Fn(&KeychainError) -> bool) -> Result<Upstream, Error> {
        let mut told = None;
        loop {
            let trouble = match self.tokens.lease(profile.id).await {
                Ok(lease) => {
                    let client = self.tokens.client(profile)?;
                    return Ok(Upstream::new(client, Some(lease.pat)).knowing(known(lease.facts)).in_use(lease.in_use));
                }
                Err(Error::Keychain(trouble)) if heals(&trouble) => trouble,
                Err(error) => return Err(error),
            };
            if told != Some(trouble.code()) {
                tracing::warn!(code = trouble.code(), workspace = %profile.name, "waiting for the keychain: {trouble}");
                told = Some(trouble.code());
            }
            self.tokens.keychain().wait_unlocked().await;
            if trouble != KeychainError::Locked {
                tokio::time::sleep(BREATH).await;
            }
        }
    }

    /// Keeps the server to the profile and the switches as the app changes them, until `shutdown`.
    pub(super) async fn keep_up(self: Arc<Self>, platform: Arc<Platform>, flags: Flags, shutdown: CancellationToken) {
        let store = self.tokens.settings().clone();
        let following = store.follow(shutdown.clone());
        let keeping = async {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = self.keep(&platform, &flags) => {}
            }
        };
        // What a crash or a lost network left, whoever began it.
        let settling = self.tokens.keep_settling(Arc::default(), shutdown.clone(), |settled| {
            tracing::info!(workspace = %settled.profile, how = ?settled.how, "what was begun with a token was taken up again");
        });
        tokio::join!(following, keeping, settling);
    }

    async fn keep(&self, platform: &Platform, flags: &Flags) {
        let mut changes = self.tokens.settings().subscribe();
        // What changed since the profile was found counts too.
        changes.mark_changed();
        let mut served = Some(self.profile.clone());
        // The profile whose token is waited for. Switches are heeded meanwhile, and so is its end.
        let mut wanted: Option<Profile> = None;
        loop {
            let leased = async {
                match &wanted {
                    Some(profile) => self.lease(profile, KeychainError::may_heal).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                changed = changes.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let settings = Arc::clone(&changes.borrow_and_update());
                    platform.switchboard.turn(|_| flags.switches(Some(&settings)));
                    let now = settings.profile(self.profile.id).cloned();
                    if self.is_sandbox() || same_token(now.as_ref(), served.as_ref()) {
                        continue;
                    }
                    let has_token = |profile: &Profile| profile.token != TokenPlace::None;
                    if !now.as_ref().is_some_and(has_token) {
                        tracing::warn!(workspace = %self.profile.name, "the app has taken the workspace's token away");
                        self.let_go(platform, now.as_ref());
                    }
                    wanted = now.clone().filter(has_token);
                    served = now;
                }
                upstream = leased => {
                    match upstream {
                        Ok(upstream) => {
                            platform.set_upstream(upstream);
                            tracing::info!(workspace = %self.profile.name, "the app has changed the workspace: calls go with what is new");
                        }
                        Err(error) => {
                            tracing::warn!(code = error.code(), workspace = %self.profile.name, "the app has changed the workspace: {error}");
                            self.let_go(platform, wanted.as_ref());
                        }
                    }
                    wanted = None;
                }
            }
        }
    }

    /// A token that the settings no longer name is let go: whoever revokes it waits for that.
    fn let_go(&self, platform: &Platform, now: Option<&Profile>) {
        if let Ok(client) = self.tokens.client(now.unwrap_or(&self.profile)) {
            platform.set_upstream(Upstream::new(client, None));
        }
    }
}

/// Whether a change of the settings leaves calls as they are.
fn same_token(one: Option<&Profile>, other: Option<&Profile>) -> bool {
    let matters = |profile: Option<&Profile>| {
        profile.map(|profile| (profile.entry, profile.token, profile.account(), profile.facts.clone()))
    };
    matters(one) == matters(other)
}

/// What the settings know of the token.
fn known(facts: Option<TokenFacts>) -> TokenKnown {
    facts.map(|facts| TokenKnown::new(facts.pat_id, facts.scopes)).unwrap_or_default()
}
