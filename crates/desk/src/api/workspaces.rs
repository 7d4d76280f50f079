//! Workspaces as the page is shown them, and as it asks for a new one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::tokens::Care;

/// What stands behind a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum BackendKind {
    /// The platform's own deployment.
    Production,
    /// The platform's development deployment.
    Development,
    /// Another deployment, at a URL that the person gives.
    Custom,
    /// The sandbox on this computer.
    Sandbox,
}

/// Where a workspace's token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TokenPlace {
    /// In the system's keychain.
    Keychain,
    /// In memory, until the app ends.
    Memory,
    /// There is none, or none is needed.
    None,
}

/// Why a token cannot be had just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum KeychainTrouble {
    /// There is no keychain service.
    NoService,
    /// It is locked.
    Locked,
    /// It refused.
    Denied,
    /// It went away and came back as another.
    Vanished,
    /// The token is not in it.
    Missing,
    /// The token is too large for it.
    TooLarge,
    /// It does not answer in time.
    Slow,
}

/// What the last check of a workspace said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Health {
    /// Not checked yet.
    Unknown,
    /// Being checked.
    Checking,
    /// It answered, and took the token.
    Ok {
        /// When it was checked.
        #[ts(type = "string")]
        at: Timestamp,
        /// How long the answer took, in milliseconds.
        #[ts(type = "number")]
        latency_ms: u64,
    },
    /// It did not answer, or refused the token, or there is none.
    Bad {
        /// When it was checked.
        #[ts(type = "string")]
        at: Timestamp,
        /// Why, as a stable code.
        code: String,
        /// Why, for people.
        message: String,
    },
}

/// A workspace: a BFF and a token for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What stands behind it.
    pub backend: BackendKind,
    /// Where that is.
    pub url: String,
    /// Sent as `X-Tenant-Id` where the deployment asks for it.
    pub tenant_id: Option<String>,
    /// Sent as `X-Project-Id` where the deployment asks for it.
    pub project_id: Option<String>,
    /// Its token.
    pub token: TokenView,
    /// What becomes of the token as it ages.
    pub care: Care,
    /// What the last check of it said.
    pub health: Health,
}

/// A token as people see it; never its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TokenView {
    /// Where it is.
    pub place: TokenPlace,
    /// Its last four characters.
    pub last_four: Option<String>,
    /// Its id on the platform.
    pub id: Option<String>,
    /// Its name on the platform.
    pub display_name: Option<String>,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Option<String>,
    /// When it was given to this app.
    pub added_at: Option<String>,
    /// When it ends by itself, where it does.
    pub expires_at: Option<String>,
    /// Why it cannot be had just now.
    pub trouble: Option<KeychainTrouble>,
}

/// A workspace to be added.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewProfile {
    /// Its name for people.
    pub name: String,
    /// What stands behind it.
    pub backend: BackendKind,
    /// Where that is, for a custom one.
    pub url: Option<String>,
    /// Sent as `X-Tenant-Id`.
    pub tenant_id: Option<String>,
    /// Sent as `X-Project-Id`.
    pub project_id: Option<String>,
    /// The pasted token; the sandbox needs none.
    #[ts(type = "string | null")]
    pub token: Option<secrecy::SecretString>,
    /// Where to keep it.
    pub keep: Keep,
}

/// Where a token is to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Keep {
    /// In the system's keychain.
    Keychain,
    /// In memory, until the app ends.
    Memory,
}

impl From<Keep> for agentruntime_tokens::Keep {
    fn from(keep: Keep) -> Self {
        match keep {
            Keep::Keychain => Self::Keychain,
            Keep::Memory => Self::Memory,
        }
    }
}
