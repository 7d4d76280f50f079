//! Workflows: list, read, change, publish, check, command.

use agentruntime_bff::{Endpoint, workflows};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    ListInput,
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

/// The workflow tools of the page, but for runs.
pub const TOOLS: &[ToolEntry] = &[
    ToolEntry::of::<List>(),
    ToolEntry::of::<Get>(),
    ToolEntry::of::<Create>(),
    ToolEntry::of::<Patch>(),
    ToolEntry::of::<PublishVersion>(),
    ToolEntry::of::<Validate>(),
    ToolEntry::of::<ExecuteCommand>(),
    ToolEntry::of::<ListRuns>(),
];

pub(crate) struct List;

impl Tool for List {
    const SPEC: ToolSpec = ToolSpec::reader(
        "workflows_list",
        "List workflows",
        "List workflows, last changed first",
        Group::Core,
        &[workflows::List::ROUTE],
    );
    type Input = ListInput;

    async fn call(cx: &Call, input: ListInput) -> Result<ToolResult, ToolError> {
        let slice = Slice { limit: input.limit, offset: input.offset };
        let result = cx.ask(&workflows::List { limit: slice.limit, offset: slice.offset }).await?;
        Ok(compact(result, "workflows", &["id", "name", "description", "status", "updated_at"], slice, input.detail))
    }
}

pub(crate) struct Get;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetInput {
    workflow_id: String,
    /// Only this part, e.g. graph.steps.0
    path: Option<String>,
}

impl Tool for Get {
    const SPEC: ToolSpec = ToolSpec::reader(
        "workflows_get",
        "Get a workflow",
        "Get a workflow with its draft graph",
        Group::Core,
        &[workflows::Get::ROUTE],
    );
    type Input = GetInput;

    async fn call(cx: &Call, input: GetInput) -> Result<ToolResult, ToolError> {
        let result = cx.ask(&workflows::Get { workflow_id: input.workflow_id }).await?;
        result.part(input.path.as_deref())
    }
}

struct Create;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateInput {
    name: String,
    description: Option<String>,
    /// {"steps":[{"id","type","depends_on",…}],"input_schema"?}. Types: lua_script {script}, human_task {task_type,task_payload}, mcp_call {server_url|instance_id,tool_name,tool_args}, llm_call, for_each, while. Templates: {{input.x}}, {{steps.id.result.y}}
    graph: Map<String, Value>,
}

impl Tool for Create {
    const SPEC: ToolSpec = ToolSpec::writer(
        "workflows_create",
        "Create a workflow",
        "Create a draft workflow. Publish it before it can run",
        Group::Core,
        &[workflows::Create::ROUTE],
    );
    type Input = CreateInput;

    async fn call(cx: &Call, input: CreateInput) -> Result<ToolResult, ToolError> {
        cx.ask(&workflows::Create { name: input.name, description: input.description, graph: input.graph.into() }).await
    }
}

struct Patch;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PatchInput {
    workflow_id: String,
    name: Option<String>,
    description: Option<String>,
    /// Replaces the whole draft graph
    graph: Option<Map<String, Value>>,
    run_setup: Option<Map<String, Value>>,
}

impl Tool for Patch {
    const SPEC: ToolSpec = ToolSpec::writer(
        "workflows_patch",
        "Update a workflow",
        "Update a workflow's draft; published versions stay",
        Group::Core,
        &[workflows::Patch::ROUTE],
    );
    type Input = PatchInput;

    async fn call(cx: &Call, input: PatchInput) -> Result<ToolResult, ToolError> {
        if input.name.is_none() && input.description.is_none() && input.graph.is_none() && input.run_setup.is_none() {
            let problem = "give at least one of `name`, `description`, `graph`, `run_setup`";
            return Err(ToolError::bad_arguments(Self::SPEC.name, &problem));
        }
        cx.ask(&workflows::Patch {
            workflow_id: input.workflow_id,
            name: input.name,
            description: input.description,
            graph: input.graph.map(Value::Object),
            run_setup: input.run_setup.map(Value::Object),
        })
        .await
    }
}

struct PublishVersion;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PublishInput {
    workflow_id: String,
    changelog: Option<String>,
}

impl Tool for PublishVersion {
    const SPEC: ToolSpec = ToolSpec::writer(
        "workflows_publish_version",
        "Publish a version",
        "Publish the draft as a new version; runs execute the latest version",
        Group::Core,
        &[workflows::PublishVersion::ROUTE],
    );
    type Input = PublishInput;

