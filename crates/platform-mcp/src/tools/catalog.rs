//! `catalog_bff_request`: any `/v1/mcp/…` route, and nothing else.

use agentruntime_bff::{Method, Request};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    call::Call,
    error::ToolError,
    passthrough,
    policy::{Group, Role, Routes, Scope, ToolSpec},
    result::ToolResult,
    tool::{Tool, ToolEntry},
};

/// The passthrough.
pub const TOOLS: &[ToolEntry] = &[ToolEntry::of::<BffRequest>()];

struct BffRequest;

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl From<Verb> for Method {
    fn from(verb: Verb) -> Self {
        match verb {
            Verb::Get => Self::Get,
            Verb::Post => Self::Post,
            Verb::Put => Self::Put,
            Verb::Patch => Self::Patch,
            Verb::Delete => Self::Delete,
        }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BffRequestInput {
    method: Verb,
    /// e.g. /v1/mcp/instances, /v1/mcp/servers, /v1/mcp/tools, /v1/mcp/platform-catalog
    path: String,
    query: Option<Map<String, Value>>,
    body: Option<Map<String, Value>>,
    /// Only this part of the answer, e.g. servers.0.tools
    part: Option<String>,
}

impl Tool for BffRequest {
    const SPEC: ToolSpec = ToolSpec {
        role: Role::Contributor,
        scopes: &[Scope::McpExecute, Scope::McpRead, Scope::McpWrite],
        routes: Routes::McpPassthrough,
        ..ToolSpec::reader(
            "catalog_bff_request",
            "Connector catalog request",
            "Call any /v1/mcp/* route: connector servers, tools, instances, config profiles, validation",
            Group::Catalog,
            &[],
        )
    };
    type Input = BffRequestInput;

    async fn call(cx: &Call, input: BffRequestInput) -> Result<ToolResult, ToolError> {
        // The path as the model wrote it is judged first; the gate judges the request as it will be sent.
        passthrough::admit(&input.path, cx.switches().risk())?;
        let query = input.query.unwrap_or_default();
        let mut pairs = Vec::with_capacity(query.len());
        for (key, value) in query {
            pairs.extend(query_pairs(key, value)?);
        }
        let request = Request::raw(input.method.into(), &input.path, pairs, input.body.map(Value::Object))?;
        let reply = cx.send(&request).await?;
        ToolResult::Raw(reply.body).part(input.part.as_deref())
    }
}

/// A query value is a scalar, or a list of scalars for a key that is repeated.
fn query_pairs(key: String, value: Value) -> Result<Vec<(String, String)>, ToolError> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::String(text) => Ok(vec![(key, text)]),
        Value::Bool(_) | Value::Number(_) => Ok(vec![(key, value.to_string())]),
        Value::Array(items) => {
            let nested: Result<Vec<_>, _> = items
                .into_iter()
                .map(|item| match item {
                    Value::Array(_) | Value::Object(_) => Err(not_a_scalar(&key)),
                    scalar => query_pairs(key.clone(), scalar),
                })
                .collect();
            Ok(nested?.into_iter().flatten().collect())
        }
        Value::Object(_) => Err(not_a_scalar(&key)),
    }
}

fn not_a_scalar(key: &str) -> ToolError {
    ToolError::bad_arguments(
        BffRequest::SPEC.name,
        &format_args!("`query.{key}` is a text, a number, true or false, or a list of these"),
    )
}
