//! The catalogue of MCP servers that workflows may call (BFF API, "Everything else", row catalog). What the bodies look like is
//! **assumed**. A server's tools are found by a real MCP handshake; what is published is what was found.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use rusqlite::{Connection, Row};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{
    extract::{Body, Page, Query},
    rows::{object, parsed},
    text,
};
use crate::{
    app::App,
    clock::{new_id, now},
    db::Ask as _,
    demo_mcp,
    error::{Error, Result},
    mcp_client::{self, Target},
};

const NAME_MAX: usize = 100;
const DESCRIPTION_MAX: usize = 2000;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/mcp/platform-catalog", get(platform_catalog))
        .route("/v1/mcp/tools", get(tools))
        .route("/v1/mcp/servers", get(list).post(register))
        .route("/v1/mcp/servers/{id}", get(show).patch(change).delete(forget))
        .route("/v1/mcp/servers/{id}/discover", post(discover))
        .route("/v1/mcp/servers/{id}/validate", post(validate))
        .route("/v1/mcp/servers/{id}/versions", get(versions).post(publish))
        .route("/v1/mcp/servers/{id}/connections/{connection_id}/validate", post(validate_connection))
}

/// What the platform offers of itself: in the sandbox, the demo server.
async fn platform_catalog() -> Json<Value> {
    Json(json!({ "servers": [{
        "name": "Sandbox demo",
        "description": "Text statistics and sums, served by the sandbox itself",
        "url": demo_mcp::URL,
        "auth": "none",
    }] }))
}

/// The tools of every published server.
async fn tools(State(app): State<Arc<App>>) -> Result<Json<Value>> {
    let rows = app.db.read(|connection| {
        let sql = "SELECT s.id, s.name, v.version, v.tools FROM mcp_servers s JOIN mcp_versions v ON v.server_id = s.id
                   WHERE v.version = (SELECT max(version) FROM mcp_versions WHERE server_id = s.id) ORDER BY s.name, s.id";
        connection.all(sql, &[], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?, parsed(&row.get::<_, String>(3)?))))
    });
    let mut tools = Vec::new();
    for (server_id, server, version, listed) in rows.await? {
        for tool in listed.as_array().into_iter().flatten() {
            tools.push(json!({
                "server_id": server_id,
                "server_name": server,
                "server_version": version,
                "name": tool.get("name"),
                "description": tool.get("description"),
                "input_schema": tool.get("inputSchema"),
            }));
        }
    }
    Ok(Json(json!({ "tools": tools })))
}

