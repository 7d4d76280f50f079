//! Human tasks (BFF API, "Runs, events, tasks").

use serde::Deserialize;
use serde_json::Value;

use super::{Extra, object, or_default, page};
use crate::Route;

/// A task that waits for a person.
#[derive(Debug, Clone, Deserialize)]
#[serde(remote = "Self")]
pub struct Task {
    /// Its id.
    pub task_id: String,
    /// Its run.
    pub run_id: Option<String>,
    /// Its workflow.
    pub workflow_id: Option<String>,
    /// Title, description and fields.
    #[serde(default)]
    pub task_payload: Value,
    /// Whatever else came.
    #[serde(flatten)]
    pub extra: Extra,
}

renamed!(Task, "id" => "task_id");

/// Tasks that wait.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Tasks {
    /// The rows.
    #[serde(default, deserialize_with = "or_default")]
    pub tasks: Vec<Task>,
}

page!(
    /// `GET /v1/tasks/pending`: the inbox of the whole tenant.
    ListPending => Tasks, Route::get("/v1/tasks/pending")
);

/// `GET /v1/workflows/{id}/runs/{run_id}/tasks/pending`
#[derive(Debug, Clone)]
pub struct ListPendingRun {
    /// The workflow.
    pub workflow_id: String,
    /// The run.
    pub run_id: String,
}
endpoint!(ListPendingRun => Tasks, Route::get("/v1/workflows/{id}/runs/{run_id}/tasks/pending"), [workflow_id, run_id]);

/// `POST …/tasks/{task_id}/complete`: 409 when it was completed already.
#[derive(Debug, Clone)]
pub struct Complete {
    /// The workflow.
    pub workflow_id: String,
    /// The run.
    pub run_id: String,
    /// The task.
    pub task_id: String,
    /// The decision.
    pub approved: bool,
    /// Merged into the step's result.
    pub result: Option<Value>,
}
endpoint!(
    Complete => Value,
    Route::post("/v1/workflows/{id}/runs/{run_id}/tasks/{task_id}/complete"),
    [workflow_id, run_id, task_id],
    body |complete| object([("approved", Some(complete.approved.into())), ("result", complete.result.clone())])
);
