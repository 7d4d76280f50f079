//! Where calls are meant to go.

use agentruntime_bff::{Client, Config};
use agentruntime_platform_mcp::call::{TokenKnown, Upstream};
use agentruntime_settings::{Account, Backend, EntryId, Profile, ProfileId, SettingsStore, TokenFacts, TokenPlace};
use agentruntime_tokens::Tokens;

use crate::{Error, Host, Serving, sandbox::Stand};

/// Where the calls of one server are meant to go.
#[derive(Debug, Clone)]
pub enum Source {
    /// To a workspace of the settings.
    Workspace {
        /// The workspaces and their tokens.
        tokens: Tokens,
        which: Which,
        /// What is behind a workspace of its kind.
        sandbox: Host,
    },
    /// To the sandbox, and there is no workspace.
    Sandbox(Host),
    /// To what was named at the start, which stays what it is.
    Given(Upstream),
}

/// Which workspace of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one in use, whichever that is.
    Active,
    /// This one, whichever is in use.
    This(ProfileId),
}

/// What decides about an upstream: as long as it is the same, calls go on as they did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    profile: ProfileId,
    backend: Backend,
    entry: EntryId,
    token: TokenPlace,
    account: Account,
    facts: Option<TokenFacts>,
}

impl Wanted {
    pub(crate) fn of(profile: &Profile) -> Self {
        Self {
            profile: profile.id,
            backend: profile.backend,
            entry: profile.entry,
            token: profile.token,
            account: profile.account(),
            facts: profile.facts.clone(),
        }
    }
}

impl Source {
    /// The settings that say which workspace it is.
    #[must_use]
    pub fn settings(&self) -> Option<&SettingsStore> {
        match self {
            Self::Workspace { tokens, .. } => Some(tokens.settings()),
            Self::Sandbox(_) | Self::Given(_) => None,
        }
    }

    pub(crate) fn sandbox(&self) -> Option<&Host> {
        match self {
            Self::Workspace { sandbox, .. } | Self::Sandbox(sandbox) => Some(sandbox),
            Self::Given(_) => None,
        }
    }

    pub(crate) fn tokens(&self) -> Option<&Tokens> {
        match self {
            Self::Workspace { tokens, .. } => Some(tokens),
            Self::Sandbox(_) | Self::Given(_) => None,
        }
    }

    /// The workspace as the settings have it now.
    pub(crate) fn workspace(&self) -> Option<Profile> {
        let Self::Workspace { tokens, which, .. } = self else { return None };
        let settings = tokens.settings().get();
        match which {
            Which::Active => settings.active().cloned(),
            Which::This(id) => settings.profile(*id).cloned(),
        }
    }

    /// Whether the sandbox is what calls go to now.
    pub(crate) fn is_sandbox(&self) -> bool {
        match self {
            Self::Workspace { .. } => self.workspace().is_some_and(|profile| profile.backend == Backend::Sandbox),
            Self::Sandbox(_) => true,
            Self::Given(_) => false,
        }
    }

    /// What calls go with now. Waits for a sandbox that is being opened; asks the keychain once.
    pub(crate) async fn upstream(&self, workspace: Option<&Profile>) -> Result<Found, Error> {
        let upstream = match (self, workspace) {
            (Self::Given(upstream), _) => upstream.clone(),
            (Self::Sandbox(host), _) => return Found::of_sandbox(&host.serving().await?),
            (Self::Workspace { which: Which::Active, .. }, None) => Upstream::new(idle_client(None)?, None),
            (Self::Workspace { which: Which::This(id), .. }, None) => {
                return Err(agentruntime_tokens::Error::UnknownProfile { id: *id }.into());
            }
            (Self::Workspace { sandbox, .. }, Some(profile)) if profile.backend == Backend::Sandbox => {
                return Found::of_sandbox(&sandbox.serving().await?);
            }
            (Self::Workspace { tokens, .. }, Some(profile)) => {
                let lease = tokens.lease(profile.id).await?;
                let known = lease.facts.map(|facts| TokenKnown::new(facts.pat_id, facts.scopes)).unwrap_or_default();
                let upstream = Upstream::new(tokens.client(profile)?, Some(lease.pat));
                upstream.knowing(known).in_use(lease.in_use)
            }
        };
        Ok(Found { upstream, sandbox: None })
    }
}

/// What calls go with.
pub(crate) struct Found {
    pub(crate) upstream: Upstream,
    /// The stand of the sandbox that it is of, if it is.
    pub(crate) sandbox: Option<Stand>,
}

impl Found {
    fn of_sandbox(serving: &Serving) -> Result<Self, Error> {
        let client = Client::new(Config::new(serving.url.clone()))?;
        Ok(Self { upstream: Upstream::new(client, Some(serving.pat()?)), sandbox: Some(serving.into()) })
    }
}

/// The client of an upstream that no call is sent to: the workspace's own, where there is one.
pub(crate) fn idle_client(workspace: Option<&Profile>) -> Result<Client, Error> {
    if let Some(client) = workspace.and_then(|profile| Client::new(profile.bff_config()).ok()) {
        return Ok(client);
    }
    let cannot_be_read = |problem: url::ParseError| agentruntime_bff::Error::InvalidArgument {
        what: "url",
        problem: problem.to_string(),
    };
    let url = Backend::Production.url().unwrap_or_default().parse().map_err(cannot_be_read)?;
    Ok(Client::new(Config::new(url))?)
}
