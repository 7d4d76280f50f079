//! Runs, tasks and events (BFF API, "Runs, events, tasks"), as far as everybody needs them.

use std::fmt;

pub use agentruntime_bff::runs::RunStatus;
use agentruntime_bff::{runs, tasks};
use jiff::Timestamp;
use serde_json::{Map, Value};

/// Which run: a workflow's id and the run's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunKey {
    /// The workflow.
    pub workflow_id: String,
    /// The run.
    pub run_id: String,
}

impl RunKey {
    /// A run of a workflow.
    pub fn new(workflow_id: impl Into<String>, run_id: impl Into<String>) -> Self {
        Self { workflow_id: workflow_id.into(), run_id: run_id.into() }
    }
}

impl fmt::Display for RunKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.workflow_id, self.run_id)
    }
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Which.
    pub key: RunKey,
    /// The workflow's name, where it is known.
    pub workflow_name: Option<String>,
    /// Where it stands.
    pub status: RunStatus,
    /// How many of its tasks wait for a person.
    pub waiting: u32,
    /// How many steps it has, where that is told.
    pub steps: Option<u32>,
    /// How many of them have ended, where its events are known.
    pub steps_done: Option<u32>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it failed, as the platform's code.
    pub failure_code: Option<String>,
    /// Why it failed, in the platform's words.
    pub error: Option<String>,
    /// The step that failed first, where its events are known.
    pub failed_step: Option<String>,
}

impl Run {
    /// Reads a row of a list, or a summary; `None` for one that does not say of which workflow it is.
    #[must_use]
    pub fn of(row: &runs::Run) -> Option<Self> {
        let status = RunStatus::named(&row.status).unwrap_or(if row.run_complete {
            RunStatus::Completed
        } else {
            RunStatus::Running
        });
        let count = |keys: &[&str]| keys.iter().find_map(|key| row.extra.get(*key)?.as_u64()).map(to_u32);
        Some(Self {
            key: RunKey::new(row.workflow_id.clone()?, row.run_id.clone()),
            workflow_name: text(&row.extra, &["workflow_name"]),
            status,
            waiting: count(&["pending_tasks"]).unwrap_or(0),
            steps: count(&["step_count", "total_steps"]),
            steps_done: None,
            started_at: time(&row.extra, &["started_at", "created_at"]),
            ended_at: time(&row.extra, &["completed_at", "ended_at", "finished_at"]),
            failure_code: row.failure_code.clone(),
            error: text(&row.extra, &["error", "error_message"]),
            failed_step: None,
        })
    }

    /// How long it has lasted, or did last.
    #[must_use]
    pub fn lasted(&self, now: Timestamp) -> Option<jiff::SignedDuration> {
        Some(self.ended_at.unwrap_or(now).duration_since(self.started_at?))
    }
}

/// A task that waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its id.
    pub id: String,
    /// Its run.
    pub run: RunKey,
    /// The workflow's name, where it is known.
    pub workflow_name: Option<String>,
    /// Its step.
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

/// Something that happened in a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunEvent {
    /// Its id, as text.
    pub id: String,
    /// The run.
    pub run: RunKey,
    /// `run_started`, `step_completed`, …
    pub kind: String,
    /// The step, where it is about one.
    pub step_id: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
    /// What is told of it.
    pub data: Value,
}

impl RunEvent {
    /// Reads an event of a run's log.
    #[must_use]
    pub fn of(run: &RunKey, row: runs::Event) -> Self {
        Self {
            id: id_text(&row.id),
            run: run.clone(),
            kind: row.event_type,
            step_id: row.step_id,
            at: row.timestamp.as_deref().and_then(|text| text.parse().ok()),
            data: row.data,
        }
    }

    /// Reads a frame of a workflow's stream; `None` for one that names no run, or is none of this kind.
    #[must_use]
    pub fn of_frame(workflow_id: &str, frame: &str) -> Option<Self> {
        let row: runs::Event = serde_json::from_str(frame).ok()?;
        let run_id = text(&row.extra, &["run_id"])?;
        Some(Self::of(&RunKey::new(workflow_id, run_id), row))
    }

    /// The status that the run has after it, where it says one. `state_changed` names it in `data.to`; with a step it is
    /// about that step.
    #[must_use]
    pub fn status(&self) -> Option<RunStatus> {
        match self.kind.as_str() {
            "run_started" => Some(RunStatus::Running),
            "run_paused" => Some(RunStatus::Paused),
            "run_completed" => Some(RunStatus::Completed),
            "run_failed" | "run_rejected" => Some(RunStatus::Failed),
            "run_cancelled" => Some(RunStatus::Stopped),
            "state_changed" if self.step_id.is_none() => self.told("to").and_then(RunStatus::named),
            _ => None,
        }
    }

    /// Whether it is a run's last event (BFF API: event types). `state_changed` comes before it.
    #[must_use]
    pub fn ends_run(&self) -> bool {
        self.kind != "state_changed" && self.status().is_some_and(RunStatus::is_over)
    }

    /// A text in its data.
    #[must_use]
    pub fn told(&self, key: &str) -> Option<&str> {
        self.data.get(key).and_then(Value::as_str)
    }

    /// Whether its step has ended with it.
    #[must_use]
    pub fn ends_step(&self) -> bool {
        matches!(self.kind.as_str(), "step_completed" | "step_failed" | "step_cancelled")
    }
}

/// An id is a number or a text.
pub(crate) fn id_text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn text(fields: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| fields.get(*key)?.as_str()).map(str::to_owned)
}

fn time(fields: &Map<String, Value>, keys: &[&str]) -> Option<Timestamp> {
    keys.iter().find_map(|key| fields.get(*key)?.as_str()?.parse().ok())
}

fn to_u32(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_read_with_old_and_new_names() {
        let row: runs::Run = serde_json::from_value(json!({
            "id": "run_1", "workflow_id": "wf", "status": "cancelled", "created_at": "2026-11-25T10:00:00Z",
            "completed_at": "2026-11-25T10:02:00Z", "step_count": 4, "new": true
        }))
        .unwrap();
        let run = Run::of(&row).unwrap();
        assert_eq!((run.status, run.steps), (RunStatus::Stopped, Some(4)));
        assert_eq!(run.lasted(Timestamp::UNIX_EPOCH).unwrap().as_secs(), 120);

        let stray: runs::Run = serde_json::from_value(json!({ "run_id": "run_1", "status": "running" })).unwrap();
        assert_eq!(Run::of(&stray), None);
    }

    #[test]
    fn a_word_that_nobody_knows_is_judged_by_whether_the_run_is_complete() {
        for (complete, status) in [(false, RunStatus::Running), (true, RunStatus::Completed)] {
            let row = json!({ "run_id": "r", "workflow_id": "w", "status": "contemplating", "run_complete": complete });
            assert_eq!(Run::of(&serde_json::from_value(row).unwrap()).unwrap().status, status);
        }
    }

    #[test]
    fn a_frame_is_an_event_of_its_run() {
        let frame = json!({
            "id": 7, "run_id": "run_1", "type": "state_changed", "data": { "to": "paused" },
            "timestamp": "2026-11-25T10:00:00Z"
        });
        let event = RunEvent::of_frame("wf", &frame.to_string()).unwrap();
        assert_eq!((event.id.as_str(), event.status()), ("7", Some(RunStatus::Paused)));
        assert_eq!(event.run, RunKey::new("wf", "run_1"));
        for other in ["", "not JSON", "{}", r#"{"id":1,"event_type":"run_started"}"#] {
            assert_eq!(RunEvent::of_frame("wf", other), None, "{other}");
        }
    }
}
