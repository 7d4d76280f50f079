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

use axum::{Router, extract::DefaultBodyLimit, middleware};

use crate::{
    app::App,
    auth, demo_mcp,
    error::{Error, Result},
};

/// Largest request body in bytes.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// All routes.
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
        .route_service(demo_mcp::PATH, demo_mcp::service())
        .route_layer(middleware::from_fn_with_state(app.clone(), auth::guard))
        .method_not_allowed_fallback(|| async { Error::Absent("there is no such route") })
        .fallback(|| async { Error::Absent("there is no such route") })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(app)
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
