//! The API's routes, a file for each room of the contract. Every one of them stands behind the guard.

mod analytics;
mod billing;
mod chat;
mod command;
mod extract;
mod files;
mod inbound;
mod instances;
mod llm_keys;
mod mcp;
mod memory;
mod pats;
mod profiles;
mod rows;
mod runs;
mod stream;
mod tasks;
mod vault;
mod workflows;

pub(crate) use chat::{converse, say};
pub(crate) use instances::add as add_instance;
pub(crate) use mcp::{add_server, publish_server};
pub(crate) use workflows::{insert as insert_workflow, publish_draft};

use std::sync::Arc;

use agentruntime_lifecycle::caught;
use axum::{
    Router,
    body::to_bytes,
    extract::{DefaultBodyLimit, Request},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use http::header::CONTENT_TYPE;

use crate::{
    app::App,
    auth, demo_mcp,
    error::{Error, Result},
};

/// Largest request body in bytes.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .merge(workflows::routes())
        .merge(command::routes())
        .merge(runs::routes())
        .merge(tasks::routes())
        .merge(stream::routes())
        .merge(analytics::routes())
        .merge(billing::routes())
        .merge(mcp::routes())
        .merge(instances::routes())
        .merge(profiles::routes())
        .merge(memory::routes())
        .merge(chat::routes())
        .merge(files::routes())
        .merge(vault::routes())
        .merge(pats::routes())
        .merge(inbound::routes())
        .merge(llm_keys::routes())
        .layer(middleware::map_response(in_our_words))
        .route_service(demo_mcp::PATH, demo_mcp::service())
        .route_layer(middleware::from_fn_with_state(app.clone(), auth::guard))
        .method_not_allowed_fallback(|| async { Error::Absent("there is no such route") })
        .fallback(|| async { Error::Absent("there is no such route") })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(answer_faults))
        .with_state(app)
}

/// A fault of ours is an answer, not a connection that breaks.
async fn answer_faults(request: Request, next: Next) -> Response {
    caught(next.run(request)).await.unwrap_or_else(|fault| Error::from(fault).into_response())
}

/// What axum refuses by itself (a path that is no text, a stream without an upgrade) it refuses in plain text; the API's errors
/// are JSON.
async fn in_our_words(response: Response) -> Response {
    let plain = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !plain || !response.status().is_client_error() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = to_bytes(body, 4096).await.unwrap_or_default();
    let mut answer = Error::Malformed(String::from_utf8_lossy(&text).into_owned()).into_response();
    *answer.status_mut() = parts.status;
    answer
}

/// The length of a text, checked.
fn text(field: &str, value: String, longest: usize) -> Result<String> {
    let trimmed = value.trim();
    if trimmed.is_empty() {
        return Err(Error::invalid(field, "must not be empty"));
    }
    if trimmed.chars().count() > longest {
        return Err(Error::invalid(field, format!("must not be longer than {longest} characters")));
    }
    Ok(trimmed.to_owned())
}
