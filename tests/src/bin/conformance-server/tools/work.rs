//! Tools that tell the client something while they work.
#![expect(deprecated, reason = "the suite still asks for logging")]

use std::time::Duration;

use agentruntime_platform_mcp::catalogue::Group;
use rmcp::{
    ErrorData,
    model::{
        CallToolResponse, CallToolResult, ContentBlock, LoggingLevel, LoggingMessageNotificationParam,
        ProgressNotificationParam,
    },
};
use serde_json::json;

use super::{Call, Fixture, Run, no_arguments};

/// How long each part of the work takes.
const PART: Duration = Duration::from_millis(50);

/// The tools that work.
pub const TOOLS: &[Fixture] = &[
    Fixture {
        name: "test_tool_with_progress",
        description: "Reports its progress to a client that asks for it",
        schema: no_arguments,
        run: Run::Work(|call| Box::pin(progress(call))),
    },
    Fixture {
        name: "test_tool_with_logging",
        description: "Logs three lines",
        schema: no_arguments,
        run: Run::Work(|call| Box::pin(logging(call))),
    },
    Fixture {
        name: "test_logging_tool",
        description: "Logs three lines to a client that asks for them",
        schema: no_arguments,
        run: Run::Work(|call| Box::pin(logging(call))),
    },
    Fixture {
        name: "test_trigger_tool_change",
        description: "Turns a group of the product's tools off, or on again",
        schema: no_arguments,
        run: Run::Work(|call| {
            Box::pin(async move {
                let board = &call.fixtures.platform.switchboard;
                board.turn(|switches| switches.with_group(Group::Vault, !switches.is_on(Group::Vault)));
                Ok(done())
            })
        }),
    },
];

fn done() -> CallToolResponse {
    CallToolResult::success(vec![ContentBlock::text("Done.")]).into()
}

async fn progress(call: Call<'_>) -> Result<CallToolResponse, ErrorData> {
    let token = call.context.meta.get_progress_token();
    for percent in [0.0, 50.0, 100.0] {
        if percent > 0.0 {
            tokio::time::sleep(PART).await;
        }
        if let Some(token) = token.clone() {
            let report = ProgressNotificationParam::new(token, percent).with_total(100.0);
            call.context.peer.notify_progress(report).await.map_err(gone)?;
        }
    }
    Ok(done())
}

async fn logging(call: Call<'_>) -> Result<CallToolResponse, ErrorData> {
    let wanted = call.fixtures.level(&call.context).is_some_and(|least| LoggingLevel::Info as u8 >= least as u8);
    for line in ["The work begins", "The work goes on", "The work is done"] {
        if wanted {
            let line = LoggingMessageNotificationParam::new(LoggingLevel::Info, json!(line));
            call.context.peer.notify_logging_message(line).await.map_err(gone)?;
        }
        tokio::time::sleep(PART).await;
    }
    Ok(done())
}

fn gone(error: rmcp::service::ServiceError) -> ErrorData {
    ErrorData::internal_error(format!("the client cannot be reached: {error}"), None)
}
