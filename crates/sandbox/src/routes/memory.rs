//! Long-term memory (BFF API, "Everything else"): full-text search over what was confirmed. The platform searches by meaning;
//! the sandbox by words and their stems, which is what SQLite's FTS5 can do without a model.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{Path, State},
    routing::{get, post},
};
use rusqlite::{Connection, Row};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{
    chat,
    extract::{Body, Page, Query},
    rows::object,
    text,
};
use crate::{
    app::App,
    auth::{Caller, Role, Scope},
    clock::{new_id, now},
    db::Ask as _,
    error::{Error, Result},
};

const QUERY_MAX: usize = 1000;
const CONTENT_MAX: usize = 20_000;
const ITEMS_MOST: usize = 100;
const HITS_DEFAULT: u32 = 10;
const HITS_MOST: u32 = 50;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/memory/search", post(search))
        .route("/v1/memory/episodes/{id}", get(episode))
        .route("/v1/memory/tools/call", post(call))
        .route("/v1/memory/index-conversation", post(index_conversation))
        .route("/v1/memory/index-file", post(index_file))
        .route("/v1/memory/extract/{job_id}", get(job))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    query: String,
    limit: Option<u32>,
    project_id: Option<String>,
}

async fn search(State(app): State<Arc<App>>, Body(asked): Body<Search>) -> Result<Json<Value>> {
    let query = text("query", asked.query, QUERY_MAX)?;
    let bounds = Page::new(asked.limit, None).bounds_of(HITS_DEFAULT, HITS_MOST)?;
    if asked.project_id.is_some_and(|project| project != "sandbox") {
        return Ok(Json(json!({ "results": [] })));
    }
    let terms = terms(&query);
    let results = app.db.read(move |connection| {
        let sql = "SELECT i.id AS id, i.episode_id AS episode_id, i.kind AS kind, i.content AS content, i.payload AS payload,
                   i.status AS status, i.created_at AS created_at, i.confirmed_at AS confirmed_at, bm25(memory_index) AS score
                   FROM memory_index JOIN memory_items i ON i.seq = memory_index.rowid
                   WHERE memory_index MATCH ? AND i.status = 'confirmed' ORDER BY bm25(memory_index), i.seq DESC";
        bounds.rows(connection, sql, &[&terms], |row| {
            let mut hit = item(row)?;
            // bm25 is the better the smaller.
            let score = -row.get::<_, f64>("score")?;
            if let Some(hit) = hit.as_object_mut() {
                hit.insert("score".to_owned(), json!((score * 1000.0).round() / 1000.0));
            }
            Ok(hit)
        })
    });
    Ok(Json(json!({ "results": results.await? })))
}

/// Any of the words; quoted, so that nothing in them is FTS5's syntax.
fn terms(query: &str) -> String {
    let words = query.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let quoted = words.map(|word| format!("\"{word}\"")).collect::<Vec<_>>();
    if quoted.is_empty() { "\"\"".to_owned() } else { quoted.join(" OR ") }
}

#[derive(Deserialize)]
struct Detail {
    detail: Option<bool>,
}

async fn episode(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(query): Query<Detail>,
) -> Result<Json<Value>> {
    let detail = query.detail.unwrap_or(true);
    Ok(Json(app.db.read(move |connection| bundle(connection, &id, detail)).await?))
}

