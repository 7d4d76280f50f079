//! Runs: status, feed, events, variables.

use agentruntime_bff::{Endpoint, runs};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    RunRef,
    rows::{Slice, compact, lift},
};
use crate::{
    call::Call,
    error::ToolError,
    policy::{Group, ToolSpec},
    result::ToolResult,
    tool::{Tool, ToolEntry},
};

/// The run tools of the page.
pub const TOOLS: &[ToolEntry] = &[
    ToolEntry::of::<GetSummary>(),
    ToolEntry::of::<ListTenant>(),
    ToolEntry::of::<ListEvents>(),
    ToolEntry::of::<GetContext>(),
];

/// What a compact row of a run shows.
pub(super) const COLUMNS: &[&str] =
    &["run_id", "id", "workflow_id", "status", "started_at", "completed_at", "failure_code", "pending_tasks"];

pub(crate) struct GetSummary;

impl Tool for GetSummary {
    const SPEC: ToolSpec = ToolSpec::reader(
        "runs_get_summary",
        "Get a run's status",
        "Status of a run: poll this until run_complete. A run waiting for a person stays running: see tasks_list_pending_run",
        Group::Core,
        &[runs::GetSummary::ROUTE],
    );
    type Input = RunRef;

    async fn call(cx: &Call, input: RunRef) -> Result<ToolResult, ToolError> {
        cx.ask(&runs::GetSummary { workflow_id: input.workflow_id, run_id: input.run_id }).await
    }
}

pub(crate) struct ListTenant;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedInput {
    status: Option<String>,
    limit: Option<u32>,
    offset: Option<u32>,
    #[serde(default)]
    detail: bool,
}

impl Tool for ListTenant {
    const SPEC: ToolSpec = ToolSpec::reader(
        "runs_list_tenant",
        "List all runs",
        "List runs of every workflow, newest first",
        Group::Core,
        &[runs::ListTenant::ROUTE],
    );
    type Input = FeedInput;

    async fn call(cx: &Call, input: FeedInput) -> Result<ToolResult, ToolError> {
        let slice = Slice { limit: input.limit, offset: input.offset };
        let result =
            cx.ask(&runs::ListTenant { limit: slice.limit, offset: slice.offset, status: input.status }).await?;
        Ok(compact(result, "runs", COLUMNS, slice, input.detail))
    }
}

struct ListEvents;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EventsInput {
    workflow_id: String,
    run_id: String,
    limit: Option<u32>,
    offset: Option<u32>,
    /// With each event's data
    #[serde(default)]
    detail: bool,
}

impl Tool for ListEvents {
    const SPEC: ToolSpec = ToolSpec::reader(
        "runs_list_events",
        "List a run's events",
        "Event log of a run in order: steps started, completed, failed, skipped, with times",
        Group::Core,
        &[runs::ListEvents::ROUTE],
    );
    type Input = EventsInput;

    async fn call(cx: &Call, input: EventsInput) -> Result<ToolResult, ToolError> {
        let slice = Slice { limit: input.limit, offset: input.offset };
        let result = cx
            .ask(&runs::ListEvents {
                workflow_id: input.workflow_id,
                run_id: input.run_id,
                limit: slice.limit,
                offset: slice.offset,
                ..Default::default()
            })
            .await?;
        let lifted = ["skipped", "reason", "error", "task_id"];
        let columns =
            ["id", "event_type", "type", "step_id", "timestamp"].into_iter().chain(lifted).collect::<Vec<_>>();
        let result = if input.detail { result } else { lift(result, "events", "data", &lifted) };
        Ok(compact(result, "events", &columns, slice, input.detail))
    }
}

struct GetContext;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ContextInput {
    workflow_id: String,
    run_id: String,
    /// Only this part, e.g. steps.fetch.result
    path: Option<String>,
}

impl Tool for GetContext {
    const SPEC: ToolSpec = ToolSpec::reader(
        "runs_get_context",
        "Get a run's variables",
        "Run input and each step's input and result",
        Group::Core,
        &[runs::GetContext::ROUTE],
    );
    type Input = ContextInput;

    async fn call(cx: &Call, input: ContextInput) -> Result<ToolResult, ToolError> {
        let result = cx.ask(&runs::GetContext { workflow_id: input.workflow_id, run_id: input.run_id }).await?;
        result.part(input.path.as_deref())
    }
}
