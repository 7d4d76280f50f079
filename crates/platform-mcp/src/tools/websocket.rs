//! `workflows_stream_websocket`: a bounded read of a workflow's live stream.

use std::time::Duration;

use agentruntime_bff::{StreamBounds, stream};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::{
    call::Call,
    error::ToolError,
    policy::{Group, ToolSpec},
    result::{RESULT_BUDGET, ToolResult},
    tool::{Tool, ToolEntry},
};

/// The stream tool.
pub const TOOLS: &[ToolEntry] = &[ToolEntry::of::<StreamWebsocket>()];

/// Longest read, in seconds.
const LONGEST: u64 = 300;
/// Read unless asked otherwise, in seconds: within the time most clients wait for a tool.
const USUAL: u64 = 20;
/// Most frames a read returns.
const MOST_FRAMES: usize = 1_000;
/// Frames unless asked otherwise.
const USUAL_FRAMES: usize = 100;

struct StreamWebsocket;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StreamInput {
    workflow_id: String,
    run_id: Option<String>,
    /// Default 20, at most 300
    max_seconds: Option<u64>,
    /// Default 100, at most 1000
    max_messages: Option<usize>,
}

impl Tool for StreamWebsocket {
    const SPEC: ToolSpec = ToolSpec {
        limit: Duration::from_secs(LONGEST + 10),
        ..ToolSpec::reader(
            "workflows_stream_websocket",
            "Watch a workflow live",
            "Read a workflow's live events for a bounded time",
            Group::Websocket,
            &[stream::ROUTE],
        )
    };
    type Input = StreamInput;

    async fn call(cx: &Call, input: StreamInput) -> Result<ToolResult, ToolError> {
        let seconds = bounded("max_seconds", input.max_seconds, USUAL, LONGEST)?;
        let messages = bounded("max_messages", input.max_messages, USUAL_FRAMES, MOST_FRAMES)?;
        let bounds = StreamBounds {
            duration: Duration::from_secs(seconds),
            messages,
            // What the answer could not carry need not be read.
            bytes: RESULT_BUDGET,
        };
        let reading = cx.stream(&input.workflow_id, input.run_id.as_deref(), bounds).await?;
        Ok(ToolResult::Json(json!({
            "count": reading.frames.len(),
            "ended": reading.ended.as_str(),
            "frames": reading.frames,
        })))
    }
}

fn bounded<N: PartialOrd + Default + Copy + std::fmt::Display>(
    name: &str,
    asked: Option<N>,
    usual: N,
    most: N,
) -> Result<N, ToolError> {
    let value = asked.unwrap_or(usual);
    if value > N::default() && value <= most {
        return Ok(value);
    }
    Err(ToolError::bad_arguments(
        StreamWebsocket::SPEC.name,
        &format_args!("`{name}` is {value}, but it is between 1 and {most}"),
    ))
}
