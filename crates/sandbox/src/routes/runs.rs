//! Runs as they stand, their events and their context (BFF API, "Runs, events, tasks").

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use rusqlite::{Connection, Row, ToSql};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    extract::{Page, Query},
    rows::{count, object, parsed},
    workflows::check_exists,
};
use crate::{
    app::App,
    db::Ask as _,
    engine::Status,
    error::{Error, Result},
};

const EVENTS_DEFAULT: u32 = 100;
const EVENTS_MOST: u32 = 500;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/runs", get(list))
        .route("/v1/workflows/{id}/runs", get(list_of_workflow))
        .route("/v1/workflows/{id}/runs/{run_id}/summary", get(summary))
        .route("/v1/workflows/{id}/runs/{run_id}/events", get(events))
        .route("/v1/workflows/{id}/runs/{run_id}/context", get(context))
}

#[derive(Deserialize)]
struct RunsQuery {
    limit: Option<u32>,
    offset: Option<u32>,
    status: Option<String>,
}

async fn list(State(app): State<Arc<App>>, Query(query): Query<RunsQuery>) -> Result<Json<Value>> {
    feed(&app, None, query).await
}

async fn list_of_workflow(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(query): Query<RunsQuery>,
) -> Result<Json<Value>> {
    feed(&app, Some(id), query).await
}

async fn feed(app: &App, workflow_id: Option<String>, query: RunsQuery) -> Result<Json<Value>> {
    let bounds = Page::new(query.limit, query.offset).bounds()?;
    let status = query.status.as_deref().map(known).transpose()?;
    let answer = app.db.read(move |connection| {
        let mut terms = Vec::new();
        let mut values: Vec<&dyn ToSql> = Vec::new();
        if let Some(id) = &workflow_id {
            check_exists(connection, id)?;
            terms.push("workflow_id = ?");
            values.push(id);
        }
        if let Some(status) = &status {
            terms.push("status = ?");
            values.push(status);
        }
        let filter = if terms.is_empty() { String::new() } else { format!(" WHERE {}", terms.join(" AND ")) };
        let (rows, counted) = (format!("{SELECT}{filter} ORDER BY seq DESC"), format!("runs{filter}"));
        bounds.list(connection, "runs", (&rows, &counted), &values, shown)
    });
    Ok(Json(answer.await?))
}

/// The status that a filter means. Older text calls a stopped run cancelled; some of the platform's last no time here.
fn known(status: &str) -> Result<&'static str> {
    const FLEETING: [&str; 3] = ["queued", "pending", "starting"];
    if status == "cancelled" {
        return Ok(Status::Stopped.name());
    }
    let known = Status::named(status).map(Status::name).or_else(|| FLEETING.into_iter().find(|name| *name == status));
    known.ok_or_else(|| {
        Error::invalid("status", "must be queued, starting, running, paused, draining, completed, failed or stopped")
    })
}

async fn summary(
    State(app): State<Arc<App>>,
    Path((workflow_id, run_id)): Path<(String, String)>,
) -> Result<Json<Value>> {
    Ok(Json(app.db.read(move |connection| summarised(connection, &workflow_id, &run_id)).await?))
}

