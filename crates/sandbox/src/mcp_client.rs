//! Calls to MCP servers, with a handshake as any client makes it.

use std::time::Duration;

use rmcp::{
    ServiceExt as _,
    model::{CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig, Implementation},
    service::{RoleClient, RunningService},
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};

/// How long a tool may take when its step names no `timeout_s`.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a server may take to list its tools.
const DISCOVERY_TIMEOUT: Duration = Duration::from_secs(20);

/// Where a server is, and what it is told of who calls.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Its address.
    pub(crate) url: String,
    /// A bearer token, where the instance has one.
    pub(crate) credential: Option<SecretString>,
}

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// The server could not be reached, or broke off; another try may do.
    #[error("the MCP server at {url} cannot be reached: {cause}")]
    Unreachable {
        /// Where.
        url: String,
        /// Why.
        cause: String,
    },
    /// It took too long; another try may do.
    #[error("the MCP server at {url} did not answer within {} s", limit.as_secs())]
    TimedOut {
        /// Where.
        url: String,
        /// How long was waited.
        limit: Duration,
    },
    /// The tool itself said no.
    #[error("the tool {tool} failed: {text}")]
    Refused {
        /// Which.
        tool: String,
        /// What it said.
        text: String,
    },
}

impl CallError {
    /// Whether the same call may succeed later.
    pub(crate) fn is_transient(&self) -> bool {
        !matches!(self, Self::Refused { .. })
    }
}

/// The server's tools, as its `tools/list` gives them, page after page.
pub(crate) async fn list_tools(target: &Target) -> Result<Value, CallError> {
    within(target, DISCOVERY_TIMEOUT, async {
        let service = connect(target).await?;
        let listed = service.list_all_tools().await.map_err(|error| unreachable(target, &error))?;
        end(service).await;
        serde_json::to_value(listed).map_err(|error| unreachable(target, &error))
    })
    .await
}

/// Calls a tool. Its structured result; without one, its text as `{"text": …}` or, where the text is a JSON object, that.
pub(crate) async fn call_tool(
    target: &Target,
    tool: &str,
    arguments: Map<String, Value>,
    limit: Duration,
) -> Result<Value, CallError> {
    within(target, limit, async {
        let service = connect(target).await?;
        let params = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let called = service.call_tool(params).await;
        end(service).await;
        match called {
            Ok(result) => read(tool, result),
            Err(rmcp::ServiceError::McpError(error)) => {
                Err(CallError::Refused { tool: tool.to_owned(), text: error.message.into_owned() })
            }
            Err(error) => Err(unreachable(target, &error)),
        }
    })
    .await
}

async fn within<T>(
    target: &Target,
    limit: Duration,
    work: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    tokio::time::timeout(limit, work)
        .await
        .unwrap_or_else(|_| Err(CallError::TimedOut { url: target.url.clone(), limit }))
}

async fn connect(target: &Target) -> Result<RunningService<RoleClient, ClientConfig>, CallError> {
    let mut config = StreamableHttpClientTransportConfig::with_uri(target.url.as_str());
    if let Some(credential) = &target.credential {
        config = config.auth_header(credential.expose_secret());
    }
    let client = ClientConfig::new(
        ClientCapabilities::default(),
        Implementation::new("agentruntime-sandbox", env!("CARGO_PKG_VERSION")),
    );
    client.serve(StreamableHttpClientTransport::from_config(config)).await.map_err(|error| unreachable(target, &error))
}

/// Ends the session; that it cannot be ended is the server's loss alone.
async fn end(service: RunningService<RoleClient, ClientConfig>) {
    if let Err(error) = service.cancel().await {
        tracing::debug!(%error, "an MCP session did not end cleanly");
    }
}

fn unreachable(target: &Target, error: &dyn std::error::Error) -> CallError {
    let mut cause = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        cause = format!("{cause}: {error}");
        source = error.source();
    }
    CallError::Unreachable { url: target.url.clone(), cause: cause.chars().take(300).collect() }
}

fn read(tool: &str, result: CallToolResult) -> Result<Value, CallError> {
    let text = result
        .content
        .iter()
        .filter_map(|content| content.as_text())
        .map(|text| text.text.as_str())
        .collect::<Vec<_>>()
        .join("\n");
    if result.is_error == Some(true) {
        return Err(CallError::Refused { tool: tool.to_owned(), text: text.chars().take(1000).collect() });
    }
    Ok(match (result.structured_content, serde_json::from_str(&text)) {
        (Some(structured), _) => structured,
        (None, Ok(Value::Object(object))) => Value::Object(object),
        (None, _) => json!({ "text": text }),
    })
}
