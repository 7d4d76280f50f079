//! Workflows, their versions and their dry run (BFF API, "Workflows").

use std::sync::Arc;

use agentruntime_graph::{Graph, check::check};
use axum::{
    Json, Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use rusqlite::{Connection, Row};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    extract::{Body, Page, Query},
    rows::{object, parsed},
    text,
};
use crate::{
    app::App,
    clock::{new_id, now},
    db::Ask as _,
    error::{Error, Result},
};

const NAME_MAX: usize = 200;
const DESCRIPTION_MAX: usize = 10_000;
const GRAPH_BYTES_MAX: usize = 1024 * 1024;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/workflows", get(list).post(create))
        .route("/v1/workflows/{id}", get(show).patch(change).delete(archive))
        .route("/v1/workflows/{id}/versions", get(versions).post(publish))
        .route("/v1/workflows/{id}/validate", post(validate))
}

async fn list(State(app): State<Arc<App>>, Query(page): Query<Page>) -> Result<Json<Value>> {
    let bounds = page.bounds()?;
    let answer = app.db.read(move |connection| {
        let rows = format!("{SELECT} WHERE status <> 'archived' ORDER BY updated_at DESC, id");
        bounds.list(connection, "workflows", (&rows, "workflows WHERE status <> 'archived'"), &[], shown)
    });
    Ok(Json(answer.await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewWorkflow {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default = "empty_graph")]
    graph: Value,
    run_setup: Option<Map<String, Value>>,
}

fn empty_graph() -> Value {
    json!({ "steps": [] })
}

async fn create(State(app): State<Arc<App>>, Body(new): Body<NewWorkflow>) -> Result<(StatusCode, Json<Value>)> {
    let name = text("name", new.name, NAME_MAX)?;
    let description = described(new.description)?;
    let graph = draft(&new.graph)?;
    let setup = new.run_setup.map(|setup| Value::Object(setup).to_string());
    let row = app.db.write(move |transaction| {
        let id = new_id("wf");
        insert(transaction, &id, &name, &description, &graph, setup.as_deref())?;
        one(transaction, &id)
    });
    Ok((StatusCode::CREATED, Json(row.await?)))
}

/// Writes a new draft.
pub(crate) fn insert(
    connection: &Connection,
    id: &str,
    name: &str,
    description: &str,
    graph: &str,
    setup: Option<&str>,
) -> Result<()> {
    let at = now();
    connection.run(
        "INSERT INTO workflows (id, name, description, status, graph, run_setup, created_at, updated_at) VALUES (?, ?, ?, 'draft', ?, ?, ?, ?)",
        &[&id, &name, &description, &graph, &setup, &at, &at],
    )?;
    Ok(())
}

async fn show(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>> {
    Ok(Json(app.db.read(move |connection| one(connection, &id)).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    name: Option<String>,
    description: Option<String>,
    graph: Option<Value>,
    run_setup: Option<Map<String, Value>>,
}

async fn change(State(app): State<Arc<App>>, Path(id): Path<String>, Body(patch): Body<Patch>) -> Result<Json<Value>> {
    let name = patch.name.map(|name| text("name", name, NAME_MAX)).transpose()?;
    let description = patch.description.map(described).transpose()?;
    let graph = patch.graph.as_ref().map(draft).transpose()?;
    let setup = patch.run_setup.map(|setup| Value::Object(setup).to_string());
    let row = app.db.write(move |transaction| {
        let changed = transaction.run(
            "UPDATE workflows SET name = coalesce(?2, name), description = coalesce(?3, description), graph = coalesce(?4, graph),
             run_setup = coalesce(?5, run_setup), updated_at = ?6 WHERE id = ?1 AND status <> 'archived'",
            &[&id, &name, &description, &graph, &setup, &now()],
        )?;
        if changed == 0 {
            return Err(Error::not_found("workflow", &id));
        }
        one(transaction, &id)
    });
    Ok(Json(row.await?))
}

async fn archive(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode> {
    app.db
        .write(move |transaction| {
            let sql = "UPDATE workflows SET status = 'archived', updated_at = ? WHERE id = ? AND status <> 'archived'";
            match transaction.run(sql, &[&now(), &id])? {
                0 => Err(Error::not_found("workflow", &id)),
                _ => Ok(StatusCode::NO_CONTENT),
            }
        })
        .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Publish {
    changelog: Option<String>,
}

async fn publish(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body(publish): Body<Publish>,
) -> Result<(StatusCode, Json<Value>)> {
    let changelog = publish.changelog.map(|changelog| text("changelog", changelog, DESCRIPTION_MAX)).transpose()?;
    let row = app.db.write(move |transaction| publish_draft(transaction, &id, changelog.as_deref())).await?;
    Ok((StatusCode::CREATED, Json(row)))
}

/// Makes the draft a version. Like the platform, this does not ask for a valid dry run; a graph that cannot run is refused at start.
pub(crate) fn publish_draft(connection: &Connection, id: &str, changelog: Option<&str>) -> Result<Value> {
    let at = now();
    let sql = "UPDATE workflows SET version = coalesce(version, 0) + 1, status = 'published', updated_at = ? WHERE id = ? AND status <> 'archived'
               RETURNING version, graph";
    let (version, graph) = connection
        .one(sql, &[&at, &id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?
        .ok_or_else(|| Error::not_found("workflow", id))?;
    connection.run(
        "INSERT INTO versions (workflow_id, version, graph, changelog, published_at) VALUES (?, ?, ?, ?, ?)",
        &[&id, &version, &graph, &changelog, &at],
    )?;
    Ok(
        json!({ "version": version, "workflow_id": id, "changelog": changelog, "published_at": at, "graph_snapshot": parsed(&graph) }),
    )
}

async fn versions(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Value>> {
    let bounds = page.bounds()?;
    let rows = app.db.read(move |connection| {
        check_exists(connection, &id)?;
        let sql = "SELECT version, workflow_id, changelog, published_at, graph AS graph_snapshot FROM versions WHERE workflow_id = ?
                   ORDER BY version DESC";
        bounds.rows(connection, sql, &[&id], |row| object(row, &["graph_snapshot"]))
    });
    Ok(Json(json!({ "versions": rows.await? })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Validate {
    graph: Option<Value>,
    params: Option<Map<String, Value>>,
}

async fn validate(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body(asked): Body<Validate>,
) -> Result<Json<Value>> {
    let (graph, instances) = app
        .db
        .read(move |connection| {
            let graph = match asked.graph {
                Some(graph) => {
                    check_exists(connection, &id)?;
                    graph
                }
                None => one(connection, &id)?.get_mut("graph").map(Value::take).unwrap_or_default(),
            };
            let sql = "SELECT 1 FROM mcp_instances WHERE id = ?";
            let mut found = Vec::new();
            for instance in Graph::read(&graph).graph.mcp_instances() {
                found.extend(connection.one(sql, &[&instance], |_| Ok(instance.to_owned()))?);
            }
            Ok((graph, found))
        })
        .await?;
    // Compiling scripts is work; it does not belong on the thread that answers requests.
    let report = tokio::task::spawn_blocking(move || {
        check(&graph, asked.params.as_ref(), &|id: &str| instances.iter().any(|instance| instance == id))
    });
    let report = report.await.map_err(|_| Error::Damaged("the dry run broke off"))?;
    Ok(Json(json!(report)))
}

const SELECT: &str =
    "SELECT id, name, description, 'sandbox' AS tenant_id, 'sandbox' AS project_id, status, graph, run_setup,
    version AS published_version, created_at, updated_at FROM workflows";

fn shown(row: &Row<'_>) -> rusqlite::Result<Value> {
    object(row, &["graph", "run_setup"])
}

fn one(connection: &Connection, id: &str) -> Result<Value> {
    let sql = format!("{SELECT} WHERE id = ? AND status <> 'archived'");
    connection.one(&sql, &[&id], shown)?.ok_or_else(|| Error::not_found("workflow", id))
}

/// Makes sure that there is such a workflow; one that is archived still has its runs and versions.
pub(super) fn check_exists(connection: &Connection, id: &str) -> Result<()> {
    connection
        .one("SELECT 1 FROM workflows WHERE id = ?", &[&id], |_| Ok(()))?
        .ok_or_else(|| Error::not_found("workflow", id))
}

fn described(text: String) -> Result<String> {
    if text.chars().count() > DESCRIPTION_MAX {
        return Err(Error::invalid("description", format!("must not be longer than {DESCRIPTION_MAX} characters")));
    }
    Ok(text)
}

/// A draft may be wrong in any way but its shape: the dry run tells what is.
fn draft(graph: &Value) -> Result<String> {
    if !graph.get("steps").is_some_and(Value::is_array) {
        return Err(Error::invalid("graph", "must be an object with a list \"steps\""));
    }
    let text = graph.to_string();
    if text.len() > GRAPH_BYTES_MAX {
        return Err(Error::invalid("graph", format!("must not be larger than {GRAPH_BYTES_MAX} bytes")));
    }
    Ok(text)
}
