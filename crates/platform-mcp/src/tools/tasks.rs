//! Human tasks: what waits for a person, and the answer.

use agentruntime_bff::{Endpoint, tasks};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    ListInput, RunRef,
    rows::{Slice, compact},
};
use crate::{
    call::Call,
    effect::Effect,
    error::ToolError,
    policy::{Group, ToolSpec},
    result::ToolResult,
    tool::{Tool, ToolEntry},
};

/// The human task tools of the page.
pub const TOOLS: &[ToolEntry] =
    &[ToolEntry::of::<ListPending>(), ToolEntry::of::<ListPendingRun>(), ToolEntry::of::<Complete>()];

/// What a compact row of a task shows; the payload of one run's tasks is always shown whole.
const COLUMNS: &[&str] = &["task_id", "id", "workflow_id", "run_id", "step_id", "task_type", "title", "created_at"];

struct ListPending;

impl Tool for ListPending {
    const SPEC: ToolSpec = ToolSpec::reader(
        "tasks_list_pending",
        "List pending approvals",
        "Every task that waits for a person, in all workflows",
        Group::Core,
        &[tasks::ListPending::ROUTE],
    );
    type Input = ListInput;

    async fn call(cx: &Call, input: ListInput) -> Result<ToolResult, ToolError> {
        let slice = Slice { limit: input.limit, offset: input.offset };
        let result = cx.ask(&tasks::ListPending { limit: slice.limit, offset: slice.offset }).await?;
        let mut whole = result.into_json();
        for task in whole.get_mut("tasks").and_then(Value::as_array_mut).into_iter().flatten() {
            lift_title(task);
        }
        Ok(compact(ToolResult::Json(whole), "tasks", COLUMNS, slice, input.detail))
    }
}

/// A compact row has no payload, but its title is what a person knows the task by.
fn lift_title(task: &mut Value) {
    let title = task.pointer("/task_payload/title").cloned();
    if let (Some(title), Some(fields)) = (title, task.as_object_mut()) {
        fields.insert("title".to_owned(), title);
    }
}

struct ListPendingRun;

impl Tool for ListPendingRun {
    const SPEC: ToolSpec = ToolSpec::reader(
        "tasks_list_pending_run",
        "List a run's pending approvals",
        "Tasks of one run that wait for a person, with what is to be approved",
        Group::Core,
        &[tasks::ListPendingRun::ROUTE],
    );
    type Input = RunRef;

    async fn call(cx: &Call, input: RunRef) -> Result<ToolResult, ToolError> {
        cx.ask(&tasks::ListPendingRun { workflow_id: input.workflow_id, run_id: input.run_id }).await
    }
}

struct Complete;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CompleteInput {
    workflow_id: String,
    run_id: String,
    task_id: String,
    approved: bool,
    /// Merged into the step's result
    result: Option<Map<String, Value>>,
}

impl Tool for Complete {
    const SPEC: ToolSpec = ToolSpec::writer(
        "tasks_complete",
        "Approve or reject",
        "Approve or reject a task in the user's name. Only when the user has decided",
        Group::Core,
        &[tasks::Complete::ROUTE],
    )
    .with_consent();
    type Input = CompleteInput;

    async fn call(cx: &Call, input: CompleteInput) -> Result<ToolResult, ToolError> {
        // It is merged into the step's result, where the decision stands too.
        let merged = input.result.as_ref().and_then(|result| result.get("approved"));
        if merged.is_some_and(|decision| *decision != Value::Bool(input.approved)) {
            let problem = "`result.approved` says another decision than `approved`; leave it out";
            return Err(ToolError::bad_arguments(Self::SPEC.name, &problem));
        }
        let complete = tasks::Complete {
            workflow_id: input.workflow_id,
            run_id: input.run_id,
            task_id: input.task_id,
            approved: input.approved,
            result: input.result.map(Value::Object),
        };
        let result = cx.ask(&complete).await?;
        cx.tell_effect(Effect::Touched);
        Ok(result)
    }
}