async fn list(State(app): State<Arc<App>>, Query(page): Query<Page>) -> Result<Json<Value>> {
    let bounds = page.bounds()?;
    let answer = app.db.read(move |connection| {
        let rows = format!("{SELECT} ORDER BY name, id");
        bounds.list(connection, "servers", (&rows, "mcp_servers"), &[], shown)
    });
    Ok(Json(answer.await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    #[serde(default)]
    description: String,
    url: String,
}

async fn register(State(app): State<Arc<App>>, Body(new): Body<New>) -> Result<(StatusCode, Json<Value>)> {
    let name = text("name", new.name, NAME_MAX)?;
    let description = described(new.description)?;
    check_url(&new.url)?;
    let row = app.db.write(move |transaction| {
        let id = add_server(transaction, &name, &description, &new.url)?;
        one(transaction, &id)
    });
    Ok((StatusCode::CREATED, Json(row.await?)))
}

/// Adds a server of which nothing is known yet.
pub(crate) fn add_server(connection: &Connection, name: &str, description: &str, url: &str) -> Result<String> {
    let (id, at) = (new_id("srv"), now());
    connection.run(
        "INSERT INTO mcp_servers (id, name, description, url, status, created_at, updated_at) VALUES (?, ?, ?, ?, 'draft', ?, ?)",
        &[&id, &name, &description, &url, &at, &at],
    )?;
    Ok(id)
}

async fn show(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>> {
    Ok(Json(app.db.read(move |connection| one(connection, &id)).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    name: Option<String>,
    description: Option<String>,
    url: Option<String>,
}

async fn change(State(app): State<Arc<App>>, Path(id): Path<String>, Body(patch): Body<Patch>) -> Result<Json<Value>> {
    let name = patch.name.map(|name| text("name", name, NAME_MAX)).transpose()?;
    let description = patch.description.map(described).transpose()?;
    patch.url.as_deref().map(check_url).transpose()?;
    let row = app.db.write(move |transaction| {
        // What was found at another address says nothing about this one.
        transaction.run(
            "UPDATE mcp_servers SET name = coalesce(?2, name), description = coalesce(?3, description),
             tools = CASE WHEN ?4 IS NULL OR ?4 = url THEN tools END, url = coalesce(?4, url), updated_at = ?5 WHERE id = ?1",
            &[&id, &name, &description, &patch.url, &now()],
        )?;
        one(transaction, &id)
    });
    Ok(Json(row.await?))
}

async fn forget(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode> {
    app.db
        .write(move |transaction| {
            let used =
                transaction.one("SELECT name FROM mcp_instances WHERE server_id = ? LIMIT 1", &[&id], |row| {
                    row.get::<_, String>(0)
                })?;
            if let Some(instance) = used {
                return Err(Error::Conflict(format!("the instance \"{instance}\" uses this server; delete it first")));
            }
            match transaction.run("DELETE FROM mcp_servers WHERE id = ?", &[&id])? {
                0 => Err(Error::not_found("MCP server", &id)),
                _ => Ok(StatusCode::NO_CONTENT),
            }
        })
        .await
}

/// Shakes hands with the server and keeps its tools.
async fn discover(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>> {
    let target = server_target(&app, &id).await?;
    let tools = mcp_client::list_tools(&app.engine.reachable(target))
        .await
        .map_err(|error| Error::Unavailable(error.to_string()))?;
    let row = app.db.write(move |transaction| {
        let sql = "UPDATE mcp_servers SET tools = ?2, discovered_at = ?3, updated_at = ?3,
                   status = CASE status WHEN 'draft' THEN 'discovered' ELSE status END WHERE id = ?1";
        transaction.run(sql, &[&id, &tools.to_string(), &now()])?;
        one(transaction, &id)
    });
    Ok(Json(row.await?))
}

/// Whether the server answers, and whether it still has the tools that were found.
async fn validate(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>> {
    let target = server_target(&app, &id).await?;
    Ok(Json(verdict(&app, target).await))
}

/// A connection of a server is an instance of it.
async fn validate_connection(
    State(app): State<Arc<App>>,
    Path((id, connection_id)): Path<(String, String)>,
) -> Result<Json<Value>> {
    let (server, instance) = (id, connection_id.clone());
    let found = app.db.read(move |connection| {
        connection.one("SELECT 1 FROM mcp_instances WHERE id = ? AND server_id = ?", &[&instance, &server], |_| Ok(()))
    });
    found.await?.ok_or_else(|| Error::not_found("connection", &connection_id))?;
    let (target, _) = app.engine.target(&connection_id).await?;
    Ok(Json(verdict(&app, target).await))
}

/// What a handshake says.
pub(super) async fn verdict(app: &App, target: Target) -> Value {
    match mcp_client::list_tools(&app.engine.reachable(target)).await {
        Ok(tools) => {
            let names = tools.as_array().into_iter().flatten().filter_map(|tool| tool.get("name")).collect::<Vec<_>>();
            json!({ "valid": true, "tools": names, "error": null })
        }
        Err(error) => json!({ "valid": false, "tools": [], "error": error.to_string() }),
    }
}

async fn server_target(app: &App, id: &str) -> Result<Target> {
    let server = id.to_owned();
    let url = app.db.read(move |connection| {
        connection.one("SELECT url FROM mcp_servers WHERE id = ?", &[&server], |row| row.get::<_, String>(0))
    });
    let url = url.await?.ok_or_else(|| Error::not_found("MCP server", id))?;
    Ok(Target { url, credential: None })
}

async fn versions(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>> {
    let rows = app.db.read(move |connection| {
        one(connection, &id)?;
        connection.all(
            "SELECT version, url, tools, published_at FROM mcp_versions WHERE server_id = ? ORDER BY version DESC",
            &[&id],
            version,
        )
    });
    Ok(Json(json!({ "versions": rows.await? })))
}

async fn publish(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<(StatusCode, Json<Value>)> {
    let row = app.db.write(move |transaction| publish_server(transaction, &id)).await?;
    Ok((StatusCode::CREATED, Json(row)))
}

/// Makes what was found a version that instances can be made of.
pub(crate) fn publish_server(connection: &Connection, id: &str) -> Result<Value> {
    let found = connection.one("SELECT url, tools FROM mcp_servers WHERE id = ?", &[&id], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))
    })?;
    let (url, tools) = found.ok_or_else(|| Error::not_found("MCP server", id))?;
    let tools =
        tools.ok_or_else(|| Error::Conflict("the server's tools are not known yet; call discover first".to_owned()))?;
    let at = now();
    connection.run("UPDATE mcp_servers SET status = 'published', updated_at = ? WHERE id = ?", &[&at, &id])?;
    let sql = "INSERT INTO mcp_versions (server_id, version, url, tools, published_at)
               SELECT ?1, coalesce(max(version), 0) + 1, ?2, ?3, ?4 FROM mcp_versions WHERE server_id = ?1 RETURNING version, url, tools, published_at";
    connection.one(sql, &[&id, &url, &tools, &at], version)?.ok_or_else(|| Error::not_found("MCP server", id))
}

fn version(row: &Row<'_>) -> rusqlite::Result<Value> {
    object(row, &["tools"])
}

const SELECT: &str =
    "SELECT id, name, description, url, status, tools, discovered_at, created_at, updated_at FROM mcp_servers";

fn shown(row: &Row<'_>) -> rusqlite::Result<Value> {
    object(row, &["tools"])
}

fn one(connection: &Connection, id: &str) -> Result<Value> {
    connection.one(&format!("{SELECT} WHERE id = ?"), &[&id], shown)?.ok_or_else(|| Error::not_found("MCP server", id))
}

fn described(text: String) -> Result<String> {
    if text.chars().count() > DESCRIPTION_MAX {
        return Err(Error::invalid("description", format!("must not be longer than {DESCRIPTION_MAX} characters")));
    }
    Ok(text)
}

fn check_url(url: &str) -> Result<()> {
    if url == demo_mcp::URL {
        return Ok(());
    }
    let parsed = Url::parse(url).map_err(|error| Error::invalid("url", error.to_string()))?;
    if !matches!(parsed.scheme(), "http" | "https") {
        return Err(Error::invalid("url", "must begin with http:// or https://"));
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(Error::invalid("url", "must not hold a password; set the instance's credentials instead"));
    }
    Ok(())
}
