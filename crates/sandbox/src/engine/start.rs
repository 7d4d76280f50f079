//! The birth of a run: what a `start` asks for, checked and written before anyone drives it.

use agentruntime_graph::{
    Graph,
    check::check,
    codes,
    plan::{Plan, StartScope, start_input},
};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::{
    batch::{Batch, Change},
    status::Status,
};
use crate::{
    clock::{new_id, now},
    db::Ask as _,
    error::{Error, Result},
};

/// Longest run id a client may choose.
const RUN_ID_MAX: usize = 128;

/// A run that has been written and waits for its driver.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) run_id: String,
    pub(crate) started_at: String,
}

/// Writes a new run of a workflow's published version.
///
/// # Errors
/// [`Error::Conflict`] when nothing is published or the run id is taken; [`Error::Invalid`] for params that do not fit the
/// graph; [`Error::Graph`] when the published graph cannot run.
pub(crate) fn start(
    transaction: &rusqlite::Transaction<'_>,
    workflow_id: &str,
    params: Map<String, Value>,
) -> Result<Start> {
    let (version, run_setup) = published(transaction, workflow_id)?;
    let text = transaction
        .one("SELECT graph FROM versions WHERE workflow_id = ? AND version = ?", &[&workflow_id, &version], |row| {
            row.get::<_, String>(0)
        })?
        .ok_or_else(|| Error::not_found("version", &version.to_string()))?;
    let graph_json: Value = serde_json::from_str(&text).map_err(|_| Error::Damaged("a published graph is no JSON"))?;
    let graph = Graph::parse(&graph_json)?;
    let params = with_defaults(params, run_setup)?;
    let scope = StartScope {
        trigger_steps: ids(&params, "trigger_steps")?,
        excluded_step_ids: ids(&params, "excluded_step_ids")?,
    };
    let plan = Plan::new(&graph, &scope).map_err(|error| match error {
        agentruntime_graph::GraphError::UnknownStep { field, id } => {
            Error::invalid(format!("params.{field}"), format!("the graph has no step \"{id}\""))
        }
        other => Error::Graph(other),
    })?;
    if graph.input_schema.is_some() {
        fits_schema(&graph_json, &params)?;
    }
    let run_id = run_id(transaction, &params)?;
    let trigger_type = match params.get("trigger_type") {
        None | Some(Value::Null) => "manual",
        Some(Value::String(kind)) if !kind.is_empty() && kind.len() <= 64 => kind,
        Some(_) => return Err(Error::invalid("params.trigger_type", "must be a short text")),
    };
    let started_at = now();
    transaction.run(
        "INSERT INTO runs (id, workflow_id, version, session_id, status, trigger_type, input, trigger_steps, excluded_steps, step_count, started_at)
         VALUES (?, ?, ?, ?, 'running', ?, ?, ?, ?, ?, ?)",
        &[
            &run_id,
            &workflow_id,
            &version,
            &new_id("ses"),
            &trigger_type,
            &start_input(&params).to_string(),
            &json!(scope.trigger_steps).to_string(),
            &json!(scope.excluded_step_ids).to_string(),
            &i64::try_from(plan.order().count()).unwrap_or(i64::MAX),
            &started_at,
        ],
    )?;
    let mut batch = Batch::new(&run_id, workflow_id);
    batch.tell("run_started", None, json!({ "version": version, "trigger_type": trigger_type }));
    batch.push(Change::Status { status: Status::Running, failure: None });
    batch.apply(transaction)?;
    Ok(Start { run_id, started_at })
}

fn published(connection: &Connection, workflow_id: &str) -> Result<(i64, Option<String>)> {
    let found = connection.one(
        "SELECT version, run_setup FROM workflows WHERE id = ? AND status <> 'archived'",
        &[&workflow_id],
        |row| Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<String>>(1)?)),
    )?;
    let (version, run_setup) = found.ok_or_else(|| Error::not_found("workflow", workflow_id))?;
    let version = version.ok_or_else(|| {
        Error::Conflict(format!("the workflow \"{workflow_id}\" has no published version; publish one first"))
    })?;
    Ok((version, run_setup))
}

/// The workflow's run setup, where the start asks for it; keys of the request win.
fn with_defaults(params: Map<String, Value>, run_setup: Option<String>) -> Result<Map<String, Value>> {
    match params.get("use_run_setup_defaults") {
        None | Some(Value::Null | Value::Bool(false)) => Ok(params),
        Some(Value::Bool(true)) => {
            let mut all: Map<String, Value> =
                run_setup.and_then(|setup| serde_json::from_str(&setup).ok()).unwrap_or_default();
            all.extend(params);
            Ok(all)
        }
        Some(_) => Err(Error::invalid("params.use_run_setup_defaults", "must be true or false")),
    }
}

fn ids(params: &Map<String, Value>, field: &str) -> Result<Vec<String>> {
    match params.get(field) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(value) => serde_json::from_value(value.clone())
            .map_err(|_| Error::invalid(format!("params.{field}"), "must be a list of step ids")),
    }
}

fn run_id(connection: &Connection, params: &Map<String, Value>) -> Result<String> {
    let chosen = match params.get("run_id") {
        None | Some(Value::Null) => return Ok(new_id("run")),
        Some(Value::String(id)) => id,
        Some(_) => return Err(Error::invalid("params.run_id", "must be a text")),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if chosen.is_empty() || chosen.len() > RUN_ID_MAX || !chosen.chars().all(plain) || chosen.chars().all(|c| c == '.')
    {
        return Err(Error::invalid("params.run_id", "must be 1 to 128 letters, digits, or - _ . :"));
    }
    match connection.one("SELECT 1 FROM runs WHERE id = ?", &[chosen], |_| Ok(()))? {
        Some(()) => Err(Error::Conflict(format!("there is already a run \"{chosen}\""))),
        None => Ok(chosen.clone()),
    }
}

fn fits_schema(graph: &Value, params: &Map<String, Value>) -> Result<()> {
    let report = check(graph, Some(params), &|_: &str| true);
    match report.issues.iter().find(|issue| issue.code == codes::INPUT_SCHEMA_MISMATCH) {
        Some(issue) => Err(Error::invalid("params", issue.message.clone())),
        None => Ok(()),
    }
}
