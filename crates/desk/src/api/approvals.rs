//! What waits for the person: tasks of runs, and answers that an agent wants to give in their name.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;

/// How a field of a task is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FieldKind {
    /// A line.
    Text,
    /// Several lines.
    LongText,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// One of some.
    Choice,
    /// A day, as `2026-11-25`.
    Date,
}

/// One of some values.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChoiceView {
    /// What goes into the step's result when it is chosen.
    #[ts(type = "unknown")]
    pub value: Value,
    /// What people read.
    pub label: String,
}

/// A field that the person may fill in. What they enter goes into the step's result under its name.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TaskField {
    /// Its name in the result.
    pub name: String,
    /// What people read.
    pub label: String,
    /// How it is filled in.
    pub kind: FieldKind,
    /// Whether an approval needs it.
    pub required: bool,
    /// What to choose from.
    pub choices: Vec<ChoiceView>,
    /// What stands there at first.
    #[ts(type = "unknown")]
    pub value: Option<Value>,
    /// A word on what is meant.
    pub help: Option<String>,
}

/// A task that waits for a person (BFF API, "Runs, events, tasks").
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// The task's id, which an answer names.
    pub task_id: String,
    /// The id of the run that waits.
    pub run_id: String,
    /// The id of the run's workflow.
    pub workflow_id: String,
    /// The workflow's name, where it is known.
    pub workflow_name: Option<String>,
    /// The id of the step that asks, where it is told.
    pub step_id: Option<String>,
    /// `approval`, or what else the workflow calls it.
    pub task_type: Option<String>,
    /// What is asked; the step's or the task's id where nobody gave it a title.
    pub title: String,
    /// And in more words.
    pub description: Option<String>,
    /// The whole payload but title, description and fields.
    #[ts(type = "Record<string, unknown>")]
    pub details: Value,
    /// What the person may fill in.
    pub fields: Vec<TaskField>,
    /// Since when it waits.
    #[ts(type = "string | null")]
    pub created_at: Option<Timestamp>,
    /// When it is too late to answer, where there is such a time.
    #[ts(type = "string | null")]
    pub expires_at: Option<Timestamp>,
}

/// An agent wants to answer a task (`tasks_complete`), and the person is asked first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuestionView {
    /// Tells it from the others.
    pub id: String,
    /// Who asks: the client's name for itself.
    pub client: String,
    /// Whether it wants to approve or to reject.
    pub approve: bool,
    /// The task's id, as the agent gave it.
    pub task_id: String,
    /// The run's id, as the agent gave it.
    pub run_id: String,
    /// The workflow's id, as the agent gave it.
    pub workflow_id: String,
    /// The task, where it is known to wait.
    pub approval: Option<Approval>,
    /// What the agent wants to put into the step's result.
    #[ts(type = "Record<string, unknown> | null")]
    pub result: Option<Value>,
    /// Since when it waits.
    #[ts(type = "string")]
    pub asked_at: Timestamp,
    /// When the agent stops waiting.
    #[ts(type = "string")]
    pub until: Timestamp,
}
