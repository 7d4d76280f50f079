//! Instances: a published server made ready to be called, with its credential and its active profile (BFF API, row catalog).

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use rusqlite::{Connection, Row};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    extract::{Body, Page, Query},
    mcp,
    rows::object,
    text,
};
use crate::{
    app::App,
    clock::{new_id, now},
    db::Ask as _,
    error::{Error, Result},
    sealer::last_four,
};

const NAME_MAX: usize = 100;
const CREDENTIAL_BYTES_MAX: usize = 8192;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/mcp/instances", get(list).post(create))
        .route("/v1/mcp/instances/resolve", post(resolve))
        .route("/v1/mcp/instances/{id}", get(show).patch(change).delete(forget))
        .route("/v1/mcp/instances/{id}/validate", post(validate))
        .route("/v1/mcp/instances/{id}/credentials", get(credentials).put(set_credentials).delete(forget_credentials))
}

async fn list(State(app): State<Arc<App>>, Query(page): Query<Page>) -> Result<Json<Value>> {
    let bounds = page.bounds()?;
    let answer = app.db.read(move |connection| {
        let rows = format!("{SELECT} ORDER BY i.name, i.id");
        bounds.list(connection, "instances", (&rows, "mcp_instances"), &[], shown)
    });
    Ok(Json(answer.await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    server_id: String,
    server_version: Option<i64>,
}

async fn create(State(app): State<Arc<App>>, Body(new): Body<New>) -> Result<(StatusCode, Json<Value>)> {
    let name = text("name", new.name, NAME_MAX)?;
    let row = app.db.write(move |transaction| {
        let id = add(transaction, &name, &new.server_id, new.server_version)?;
        one(transaction, &id)
    });
    Ok((StatusCode::CREATED, Json(row.await?)))
}

/// Adds an instance of a server's version, the latest by default.
pub(crate) fn add(connection: &Connection, name: &str, server_id: &str, version: Option<i64>) -> Result<String> {
    let sql = "SELECT max(version) FROM mcp_versions WHERE server_id = ?1 AND (?2 IS NULL OR version = ?2)";
    let version = connection.one(sql, &[&server_id, &version], |row| row.get::<_, Option<i64>>(0))?.flatten();
    let version = version.ok_or_else(|| {
        Error::invalid("server_id", format!("no such version of an MCP server \"{server_id}\" is published"))
    })?;
    let (id, at) = (new_id("inst"), now());
    connection.run(
        "INSERT INTO mcp_instances (id, name, server_id, server_version, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
        &[&id, &name, &server_id, &version, &at, &at],
    )?;
    Ok(id)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resolve {
    name: Option<String>,
    server_id: Option<String>,
    tool_name: Option<String>,
}

/// The instances that fit: by name, by server, or by a tool they have.
async fn resolve(State(app): State<Arc<App>>, Body(asked): Body<Resolve>) -> Result<Json<Value>> {
    if asked.name.is_none() && asked.server_id.is_none() && asked.tool_name.is_none() {
        return Err(Error::invalid("name", "name an instance, a server_id or a tool_name"));
    }
    let rows = app.db.read(move |connection| {
        let sql = format!(
            "{SELECT} WHERE (?1 IS NULL OR i.name = ?1) AND (?2 IS NULL OR i.server_id = ?2)
             AND (?3 IS NULL OR EXISTS (SELECT 1 FROM json_each(v.tools) WHERE json_extract(value, '$.name') = ?3)) ORDER BY i.name, i.id LIMIT 100"
        );
        connection.all(&sql, &[&asked.name, &asked.server_id, &asked.tool_name], shown)
    });
    Ok(Json(json!({ "instances": rows.await? })))
}

async fn show(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>> {
    Ok(Json(app.db.read(move |connection| one(connection, &id)).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    name: Option<String>,
    server_version: Option<i64>,
}

async fn change(State(app): State<Arc<App>>, Path(id): Path<String>, Body(patch): Body<Patch>) -> Result<Json<Value>> {
    let name = patch.name.map(|name| text("name", name, NAME_MAX)).transpose()?;
    let row = app.db.write(move |transaction| {
        if let Some(version) = patch.server_version {
            let sql = "SELECT 1 FROM mcp_versions v JOIN mcp_instances i ON i.server_id = v.server_id WHERE i.id = ? AND v.version = ?";
            let known = transaction.one(sql, &[&id, &version], |_| Ok(()))?;
            known.ok_or_else(|| Error::invalid("server_version", "no such version of the server is published"))?;
        }
        transaction.run(
            "UPDATE mcp_instances SET name = coalesce(?2, name), server_version = coalesce(?3, server_version), updated_at = ?4 WHERE id = ?1",
            &[&id, &name, &patch.server_version, &now()],
        )?;
        one(transaction, &id)
    });
    Ok(Json(row.await?))
}

async fn forget(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode> {
    app.db
        .write(move |transaction| {
            transaction.run("DELETE FROM secrets WHERE kind = 'mcp' AND id = ?", &[&id])?;
            match transaction.run("DELETE FROM mcp_instances WHERE id = ?", &[&id])? {
                0 => Err(Error::not_found("MCP instance", &id)),
                _ => Ok(StatusCode::NO_CONTENT),
            }
        })
        .await
}

async fn validate(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>> {
    let (target, _) = app.engine.target(&id).await?;
    Ok(Json(mcp::verdict(&app, target).await))
}

/// Whether there is a credential, and its end; never the credential.
async fn credentials(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>> {
    let answer = app.db.read(move |connection| {
        one(connection, &id)?;
        let sql = "SELECT last_four, updated_at FROM secrets WHERE kind = 'mcp' AND id = ?";
        let found = connection.one(sql, &[&id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let (last_four, updated_at) = found.unzip();
        Ok(json!({ "instance_id": id, "configured": updated_at.is_some(), "last_four": last_four, "updated_at": updated_at }))
    });
    Ok(Json(answer.await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credential {
    bearer_token: SecretString,
}

async fn set_credentials(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body(new): Body<Credential>,
) -> Result<Json<Value>> {
    let token = new.bearer_token.expose_secret();
    if token.is_empty() || token.len() > CREDENTIAL_BYTES_MAX || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::invalid(
            "bearer_token",
            format!("must be 1 to {CREDENTIAL_BYTES_MAX} visible ASCII characters"),
        ));
    }
    let sealed = app.sealer.seal(&format!("mcp/{id}"), token)?;
    let answer = app.db.write(move |transaction| {
        one(transaction, &id)?;
        let (at, tail) = (now(), last_four(&new.bearer_token));
        transaction.run(
            "INSERT INTO secrets (kind, id, sealed, last_four, version, created_at, updated_at) VALUES ('mcp', ?1, ?2, ?3, 1, ?4, ?4)
             ON CONFLICT (kind, id) DO UPDATE SET sealed = ?2, last_four = ?3, version = version + 1, updated_at = ?4",
            &[&id, &sealed, &tail, &at],
        )?;
        Ok(json!({ "instance_id": id, "configured": true, "last_four": tail, "updated_at": at }))
    });
    Ok(Json(answer.await?))
}

async fn forget_credentials(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode> {
    app.db
        .write(move |transaction| {
            match transaction.run("DELETE FROM secrets WHERE kind = 'mcp' AND id = ?", &[&id])? {
                0 => Err(Error::not_found("credential of the MCP instance", &id)),
                _ => Ok(StatusCode::NO_CONTENT),
            }
        })
        .await
}

const SELECT: &str = "SELECT i.id AS id, i.name AS name, i.server_id AS server_id, s.name AS server_name,
    i.server_version AS server_version, i.active_profile AS active_profile_id, i.created_at AS created_at, i.updated_at AS updated_at
    FROM mcp_instances i JOIN mcp_servers s ON s.id = i.server_id
    JOIN mcp_versions v ON v.server_id = i.server_id AND v.version = i.server_version";

fn shown(row: &Row<'_>) -> rusqlite::Result<Value> {
    object(row, &[])
}

/// The instance as it is shown.
pub(super) fn one(connection: &Connection, id: &str) -> Result<Value> {
    connection
        .one(&format!("{SELECT} WHERE i.id = ?"), &[&id], shown)?
        .ok_or_else(|| Error::not_found("MCP instance", id))
}
