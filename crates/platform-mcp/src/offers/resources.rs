//! Workflows and runs as resources, by URI.
//!
//! `agentruntime://workflows/{workflow_id}` is a workflow's graph, `agentruntime://workflows/{workflow_id}/runs/{run_id}`
//! a run's summary. Both are read through the tools that answer the same question, so the same gate stands before them.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rmcp::model::{Resource, ResourceTemplate};
use serde_json::Value;

const SCHEME: &str = "agentruntime://";
/// The media type of both resources.
pub const JSON: &str = "application/json";
/// The template of a workflow's URI.
pub const WORKFLOW_TEMPLATE: &str = "agentruntime://workflows/{workflow_id}";
/// The template of a run's URI.
pub const RUN_TEMPLATE: &str = "agentruntime://workflows/{workflow_id}/runs/{run_id}";

/// What a URI of ours names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A workflow.
    Workflow { workflow_id: String },
    /// A run of a workflow.
    Run { workflow_id: String, run_id: String },
}

impl Named {
    /// Reads a URI; `None` if it is none of ours.
    #[must_use]
    pub fn parse(uri: &str) -> Option<Self> {
        let id = |text: &str| {
            let decoded = percent_decode_str(text).decode_utf8().ok()?.into_owned();
            (!decoded.is_empty()).then_some(decoded)
        };
        let parts: Vec<&str> = uri.strip_prefix(SCHEME)?.split('/').collect();
        match *parts.as_slice() {
            ["workflows", workflow] => Some(Self::Workflow { workflow_id: id(workflow)? }),
            ["workflows", workflow, "runs", run] => Some(Self::Run { workflow_id: id(workflow)?, run_id: id(run)? }),
            _ => None,
        }
    }

    /// The URI, as [`Named::parse`] reads it.
    #[must_use]
    pub fn uri(&self) -> String {
        let id = |text: &str| utf8_percent_encode(text, &UNRESERVED).to_string();
        match self {
            Self::Workflow { workflow_id } => format!("{SCHEME}workflows/{}", id(workflow_id)),
            Self::Run { workflow_id, run_id } => format!("{SCHEME}workflows/{}/runs/{}", id(workflow_id), id(run_id)),
        }
    }
}

/// Everything but RFC 3986's unreserved characters is escaped.
const UNRESERVED: percent_encoding::AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The templates as `resources/templates/list` sends them.
#[must_use]
pub fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new(WORKFLOW_TEMPLATE, "workflow")
            .with_title("Workflow")
            .with_description("A workflow with its draft graph")
            .with_mime_type(JSON),
        ResourceTemplate::new(RUN_TEMPLATE, "run")
            .with_title("Run")
            .with_description("The status of a run")
            .with_mime_type(JSON),
    ]
}

/// The rows in the result of a list, as resources; a row without an id is passed over.
#[must_use]
pub fn from_rows(workflows: &Value, runs: &Value) -> Vec<Resource> {
    let text = |row: &Value, key: &str| row.get(key).and_then(Value::as_str).map(str::to_owned);
    let workflows = rows(workflows, "workflows").filter_map(|row| {
        let workflow_id = text(row, "id")?;
        let name = text(row, "name").unwrap_or_else(|| workflow_id.clone());
        Some(Resource::new(Named::Workflow { workflow_id }.uri(), name).with_mime_type(JSON))
    });
    let runs = rows(runs, "runs").filter_map(|row| {
        let run_id = text(row, "run_id").or_else(|| text(row, "id"))?;
        let workflow_id = text(row, "workflow_id")?;
        let name = format!("Run {run_id} ({})", text(row, "status").unwrap_or_else(|| "unknown".to_owned()));
        Some(Resource::new(Named::Run { workflow_id, run_id }.uri(), name).with_mime_type(JSON))
    });
    workflows.chain(runs).collect()
}

fn rows<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::Named;

    #[test]
    fn foreign_uris_are_none() {
        for uri in [
            "",
            "agentruntime://",
            "agentruntime://workflows/",
            "agentruntime://runs/x",
            "http://workflows/x",
            "agentruntime://workflows/a/b",
            "agentruntime://workflows/a/runs/",
        ] {
            assert_eq!(Named::parse(uri), None, "{uri}");
        }
    }

    proptest! {
        #[test]
        fn every_id_survives_its_uri(workflow_id in "\\PC{1,20}", run_id in "\\PC{1,20}") {
            let run = Named::Run { workflow_id: workflow_id.clone(), run_id };
            prop_assert_eq!(Named::parse(&run.uri()), Some(run));
            let workflow = Named::Workflow { workflow_id };
            prop_assert_eq!(Named::parse(&workflow.uri()), Some(workflow));
        }
    }
}
