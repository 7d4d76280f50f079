//! The ten groups of the Platform MCP page and the switch that stands across them: risk.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::ToolSpec;

/// A tool group, as the Platform MCP page lists them under "Tool groups".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Workflows, runs, human tasks, analytics, health.
    Core,
    /// The generic passthrough to `/v1/mcp/*`.
    Catalog,
    /// Long-term memory.
    Memory,
    /// Conversations and messages.
    Chat,
    /// Work files, metadata only.
    Files,
    /// The bounded read of a workflow's live stream.
    Websocket,
    /// Secrets in the vault.
    Vault,
    /// Personal access tokens.
    Pat,
    /// Inbound webhooks.
    Inbound,
    /// Keys of LLM providers.
    LlmKeys,
}

impl Group {
    /// Every group, in the order of the page.
    pub const ALL: [Self; 10] = [
        Self::Core,
        Self::Catalog,
        Self::Memory,
        Self::Chat,
        Self::Files,
        Self::Websocket,
        Self::Vault,
        Self::Pat,
        Self::Inbound,
        Self::LlmKeys,
    ];

    /// The group's name on the page, on the command line and in settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Catalog => "catalog",
            Self::Memory => "memory",
            Self::Chat => "chat",
            Self::Files => "files",
            Self::Websocket => "websocket",
            Self::Vault => "vault",
            Self::Pat => "pat",
            Self::Inbound => "inbound",
            Self::LlmKeys => "llm_keys",
        }
    }

    /// What a person gains by the group, in one plain sentence.
    #[must_use]
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::Core => "Workflows, runs, approvals, analytics and health.",
            Self::Catalog => "Connector servers and instances, through one generic tool.",
            Self::Memory => "Search long-term memory, read episodes, propose and confirm items.",
            Self::Chat => "Read conversations and send messages.",
            Self::Files => "List work files and read their metadata.",
            Self::Websocket => "Watch a workflow's live stream for a bounded time.",
            Self::Vault => "List vault secrets; read and write them with risk on.",
            Self::Pat => "List and revoke access tokens; create and reveal them with risk on.",
            Self::Inbound => "List and delete inbound webhooks; create them with risk on.",
            Self::LlmKeys => "See LLM models and keys; change and reveal keys with risk on.",
        }
    }

    /// The group's place in [`Group::ALL`], used as a bit.
    pub(crate) const fn bit(self) -> u16 {
        1 << (self as u16)
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no group.
#[derive(Debug, thiserror::Error)]
#[error("unknown group `{0}`; the groups are: {names}", names = Group::ALL.map(Group::name).join(", "))]
pub struct UnknownGroup(String);

impl FromStr for Group {
    type Err = UnknownGroup;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let wanted = word.trim();
        Self::ALL.into_iter().find(|group| group.name() == wanted).ok_or_else(|| UnknownGroup(wanted.to_owned()))
    }
}

/// Which groups are on, and whether risk tools are.
///
/// `Copy`, so that one call sees one state from its first check to its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switches {
    groups: u16,
    risk: bool,
}

impl Switches {
    /// Every group on and risk off: the default of the headless server.
    #[must_use]
    pub fn all_but_risk() -> Self {
        Self::new(Group::ALL, false)
    }

    /// The given groups on, the others off.
    #[must_use]
    pub fn new(groups: impl IntoIterator<Item = Group>, risk: bool) -> Self {
        let groups = groups.into_iter().fold(0, |bits, group| bits | group.bit());
        Self { groups, risk }
    }

    /// Whether `group` is on.
    #[must_use]
    pub const fn is_on(self, group: Group) -> bool {
        self.groups & group.bit() != 0
    }

    /// Whether tools that return secrets are on.
    #[must_use]
    pub const fn risk(self) -> bool {
        self.risk
    }

    /// Whether they let a tool by: its group is on, and risk is if it is a risk tool.
    #[must_use]
    pub const fn admit(self, spec: &ToolSpec) -> bool {
        self.is_on(spec.group) && (self.risk || !spec.risk)
    }

    /// The same switches with `group` turned on or off.
    #[must_use]
    pub const fn with_group(mut self, group: Group, on: bool) -> Self {
        if on {
            self.groups |= group.bit();
        } else {
            self.groups &= !group.bit();
        }
        self
    }

    /// The same switches with risk turned on or off.
    #[must_use]
    pub const fn with_risk(mut self, on: bool) -> Self {
        self.risk = on;
        self
    }
}
