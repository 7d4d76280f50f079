//! What the page is told and what it may ask: the types of its contract, written to `ui/src/lib/backend/types.ts`.

pub mod approvals;
pub mod insights;
pub mod runs;
pub mod settings;
pub mod tokens;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

pub use settings::{About, Language, LogLevel, Settings, SettingsChange, Theme};
use tokens::{Care, ShortfallView, TaskView};

/// Where the server stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ServerState {
    /// It is about to serve.
    Starting,
    /// It serves.
    Serving {
        /// Where.
        url: String,
        /// Since when.
        #[ts(type = "string")]
        since: Timestamp,
    },
    /// It was told to rest.
    Paused {
        /// Where it will serve again.
        url: String,
    },
    /// Another program has the port.
    PortTaken {
        /// The port.
        port: u16,
        /// Whose it looks to be, where that can be told.
        by: Option<String>,
        /// A port that is free.
        suggestion: u16,
    },
    /// It cannot serve.
    Failed {
        /// Why, as a stable code.
        code: String,
        /// Why, for people.
        message: String,
    },
}

/// What stands behind a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum BackendKind {
    /// The platform.
    Production,
    /// The platform's development deployment.
    Development,
    /// Another URL.
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
    /// It works.
    Ok {
        /// When it was checked.
        #[ts(type = "string")]
        at: Timestamp,
        /// How long the answer took, in milliseconds.
        #[ts(type = "number")]
        latency_ms: u64,
    },
    /// It does not.
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
    /// Whether it works.
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

/// A tool group and its switch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GroupView {
    /// Its name on the page of Platform MCP.
    pub id: String,
    /// Whether it is on.
    pub on: bool,
    /// Whether it has tools that return or change secrets.
    pub sensitive: bool,
    /// How many of its tools need no risk.
    pub tools: u32,
    /// How many need it.
    pub risk_tools: u32,
    /// Tokens that its listed tools cost a model's context.
    pub tokens: u32,
    /// What the active workspace's token cannot do of it.
    pub shortfall: Option<ShortfallView>,
}

/// A tool as the catalogue declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ToolView {
    /// Its name.
    pub name: String,
    /// Its title for people.
    pub title: String,
    /// What a model reads of it.
    pub description: String,
    /// Its group.
    pub group: String,
    /// Whether it returns or changes secrets.
    pub risk: bool,
    /// Whether it changes nothing.
    pub read_only: bool,
    /// The scopes it needs.
    pub scopes: Vec<String>,
    /// The requests it makes.
    pub routes: Vec<String>,
    /// Its input schema.
    #[ts(type = "unknown")]
    pub schema: Value,
    /// Tokens that it costs a model's context.
    pub tokens: u32,
}

/// A client that is connected now, or was a moment ago.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClientView {
    /// Tells it from the others.
    pub id: String,
    /// Its name for itself.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// The protocol version it speaks.
    pub era: String,
    /// When it was first heard of.
    #[ts(type = "string")]
    pub since: Timestamp,
    /// When it last called a tool.
    #[ts(type = "string | null")]
    pub last_call: Option<Timestamp>,
    /// How many tools it has called.
    #[ts(type = "number")]
    pub calls: u64,
}

/// One tool call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallView {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// When it began.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Who called.
    pub client: String,
    /// Which tool.
    pub tool: String,
    /// The tool's group.
    pub group: String,
    /// What it was about.
    pub target: Option<String>,
    /// The names of its arguments.
    pub arguments: Vec<String>,
    /// `ok`, or the error's code.
    pub code: String,
    /// How long it took.
    #[ts(type = "number")]
    pub duration_ms: u64,
}

/// Which calls are asked for.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActivityQuery {
    /// Only calls with this text somewhere in them.
    pub text: Option<String>,
    /// Only calls of this tool.
    pub tool: Option<String>,
    /// Only calls of this client.
    pub client: Option<String>,
    /// Only calls that failed.
    pub failed_only: bool,
    /// Only calls before this number.
    #[ts(type = "number | null")]
    pub before: Option<i64>,
    /// The most calls.
    pub limit: u32,
}

/// Some calls, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityPage {
    /// The calls.
    pub calls: Vec<CallView>,
    /// How many the query names in all.
    #[ts(type = "number")]
    pub total: u64,
    /// Whether there are more.
    pub more: bool,
}

