//! Workflows (BFF API, "Workflows").

use serde::Deserialize;
use serde_json::Value;

use super::{Extra, object, or_default, page, runs};
use crate::Route;

/// A workflow with its draft.
#[derive(Debug, Clone, Deserialize)]
pub struct Workflow {
    pub id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// `draft`, or what the platform says.
    pub status: Option<String>,
    /// The draft graph; absent in lists of some deployments.
    pub graph: Option<Value>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// Workflows, last changed first.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Workflows {
    #[serde(default, deserialize_with = "or_default")]
    pub workflows: Vec<Workflow>,
}

page!(
    /// `GET /v1/workflows`
    List => Workflows, Route::get("/v1/workflows")
);

/// `GET /v1/workflows/{id}`
#[derive(Debug, Clone)]
pub struct Get {
    pub workflow_id: String,
}
endpoint!(Get => Workflow, Route::get("/v1/workflows/{id}"), [workflow_id]);

/// `POST /v1/workflows`: a new draft.
#[derive(Debug, Clone)]
pub struct Create {
    pub name: String,
    /// What it is for, for people.
    pub description: Option<String>,
    /// `{"steps": […]}`.
    pub graph: Value,
}
endpoint!(Create => Workflow, Route::post("/v1/workflows"), [], body |create| object([
    ("name", Some(create.name.as_str().into())),
    ("description", create.description.clone().map(Value::from)),
    ("graph", Some(create.graph.clone())),
]));

/// `PATCH /v1/workflows/{id}`: changes the draft only.
#[derive(Debug, Clone)]
pub struct Patch {
    pub workflow_id: String,
    pub name: Option<String>,
    pub description: Option<String>,
    /// A new graph, whole.
    pub graph: Option<Value>,
    /// New defaults for runs.
    pub run_setup: Option<Value>,
}
endpoint!(Patch => Workflow, Route::patch("/v1/workflows/{id}"), [workflow_id], body |patch| object([
    ("name", patch.name.clone().map(Value::from)),
    ("description", patch.description.clone().map(Value::from)),
    ("graph", patch.graph.clone()),
    ("run_setup", patch.run_setup.clone()),
]));

/// A published version.
#[derive(Debug, Clone, Deserialize)]
pub struct Version {
    /// Its number, or what the platform calls it.
    pub version: Value,
    pub workflow_id: Option<String>,
    /// ISO 8601 UTC.
    pub published_at: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// `POST /v1/workflows/{id}/versions`: publishes the draft.
#[derive(Debug, Clone)]
pub struct PublishVersion {
    pub workflow_id: String,
    pub changelog: Option<String>,
}
endpoint!(PublishVersion => Version, Route::post("/v1/workflows/{id}/versions"), [workflow_id], body |publish| object([
    ("changelog", publish.changelog.clone().map(Value::from)),
]));

/// Published versions, the latest first.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Versions {
    /// The rows; `graph_snapshot` stands among what else came, where the deployment lists it.
    #[serde(default, deserialize_with = "or_default")]
    pub versions: Vec<Version>,
}

/// `GET /v1/workflows/{id}/versions`
#[derive(Debug, Clone)]
pub struct ListVersions {
    pub workflow_id: String,
}
endpoint!(ListVersions => Versions, Route::get("/v1/workflows/{id}/versions"), [workflow_id]);

/// What a dry run found.
#[derive(Debug, Clone, Deserialize)]
pub struct Validation {
    /// Whether it can be run as it is.
    #[serde(default, deserialize_with = "or_default")]
    pub valid: bool,
    /// `ready` or `blocked`.
    pub readiness: Option<String>,
    /// `severity`, `code`, `step_id`, `message` each.
    #[serde(default, deserialize_with = "or_default")]
    pub issues: Vec<Value>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// `POST /v1/workflows/{id}/validate`: a dry run; changes nothing.
#[derive(Debug, Clone)]
pub struct Validate {
    pub workflow_id: String,
    /// A graph instead of the draft.
    pub graph: Option<Value>,
    /// Run input, to see whether templates resolve.
    pub params: Option<Value>,
}
endpoint!(Validate => Validation, Route::post("/v1/workflows/{id}/validate"), [workflow_id], body |validate| object([
    ("graph", validate.graph.clone()),
    ("params", validate.params.clone()),
]));

/// What came of a command.
#[derive(Debug, Clone, Deserialize)]
pub struct Commanded {
    /// The run it is about.
    pub run_id: Option<String>,
    /// The run's status after it.
    pub status: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

/// `POST /v1/workflows/{id}/command`
#[derive(Debug, Clone)]
pub struct Command {
    pub workflow_id: String,
    /// `start`, `pause`, `resume` or `stop`.
    pub command: String,
    /// The command's own parameters.
    pub params: Value,
}
endpoint!(Command => Commanded, Route::post("/v1/workflows/{id}/command"), [workflow_id], body |command| object([
    ("command", Some(command.command.as_str().into())),
    ("params", Some(command.params.clone())),
]));

/// `GET /v1/workflows/{id}/runs`
#[derive(Debug, Clone)]
pub struct ListRuns {
    pub workflow_id: String,
    /// The most rows, up to 100.
    pub limit: Option<u32>,
    pub offset: Option<u32>,
    /// Runs of this status only.
    pub status: Option<String>,
}
endpoint!(ListRuns => runs::Runs, Route::get("/v1/workflows/{id}/runs"), [workflow_id], query [limit, offset, status]);
