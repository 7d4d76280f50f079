//! Why a tool call was refused or failed: a stable code, what happened, what to do.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    consent::Verdict,
    policy::{Group, Role, Routes, Scope, ToolSpec},
};

/// Why a call failed. It reaches the client as a result with `isError`, so that the model can read it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToolError {
    /// The tool's group is switched off.
    #[error(
        "`{tool}` belongs to the group `{group}`, which is off. Switch the group `{group}` on in AgentRuntime Desktop, or start the server with `--groups` naming it."
    )]
    GroupOff {
        /// The tool that was called.
        tool: &'static str,
        group: Group,
    },
    /// The tool, or the path asked of the passthrough, needs the risk switch.
    #[error(
        "{what} needs the `risk` switch, which is off because it returns or changes secrets. Switch risk on in AgentRuntime Desktop, or start the server with `--risk`."
    )]
    RiskOff {
        /// What was asked.
        what: String,
    },
    /// The token cannot do it.
    #[error(
        "`{tool}` needs {needed}, which this server's access token does not have, so nothing was sent. Give the workspace a token with it in AgentRuntime Desktop, or set AGENTRUNTIME_PAT to one and start the server again.",
        needed = in_words(missing, *one_is_enough)
    )]
    ScopeMissing {
        /// The tool that was called.
        tool: &'static str,
        /// The scopes that the token lacks.
        missing: BTreeSet<Scope>,
        /// Whether any one of them would do.
        one_is_enough: bool,
    },
    /// The token to be revoked is, or may be, the one the call itself goes with.
    #[error(
        "{which}, so nothing was revoked. Once it is, every client of this server stops working until it has another token. Pass `confirm_own_token: true` only if the person asked for exactly that{otherwise}."
    )]
    OwnToken {
        /// Whether it is, or may be.
        which: &'static str,
        /// What to do where it may be.
        otherwise: &'static str,
    },
    /// The person was asked whether a task may be answered in their name, and did not allow it.
    #[error("{}", not_allowed(*.verdict))]
    NotAllowed {
        /// What came of asking.
        verdict: Verdict,
    },
    /// The arguments do not fit the tool.
    #[error("`{tool}` cannot take these arguments: {problem}. See its input schema in `tools/list`.")]
    BadArguments {
        /// The tool that was called.
        tool: &'static str,
        /// Which argument, and why.
        problem: String,
    },
    /// The passthrough was asked for something outside its confines.
    #[error(
        "{problem}. `catalog_bff_request` reaches `/v1/mcp/…` and nothing else: give a plain absolute path such as `/v1/mcp/instances`, and the query in `query`."
    )]
    OutsideCatalog {
        /// What is wrong with the path.
        problem: String,
    },
    /// A tool tried a request that it did not declare. This is our mistake, never the caller's.
    #[error(
        "`{tool}` was about to send `{request}`, which it does not declare, so nothing was sent. Please report this."
    )]
    Undeclared {
        tool: &'static str,
        /// Method and path.
        request: String,
    },
    /// The tool broke off with a panic. This is our mistake, never the caller's.
    #[error(
        "`{tool}` broke off with a fault of the server. Whether a change was made is not known: read before you try again, and please report this."
    )]
    Fault { tool: &'static str },
    /// There is no token to call the BFF with.
    #[error(
        "no access token is set, so nothing was sent. Add one in AgentRuntime Desktop, set AGENTRUNTIME_PAT, or start the server with `--sandbox`."
    )]
    NoToken,
    /// The sandbox behind the server does not run just now.
    #[error(
        "the sandbox behind this server does not run: {why}. It is started again by itself; nothing was sent, try again in a moment."
    )]
    SandboxAway {
        /// Why, for people.
        why: String,
    },
    /// The call took longer than it may.
    #[error(
        "the call took longer than {seconds} s and was given up. Whether a change was made is not known: read before you try again."
    )]
    TimedOut {
        /// The limit, in seconds.
        seconds: u64,
    },
    /// The client took the call back.
    #[error("the call was cancelled by the client.")]
    Cancelled,
    /// A part of a result was asked for that is not there.
    #[error("there is nothing at path `{path}` in this answer; at `{reached}` there are: {choices}")]
    NoSuchPath {
        /// The path as given.
        path: String,
        /// How far it led.
        reached: String,
        /// What stands there.
        choices: String,
    },
    /// The token's scopes or its user's role are too small, says the BFF; what the tool needs, as far as it is known.
    #[error("{error} `{tool}` needs {scopes} and the role `{role}`.", scopes = in_words(.needed, *.one_is_enough), role = .role.name())]
    Forbidden {
        tool: &'static str,
        /// The scopes it declares.
        needed: BTreeSet<Scope>,
        /// Whether one of them may do.
        one_is_enough: bool,
        role: Role,
        /// What the BFF said.
        error: agentruntime_bff::Error,
    },
    /// The BFF refused, or could not be reached.
    #[error(transparent)]
    Bff(#[from] agentruntime_bff::Error),
}

