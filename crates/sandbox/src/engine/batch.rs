//! What one turn of a driver changes, committed in one transaction.

use agentruntime_graph::plan::SkipCause;
use jiff::Timestamp;
use rusqlite::Transaction;
use serde_json::{Value, json};

use super::status::Status;
use crate::{clock::now, db::Ask as _, error::Result};

/// What a step costs, in microcredits (BFF API: "a step costs about 5 credits"; 1 credit = 1,000,000).
pub(crate) const STEP_COST: i64 = 5_000_000;

/// One change.
pub(super) enum Change {
    /// Something to tell.
    Event { kind: &'static str, step_id: Option<String>, data: Value },
    /// A step begins; `attempt` counts from 1.
    Started { step_id: String, input: Value, attempt: u32 },
    /// The work of a step that a restart found under way begins again, in the process of this number in a row.
    TakenUp { step_id: String, starts: u32 },
    /// A step has a result.
    Completed { step_id: String, step_type: String, result: Value },
    /// A step failed for good.
    Failed { step_id: String, step_type: String, error: String },
    /// A step was stopped on its way.
    Cancelled { step_id: String },
    /// A step will not run.
    Skipped { step_id: String, cause: SkipCause },
    /// A person is asked.
    TaskOpened { task_id: String, step_id: String, task_type: String, payload: Value, deadline: Option<String> },
    /// A person has answered.
    TaskCompleted { task_id: String, approved: bool, result: Value },
    /// A person need not answer any more.
    TasksDropped,
    /// The run stands elsewhere.
    Status { status: Status, failure: Option<(&'static str, String)> },
}

/// Changes of one run in order.
pub(super) struct Batch {
    run_id: String,
    workflow_id: String,
    changes: Vec<Change>,
}

impl Batch {
    /// No change yet.
    pub(super) fn new(run_id: &str, workflow_id: &str) -> Self {
        Self { run_id: run_id.to_owned(), workflow_id: workflow_id.to_owned(), changes: Vec::new() }
    }

    pub(super) fn push(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Adds an event about a step, or about the run.
    pub(super) fn tell(&mut self, kind: &'static str, step_id: Option<&str>, data: Value) {
        self.push(Change::Event { kind, step_id: step_id.map(str::to_owned), data });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Takes what there is, leaving nothing.
    pub(super) fn take(&mut self) -> Self {
        let rest = Self::new(&self.run_id, &self.workflow_id);
        std::mem::replace(self, rest)
    }

    /// Writes the changes. The number of the last event, if there was one.
    pub(super) fn apply(&self, transaction: &Transaction<'_>) -> Result<Option<i64>> {
        let at = now();
        let mut last = None;
        for change in &self.changes {
            if let Change::Event { kind, step_id, data } = change {
                transaction.run(
                    "INSERT INTO events (run_id, workflow_id, event_type, step_id, data, timestamp) VALUES (?, ?, ?, ?, ?, ?)",
                    &[&self.run_id, &self.workflow_id, kind, step_id, &data.to_string(), &at],
                )?;
                last = Some(transaction.last_insert_rowid());
            } else {
                self.apply_state(transaction, change, &at)?;
            }
        }
        Ok(last)
    }

    fn apply_state(&self, transaction: &Transaction<'_>, change: &Change, at: &str) -> Result<()> {
        let run = &self.run_id;
        match change {
            Change::Event { .. } => 0,
            Change::Started { step_id, input, attempt } => transaction.run(
                "INSERT INTO run_steps (run_id, step_id, state, attempts, input, started_at, starts) VALUES (?1, ?2, 'running', ?3, ?4, ?5, 1)
                 ON CONFLICT (run_id, step_id) DO UPDATE SET attempts = ?3, state = 'running', starts = max(starts, 1)",
                &[run, step_id, attempt, &input.to_string(), &at],
            )?,
            Change::TakenUp { step_id, starts } => transaction.run(
                "UPDATE run_steps SET starts = ?3 WHERE run_id = ?1 AND step_id = ?2",
                &[run, step_id, starts],
            )?,
            Change::Completed { step_id, step_type, result } => {
                transaction.run(
                    "UPDATE run_steps SET state = 'completed', result = ?3, completed_at = ?4 WHERE run_id = ?1 AND step_id = ?2",
                    &[run, step_id, &result.to_string(), &at],
                )?;
                self.charge(transaction, step_id, step_type, at)?
            }
            Change::Failed { step_id, step_type, error } => {
                transaction.run(
                    "INSERT INTO run_steps (run_id, step_id, state, error, completed_at) VALUES (?1, ?2, 'failed', ?3, ?4)
                     ON CONFLICT (run_id, step_id) DO UPDATE SET state = 'failed', error = ?3, completed_at = ?4",
                    &[run, step_id, error, &at],
                )?;
                self.charge(transaction, step_id, step_type, at)?
            }
            Change::Cancelled { step_id } => transaction.run(
                "UPDATE run_steps SET state = 'cancelled', completed_at = ?3 WHERE run_id = ?1 AND step_id = ?2",
                &[run, step_id, &at],
            )?,
            Change::Skipped { step_id, cause } => transaction.run(
                "INSERT INTO run_steps (run_id, step_id, state, skip_cause, completed_at) VALUES (?1, ?2, 'skipped', ?3, ?4)",
                &[run, step_id, &json!(cause).as_str(), &at],
            )?,
            Change::TaskOpened { task_id, step_id, task_type, payload, deadline } => transaction.run(
                "INSERT INTO tasks (id, run_id, workflow_id, step_id, task_type, payload, status, deadline, created_at)
                 VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?)",
                &[task_id, run, &self.workflow_id, step_id, task_type, &payload.to_string(), deadline, &at],
            )?,
            Change::TaskCompleted { task_id, approved, result } => transaction.run(
                "UPDATE tasks SET status = 'completed', approved = ?2, result = ?3, completed_at = ?4 WHERE id = ?1",
                &[task_id, approved, &result.to_string(), &at],
            )?,
            Change::TasksDropped => transaction.run(
                "UPDATE tasks SET status = 'cancelled', completed_at = ?2 WHERE run_id = ?1 AND status = 'pending'",
                &[run, &at],
            )?,
            Change::Status { status, failure } => {
                let ended = status.is_terminal().then_some(at);
                let (code, error) = failure.as_ref().map_or((None, None), |(code, error)| (Some(*code), Some(error)));
                transaction.run(
                    "UPDATE runs SET status = ?2, failure_code = ?3, error = ?4, completed_at = ?5 WHERE id = ?1",
                    &[run, &status.name(), &code, &error, &ended],
                )?
            }
        };
        Ok(())
    }

    /// Every step that ran is paid for, whatever came of it.
    fn charge(&self, transaction: &Transaction<'_>, step_id: &str, step_type: &str, at: &str) -> Result<usize> {
        let begun = transaction.one(
            "SELECT started_at FROM run_steps WHERE run_id = ? AND step_id = ?",
            &[&self.run_id, &step_id],
            |row| row.get::<_, Option<String>>(0),
        )?;
        let milliseconds = begun.flatten().map_or(0, |begun| between(&begun, at));
        transaction.run(
            "INSERT INTO charges (run_id, step_id, step_type, microcredits, milliseconds, charged_at) VALUES (?, ?, ?, ?, ?, ?)",
            &[&self.run_id, &step_id, &step_type, &STEP_COST, &milliseconds, &at],
        )
    }
}

/// Ends a run as failed that no driver could drive: what is under way is cancelled, tasks are withdrawn.
pub(super) fn give_up(transaction: &Transaction<'_>, run_id: &str) -> Result<Option<i64>> {
    let row = transaction.one("SELECT workflow_id, status FROM runs WHERE id = ?", &[&run_id], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    let Some((workflow_id, from)) = row else { return Ok(None) };
    if Status::named(&from).is_none_or(Status::is_terminal) {
        return Ok(None);
    }
    let sql = "SELECT step_id FROM run_steps WHERE run_id = ? AND state = 'running'";
    let under_way = transaction.all(sql, &[&run_id], |row| row.get::<_, String>(0))?;
    let (code, error) =
        ("RUN_STALLED_OR_TIMED_OUT", "the sandbox met a fault of its own in this run, twice; its log has the place");
    let mut batch = Batch::new(run_id, &workflow_id);
    for step_id in under_way {
        batch.tell("step_cancelled", Some(&step_id), json!({ "reason": "run_failed" }));
        batch.push(Change::Cancelled { step_id });
    }
    batch.push(Change::TasksDropped);
    batch.tell("state_changed", None, json!({ "from": from, "to": Status::Failed.name() }));
    batch.tell("run_failed", None, json!({ "failure_code": code, "error": error }));
    batch.push(Change::Status { status: Status::Failed, failure: Some((code, error.to_owned())) });
    batch.apply(transaction)
}

fn between(from: &str, to: &str) -> i64 {
    match (from.parse::<Timestamp>(), to.parse::<Timestamp>()) {
        (Ok(from), Ok(to)) => i64::try_from(to.duration_since(from).as_millis()).unwrap_or(i64::MAX),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::give_up;
    use crate::db::{Ask as _, Db};

    #[tokio::test]
    async fn a_run_that_is_given_up_has_ended_whole() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("sandbox.db")).await.unwrap();
        let made = db.write(|transaction| {
            transaction.run("INSERT INTO workflows VALUES ('w', 'W', '', 'published', '{}', NULL, 1, 'now', 'now')", &[])?;
            transaction.run(
                "INSERT INTO runs (id, workflow_id, version, session_id, status, trigger_type, input, trigger_steps, excluded_steps, step_count, started_at)
                 VALUES ('r', 'w', 1, 's', 'running', 'manual', '{}', '[]', '[]', 2, 'now')",
                &[],
            )?;
            transaction.run("INSERT INTO run_steps (run_id, step_id, state) VALUES ('r', 'a', 'completed'), ('r', 'b', 'running')", &[])?;
            transaction.run(
                "INSERT INTO tasks (id, run_id, workflow_id, step_id, task_type, payload, status, created_at)
                 VALUES ('t', 'r', 'w', 'b', 'approval', '{}', 'pending', 'now')",
                &[],
            )
        });
        made.await.unwrap();
        assert!(db.write(|transaction| give_up(transaction, "r")).await.unwrap().is_some());
        let stands = db.read(|connection| {
            let text = |sql| connection.one(sql, &[], |row| row.get::<_, String>(0));
            Ok([
                text("SELECT status || ' ' || failure_code FROM runs")?,
                text("SELECT group_concat(state) FROM run_steps ORDER BY step_id")?,
                text("SELECT status FROM tasks")?,
                text("SELECT group_concat(event_type) FROM (SELECT event_type FROM events ORDER BY seq)")?,
            ])
        });
        let stands = stands.await.unwrap().map(Option::unwrap);
        let events = "step_cancelled,state_changed,run_failed";
        assert_eq!(stands, ["failed RUN_STALLED_OR_TIMED_OUT", "completed,cancelled", "cancelled", events]);
        assert_eq!(db.write(|transaction| give_up(transaction, "r")).await.unwrap(), None, "once");
        db.close().await;
    }
}