    async fn call(cx: &Call, input: PublishInput) -> Result<ToolResult, ToolError> {
        let result =
            cx.ask(&workflows::PublishVersion { workflow_id: input.workflow_id, changelog: input.changelog }).await?;
        // The snapshot is the draft the caller has just sent or read.
        let mut published = result.into_json();
        if let Some(fields) = published.as_object_mut() {
            fields.shift_remove("graph_snapshot");
        }
        Ok(ToolResult::Json(published))
    }
}

struct Validate;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ValidateInput {
    workflow_id: String,
    /// Instead of the draft
    graph: Option<Map<String, Value>>,
    /// Run input, to check that templates resolve
    params: Option<Map<String, Value>>,
}

impl Tool for Validate {
    const SPEC: ToolSpec = ToolSpec {
        reads_by_post: true,
        ..ToolSpec::writer(
            "workflows_validate",
            "Validate a workflow",
            "Dry-run a workflow: is it ready, and what is wrong with it",
            Group::Core,
            &[workflows::Validate::ROUTE],
        )
    };
    type Input = ValidateInput;

    async fn call(cx: &Call, input: ValidateInput) -> Result<ToolResult, ToolError> {
        cx.ask(&workflows::Validate {
            workflow_id: input.workflow_id,
            graph: input.graph.map(Value::Object),
            params: input.params.map(Value::Object),
        })
        .await
    }
}

struct ExecuteCommand;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum CommandName {
    Start,
    Pause,
    Resume,
    Stop,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum StopMode {
    Immediate,
    Graceful,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CommandInput {
    workflow_id: String,
    command: CommandName,
    /// Required but for start, where it is optional
    run_id: Option<String>,
    /// For start: run input (trigger_payload), or trigger_steps, excluded_step_ids, use_run_setup_defaults
    params: Option<Map<String, Value>>,
    /// For stop
    mode: Option<StopMode>,
}

impl Tool for ExecuteCommand {
    const SPEC: ToolSpec = ToolSpec::writer(
        "workflows_execute_command",
        "Start, pause, resume or stop a run",
        "Start a run, or pause, resume, stop one. Keep run_id from the answer and poll runs_get_summary",
        Group::Core,
        &[workflows::Command::ROUTE],
    );
    type Input = CommandInput;

    async fn call(cx: &Call, input: CommandInput) -> Result<ToolResult, ToolError> {
        let mut params = input.params.unwrap_or_default();
        if let Some(run_id) = input.run_id {
            params.insert("run_id".to_owned(), run_id.into());
        }
        if let Some(mode) = input.mode {
            let mode = serde_json::to_value(mode).unwrap_or_default();
            params.insert("mode".to_owned(), mode);
        }
        if input.command != CommandName::Start && !params.contains_key("run_id") {
            let problem = "`run_id` is required for pause, resume and stop; workflows_list_runs lists the runs";
            return Err(ToolError::bad_arguments(Self::SPEC.name, &problem));
        }
        let command = match input.command {
            CommandName::Start => "start",
            CommandName::Pause => "pause",
            CommandName::Resume => "resume",
            CommandName::Stop => "stop",
        };
        let workflow_id = input.workflow_id;
        let asked =
            workflows::Command { workflow_id: workflow_id.clone(), command: command.to_owned(), params: params.into() };
        let result = cx.ask(&asked).await?;
        cx.tell_effect(effect(input.command, workflow_id, &result));
        Ok(result)
    }
}

/// What the command has done, as far as its answer tells.
fn effect(command: CommandName, workflow_id: String, result: &ToolResult) -> Effect {
    let run_id = result.text_at("run_id").filter(|_| command == CommandName::Start);
    run_id.map_or(Effect::Touched, |run_id| Effect::Started { workflow_id, run_id })
}

pub(crate) struct ListRuns;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListRunsInput {
    workflow_id: String,
    status: Option<String>,
    limit: Option<u32>,
    offset: Option<u32>,
    #[serde(default)]
    detail: bool,
}

impl Tool for ListRuns {
    const SPEC: ToolSpec = ToolSpec::reader(
        "workflows_list_runs",
        "List a workflow's runs",
        "List the runs of one workflow, newest first",
        Group::Core,
        &[workflows::ListRuns::ROUTE],
    );
    type Input = ListRunsInput;

    async fn call(cx: &Call, input: ListRunsInput) -> Result<ToolResult, ToolError> {
        let slice = Slice { limit: input.limit, offset: input.offset };
        let result = cx
            .ask(&workflows::ListRuns {
                workflow_id: input.workflow_id,
                limit: slice.limit,
                offset: slice.offset,
                status: input.status,
            })
            .await?;
        Ok(compact(result, "runs", super::runs::COLUMNS, slice, input.detail))
    }
}