impl ToolError {
    /// The stable snake_case code that clients branch on; `docs/ERRORS.md` lists them.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::GroupOff { .. } => "group_off",
            Self::RiskOff { .. } => "risk_off",
            Self::ScopeMissing { .. } => "scope_missing",
            Self::OwnToken { .. } => "own_token",
            Self::NotAllowed { verdict: Verdict::Unanswered } => "not_answered",
            Self::NotAllowed { verdict: Verdict::Moot } => "answered_already",
            Self::NotAllowed { .. } => "declined",
            Self::BadArguments { .. } => "bad_arguments",
            Self::OutsideCatalog { .. } => "outside_catalog",
            Self::Undeclared { .. } => "undeclared_request",
            Self::Fault { .. } => "internal",
            Self::NoToken => "no_token",
            Self::SandboxAway { .. } => "sandbox_unavailable",
            Self::TimedOut { .. } => "timeout",
            Self::Cancelled => "cancelled",
            Self::NoSuchPath { .. } => "no_such_path",
            Self::Forbidden { error, .. } | Self::Bff(error) => error.code(),
        }
    }

    /// The same error with what only the tool knows: what it needs, where the BFF says that the token has too little.
    pub(crate) fn about(self, spec: &ToolSpec) -> Self {
        match self {
            Self::Bff(error) if error.status() == Some(403) => Self::Forbidden {
                tool: spec.name,
                needed: spec.scopes.iter().copied().collect(),
                one_is_enough: matches!(spec.routes, Routes::McpPassthrough),
                role: spec.role,
                error,
            },
            error => error,
        }
    }

    /// Refuses a call for which the token lacks scopes.
    pub(crate) fn unless_missing(spec: &ToolSpec, missing: BTreeSet<Scope>) -> Result<(), Self> {
        if missing.is_empty() {
            return Ok(());
        }
        // Each scope of the passthrough opens a part of it.
        let one_is_enough = matches!(spec.routes, Routes::McpPassthrough);
        Err(Self::ScopeMissing { tool: spec.name, missing, one_is_enough })
    }

    /// An error about the arguments of `tool`.
    pub fn bad_arguments(tool: &'static str, problem: &dyn std::fmt::Display) -> Self {
        Self::BadArguments { tool, problem: problem.to_string() }
    }

    /// The error as the JSON that a tool result carries.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut error = json!({ "code": self.code(), "message": self.to_string() });
        if let (Self::Bff(bff) | Self::Forbidden { error: bff, .. }, Some(fields)) = (self, error.as_object_mut()) {
            if let Some(status) = bff.status() {
                fields.insert("status".to_owned(), status.into());
            }
            if let Some(wait) = bff.retry_after() {
                fields.insert("retry_after_s".to_owned(), wait.as_secs().into());
            }
        }
        json!({ "error": error })
    }
}

/// What an agent is told whose answer the person did not allow.
const fn not_allowed(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unanswered => {
            "the person was asked whether this task may be answered in their name and has not decided in time, so nothing was sent and the task still waits. Tell them; they can answer it in AgentRuntime Desktop."
        }
        Verdict::Moot => {
            "the task was answered while the person was being asked, so nothing was sent. Read the run before you go on."
        }
        Verdict::Allowed | Verdict::Declined => {
            "the person was asked and does not allow this answer in their name, so nothing was sent and the task still waits. Do not try again unless they say so."
        }
    }
}

/// Scopes as they stand in a sentence.
fn in_words(missing: &BTreeSet<Scope>, one_is_enough: bool) -> String {
    let names: Vec<_> = missing.iter().map(|scope| format!("`{}`", scope.name())).collect();
    match names.as_slice() {
        [one] => format!("the scope {one}"),
        several if one_is_enough => format!("one of the scopes {}", several.join(", ")),
        several => format!("the scopes {}", several.join(" and ")),
    }
}
