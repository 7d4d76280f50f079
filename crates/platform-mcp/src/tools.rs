//! The tools, a file a group (core has one for each of its parts), and what several of them share.

pub mod analytics;
pub mod catalog;
pub mod chat;
pub mod files;
pub mod health;
pub mod inbound;
pub mod llm_keys;
pub mod memory;
pub mod pats;
mod rows;
pub mod runs;
pub mod tasks;
pub mod vault;
pub mod wait;
pub mod websocket;
pub mod workflows;

use schemars::JsonSchema;
use serde::Deserialize;

/// A page of a list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListInput {
    limit: Option<u32>,
    offset: Option<u32>,
    /// Whole rows
    #[serde(default)]
    detail: bool,
}

/// One thing by its id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ById {
    id: String,
}

/// One run of a workflow.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunRef {
    workflow_id: String,
    run_id: String,
}

/// No arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}
