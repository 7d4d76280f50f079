//! Runs and where they stand.

use std::fmt;

use agentruntime_bff::runs::{self, RunStatus};
use jiff::Timestamp;

use super::fields::{text, time};

/// Which run: a workflow's id and the run's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunKey {
    pub workflow_id: String,
    /// The id of the run, which no other run of this workspace has.
    pub run_id: String,
}

impl RunKey {
    /// The run with this id, of this workflow.
    pub fn new(workflow_id: impl Into<String>, run_id: impl Into<String>) -> Self {
        Self { workflow_id: workflow_id.into(), run_id: run_id.into() }
    }
}

impl fmt::Display for RunKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.workflow_id, self.run_id)
    }
}

/// A run, as far as it is known. A field that is `None` was not told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its workflow and its id.
    pub key: RunKey,
    /// The workflow's name, where it is known.
    pub workflow_name: Option<String>,
    /// Where it stands; a word that nobody knows is read as `Running`, or `Completed` where the run is complete.
    pub status: RunStatus,
    /// How many of its tasks wait for a person.
    pub waiting: u32,
    /// How many steps it has, where that is told.
    pub steps: Option<u32>,
    /// How many of them have ended, where its events are known.
    pub steps_done: Option<u32>,
    /// When it began: for one that still waits in a queue, when it was made.
    pub started_at: Option<Timestamp>,
    /// When it ended; `None` while it lasts.
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

    /// How long it has lasted until `now`, or lasted until its end; `None` where nobody said when it began.
    #[must_use]
    pub fn lasted(&self, now: Timestamp) -> Option<jiff::SignedDuration> {
        Some(self.ended_at.unwrap_or(now).duration_since(self.started_at?))
    }
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
}
