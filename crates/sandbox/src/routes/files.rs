//! Work files, metadata only (BFF API, "Everything else"). The sandbox has those it was seeded with; there is no upload in the
//! contract.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use rusqlite::Row;
use serde_json::{Value, json};

use super::extract::{Page, Query};
use crate::{
    app::App,
    db::Ask as _,
    error::{Error, Result},
};

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/v1/work/files", get(list)).route("/v1/work/files/{file_id}", get(show))
}

async fn list(State(app): State<Arc<App>>, Query(page): Query<Page>) -> Result<Json<Value>> {
    let (limit, offset) = (page.limit()?, page.offset());
    let answer = app.db.read(move |connection| {
        let rows = connection.all(
            &format!("{SELECT} ORDER BY created_at DESC, id LIMIT ? OFFSET ?"),
            &[&limit, &offset],
            shown,
        )?;
        let total = connection.one("SELECT count(*) FROM files", &[], |row| row.get::<_, i64>(0))?;
        Ok(json!({ "files": rows, "total": total }))
    });
    Ok(Json(answer.await?))
}

async fn show(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>> {
    let row = app.db.read(move |connection| {
        connection.one(&format!("{SELECT} WHERE id = ?"), &[&id], shown)?.ok_or_else(|| Error::not_found("file", &id))
    });
    Ok(Json(row.await?))
}

const SELECT: &str = "SELECT id, name, media_type, length(CAST(content AS BLOB)), run_id, created_at FROM files";

fn shown(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "id": row.get::<_, String>(0)?,
        "name": row.get::<_, String>(1)?,
        "media_type": row.get::<_, String>(2)?,
        "size_bytes": row.get::<_, i64>(3)?,
        "run_id": row.get::<_, Option<String>>(4)?,
        "created_at": row.get::<_, String>(5)?,
    }))
}
