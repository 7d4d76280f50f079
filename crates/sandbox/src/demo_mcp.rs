//! A small MCP server inside the sandbox, so that a new workspace has one to call without anything being installed.

use std::sync::Arc;

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    handler::server::common::schema_for_type,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation, ListToolsResult,
        PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Where it answers.
pub(crate) const PATH: &str = "/sandbox/mcp";
/// How the catalogue writes its address: the sandbox's port may change from start to start.
pub(crate) const URL: &str = "sandbox:demo";

/// The service, to be mounted at [`PATH`].
pub(crate) fn service() -> StreamableHttpService<Demo, NeverSessionManager> {
    let config = StreamableHttpServerConfig::default().with_legacy_session_mode(false).with_json_response(true);
    StreamableHttpService::new(|| Ok(Demo), Arc::new(NeverSessionManager::default()), config)
}

/// The server.
#[derive(Clone, Copy)]
pub(crate) struct Demo;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Text {
    /// The text to count in
    text: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Numbers {
    /// The numbers to add
    numbers: Vec<f64>,
}

impl ServerHandler for Demo {
    fn get_info(&self) -> ServerConfig {
        let config = ServerConfig::new(ServerCapabilities::builder().enable_tools().build());
        config.with_server_info(Implementation::new("sandbox-demo", env!("CARGO_PKG_VERSION")))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools().into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        let result = match request.name.as_ref() {
            "text_statistics" => answer(arguments, statistics),
            "sum" => answer(
                arguments,
                |numbers: Numbers| json!({ "sum": numbers.numbers.iter().sum::<f64>(), "count": numbers.numbers.len() }),
            ),
            other => return Err(ErrorData::invalid_params(format!("there is no tool {other}"), None)),
        };
        Ok(result.into())
    }
}

pub(crate) fn tools() -> Vec<Tool> {
    vec![
        Tool::new("text_statistics", "Count the words, characters and lines of a text", schema_for_type::<Text>()),
        Tool::new("sum", "Add numbers", schema_for_type::<Numbers>()),
    ]
}

fn answer<I: DeserializeOwned>(arguments: Value, work: impl FnOnce(I) -> Value) -> CallToolResult {
    match serde_json::from_value(arguments) {
        Ok(input) => CallToolResult::structured(work(input)),
        Err(error) => CallToolResult::error(vec![ContentBlock::text(format!("bad arguments: {error}"))]),
    }
}

fn statistics(input: Text) -> Value {
    let words = input.text.split_whitespace();
    let longest = words.clone().max_by_key(|word| word.chars().count()).unwrap_or_default();
    json!({
        "words": words.clone().count(),
        "characters": input.text.chars().count(),
        "lines": input.text.lines().count(),
        "longest_word": longest,
    })
}
