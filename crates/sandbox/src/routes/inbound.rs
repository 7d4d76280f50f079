//! Inbound webhooks: subscriptions, and the public ingress that starts a run (BFF API, "Everything else").

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{Path, State},
    routing::{get, post},
};
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, StatusCode, header};
use rusqlite::Row;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::{
    command::begin,
    extract::{Body, Page, Query},
    rows::object,
    text,
    workflows::check_exists,
};
use crate::{
    app::App,
    auth::{self, Caller, Role, Scope},
    clock::{new_id, now},
    db::Ask as _,
    error::{Error, Result},
};

const NAME_MAX: usize = 100;
/// The header that carries the signature, and how it begins.
const SIGNATURE: (&str, &str) = ("x-agentruntime-signature", "sha256=");

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/inbound-webhooks", get(list).post(create))
        .route("/v1/inbound-webhooks/{id}", post(ingress).delete(forget))
}

async fn list(State(app): State<Arc<App>>, Query(page): Query<Page>) -> Result<Json<Value>> {
    let bounds = page.bounds()?;
    let answer = app.db.read(move |connection| {
        let rows = format!("{SELECT} ORDER BY created_at DESC, id");
        bounds.list(connection, "subscriptions", (&rows, "webhooks"), &[], shown)
    });
    Ok(Json(answer.await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    workflow_id: String,
    name: String,
    automation_pat_id: Option<String>,
    /// The same token by its text.
    automation_bearer: Option<SecretString>,
    extras: Option<Map<String, Value>>,
}

async fn create(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<Value>)> {
    let name = text("name", new.name, NAME_MAX)?;
    let id = new_id("whk");
    let secret: SecretString = format!("whsec_{}", hex::encode(rand::random::<[u8; 32]>())).into();
    let sealed = app.sealer.seal(&place(&id), secret.expose_secret())?;
    let path = format!("/v1/inbound-webhooks/{id}");
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1").to_owned();
    let automation = match (new.automation_pat_id, new.automation_bearer) {
        (Some(_), Some(_)) => {
            return Err(Error::invalid("automation_bearer", "name the token by id or by text, not both"));
        }
        (Some(id), None) => id,
        (None, Some(token)) => {
            let found = auth::find(&app.db, token.expose_secret()).await;
            found.map_err(|_| Error::invalid("automation_bearer", "is no valid personal access token"))?.id
        }
        (None, None) => caller.id,
    };
    let subscription = app.db.write(move |transaction| {
        check_exists(transaction, &new.workflow_id).map_err(|_| Error::invalid("workflow_id", format!("there is no workflow \"{}\"", new.workflow_id)))?;
        if transaction.one("SELECT 1 FROM pats WHERE id = ?", &[&automation], |_| Ok(()))?.is_none() {
            return Err(Error::invalid("automation_pat_id", format!("there is no personal access token \"{automation}\"")));
        }
        let extras = new.extras.map(|extras| Value::Object(extras).to_string());
        transaction.run(
            "INSERT INTO webhooks (id, workflow_id, name, secret, automation_pat_id, extras, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            &[&id, &new.workflow_id, &name, &sealed, &automation, &extras, &now()],
        )?;
        transaction.one(&format!("{SELECT} WHERE id = ?"), &[&id], shown)?.ok_or_else(|| Error::not_found("webhook", &id))
    });
    let answer = json!({
        "subscription": subscription.await?,
        "signing_secret": secret.expose_secret(),
        "ingress_url": format!("http://{host}{path}"),
        "ingress_path": path,
    });
    Ok((StatusCode::CREATED, Json(answer)))
}

async fn forget(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode> {
    app.db
        .write(move |transaction| match transaction.run("DELETE FROM webhooks WHERE id = ?", &[&id])? {
            0 => Err(Error::not_found("webhook", &id)),
            _ => Ok(StatusCode::NO_CONTENT),
        })
        .await
}

/// Starts a run, for a caller with a token that may run workflows and a signature over the raw body.
async fn ingress(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>> {
    let caller = auth::find(&app.db, auth::bearer(&headers)?).await?;
    if !caller.scopes.contains(&Scope::WorkflowRun) || caller.role < Role::Contributor {
        return Err(Error::Forbidden(
            "the token lacks the scope workflow:run or the role project_contributor".to_owned(),
        ));
    }
    let hook = id.clone();
    let found = app.db.read(move |connection| {
        let sql = "SELECT workflow_id, secret, automation_pat_id FROM webhooks WHERE id = ?";
        connection.one(sql, &[&hook], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Option<String>>(2)?))
        })
    });
    let (workflow_id, sealed, pat) = found.await?.ok_or_else(|| Error::not_found("webhook", &id))?;
    if pat.is_some_and(|pat| pat != caller.id) {
        return Err(Error::Forbidden("this webhook belongs to another token".to_owned()));
    }
    let secret = app.sealer.open_sealed(&place(&id), &sealed)?;
    verify(&headers, &secret, &body)?;
    let payload: Value = if body.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(&body).map_err(|error| Error::Malformed(format!("the body is not JSON: {error}")))?
    };
    let params =
        Map::from_iter([("trigger_type".to_owned(), json!("webhook")), ("trigger_payload".to_owned(), payload)]);
    Ok(Json(begin(&app, workflow_id, params).await?))
}

/// Compares in constant time.
fn verify(headers: &HeaderMap, secret: &SecretString, body: &[u8]) -> Result<()> {
    const WRONG: Error = Error::Unauthorized(
        "X-Agentruntime-Signature must be sha256=<hex hmac-sha256 of the raw body> under the signing secret",
    );
    let sent = headers
        .get(SIGNATURE.0)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix(SIGNATURE.1));
    let sent = sent.and_then(|sent| hex::decode(sent).ok()).ok_or(WRONG)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).map_err(|_| Error::Sealed)?;
    mac.update(body);
    mac.verify_slice(&sent).map_err(|_| WRONG)
}

const SELECT: &str = "SELECT id, workflow_id, name, automation_pat_id, extras, created_at FROM webhooks";

fn shown(row: &Row<'_>) -> rusqlite::Result<Value> {
    object(row, &["extras"])
}

/// What a signing secret is sealed for.
fn place(id: &str) -> String {
    format!("webhook/{id}")
}
