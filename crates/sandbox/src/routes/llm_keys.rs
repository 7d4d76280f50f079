//! Keys of LLM providers (BFF API, "Everything else"; every path but the catalog is **assumed**). They are kept, sealed, for a
//! platform that has `llm_call`; the sandbox has not, and uses none.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::{get, patch},
};
use http::StatusCode;
use rusqlite::{Connection, Row};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{extract::Body, rows::object, text};
use crate::{
    app::App,
    clock::{new_id, now},
    db::Ask as _,
    error::{Error, Result},
    sealer::last_four,
};

const NAME_MAX: usize = 100;
const KEY_BYTES_MAX: usize = 4096;
/// Providers a key can be for. Models are the platform's to know: the sandbox calls none.
const PROVIDERS: [(&str, &str); 4] =
    [("openai", "OpenAI"), ("anthropic", "Anthropic"), ("google", "Google"), ("mistral", "Mistral")];

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/llm-provider-keys/catalog", get(catalog))
        .route("/v1/llm-provider-keys", get(list).post(create))
        .route("/v1/llm-provider-keys/{id}", patch(change).delete(forget))
        .route("/v1/llm-provider-keys/{id}/reveal", get(reveal))
}

async fn catalog() -> Json<Value> {
    let providers = PROVIDERS.map(|(id, name)| json!({ "id": id, "name": name, "models": [] }));
    Json(json!({ "providers": providers, "note": "the sandbox runs no llm_call, so it lists no models" }))
}

async fn list(State(app): State<Arc<App>>) -> Result<Json<Value>> {
    let rows = app.db.read(|connection| connection.all(&format!("{SELECT} ORDER BY created_at, id"), &[], shown));
    Ok(Json(json!({ "keys": rows.await? })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    provider: String,
    display_name: String,
    api_key: SecretString,
}

async fn create(State(app): State<Arc<App>>, Body(new): Body<New>) -> Result<(StatusCode, Json<Value>)> {
    if !PROVIDERS.iter().any(|(id, _)| *id == new.provider) {
        return Err(Error::invalid("provider", format!("must be one of {}", PROVIDERS.map(|(id, _)| id).join(", "))));
    }
    let name = text("display_name", new.display_name, NAME_MAX)?;
    check(&new.api_key)?;
    let id = new_id("key");
    let sealed = app.sealer.seal(&place(&id), new.api_key.expose_secret())?;
    let row = app.db.write(move |transaction| {
        let at = now();
        transaction.run(
            "INSERT INTO secrets (kind, id, provider, display_name, sealed, last_four, version, created_at, updated_at)
             VALUES ('llm', ?, ?, ?, ?, ?, 1, ?, ?)",
            &[&id, &new.provider, &name, &sealed, &last_four(&new.api_key), &at, &at],
        )?;
        one(transaction, &id)
    });
    Ok((StatusCode::CREATED, Json(row.await?)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    display_name: Option<String>,
    api_key: Option<SecretString>,
}

async fn change(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body(change): Body<Change>,
) -> Result<Json<Value>> {
    let name = change.display_name.map(|name| text("display_name", name, NAME_MAX)).transpose()?;
    change.api_key.as_ref().map(check).transpose()?;
    let sealed = change.api_key.as_ref().map(|key| app.sealer.seal(&place(&id), key.expose_secret())).transpose()?;
    let tail = change.api_key.as_ref().map(last_four);
    let row = app.db.write(move |transaction| {
        transaction.run(
            "UPDATE secrets SET display_name = coalesce(?2, display_name), sealed = coalesce(?3, sealed), last_four = coalesce(?4, last_four),
             version = version + (?3 IS NOT NULL), updated_at = ?5 WHERE kind = 'llm' AND id = ?1",
            &[&id, &name, &sealed, &tail, &now()],
        )?;
        one(transaction, &id)
    });
    Ok(Json(row.await?))
}

async fn forget(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode> {
    app.db
        .write(move |transaction| {
            match transaction.run("DELETE FROM secrets WHERE kind = 'llm' AND id = ?", &[&id])? {
                0 => Err(Error::not_found("provider key", &id)),
                _ => Ok(StatusCode::NO_CONTENT),
            }
        })
        .await
}

async fn reveal(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>> {
    let key = id.clone();
    let sealed = app.db.read(move |connection| {
        connection
            .one("SELECT sealed FROM secrets WHERE kind = 'llm' AND id = ?", &[&key], |row| row.get::<_, Vec<u8>>(0))
    });
    let sealed = sealed.await?.ok_or_else(|| Error::not_found("provider key", &id))?;
    let api_key = app.sealer.open_sealed(&place(&id), &sealed)?;
    Ok(Json(json!({ "id": id, "api_key": api_key.expose_secret() })))
}

const SELECT: &str =
    "SELECT id, provider, display_name, last_four, created_at, updated_at FROM secrets WHERE kind = 'llm'";

fn shown(row: &Row<'_>) -> rusqlite::Result<Value> {
    object(row, &[])
}

fn one(connection: &Connection, id: &str) -> Result<Value> {
    connection.one(&format!("{SELECT} AND id = ?"), &[&id], shown)?.ok_or_else(|| Error::not_found("provider key", id))
}

fn check(key: &SecretString) -> Result<()> {
    match key.expose_secret().len() {
        1..=KEY_BYTES_MAX => Ok(()),
        _ => Err(Error::invalid("api_key", format!("must be 1 to {KEY_BYTES_MAX} bytes"))),
    }
}

/// What a key is sealed for.
fn place(id: &str) -> String {
    format!("llm/{id}")
}
