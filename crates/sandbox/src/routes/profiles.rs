//! Config profiles of an instance: arguments that are added to each of its calls, unless the call has its own (BFF API, row
//! catalog; what a profile does is **assumed**).

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use rusqlite::{Connection, Row};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{extract::Body, instances, rows::object, text};
use crate::{
    app::App,
    clock::{new_id, now},
    db::Ask as _,
    error::{Error, Result},
};

const NAME_MAX: usize = 100;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/mcp/instances/{id}/config-profiles", get(list).post(create))
        .route("/v1/mcp/instances/{id}/config-profiles/{profile_id}", get(show).patch(change).delete(forget))
        .route("/v1/mcp/instances/{id}/config-profiles/{profile_id}/set-active", post(set_active))
}

async fn list(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>> {
    let rows = app.db.read(move |connection| {
        instances::one(connection, &id)?;
        connection.all(&format!("{SELECT} WHERE p.instance_id = ? ORDER BY p.name, p.id"), &[&id], shown)
    });
    Ok(Json(json!({ "config_profiles": rows.await? })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    #[serde(default)]
    default_args: Map<String, Value>,
}

async fn create(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<Value>)> {
    let name = text("name", new.name, NAME_MAX)?;
    let row = app.db.write(move |transaction| {
        instances::one(transaction, &id)?;
        let (profile, at) = (new_id("prof"), now());
        transaction.run(
            "INSERT INTO mcp_profiles (id, instance_id, name, defaults, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
            &[&profile, &id, &name, &Value::Object(new.default_args).to_string(), &at, &at],
        )?;
        one(transaction, &id, &profile)
    });
    Ok((StatusCode::CREATED, Json(row.await?)))
}

async fn show(State(app): State<Arc<App>>, Path((id, profile)): Path<(String, String)>) -> Result<Json<Value>> {
    Ok(Json(app.db.read(move |connection| one(connection, &id, &profile)).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    name: Option<String>,
    default_args: Option<Map<String, Value>>,
}

async fn change(
    State(app): State<Arc<App>>,
    Path((id, profile)): Path<(String, String)>,
    Body(patch): Body<Patch>,
) -> Result<Json<Value>> {
    let name = patch.name.map(|name| text("name", name, NAME_MAX)).transpose()?;
    let defaults = patch.default_args.map(|defaults| Value::Object(defaults).to_string());
    let row = app.db.write(move |transaction| {
        transaction.run(
            "UPDATE mcp_profiles SET name = coalesce(?3, name), defaults = coalesce(?4, defaults), updated_at = ?5 WHERE id = ?2 AND instance_id = ?1",
            &[&id, &profile, &name, &defaults, &now()],
        )?;
        one(transaction, &id, &profile)
    });
    Ok(Json(row.await?))
}

async fn forget(State(app): State<Arc<App>>, Path((id, profile)): Path<(String, String)>) -> Result<StatusCode> {
    app.db
        .write(move |transaction| {
            one(transaction, &id, &profile)?;
            transaction.run(
                "UPDATE mcp_instances SET active_profile = NULL WHERE id = ? AND active_profile = ?",
                &[&id, &profile],
            )?;
            transaction.run("DELETE FROM mcp_profiles WHERE id = ?", &[&profile])?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}

async fn set_active(State(app): State<Arc<App>>, Path((id, profile)): Path<(String, String)>) -> Result<Json<Value>> {
    let row = app.db.write(move |transaction| {
        one(transaction, &id, &profile)?;
        transaction.run(
            "UPDATE mcp_instances SET active_profile = ?, updated_at = ? WHERE id = ?",
            &[&profile, &now(), &id],
        )?;
        instances::one(transaction, &id)
    });
    Ok(Json(row.await?))
}

/// SQLite has no booleans: `active` is written as JSON.
const SELECT: &str = "SELECT p.id AS id, p.instance_id AS instance_id, p.name AS name, p.defaults AS default_args,
    iif(i.active_profile IS p.id, 'true', 'false') AS active, p.created_at AS created_at, p.updated_at AS updated_at
    FROM mcp_profiles p JOIN mcp_instances i ON i.id = p.instance_id";

fn shown(row: &Row<'_>) -> rusqlite::Result<Value> {
    object(row, &["default_args", "active"])
}

fn one(connection: &Connection, instance_id: &str, id: &str) -> Result<Value> {
    let sql = format!("{SELECT} WHERE p.id = ? AND p.instance_id = ?");
    connection.one(&sql, &[&id, &instance_id], shown)?.ok_or_else(|| Error::not_found("config profile", id))
}
