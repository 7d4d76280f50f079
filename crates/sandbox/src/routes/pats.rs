//! Personal access tokens over the API (BFF API, "Everything else").

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{Path, State},
    routing::{delete, get},
};
use http::StatusCode;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{extract::Body, text};
use crate::{
    app::App,
    auth::{self, Caller, NewPat, Scope},
    clock::written,
    error::{Error, Result},
};

const NAME_MAX: usize = 100;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/pats", get(list).post(create))
        .route("/v1/pats/{id}", delete(revoke))
        .route("/v1/pats/{id}/reveal", get(reveal))
}

async fn list(State(app): State<Arc<App>>) -> Result<Json<Value>> {
    Ok(Json(json!({ "pats": app.db.read(auth::list).await? })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    display_name: String,
    scopes: Vec<String>,
    expires_at: Option<String>,
}

/// A token never makes a stronger one: its scopes and its role are the bounds of what it may give.
async fn create(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<Value>)> {
    let display_name = text("display_name", new.display_name, NAME_MAX)?;
    let mut scopes = Vec::new();
    for name in &new.scopes {
        let known = Scope::ALL.map(Scope::name).join(", ");
        let scope =
            Scope::named(name).ok_or_else(|| Error::invalid("scopes", format!("\"{name}\" is none of {known}")))?;
        if !caller.scopes.contains(&scope) {
            return Err(Error::Forbidden(format!("the token that asks lacks the scope {name} itself")));
        }
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    if scopes.is_empty() {
        return Err(Error::invalid("scopes", "name at least one"));
    }
    let expires_at = new.expires_at.map(|text| in_future(&text)).transpose()?;
    let new = NewPat { display_name, scopes, role: caller.role, expires_at };
    let (mut row, token) = app.db.write(move |transaction| auth::create(transaction, &new)).await?;
    if let Some(row) = row.as_object_mut() {
        row.insert("token".to_owned(), json!(token.expose_secret()));
    }
    Ok((StatusCode::CREATED, Json(row)))
}

fn in_future(text: &str) -> Result<String> {
    let time = text.parse::<Timestamp>().ok().filter(|time| *time > Timestamp::now());
    time.map(written)
        .ok_or_else(|| Error::invalid("expires_at", "must be a time to come in ISO 8601, such as 2030-01-31T12:00:00Z"))
}

async fn revoke(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode> {
    app.db.write(move |transaction| auth::revoke(transaction, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The sandbox keeps hashes only, so there is nothing to reveal; the contract's 404 is for features that are off.
async fn reveal(Path(_): Path<String>) -> Error {
    Error::Absent("the sandbox keeps tokens as hashes and cannot show them again; create a new one")
}
