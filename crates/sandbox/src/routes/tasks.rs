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
    runs::run_exists,
    workflows::parsed,
};
use crate::{app::App, db::Ask as _, engine::Decision, error::Result};

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/tasks/pending", get(inbox))
        .route("/v1/workflows/{id}/runs/{run_id}/tasks/pending", get(of_run))
        .route("/v1/workflows/{id}/runs/{run_id}/tasks/{task_id}/complete", post(complete))
}

async fn inbox(State(app): State<Arc<App>>, Query(page): Query<Page>) -> Result<Json<Value>> {
    let (limit, offset) = (page.limit()?, page.offset());
    let answer = app.db.read(move |connection| {
        let sql = format!("{SELECT} WHERE t.status = 'pending' ORDER BY t.created_at, t.id LIMIT ? OFFSET ?");
        let rows = connection.all(&sql, &[&limit, &offset], shown)?;
        let total =
            connection.one("SELECT count(*) FROM tasks WHERE status = 'pending'", &[], |row| row.get::<_, i64>(0))?;
        Ok(json!({ "tasks": rows, "total": total }))
    });
    Ok(Json(answer.await?))
}

async fn of_run(
    State(app): State<Arc<App>>,
    Path((workflow_id, run_id)): Path<(String, String)>,
) -> Result<Json<Value>> {
    let rows = app.db.read(move |connection| {
        run_exists(connection, &workflow_id, &run_id)?;
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

const SELECT: &str =
    "SELECT t.id, t.run_id, t.workflow_id, t.step_id, t.task_type, t.payload, t.deadline, t.created_at, w.name
    FROM tasks t JOIN workflows w ON w.id = t.workflow_id";

fn shown(row: &Row<'_>) -> rusqlite::Result<Value> {
    let id: String = row.get(0)?;
    Ok(json!({
        "id": id,
        "task_id": id,
        "run_id": row.get::<_, String>(1)?,
        "workflow_id": row.get::<_, String>(2)?,
        "workflow_name": row.get::<_, String>(8)?,
        "step_id": row.get::<_, String>(3)?,
        "task_type": row.get::<_, String>(4)?,
        "task_payload": parsed(&row.get::<_, String>(5)?),
        "expires_at": row.get::<_, Option<String>>(6)?,
        "created_at": row.get::<_, String>(7)?,
    }))
}
