//! A driver out of the database: for a run that has just been started, or one that a restart found under way.

use std::collections::HashMap;

use agentruntime_graph::{
    Graph,
    plan::{Plan, SkipCause, StartScope, StepState},
};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use tokio::{task::JoinSet, time::Instant};

use super::{
    DRAIN_LIMIT, Engine,
    batch::Batch,
    driver::{Begun, Driver},
    status::Status,
};
use crate::{
    db::Ask as _,
    error::{Error, Result},
};

/// A run as it stands in the database.
struct Stored {
    workflow_id: String,
    status: Status,
    graph: Value,
    input: Value,
    scope: StartScope,
    steps: Vec<StoredStep>,
    tasks: Vec<(String, String, Option<String>)>,
}

struct StoredStep {
    id: String,
    state: StepState,
    attempts: u32,
    starts: u32,
    seen: Value,
}

impl Driver {
    /// Makes the run's driver. `begun` names the steps whose work this process has begun for it: they were not broken off by the
    /// death of a process.
    ///
    /// # Errors
    /// As the database's; [`Error::Graph`] for a snapshot that cannot be read, which publishing a start prevents.
    pub(super) async fn load(engine: &Engine, run_id: &str, begun: Begun) -> Result<Self> {
        let id = run_id.to_owned();
        let stored = engine.0.db.read(move |connection| stored(connection, &id)).await?;
        let graph = Graph::parse(&stored.graph)?;
        let plan = Plan::new(&graph, &stored.scope)?;
        let mut driver = Self {
            batch: Batch::new(run_id, &stored.workflow_id),
            engine: engine.clone(),
            run_id: run_id.to_owned(),
            workflow_id: stored.workflow_id,
            graph: graph.into(),
            plan,
            status: stored.status,
            states: HashMap::new(),
            attempts: HashMap::new(),
            input: stored.input.into(),
            steps: Map::new(),
            tasks: HashMap::new(),
            work: JoinSet::new(),
            brakes: HashMap::new(),
            turns: HashMap::new(),
            begun,
            to_start: Vec::new(),
            replies: Vec::new(),
            drain_until: (stored.status == Status::Draining).then(|| Instant::now() + DRAIN_LIMIT),
        };
        let mut starts = HashMap::new();
        for step in stored.steps {
            starts.insert(step.id.clone(), step.starts);
            driver.states.insert(step.id.clone(), step.state);
            driver.attempts.insert(step.id.clone(), step.attempts);
            driver.steps.insert(step.id, step.seen);
        }
        for (task_id, step_id, deadline) in stored.tasks {
            driver.wait_for_person(task_id, step_id, deadline.as_deref());
        }
        driver.take_up(&starts);
        Ok(driver)
    }
}

fn stored(connection: &Connection, run_id: &str) -> Result<Stored> {
    let mut stored = connection
        .one(
            "SELECT r.workflow_id, r.status, v.graph, r.input, r.trigger_steps, r.excluded_steps FROM runs r
             JOIN versions v ON v.workflow_id = r.workflow_id AND v.version = r.version WHERE r.id = ?",
            &[&run_id],
            |row| {
                let ids =
                    |at: usize| row.get::<_, String>(at).map(|ids| serde_json::from_str(&ids).unwrap_or_default());
                Ok(Stored {
                    workflow_id: row.get(0)?,
                    status: Status::named(&row.get::<_, String>(1)?).unwrap_or(Status::Running),
                    graph: json(&row.get::<_, String>(2)?),
                    input: json(&row.get::<_, String>(3)?),
                    scope: StartScope { trigger_steps: ids(4)?, excluded_step_ids: ids(5)? },
                    steps: Vec::new(),
                    tasks: Vec::new(),
                })
            },
        )?
        .ok_or_else(|| Error::not_found("run", run_id))?;
    let sql = "SELECT step_id, state, skip_cause, attempts, input, result, starts FROM run_steps WHERE run_id = ?";
    stored.steps = connection.all(sql, &[&run_id], |row| {
        let mut seen = Map::new();
        for (at, key) in [(4, "input"), (5, "result")] {
            if let Some(text) = row.get::<_, Option<String>>(at)? {
                seen.insert(key.to_owned(), json(&text));
            }
        }
        let cause: Option<String> = row.get(2)?;
        Ok(StoredStep {
            id: row.get(0)?,
            state: state(&row.get::<_, String>(1)?, cause),
            attempts: row.get(3)?,
            starts: row.get(6)?,
            seen: Value::Object(seen),
        })
    })?;
    let sql = "SELECT id, step_id, deadline FROM tasks WHERE run_id = ? AND status = 'pending'";
    stored.tasks = connection.all(sql, &[&run_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(stored)
}

fn state(name: &str, cause: Option<String>) -> StepState {
    match name {
        "running" => StepState::Running,
        "completed" => StepState::Completed,
        "failed" => StepState::Failed,
        "cancelled" => StepState::Cancelled,
        _ => StepState::Skipped(
            cause.and_then(|cause| serde_json::from_value(json!(cause)).ok()).unwrap_or(SkipCause::RunEnded),
        ),
    }
}

/// JSON that this crate wrote itself.
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}
