//! Inbound webhooks: list and delete; creating one answers its signing secret and needs risk.

use agentruntime_bff::{Endpoint, inbound};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    ById, ListInput,
    rows::{Slice, compact},
};
use crate::{
    call::Call,
    error::ToolError,
    policy::{Group, ToolSpec},
    result::ToolResult,
    tool::{Tool, ToolEntry},
};

/// The webhook tools. The page names what they do, not what they are called; the names follow its pattern.
pub const TOOLS: &[ToolEntry] =
    &[ToolEntry::of::<ListWebhooks>(), ToolEntry::of::<DeleteWebhook>(), ToolEntry::of::<CreateWebhook>()];

struct ListWebhooks;

impl Tool for ListWebhooks {
    const SPEC: ToolSpec = ToolSpec::reader(
        "inbound_list_webhooks",
        "List inbound webhooks",
        "List webhooks that start workflows",
        Group::Inbound,
        &[inbound::List::ROUTE],
    );
    type Input = ListInput;

    async fn call(cx: &Call, input: ListInput) -> Result<ToolResult, ToolError> {
        let slice = Slice { limit: input.limit, offset: input.offset };
        let result = cx.ask(&inbound::List { limit: slice.limit, offset: slice.offset }).await?;
        let columns = &["id", "name", "workflow_id", "ingress_url", "ingress_path", "created_at"];
        Ok(compact(result, "subscriptions", columns, slice, input.detail))
    }
}

struct DeleteWebhook;

impl Tool for DeleteWebhook {
    const SPEC: ToolSpec = ToolSpec::writer(
        "inbound_delete_webhook",
        "Delete an inbound webhook",
        "Delete a webhook; calls to its URL fail from then on",
        Group::Inbound,
        &[inbound::Delete::ROUTE],
    );
    type Input = ById;

    async fn call(cx: &Call, input: ById) -> Result<ToolResult, ToolError> {
        cx.ask(&inbound::Delete { id: input.id }).await
    }
}

struct CreateWebhook;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateInput {
    workflow_id: String,
    name: String,
    automation_pat_id: Option<String>,
    extras: Option<Map<String, Value>>,
}

impl Tool for CreateWebhook {
    const SPEC: ToolSpec = ToolSpec::writer(
        "inbound_create_webhook",
        "Create an inbound webhook",
        "Create a webhook that starts a workflow; its signing secret is in the answer, once",
        Group::Inbound,
        &[inbound::Create::ROUTE],
    )
    .with_risk();
    type Input = CreateInput;

    async fn call(cx: &Call, input: CreateInput) -> Result<ToolResult, ToolError> {
        cx.ask(&inbound::Create {
            workflow_id: input.workflow_id,
            name: input.name,
            automation_pat_id: input.automation_pat_id,
            extras: input.extras.map(Value::Object),
        })
        .await
    }
}
