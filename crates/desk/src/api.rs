//! What the page is told and what it may ask: the types of its contract, written to `ui/src/lib/backend/types.ts`.

pub mod approvals;
mod commands;
pub mod insights;
pub mod runs;
pub mod settings;
pub mod tokens;
mod workspaces;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

pub use commands::COMMANDS;
pub use settings::{About, Language, SettingsChange, SettingsView};
use tokens::{ShortfallView, TaskView};
pub use workspaces::{BackendKind, Health, Keep, KeychainTrouble, NewProfile, Profile, TokenPlace, TokenView};

/// Where the server stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ServerState {
    /// It is about to serve.
    Starting,
    /// It serves.
    Serving {
        /// The address for clients, `/mcp` included.
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
        /// The port that it is to serve on.
        port: u16,
        /// Whose it looks to be, where that can be told.
        by: Option<String>,
        /// A port that is free.
        suggestion: u16,
    },
    /// It cannot serve, for another reason.
    Failed {
        /// Why: `cannot_listen` or `server_failed`.
        code: String,
        /// Why, for people.
        message: String,
    },
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
    /// What clients call it by.
    pub name: String,
    /// Its title for people.
    pub title: String,
    /// What a model reads of it.
    pub description: String,
    /// The id of its group.
    pub group: String,
    /// Whether it returns or changes secrets.
    pub risk: bool,
    /// Whether it changes nothing.
    pub read_only: bool,
    /// The scopes it needs.
    pub scopes: Vec<String>,
    /// The requests it makes.
    pub routes: Vec<String>,
    /// The JSON schema of its arguments.
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
    /// Its version, where it names one.
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

/// A tool call of the last thirty days, without its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallView {
    /// Its number; later calls have larger ones.
    #[ts(type = "number")]
    pub id: i64,
    /// When it began.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Who called: the client's name for itself.
    pub client: String,
    /// Which tool.
    pub tool: String,
    /// The id of the tool's group.
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
    /// The most calls, up to 10,000.
    pub limit: u32,
}

/// Some calls, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityPage {
    /// No more than were asked for.
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
    /// Tool calls, however they ended.
    #[ts(type = "number")]
    pub calls: u64,
    /// Those that did not end with `ok`.
    #[ts(type = "number")]
    pub failed: u64,
    /// How many clients made them, told apart by name.
    #[ts(type = "number")]
    pub clients: u64,
}

/// Everything that views show and that changes by itself.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Where the server stands.
    pub server: ServerState,
    /// Every workspace, in the order of the settings.
    pub profiles: Vec<Profile>,
    /// The one in use.
    pub active_profile: Option<String>,
    /// Every tool group, on or off.
    pub groups: Vec<GroupView>,
    /// Whether tools that return or change secrets are on.
    pub risk: bool,
    /// The scopes that the switched-on tools need, and those without which a token could not be rotated.
    pub scopes_needed: Vec<String>,
    /// What was begun with tokens and has not ended.
    pub tasks: Vec<TaskView>,
    /// Who is connected, or was a moment ago.
    pub clients: Vec<ClientView>,
    /// What happened of late.
    pub last_hour: HourView,
    /// What people can set.
    pub settings: SettingsView,
    /// A settings file that could not be read was set aside here.
    pub settings_set_aside: Option<String>,
    /// The sandbox's files could not be opened and were set aside here.
    pub sandbox_set_aside: Option<String>,
    /// The app's own tasks that end early however often they are started again.
    pub failing: Vec<FailingView>,
    /// What is known of the active workspace's runs.
    pub watch: runs::WatchView,
}

/// A task of the app's that fails again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FailingView {
    /// Its name, as the log has it.
    pub task: String,
    /// When it first failed.
    #[ts(type = "string")]
    pub since: Timestamp,
    /// Why it last did.
    pub problem: String,
}

/// How an IDE is pointed at the server, without a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IdeEntry {
    /// Tells it from the others.
    pub id: String,
    /// The IDE's name.
    pub name: String,
    /// The file the entry goes to; none where it is a command or a dialog.
    pub file: Option<String>,
    /// What the content is.
    pub format: EntryFormat,
    /// What goes into the file, the dialog or the terminal.
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
    /// What to branch on; `docs/ERRORS.md` lists the codes.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
    /// The field it is about.
    pub field: Option<String>,
}

#[cfg(test)]
mod written;
