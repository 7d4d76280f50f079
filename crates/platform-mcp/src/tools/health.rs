//! `ar_health_summary`: does the token reach a workspace, and what is going on there.

use agentruntime_bff::{Endpoint, analytics, runs, tasks, workflows};
use serde_json::{Value, json};

use super::Nothing;
use crate::{
    call::Call,
    error::ToolError,
    policy::{Group, ToolSpec},
    result::ToolResult,
    tool::{Tool, ToolEntry},
};

/// The health tool.
pub const TOOLS: &[ToolEntry] = &[ToolEntry::of::<HealthSummary>()];

struct HealthSummary;

impl Tool for HealthSummary {
    const SPEC: ToolSpec = ToolSpec::reader(
        "ar_health_summary",
        "Health summary",
        "Check that the token reaches the workspace; counts of workflows, active runs and pending approvals",
        Group::Core,
        &[workflows::List::ROUTE, runs::ListTenant::ROUTE, tasks::ListPending::ROUTE, analytics::LiveRuns::ROUTE],
    );
    type Input = Nothing;

    async fn call(cx: &Call, _: Nothing) -> Result<ToolResult, ToolError> {
        let (first, recent) = (
            workflows::List { limit: Some(1), ..Default::default() },
            runs::ListTenant { limit: Some(3), ..Default::default() },
        );
        let (pending, live) = (tasks::ListPending::default(), analytics::LiveRuns);
        let (workflows, recent, pending, live) =
            tokio::join!(cx.ask(&first), cx.ask(&recent), cx.ask(&pending), cx.ask(&live));
        // The first answer decides whether the workspace is reached; the rest may be off in a deployment.
        let workflows = workflows?.into_json();
        let mut problems = Vec::new();
        let mut read = |what: &str, result: Result<ToolResult, ToolError>| {
            result.map(ToolResult::into_json).unwrap_or_else(|error| {
                problems.push(json!({ "part": what, "code": error.code(), "message": error.to_string() }));
                Value::Null
            })
        };
        let recent = read("runs", recent);
        let pending = read("tasks", pending);
        let live = read("analytics", live);
        let failing = cx.failing().into_iter().map(|(task, problem)| {
            let message = format!("The app's task `{task}` keeps failing and is tried again by itself: {problem}.");
            json!({ "part": "app", "code": "task_failing", "message": message })
        });
        problems.extend(failing);
        let mut summary = json!({
            "status": if problems.is_empty() { "ok" } else { "degraded" },
            "workspace_reached": true,
            "has_workflows": count(&workflows, "workflows").is_some_and(|n| n > 0),
            "workflows_total": workflows.get("total"),
            "live_runs": live,
            "recent_runs": recent.get("runs").and_then(Value::as_array).map(|rows| rows.iter().map(brief).collect::<Vec<_>>()),
            "pending_approvals": count(&pending, "tasks"),
        });
        if let (false, Some(fields)) = (problems.is_empty(), summary.as_object_mut()) {
            fields.insert("problems".to_owned(), problems.into());
        }
        Ok(ToolResult::Json(summary))
    }
}

fn count(result: &Value, key: &str) -> Option<usize> {
    result.get(key).and_then(Value::as_array).map(Vec::len)
}

fn brief(run: &Value) -> Value {
    json!({
        "run_id": run.get("run_id").or_else(|| run.get("id")),
        "workflow_id": run.get("workflow_id"),
        "status": run.get("status"),
        "started_at": run.get("started_at"),
    })
}
