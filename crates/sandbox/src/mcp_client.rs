//! Calls to MCP servers, with a handshake as any client makes it.

use std::time::Duration;

use reqwest::redirect::Policy;
use rmcp::{
    ServiceExt as _,
    model::{CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig, Implementation},
    service::{RoleClient, RunningService},
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use url::Url;

/// How long a tool may take when its step names no `timeout_s`.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// How often a server may send a message on to another place of its own.
const REDIRECTS: usize = 10;
/// How long a server may take to list its tools.
const DISCOVERY_TIMEOUT: Duration = Duration::from_secs(20);

/// Where a server is, and what it is told of who calls.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) url: String,
    /// A bearer token, where the instance has one.
    pub(crate) credential: Option<SecretString>,
}

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// The server could not be reached, or broke off; another try may do.
    #[error("the MCP server at {url} cannot be reached: {cause}")]
    Unreachable { url: String, cause: String },
    /// It took too long; another try may do.
    #[error("the MCP server at {url} did not answer within {} s", limit.as_secs())]
    TimedOut {
        url: String,
        /// How long was waited.
        limit: Duration,
    },
    /// The tool itself said no.
    #[error("the tool {tool} failed: {text}")]
    Refused {
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
    let transport = StreamableHttpClientTransport::with_client(http(target)?, config);
    client.serve(transport).await.map_err(|error| unreachable(target, &error))
}

/// An HTTP client as the SDK would make it, but for the proxy: a server on this computer is not asked of one.
fn http(target: &Target) -> Result<reqwest::Client, CallError> {
    let url = target.url.parse::<Url>().map_err(|error| unreachable(target, &error))?;
    let origin = url.origin();
    let redirects = Policy::custom(move |attempt| {
        // 307 and 308 keep the message; elsewhere a credential and a session's id would travel with it.
        let keeps = matches!(attempt.status().as_u16(), 307 | 308);
        let home = attempt.url().origin() == origin;
        if keeps && home && attempt.previous().len() < REDIRECTS { attempt.follow() } else { attempt.stop() }
    });
    // Kept connections would be stalled by delayed ACKs (rmcp, `StreamableHttpClientTransport`).
    let client = agentruntime_http::client_for(&url).pool_max_idle_per_host(0).redirect(redirects).build();
    client.map_err(|error| unreachable(target, &error))
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
