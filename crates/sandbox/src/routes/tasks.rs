//! Human tasks: the inbox, and a person's answer (BFF API, "Runs, events, tasks").

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::{get, post},
};
use rusqlite::Row;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    extract::{Body, Page, Query},
    rows::object,
    runs::check_run_exists,
};
use crate::{app::App, db::Ask as _, engine::Decision, error::Result};

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/tasks/pending", get(inbox))
        .route("/v1/workflows/{id}/runs/{run_id}/tasks/pending", get(of_run))
        .route("/v1/workflows/{id}/runs/{run_id}/tasks/{task_id}/complete", post(complete))
}

async fn inbox(State(app): State<Arc<App>>, Query(page): Query<Page>) -> Result<Json<Value>> {
    let bounds = page.bounds()?;
    let answer = app.db.read(move |connection| {
        let rows = format!("{SELECT} WHERE t.status = 'pending' ORDER BY t.created_at, t.id");
        bounds.list(connection, "tasks", (&rows, "tasks WHERE status = 'pending'"), &[], shown)
    });
    Ok(Json(answer.await?))
}

async fn of_run(
    State(app): State<Arc<App>>,
    Path((workflow_id, run_id)): Path<(String, String)>,
) -> Result<Json<Value>> {
    let rows = app.db.read(move |connection| {
        check_run_exists(connection, &workflow_id, &run_id)?;
        let sql = format!("{SELECT} WHERE t.run_id = ? AND t.status = 'pending' ORDER BY t.created_at, t.id");
        connection.all(&sql, &[&run_id], shown)
    });
    Ok(Json(json!({ "tasks": rows.await? })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Complete {
    approved: bool,
    #[serde(default)]
    result: Map<String, Value>,
}

async fn complete(
    State(app): State<Arc<App>>,
    Path((workflow_id, run_id, task_id)): Path<(String, String, String)>,
    Body(answer): Body<Complete>,
) -> Result<Json<Value>> {
    let decision = Decision { approved: answer.approved, result: answer.result };
    Ok(Json(app.engine.decide(&workflow_id, &run_id, &task_id, decision).await?))
}

const SELECT: &str = "SELECT t.id AS id, t.id AS task_id, t.run_id AS run_id, t.workflow_id AS workflow_id, w.name AS workflow_name,
    t.step_id AS step_id, t.task_type AS task_type, t.payload AS task_payload, t.deadline AS expires_at, t.created_at AS created_at
    FROM tasks t JOIN workflows w ON w.id = t.workflow_id";

fn shown(row: &Row<'_>) -> rusqlite::Result<Value> {
    object(row, &["task_payload"])
}
