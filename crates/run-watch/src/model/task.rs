//! Tasks that wait for a person.

use agentruntime_bff::tasks;
use jiff::Timestamp;
use serde_json::Value;

use super::{
    fields::{text, time},
    run::RunKey,
};

/// A task that waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// The platform's id of it, with which it is answered.
    pub id: String,
    /// The run that waits for the answer.
    pub run: RunKey,
    /// The workflow's name, where it is known.
    pub workflow_name: Option<String>,
    /// The step of the run's graph that asks.
    pub step_id: Option<String>,
    /// `approval`, or what else the workflow calls it.
    pub kind: Option<String>,
    /// Title, description and fields.
    pub payload: Value,
    /// Since when it waits.
    pub created_at: Option<Timestamp>,
    /// When it is too late to answer, where there is such a time.
    pub expires_at: Option<Timestamp>,
}

impl Task {
    /// Reads a row of the inbox; `None` for one that does not say of which run it is, since it cannot be answered.
    #[must_use]
    pub fn of(row: &tasks::Task) -> Option<Self> {
        Some(Self {
            id: row.task_id.clone(),
            run: RunKey::new(row.workflow_id.clone()?, row.run_id.clone()?),
            workflow_name: text(&row.extra, &["workflow_name"]),
            step_id: text(&row.extra, &["step_id"]),
            kind: text(&row.extra, &["task_type"]),
            payload: row.task_payload.clone(),
            created_at: time(&row.extra, &["created_at"]),
            expires_at: time(&row.extra, &["expires_at", "deadline"]),
        })
    }

    /// What is asked, as the workflow's author wrote it.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.payload.get("title").and_then(Value::as_str).map(str::trim).filter(|title| !title.is_empty())
    }
}
