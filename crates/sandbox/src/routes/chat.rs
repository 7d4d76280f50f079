//! Conversations and messages (BFF API, "Everything else"; every path is **assumed**). There is no assistant in the sandbox:
//! it keeps what people say and says nothing itself.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use http::StatusCode;
use rusqlite::{Connection, Row};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    extract::{Body, Page, Query},
    rows::object,
    text,
};
use crate::{
    app::App,
    clock::{new_id, now},
    db::Ask as _,
    error::{Error, Result},
};

const TITLE_MAX: usize = 200;
const CONTENT_MAX: usize = 100_000;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/chat/conversations", get(list).post(create))
        .route("/v1/chat/conversations/{id}/messages", get(messages).post(send))
}

async fn list(State(app): State<Arc<App>>, Query(page): Query<Page>) -> Result<Json<Value>> {
    let bounds = page.bounds()?;
    let answer = app.db.read(move |connection| {
        let rows = "SELECT id, title, created_at, updated_at,
                    (SELECT count(*) FROM messages m WHERE m.conversation_id = conversations.id) AS message_count
                    FROM conversations ORDER BY updated_at DESC, id";
        bounds.list(connection, "conversations", (rows, "conversations"), &[], |row| object(row, &[]))
    });
    Ok(Json(answer.await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewConversation {
    title: String,
}

async fn create(State(app): State<Arc<App>>, Body(new): Body<NewConversation>) -> Result<(StatusCode, Json<Value>)> {
    let title = text("title", new.title, TITLE_MAX)?;
    let row = app.db.write(move |transaction| converse(transaction, &title)).await?;
    Ok((StatusCode::CREATED, Json(row)))
}

/// Begins a conversation.
pub(crate) fn converse(connection: &Connection, title: &str) -> Result<Value> {
    let (id, at) = (new_id("conv"), now());
    connection.run(
        "INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?, ?, ?, ?)",
        &[&id, &title, &at, &at],
    )?;
    Ok(json!({ "id": id, "title": title, "created_at": at, "updated_at": at }))
}

async fn messages(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Value>> {
    let bounds = page.bounds()?;
    let answer = app.db.read(move |connection| {
        check_exists(connection, &id)?;
        let rows = format!("{MESSAGE} WHERE conversation_id = ? ORDER BY seq");
        bounds.list(connection, "messages", (&rows, "messages WHERE conversation_id = ?"), &[&id], message)
    });
    Ok(Json(answer.await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMessage {
    content: String,
}

async fn send(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body(new): Body<NewMessage>,
) -> Result<(StatusCode, Json<Value>)> {
    let content = text("content", new.content, CONTENT_MAX)?;
    let row = app.db.write(move |transaction| say(transaction, &id, "user", &content)).await?;
    Ok((StatusCode::CREATED, Json(row)))
}

/// Adds a message to a conversation.
pub(crate) fn say(connection: &Connection, conversation_id: &str, role: &str, content: &str) -> Result<Value> {
    check_exists(connection, conversation_id)?;
    let (id, at) = (new_id("msg"), now());
    connection.run(
        "INSERT INTO messages (id, conversation_id, role, content, created_at) VALUES (?, ?, ?, ?, ?)",
        &[&id, &conversation_id, &role, &content, &at],
    )?;
    connection.run("UPDATE conversations SET updated_at = ? WHERE id = ?", &[&at, &conversation_id])?;
    let row = connection.one(&format!("{MESSAGE} WHERE id = ?"), &[&id], message)?;
    row.ok_or_else(|| Error::not_found("message", &id))
}

const MESSAGE: &str = "SELECT id, conversation_id, role, content, created_at FROM messages";

fn message(row: &Row<'_>) -> rusqlite::Result<Value> {
    object(row, &[])
}

/// Makes sure that there is such a conversation.
pub(super) fn check_exists(connection: &Connection, id: &str) -> Result<()> {
    let found = connection.one("SELECT 1 FROM conversations WHERE id = ?", &[&id], |_| Ok(()))?;
    found.ok_or_else(|| Error::not_found("conversation", id))
}
