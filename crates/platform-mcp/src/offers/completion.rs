//! Completion of workflow and run ids, in prompts and resource templates.

use rmcp::model::{CompleteRequestParams, Reference};
use serde_json::Value;

use super::{prompts, resources};

/// The most values one completion may carry (MCP, "Completion").
const MOST: usize = 100;

/// What ids are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Ids of workflows.
    Workflows,
    /// Ids of runs, of one workflow where the context names it.
    Runs {
        /// The workflow, from the arguments already given.
        workflow_id: Option<String>,
    },
}

/// Which ids complete this argument; `None` for an argument of another kind.
#[must_use]
pub fn wanted(request: &CompleteRequestParams) -> Option<Wanted> {
    let argument = request.argument.name.as_str();
    match &request.r#ref {
        Reference::Prompt(prompt) => prompts::takes_workflow_id(&prompt.name, argument).then_some(Wanted::Workflows),
        Reference::Resource(resource) => match (resource.uri.as_str(), argument) {
            (resources::WORKFLOW_TEMPLATE | resources::RUN_TEMPLATE, "workflow_id") => Some(Wanted::Workflows),
            (resources::RUN_TEMPLATE, "run_id") => {
                let given = request.context.as_ref().and_then(|context| context.arguments.as_ref());
                let workflow_id = given.and_then(|all| all.get("workflow_id")).cloned();
                Some(Wanted::Runs { workflow_id })
            }
            _ => None,
        },
        // Kinds of reference that a later protocol brings.
        _ => None,
    }
}

/// The ids in the result of a list that begin with `typed`, or whose row's name does (any case); ids first.
#[must_use]
pub fn matching(rows: &Value, key: &str, typed: &str) -> Vec<String> {
    let typed = typed.to_lowercase();
    let rows: Vec<&Value> = rows.get(key).and_then(Value::as_array).into_iter().flatten().collect();
    let text = |row: &&Value, key: &str| row.get(key).and_then(Value::as_str).map(str::to_owned);
    let id = |row: &&Value| text(row, "run_id").or_else(|| text(row, "id"));
    let by_id = rows.iter().filter_map(id).filter(|id| id.to_lowercase().starts_with(&typed));
    let by_name = rows
        .iter()
        .filter(|row| text(row, "name").is_some_and(|name| name.to_lowercase().contains(&typed)))
        .filter_map(id);
    let mut found: Vec<String> = Vec::new();
    for id in by_id.chain(by_name) {
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found.truncate(MOST);
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::matching;

    #[test]
    fn ids_come_before_names_and_once() {
        let rows = json!({ "workflows": [
            { "id": "wf_b", "name": "alpha wf_a" },
            { "id": "wf_a", "name": "Approve expense" },
        ]});
        assert_eq!(matching(&rows, "workflows", "wf_a"), ["wf_a", "wf_b"]);
        assert_eq!(matching(&rows, "workflows", "APPROVE"), ["wf_a"]);
        assert_eq!(matching(&rows, "workflows", ""), ["wf_b", "wf_a"]);
        assert!(matching(&rows, "runs", "").is_empty());
    }
}