fn summarised(connection: &Connection, workflow_id: &str, run_id: &str) -> Result<Value> {
    let sql = format!("{SELECT} WHERE id = ? AND workflow_id = ?");
    let mut run =
        connection.one(&sql, &[&run_id, &workflow_id], shown)?.ok_or_else(|| Error::not_found("run", run_id))?;
    let sql = "SELECT state, count(*) FROM run_steps WHERE run_id = ? GROUP BY state";
    let counted = connection.all(sql, &[&run_id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    let total = run.get("step_count").and_then(Value::as_i64).unwrap_or(0);
    let mut states =
        Map::from_iter([("pending".to_owned(), json!(total - counted.iter().map(|(_, count)| count).sum::<i64>()))]);
    for state in ["running", "completed", "failed", "cancelled", "skipped"] {
        let count = counted.iter().find(|(name, _)| name == state).map_or(0, |(_, count)| *count);
        states.insert(state.to_owned(), json!(count));
    }
    let pending = count(connection, "tasks WHERE run_id = ? AND status = 'pending'", &[&run_id])?;
    let sql = "SELECT step_id, state, attempts, error, started_at, completed_at FROM run_steps WHERE run_id = ? ORDER BY started_at IS NULL, started_at, step_id";
    let steps = connection.all(sql, &[&run_id], |row| object(row, &[]))?;
    if let Some(run) = run.as_object_mut() {
        let status = run.get("status").and_then(Value::as_str).and_then(Status::named).unwrap_or(Status::Failed);
        run.insert("orchestration_phase".to_owned(), json!(phase(status, pending, &states)));
        run.insert("pending_tasks".to_owned(), json!(pending));
        run.insert("steps_by_state".to_owned(), Value::Object(states));
        run.insert("steps".to_owned(), json!(steps));
    }
    Ok(run)
}

/// What the run is about just now. The platform's own phases are documented nowhere; these are **assumed**.
fn phase(status: Status, pending_tasks: i64, states: &Map<String, Value>) -> &'static str {
    let working = states.get("running").and_then(Value::as_i64).unwrap_or(0) > pending_tasks;
    match status {
        Status::Running if pending_tasks > 0 && !working => "waiting_for_human",
        Status::Running => "executing",
        Status::Paused => "paused",
        Status::Draining => "draining",
        Status::Completed | Status::Failed | Status::Stopped => "finished",
    }
}

#[derive(Deserialize)]
struct EventsQuery {
    limit: Option<u32>,
    offset: Option<u32>,
    after: Option<String>,
}

async fn events(
    State(app): State<Arc<App>>,
    Path((workflow_id, run_id)): Path<(String, String)>,
    Query(query): Query<EventsQuery>,
) -> Result<Json<Value>> {
    let bounds = Page::new(query.limit, query.offset).bounds_of(EVENTS_DEFAULT, EVENTS_MOST)?;
    let after = match &query.after {
        None => 0,
        Some(id) => event_number(id).ok_or_else(|| Error::invalid("after", "must be the id of an event"))?,
    };
    let rows = app.db.read(move |connection| {
        check_run_exists(connection, &workflow_id, &run_id)?;
        let sql = format!("{EVENT} WHERE run_id = ? AND seq > ? ORDER BY seq");
        let rows = bounds.rows(connection, &sql, &[&run_id, &after], |row| Ok(event(row)?.1))?;
        // All there are, also those that `after` passes over.
        let total = count(connection, "events WHERE run_id = ?", &[&run_id])?;
        Ok(json!({ "events": rows, "total": total }))
    });
    Ok(Json(rows.await?))
}

async fn context(
    State(app): State<Arc<App>>,
    Path((workflow_id, run_id)): Path<(String, String)>,
) -> Result<Json<Value>> {
    let answer = app.db.read(move |connection| {
        let sql = "SELECT input FROM runs WHERE id = ? AND workflow_id = ?";
        let input = connection.one(sql, &[&run_id, &workflow_id], |row| row.get::<_, String>(0))?;
        let input = input.ok_or_else(|| Error::not_found("run", &run_id))?;
        let sql = "SELECT step_id, input, result FROM run_steps WHERE run_id = ? AND input IS NOT NULL ORDER BY started_at, step_id";
        let steps = connection.all(sql, &[&run_id], |row| {
            let part = |at: usize| row.get::<_, Option<String>>(at).map(|text| text.map(|text| parsed(&text)));
            let seen = [("input", part(1)?), ("result", part(2)?)];
            let seen = seen.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
            Ok((row.get::<_, String>(0)?, Value::Object(seen.collect())))
        })?;
        Ok(json!({ "input": parsed(&input), "steps": Map::from_iter(steps) }))
    });
    Ok(Json(answer.await?))
}

const SELECT: &str = "SELECT id, workflow_id, version, status, session_id, trigger_type, step_count, failure_code, error, started_at, completed_at FROM runs";

fn shown(row: &Row<'_>) -> rusqlite::Result<Value> {
    let status: String = row.get(3)?;
    Ok(json!({
        "run_id": row.get::<_, String>(0)?,
        "workflow_id": row.get::<_, String>(1)?,
        "version": row.get::<_, i64>(2)?,
        "run_complete": Status::named(&status).is_some_and(Status::is_terminal),
        "status": status,
        "session_id": row.get::<_, String>(4)?,
        "trigger_type": row.get::<_, String>(5)?,
        "step_count": row.get::<_, i64>(6)?,
        "failure_code": row.get::<_, Option<String>>(7)?,
        "error": row.get::<_, Option<String>>(8)?,
        "started_at": row.get::<_, String>(9)?,
        "completed_at": row.get::<_, Option<String>>(10)?,
    }))
}

/// Makes sure that the workflow has such a run.
pub(super) fn check_run_exists(connection: &Connection, workflow_id: &str, run_id: &str) -> Result<()> {
    let found =
        connection.one("SELECT 1 FROM runs WHERE id = ? AND workflow_id = ?", &[&run_id, &workflow_id], |_| Ok(()))?;
    found.ok_or_else(|| Error::not_found("run", run_id))
}

/// The columns that [`event`] reads.
pub(super) const EVENT: &str = "SELECT seq, run_id, workflow_id, event_type, step_id, data, timestamp FROM events";

/// An event and its number.
pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<(i64, Value)> {
    let seq: i64 = row.get(0)?;
    let event = json!({
        "id": format!("evt_{seq}"),
        "run_id": row.get::<_, String>(1)?,
        "workflow_id": row.get::<_, String>(2)?,
        "event_type": row.get::<_, String>(3)?,
        "step_id": row.get::<_, Option<String>>(4)?,
        "data": parsed(&row.get::<_, String>(5)?),
        "timestamp": row.get::<_, String>(6)?,
    });
    Ok((seq, event))
}

/// The number in an event's id.
fn event_number(id: &str) -> Option<i64> {
    id.strip_prefix("evt_").unwrap_or(id).parse().ok()
}
