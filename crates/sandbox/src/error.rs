//! The one error type of this crate, and how it reads as an answer (BFF API, "Hosts and auth": `{"error", "code"}`).

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;

/// The result of everything fallible in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong. The text is for people and never holds a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request cannot be read (400).
    #[error("{0}")]
    Malformed(String),
    /// No token, or one that is unknown, expired or revoked (401).
    #[error("{0}")]
    Unauthorized(&'static str),
    /// The token's scopes or role do not reach this far (403).
    #[error("{0}")]
    Forbidden(String),
    /// There is no such thing (404).
    #[error("there is no {kind} \"{id}\"")]
    NotFound {
        /// What was looked for.
        kind: &'static str,
        /// Its id, as asked for.
        id: String,
    },
    /// The sandbox does not have this (404).
    #[error("{0}")]
    Absent(&'static str),
    /// The thing is not in a state for this (409).
    #[error("{0}")]
    Conflict(String),
    /// A field is wrong (422).
    #[error("{field}: {problem}")]
    Invalid {
        /// The field, as the request writes it.
        field: String,
        /// What is wrong, and the remedy.
        problem: String,
    },
    /// A workflow that was meant to run cannot (422).
    #[error("the graph cannot run: {0}")]
    Graph(#[from] agentruntime_graph::GraphError),
    /// Something this depends on is away (503).
    #[error("{0}")]
    Unavailable(String),
    /// The database failed; the text of the cause goes to the log, not to the client.
    #[error("the sandbox's database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// The database's schema cannot be brought up to date.
    #[error("the sandbox's database cannot be brought up to date: {0}")]
    Migration(#[from] rusqlite_migration::Error),
    /// What the sandbox wrote itself cannot be read; the file was damaged or edited.
    #[error("{0}")]
    Damaged(&'static str),
    /// A request or a transaction broke off with a panic; nothing of it was written.
    #[error("{0}")]
    Fault(#[from] agentruntime_lifecycle::Panicked),
    /// The sandbox is shutting down.
    #[error("the sandbox is shutting down")]
    Closed,
    /// A file or a socket failed.
    #[error("{what}: {cause}")]
    Io {
        /// What was being done, and where.
        what: String,
        /// Why it failed.
        cause: std::io::Error,
    },
    /// Another process has the folder.
    #[error("another process uses the sandbox in {0}; end it, or choose another folder")]
    InUse(String),
    /// The key of the vault does not fit what is in it.
    #[error("the sandbox cannot read its own secrets: vault.key does not fit the database")]
    Sealed,
}

impl Error {
    /// A field is wrong.
    pub(crate) fn invalid(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), problem: problem.into() }
    }

    /// There is no such thing.
    pub(crate) fn not_found(kind: &'static str, id: &str) -> Self {
        Self::NotFound { kind, id: id.chars().take(128).collect() }
    }

    /// The code that a reply carries, in the API's spelling; `docs/ERRORS.md` lists them.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "BAD_REQUEST",
            Self::Unauthorized(_) => "UNAUTHORIZED",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::NotFound { .. } | Self::Absent(_) => "NOT_FOUND",
            Self::Conflict(_) => "CONFLICT",
            Self::Invalid { .. } | Self::Graph(_) => "VALIDATION_FAILED",
            Self::Unavailable(_) | Self::Closed => "DEPENDENCY_UNAVAILABLE",
            Self::Database(_)
            | Self::Migration(_)
            | Self::Io { .. }
            | Self::InUse(_)
            | Self::Sealed
            | Self::Fault(_)
            | Self::Damaged(_) => "INTERNAL",
        }
    }

    /// The HTTP status of the reply.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound { .. } | Self::Absent(_) => StatusCode::NOT_FOUND,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Invalid { .. } | Self::Graph(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unavailable(_) | Self::Closed => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(_)
            | Self::Migration(_)
            | Self::Io { .. }
            | Self::InUse(_)
            | Self::Sealed
            | Self::Fault(_)
            | Self::Damaged(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        let text = if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(error = %self, "a request failed");
            "the sandbox failed; its log says why".to_owned()
        } else {
            self.to_string()
        };
        (status, Json(json!({ "error": text, "code": self.code() }))).into_response()
    }
}