/// What happened in the last hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HourView {
    /// Calls.
    #[ts(type = "number")]
    pub calls: u64,
    /// Calls that failed.
    #[ts(type = "number")]
    pub failed: u64,
    /// Clients that called.
    #[ts(type = "number")]
    pub clients: u64,
}

/// Everything that views show and that changes by itself.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Where the server stands.
    pub server: ServerState,
    /// The workspaces.
    pub profiles: Vec<Profile>,
    /// The one in use.
    pub active_profile: Option<String>,
    /// The tool groups.
    pub groups: Vec<GroupView>,
    /// Whether tools that return or change secrets are on.
    pub risk: bool,
    /// The scopes that the switched-on tools need, and those without which a token could not be rotated.
    pub scopes_needed: Vec<String>,
    /// What was begun with tokens and has not ended.
    pub tasks: Vec<TaskView>,
    /// Who is connected.
    pub clients: Vec<ClientView>,
    /// What happened of late.
    pub last_hour: HourView,
    /// What people can set.
    pub settings: Settings,
    /// A settings file that could not be read was set aside here.
    pub settings_set_aside: Option<String>,
    /// The sandbox's files could not be opened and were set aside here.
    pub sandbox_set_aside: Option<String>,
    /// What is known of the active workspace's runs.
    pub watch: runs::WatchView,
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

/// How an IDE is pointed at the server, without a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IdeEntry {
    /// Tells it from the others.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The file the entry goes to; none where it is a command or a dialog.
    pub file: Option<String>,
    /// What the content is.
    pub format: EntryFormat,
    /// The entry.
    pub content: String,
    /// A link that the IDE opens to add the server.
    pub deep_link: Option<String>,
}

/// What an entry is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum EntryFormat {
    /// JSON, with or without comments.
    Json,
    /// TOML.
    Toml,
    /// A command for a terminal.
    Command,
}

/// Why a command failed. Branch on the code, show the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The stable code.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
    /// The field it is about.
    pub field: Option<String>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{env, fs, path::Path};

    use ts_rs::{Config, TS};

    use super::*;

    /// The page's types as TypeScript, in the order of the contract.
    fn written() -> String {
        let config = Config::new();
        let mut text = "// Generated from the shell's types by `cargo xtask generate`; do not edit.\n".to_owned();
        macro_rules! write_types {
            ($($name:ty),* $(,)?) => {
                $(
                    if let Some(about) = <$name as TS>::docs() {
                        text.push('\n');
                        text.push_str(about.trim_end());
                    }
                    text.push_str("\nexport ");
                    text.push_str(&<$name as TS>::decl(&config));
                    text.push('\n');
                )*
            };
        }
        write_types!(
            ServerState,
            BackendKind,
            TokenPlace,
            KeychainTrouble,
            Health,
            Profile,
            TokenView,
            Care,
            GroupView,
            ShortfallView,
            ToolView,
            ClientView,
            CallView,
            ActivityQuery,
            ActivityPage,
            HourView,
            Theme,
            Language,
            LogLevel,
            settings::Notifications,
            settings::QuietHours,
            Settings,
            SettingsChange,
            About,
            Snapshot,
            runs::WatchView,
            runs::LinkView,
            runs::RunState,
            runs::RunRow,
            runs::RunsQuery,
            runs::RunsPage,
            runs::WorkflowChoice,
            runs::RunDetail,
            runs::StepView,
            runs::StepState,
            runs::StepSpan,
            runs::SpanKind,
            runs::EventView,
            runs::RunCommand,
            runs::RunRef,
            approvals::Approval,
            approvals::TaskField,
            approvals::FieldKind,
            approvals::ChoiceView,
            approvals::QuestionView,
            settings::QuietFor,
            insights::Insights,
            insights::InsightsWindow,
            insights::Granularity,
            insights::RunsPoint,
            insights::UsagePoint,
            TaskView,
            tokens::TaskKind,
            tokens::PatView,
            tokens::Outcome,
            tokens::PanicDone,
            NewProfile,
            Keep,
            IdeEntry,
            EntryFormat,
            Failure,
        );
        text
    }

    #[test]
    fn types_are_written() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/lib/backend/types.ts");
        if env::var_os("UPDATE_TYPES").is_some() {
            fs::write(&path, written()).unwrap();
        }
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            written(),
            "run `cargo xtask generate` and commit what it writes"
        );
    }
}
