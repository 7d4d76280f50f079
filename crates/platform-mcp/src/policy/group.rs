//! The ten groups of the Platform MCP page.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

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
    pub(super) const fn bit(self) -> u16 {
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