/// An episode with its items.
fn bundle(connection: &Connection, id: &str, detail: bool) -> Result<Value> {
    let sql = "SELECT id, title, status, conversation_id, created_at, updated_at FROM episodes WHERE id = ?";
    let episode = connection.one(sql, &[&id], |row| object(row, &[]))?;
    let mut episode = episode.ok_or_else(|| Error::not_found("episode", id))?;
    let mut items = connection.all(&format!("{ITEM} WHERE episode_id = ? ORDER BY seq"), &[&id], item)?;
    if !detail {
        items.iter_mut().filter_map(Value::as_object_mut).for_each(|item| {
            item.shift_remove("payload");
        });
    }
    if let Some(episode) = episode.as_object_mut() {
        episode.insert("items".to_owned(), json!(items));
    }
    Ok(episode)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    tool: String,
    #[serde(default)]
    arguments: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Continuation {
    conversation_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Propose {
    items: Vec<Map<String, Value>>,
    episode_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirm {
    item_id: String,
}

async fn call(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<Call>,
) -> Result<Json<Value>> {
    let reads = asked.tool == "memory_get_continuation";
    let scope = if reads { Scope::WorkflowRead } else { Scope::WorkflowRun };
    if !caller.scopes.contains(&scope) || (!reads && caller.role < Role::Contributor) {
        return Err(Error::Forbidden(format!(
            "{} needs the scope {}{}",
            asked.tool,
            scope.name(),
            if reads { "" } else { " and the role project_contributor" }
        )));
    }
    let answer = match asked.tool.as_str() {
        "memory_get_continuation" => {
            let asked: Continuation = arguments(asked.arguments)?;
            app.db.read(move |connection| continuation(connection, asked.conversation_id.as_deref())).await?
        }
        "memory_propose_items" => {
            let asked: Propose = arguments(asked.arguments)?;
            app.db.write(move |transaction| propose(transaction, asked)).await?
        }
        "memory_confirm_item" => {
            let asked: Confirm = arguments(asked.arguments)?;
            app.db.write(move |transaction| confirm(transaction, &asked.item_id)).await?
        }
        _ => {
            return Err(Error::invalid(
                "tool",
                "must be memory_get_continuation, memory_propose_items or memory_confirm_item",
            ));
        }
    };
    Ok(Json(json!({ "result": answer })))
}

fn arguments<T: DeserializeOwned>(arguments: Map<String, Value>) -> Result<T> {
    serde_json::from_value(Value::Object(arguments)).map_err(|error| Error::invalid("arguments", error.to_string()))
}

fn continuation(connection: &Connection, conversation_id: Option<&str>) -> Result<Value> {
    let sql = "SELECT id FROM episodes WHERE status = 'open' AND (?1 IS NULL OR conversation_id = ?1) ORDER BY updated_at DESC, id DESC LIMIT 1";
    match connection.one(sql, &[&conversation_id], |row| row.get::<_, String>(0))? {
        Some(id) => Ok(json!({ "episode": bundle(connection, &id, true)? })),
        None => Ok(json!({ "episode": null })),
    }
}

fn propose(connection: &Connection, asked: Propose) -> Result<Value> {
    if asked.items.is_empty() || asked.items.len() > ITEMS_MOST {
        return Err(Error::invalid("arguments.items", format!("must be 1 to {ITEMS_MOST} items")));
    }
    let at = now();
    let episode = match asked.episode_id {
        Some(id) => {
            let sql = "UPDATE episodes SET updated_at = ? WHERE id = ?";
            if connection.run(sql, &[&at, &id])? == 0 {
                return Err(Error::not_found("episode", &id));
            }
            id
        }
        None => open_episode(connection, "Proposed memories", None)?,
    };
    let mut ids = Vec::new();
    for (place, mut item) in asked.items.into_iter().enumerate() {
        let field = format!("arguments.items[{place}].content");
        let content = match item.shift_remove("content") {
            Some(Value::String(content)) => text(&field, content, CONTENT_MAX)?,
            _ => return Err(Error::invalid(field, "must be a text")),
        };
        let kind = match item.shift_remove("kind") {
            None => "note".to_owned(),
            Some(Value::String(kind)) if !kind.is_empty() && kind.len() <= 64 => kind,
            Some(_) => return Err(Error::invalid(format!("arguments.items[{place}].kind"), "must be a short text")),
        };
        ids.push(remember(connection, &episode, &kind, &content, &Value::Object(item), None)?);
    }
    Ok(json!({ "episode_id": episode, "item_ids": ids, "status": "proposed" }))
}

/// Begins an episode.
pub(crate) fn open_episode(connection: &Connection, title: &str, conversation_id: Option<&str>) -> Result<String> {
    let (id, at) = (new_id("epi"), now());
    connection.run(
        "INSERT INTO episodes (id, title, status, conversation_id, created_at, updated_at) VALUES (?, ?, 'open', ?, ?, ?)",
        &[&id, &title, &conversation_id, &at, &at],
    )?;
    Ok(id)
}

/// Adds an item. One that has a source is there for a reason already and counts at once; the others are proposals.
pub(crate) fn remember(
    connection: &Connection,
    episode: &str,
    kind: &str,
    content: &str,
    payload: &Value,
    source: Option<&str>,
) -> Result<String> {
    let (id, at) = (new_id("mem"), now());
    let (status, confirmed_at) = if source.is_some() { ("confirmed", Some(&at)) } else { ("proposed", None) };
    connection.run(
        "INSERT INTO memory_items (id, episode_id, kind, content, payload, status, source, created_at, confirmed_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &[&id, &episode, &kind, &content, &payload.to_string(), &status, &source, &at, &confirmed_at],
    )?;
    Ok(id)
}

fn confirm(connection: &Connection, id: &str) -> Result<Value> {
    let sql = "SELECT status FROM memory_items WHERE id = ?";
    let status = connection
        .one(sql, &[&id], |row| row.get::<_, String>(0))?
        .ok_or_else(|| Error::not_found("memory item", id))?;
    if status == "confirmed" {
        return Err(Error::Conflict(format!("the memory item \"{id}\" is already confirmed")));
    }
    let at = now();
    connection.run("UPDATE memory_items SET status = 'confirmed', confirmed_at = ? WHERE id = ?", &[&at, &id])?;
    Ok(json!({ "item_id": id, "status": "confirmed", "confirmed_at": at }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndexConversation {
    conversation_id: String,
}

async fn index_conversation(State(app): State<Arc<App>>, Body(asked): Body<IndexConversation>) -> Result<Json<Value>> {
    let answer = app.db.write(move |transaction| {
        let id = &asked.conversation_id;
        chat::check_exists(transaction, id)?;
        let sql = "SELECT id, content FROM messages WHERE conversation_id = ? ORDER BY seq";
        let messages = transaction.all(sql, &[id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let sources = messages.into_iter().map(|(message, content)| (format!("message/{message}"), content)).collect();
        index(transaction, "conversation", Some(id), sources)
    });
    Ok(Json(answer.await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IndexFile {
    file_id: String,
}

async fn index_file(State(app): State<Arc<App>>, Body(asked): Body<IndexFile>) -> Result<Json<Value>> {
    let answer = app.db.write(move |transaction| {
        let id = &asked.file_id;
        let content =
            transaction.one("SELECT content FROM files WHERE id = ?", &[id], |row| row.get::<_, String>(0))?;
        let content = content.ok_or_else(|| Error::not_found("file", id))?;
        let paragraphs = content.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
        let sources = paragraphs
            .enumerate()
            .map(|(place, paragraph)| (format!("file/{id}/{place}"), paragraph.to_owned()))
            .collect();
        index(transaction, "file", None, sources)
    });
    Ok(Json(answer.await?))
}

/// Remembers what is not remembered yet, and tells of it as a job that has ended.
fn index(
    connection: &Connection,
    kind: &str,
    conversation_id: Option<&str>,
    sources: Vec<(String, String)>,
) -> Result<Value> {
    let mut fresh = Vec::new();
    for (source, content) in sources {
        if connection.one("SELECT 1 FROM memory_items WHERE source = ?", &[&source], |_| Ok(()))?.is_none() {
            fresh.push((source, content));
        }
    }
    if !fresh.is_empty() {
        let episode = open_episode(connection, &format!("Indexed {kind}"), conversation_id)?;
        for (source, content) in &fresh {
            remember(connection, &episode, kind, content, &json!({ "source": source }), Some(source))?;
        }
    }
    let job = new_id("job");
    let items = i64::try_from(fresh.len()).unwrap_or(i64::MAX);
    connection
        .run("INSERT INTO jobs (id, kind, items, created_at) VALUES (?, ?, ?, ?)", &[&job, &kind, &items, &now()])?;
    Ok(json!({ "job_id": job, "status": "completed", "items": items }))
}

async fn job(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>> {
    let row = app.db.read(move |connection| {
        let sql = "SELECT id AS job_id, 'completed' AS status, kind, items, created_at FROM jobs WHERE id = ?";
        let row = connection.one(sql, &[&id], |row| object(row, &[]))?;
        row.ok_or_else(|| Error::not_found("job", &id))
    });
    Ok(Json(row.await?))
}

const ITEM: &str = "SELECT id, episode_id, kind, content, payload, status, created_at, confirmed_at FROM memory_items";

fn item(row: &Row<'_>) -> rusqlite::Result<Value> {
    object(row, &["payload"])
}
