//! Work files, metadata only (BFF API, "Everything else"). The sandbox has those it was seeded with; there is no upload in the
//! contract.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use rusqlite::Row;
use serde_json::Value;

use super::{
    extract::{Page, Query},
    rows::object,
};
use crate::{
    app::App,
    db::Ask as _,
    error::{Error, Result},
};

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/v1/work/files", get(list)).route("/v1/work/files/{file_id}", get(show))
}

async fn list(State(app): State<Arc<App>>, Query(page): Query<Page>) -> Result<Json<Value>> {
    let bounds = page.bounds()?;
    let answer = app.db.read(move |connection| {
        let rows = format!("{SELECT} ORDER BY created_at DESC, id");
        bounds.list(connection, "files", (&rows, "files"), &[], shown)
    });
    Ok(Json(answer.await?))
}

async fn show(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>> {
    let row = app.db.read(move |connection| {
        connection.one(&format!("{SELECT} WHERE id = ?"), &[&id], shown)?.ok_or_else(|| Error::not_found("file", &id))
    });
    Ok(Json(row.await?))
}

const SELECT: &str =
    "SELECT id, name, media_type, length(CAST(content AS BLOB)) AS size_bytes, run_id, created_at FROM files";

fn shown(row: &Row<'_>) -> rusqlite::Result<Value> {
    object(row, &[])
}
