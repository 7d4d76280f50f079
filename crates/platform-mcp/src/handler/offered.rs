//! Resources and completion, answered by tools of ours through the same gate as a client's calls.

use rmcp::{
    ErrorData, RoleServer,
    model::{CallToolResult, Resource},
    service::RequestContext,
};
use serde_json::{Value, json};

use super::Handler;
use crate::{
    offers::{
        completion::{Wanted, matching},
        resources::{Named, from_rows},
    },
    tool::Tool,
    tools::{runs, workflows},
};

/// How many workflows and runs `resources/list` shows; the rest is reached through the templates.
const LISTED: u64 = 50;
/// Among how many workflows or runs an id is completed: the most that the BFF gives at once.
const COMPLETED_AMONG: u64 = 100;

type Context = RequestContext<RoleServer>;

impl Handler {
    /// The latest workflows and runs.
    pub(super) async fn resources(&self, context: &Context) -> Vec<Resource> {
        let limit = json!({ "limit": LISTED });
        let (workflows, runs) = tokio::join!(
            self.rows::<workflows::List>(limit.clone(), context),
            self.rows::<runs::ListTenant>(limit, context),
        );
        from_rows(&workflows, &runs)
    }

    pub(super) async fn read(&self, named: Named, context: &Context) -> Result<String, ErrorData> {
        match named {
            Named::Workflow { workflow_id } => {
                self.ask::<workflows::Get>(json!({ "workflow_id": workflow_id }), context).await
            }
            Named::Run { workflow_id, run_id } => {
                let run = json!({ "workflow_id": workflow_id, "run_id": run_id });
                self.ask::<runs::GetSummary>(run, context).await
            }
        }
    }

    /// The ids that complete what was typed.
    pub(super) async fn ids(&self, wanted: Wanted, typed: &str, context: &Context) -> Vec<String> {
        let page = json!({ "limit": COMPLETED_AMONG });
        let (rows, key) = match wanted {
            Wanted::Workflows => (self.rows::<workflows::List>(page, context).await, "workflows"),
            Wanted::Runs { workflow_id: None } => (self.rows::<runs::ListTenant>(page, context).await, "runs"),
            Wanted::Runs { workflow_id: Some(workflow_id) } => {
                let of_workflow = json!({ "workflow_id": workflow_id, "limit": COMPLETED_AMONG });
                (self.rows::<workflows::ListRuns>(of_workflow, context).await, "runs")
            }
        };
        matching(&rows, key, typed)
    }

    async fn ask<T: Tool>(&self, arguments: Value, context: &Context) -> Result<String, ErrorData> {
        let Value::Object(arguments) = arguments else {
            return Err(ErrorData::internal_error("arguments are no object", None));
        };
        let result = self.platform.call_tool::<T>(arguments, self.caller(context)).await;
        let text = first_text(&result);
        if result.is_error == Some(true) {
            let details = serde_json::from_str::<Value>(&text).unwrap_or_default();
            let field = |key: &str| details.pointer(&format!("/error/{key}")).and_then(Value::as_str);
            let (code, message) = (field("code"), field("message").unwrap_or(&text).to_owned());
            return Err(match code {
                Some("not_found") => ErrorData::resource_not_found(message, Some(details)),
                _ => ErrorData::internal_error(message, Some(details)),
            });
        }
        Ok(text)
    }

    async fn rows<T: Tool>(&self, arguments: Value, context: &Context) -> Value {
        // A list that cannot be read is an empty list here: the tool says why, and a client's start should not fail on it.
        let text = self.ask::<T>(arguments, context).await.unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }
}

fn first_text(result: &CallToolResult) -> String {
    let text = result.content.first().and_then(|block| block.as_text());
    text.map(|text| text.text.clone()).unwrap_or_default()
}
