//! The vault: names for anyone who may read, values for contributors, sealed on disk (BFF API, "Everything else").

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use http::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    extract::{Body, Page, Query},
    rows::object,
};
use crate::{
    app::App,
    clock::now,
    db::Ask as _,
    error::{Error, Result},
    sealer::last_four,
};

const PATH_MAX: usize = 256;
const VALUE_BYTES_MAX: usize = 64 * 1024;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/vault/secrets", get(list))
        .route("/v1/vault/secrets/{path}", get(read).put(write).delete(forget))
}

async fn list(State(app): State<Arc<App>>, Query(page): Query<Page>) -> Result<Json<Value>> {
    let bounds = page.bounds()?;
    let answer = app.db.read(move |connection| {
        let rows = "SELECT id AS path, version, created_at, updated_at FROM secrets WHERE kind = 'vault' ORDER BY id";
        bounds.list(connection, "secrets", (rows, "secrets WHERE kind = 'vault'"), &[], |row| object(row, &[]))
    });
    Ok(Json(answer.await?))
}

async fn read(State(app): State<Arc<App>>, Path(path): Path<String>) -> Result<Json<Value>> {
    let place = path.clone();
    let found = app.db.read(move |connection| {
        let sql = "SELECT sealed, version FROM secrets WHERE kind = 'vault' AND id = ?";
        connection.one(sql, &[&place], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?)))
    });
    let (sealed, version) = found.await?.ok_or_else(|| Error::not_found("secret", &path))?;
    let value = app.sealer.open_sealed(&format!("vault/{path}"), &sealed)?;
    Ok(Json(json!({ "path": path, "version": version, "value": value.expose_secret() })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewValue {
    value: SecretString,
}

async fn write(
    State(app): State<Arc<App>>,
    Path(path): Path<String>,
    Body(new): Body<NewValue>,
) -> Result<Json<Value>> {
    if path.is_empty() || path.len() > PATH_MAX || path.chars().any(char::is_control) {
        return Err(Error::invalid("path", format!("must be 1 to {PATH_MAX} bytes without control characters")));
    }
    if new.value.expose_secret().len() > VALUE_BYTES_MAX {
        return Err(Error::invalid("value", format!("must not be larger than {VALUE_BYTES_MAX} bytes")));
    }
    let sealed = app.sealer.seal(&format!("vault/{path}"), new.value.expose_secret())?;
    let answer = app.db.write(move |transaction| {
        let sql = "INSERT INTO secrets (kind, id, sealed, last_four, version, created_at, updated_at) VALUES ('vault', ?1, ?2, ?3, 1, ?4, ?4)
                   ON CONFLICT (kind, id) DO UPDATE SET sealed = ?2, last_four = ?3, version = version + 1, updated_at = ?4 RETURNING version";
        let at = now();
        let version = transaction.one(sql, &[&path, &sealed, &last_four(&new.value), &at], |row| row.get::<_, i64>(0))?;
        Ok(json!({ "path": path, "version": version, "updated_at": at }))
    });
    Ok(Json(answer.await?))
}

async fn forget(State(app): State<Arc<App>>, Path(path): Path<String>) -> Result<StatusCode> {
    app.db
        .write(move |transaction| {
            match transaction.run("DELETE FROM secrets WHERE kind = 'vault' AND id = ?", &[&path])? {
                0 => Err(Error::not_found("secret", &path)),
                _ => Ok(StatusCode::NO_CONTENT),
            }
        })
        .await
}
