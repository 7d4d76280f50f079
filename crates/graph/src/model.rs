//! The graph as types (BFF API: "Graph and steps"). [`Graph::read`] is in the `read` room.

pub(crate) use fields::kind_of;

mod fields;
mod read;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::{Map, Value};

use crate::error::{GraphError, Result};
use crate::scope::Scope;
use crate::template;

pub use read::Reading;

/// Most steps a graph may have. The contract names no number; this one keeps a check well under a second.
pub const MAX_STEPS: usize = 1_000;
/// Longest step id in bytes.
pub const MAX_ID_BYTES: usize = 128;
/// Most retries of a step. The contract names no number.
pub const MAX_RETRIES: u32 = 10;
/// Longest `timeout_s`: 30 days, because a person may take that long over a `human_task`.
pub const MAX_TIMEOUT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A workflow's graph.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Graph {
    /// The steps in the order they are written.
    pub steps: Vec<Step>,
    /// The JSON Schema of the input, where the author gave one.
    pub input_schema: Option<Value>,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Unique in its graph: letters, digits, `_` and `-`, at most [`MAX_ID_BYTES`].
    pub id: String,
    /// What people read; the id where the author gave none.
    pub name: String,
    /// What the step does.
    pub kind: StepKind,
    /// Ids of the steps that come first, without repeats.
    pub depends_on: Vec<String>,
    /// A step that is not enabled is passed over.
    pub enabled: bool,
    /// Must hold for the step to run; see [`crate::condition`].
    pub condition: Option<Value>,
    /// How many more times a step is tried after a transient error; at most [`MAX_RETRIES`].
    pub retry_count: u32,
    /// Longest one try may take; at most [`MAX_TIMEOUT`].
    pub timeout: Option<Duration>,
    /// The step starts only in a run that names it in `trigger_steps`.
    pub no_auto_start: bool,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// Runs a script; see [`crate::lua`].
    LuaScript {
        /// The source; not a template, since `{{` is ordinary Lua.
        script: String,
    },
    /// Waits for a person.
    HumanTask {
        /// The kind of task, such as `approval`.
        task_type: String,
        /// Title, description, fields: whatever the person is shown. Templates.
        task_payload: Value,
    },
    /// Calls a tool of an MCP server.
    McpCall {
        binding: McpBinding,
        tool_name: String,
        /// Its arguments: an object, or one template that resolves to an object. Templates.
        tool_args: Value,
    },
    /// A type this crate does not run; holds the type as written. Reading a graph with one reports a problem.
    Unsupported(String),
}

/// How an `mcp_call` names its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum McpBinding {
    /// An instance of the catalogue. Wins when a step has both.
    Instance(String),
    /// A URL.
    Server(String),
}

impl Graph {
    /// The step with this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The MCP instances the steps are bound to, for a caller that must look them up before a check.
    pub fn mcp_instances(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| match &step.kind {
            StepKind::McpCall { binding: McpBinding::Instance(id), .. } => Some(id.as_str()),
            _ => None,
        })
    }
}

impl Step {
    /// The type as the graph writes it.
    pub fn type_name(&self) -> &str {
        match &self.kind {
            StepKind::LuaScript { .. } => "lua_script",
            StepKind::HumanTask { .. } => "human_task",
            StepKind::McpCall { .. } => "mcp_call",
            StepKind::Unsupported(name) => name,
        }
    }

    /// Whether the step calls a tool but names no server. A graph that [`Graph::parse`] has read has no such step;
    /// a draft may, and its dry run says so under a code of its own.
    pub(crate) fn is_unbound(&self) -> bool {
        matches!(&self.kind, StepKind::McpCall { binding: McpBinding::Server(url), .. } if url.is_empty())
    }

    /// The step's input: its templated field, resolved. An empty object for a script.
    ///
    /// # Errors
    /// As [`template::resolve`]; [`GraphError::Schema`] when the field resolves to something other than an object.
    pub fn resolve_input(&self, scope: &Scope<'_>) -> Result<Value> {
        let Some((field, value)) = self.templated() else {
            return Ok(Value::Object(Map::new()));
        };
        match template::resolve(value, scope)? {
            resolved @ Value::Object(_) => Ok(resolved),
            other => Err(GraphError::Schema {
                step_id: Some(self.id.clone()),
                field: field.to_owned(),
                problem: format!("must resolve to an object, not {}", kind_of(&other)),
            }),
        }
    }

    /// The field whose templates are resolved before the step starts, and its name: `tool_args` or `task_payload`.
    /// The resolved value is the step's input, what `{{steps.<id>.input.f}}` reads. A script has none: it sees the
    /// run's context itself.
    pub fn templated(&self) -> Option<(&'static str, &Value)> {
        match &self.kind {
            StepKind::HumanTask { task_payload, .. } => Some(("task_payload", task_payload)),
            StepKind::McpCall { tool_args, .. } => Some(("tool_args", tool_args)),
            StepKind::LuaScript { .. } | StepKind::Unsupported(_) => None,
        }
    }
}
