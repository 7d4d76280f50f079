//! From JSON to [`Graph`]. Unknown keys are ignored, since graphs of newer platforms have more of them; a known key
//! with a wrong value is a problem that names the step and the field.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::fields::{Fields, kind_of};
use super::{Graph, MAX_ID_BYTES, MAX_RETRIES, MAX_STEPS, MAX_TIMEOUT, McpBinding, Step, StepKind};
use crate::error::{GraphError, Result};
use crate::lua::MAX_SCRIPT_BYTES;

/// What reading found: the steps that could be made out, and everything that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Fit to run only when there are no problems: fields with a problem hold defaults, steps without an id are absent.
    pub graph: Graph,
    /// Each a [`GraphError::Schema`].
    pub problems: Vec<GraphError>,
}

impl Graph {
    /// Reads a graph, collecting every problem of shape.
    pub fn read(value: &Value) -> Reading {
        let mut problems = Vec::new();
        let graph = read_graph(value, &mut problems);
        Reading { graph, problems }
    }

    /// Reads a graph that must be right.
    ///
    /// # Errors
    /// The first problem that [`Graph::read`] finds, or an `mcp_call` without a server.
    pub fn parse(value: &Value) -> Result<Self> {
        let Reading { graph, problems } = Self::read(value);
        let unbound = graph.steps.iter().find(|step| step.is_unbound()).map(|step| GraphError::Schema {
            step_id: Some(step.id.clone()),
            field: "instance_id".to_owned(),
            problem: "the step names no MCP server; set instance_id or server_url".to_owned(),
        });
        problems.into_iter().next().or(unbound).map_or(Ok(graph), Err)
    }
}

fn read_graph(value: &Value, problems: &mut Vec<GraphError>) -> Graph {
    let mut problem = |field: &str, text: String| {
        problems.push(GraphError::Schema { step_id: None, field: field.to_owned(), problem: text });
    };
    let Value::Object(object) = value else {
        problem("graph", format!("must be an object with \"steps\", not {}", kind_of(value)));
        return Graph::default();
    };
    let input_schema = object.get("input_schema").filter(|schema| !schema.is_null());
    if let Some(schema) = input_schema.filter(|schema| !schema.is_object()) {
        problem("input_schema", format!("must be a JSON Schema object, not {}", kind_of(schema)));
    }
    let steps = match object.get("steps") {
        Some(Value::Array(steps)) if steps.is_empty() => {
            problem("steps", "must hold at least one step".to_owned());
            return Graph::default();
        }
        Some(Value::Array(steps)) if steps.len() > MAX_STEPS => {
            problem("steps", format!("must hold at most {MAX_STEPS} steps, not {}", steps.len()));
            return Graph::default();
        }
        Some(Value::Array(steps)) => steps,
        Some(other) => {
            problem("steps", format!("must be a list of steps, not {}", kind_of(other)));
            return Graph::default();
        }
        None => {
            problem("steps", "is required".to_owned());
            return Graph::default();
        }
    };
    let steps = steps.iter().enumerate().filter_map(|(place, step)| read_step(place, step, problems)).collect();
    let graph = Graph { steps, input_schema: input_schema.filter(|schema| schema.is_object()).cloned() };
    check_ids(&graph, problems);
    graph
}

fn read_step(place: usize, value: &Value, problems: &mut Vec<GraphError>) -> Option<Step> {
    let empty = Map::new();
    let object = value.as_object();
    let mut fields = Fields { step_id: format!("#{}", place + 1), object: object.unwrap_or(&empty), problems };
    if object.is_none() {
        fields.add_problem("steps", format!("each step must be an object, not {}", kind_of(value)));
        return None;
    }
    let id = fields.required_string("id");
    if id.is_empty() {
        return None;
    }
    if !well_formed(&id) {
        let allowed = format!("must be letters, digits, _ and - only, at most {MAX_ID_BYTES} characters");
        fields.add_problem("id", allowed);
        return None;
    }
    fields.step_id.clone_from(&id);
    let kind = read_kind(&mut fields);
    if fields.get("for_each_body").is_some() {
        fields.add_problem("for_each_body", "is no longer read; use the list for_each_body_steps");
    }
    let name = fields.string("name").filter(|name| !name.is_empty()).unwrap_or(&id).to_owned();
    Some(Step {
        name,
        kind,
        depends_on: fields.strings("depends_on"),
        enabled: fields.boolean("enabled", true),
        condition: read_condition(&mut fields),
        retry_count: fields.count("retry_count", MAX_RETRIES),
        timeout: fields.seconds("timeout_s", MAX_TIMEOUT),
        no_auto_start: fields.boolean("no_auto_start", false),
        id,
    })
}

fn read_condition(fields: &mut Fields<'_>) -> Option<Value> {
    let value = fields.get("condition")?;
    if value.is_string() || value.is_boolean() {
        return Some(value.clone());
    }
    fields.add_problem("condition", format!("must be a string or a boolean, not {}", kind_of(value)));
    None
}

fn read_kind(fields: &mut Fields<'_>) -> StepKind {
    let name = fields.required_string("type");
    match name.as_str() {
        "lua_script" => {
            let script = fields.required_string("script");
            if script.len() > MAX_SCRIPT_BYTES {
                fields.add_problem("script", format!("must be at most {MAX_SCRIPT_BYTES} bytes, not {}", script.len()));
            }
            StepKind::LuaScript { script }
        }
        "human_task" => StepKind::HumanTask {
            task_type: fields.required_string("task_type"),
            task_payload: object_or_template(fields, "task_payload"),
        },
        "mcp_call" => StepKind::McpCall {
            binding: read_binding(fields),
            tool_name: literal(fields, "tool_name"),
            tool_args: object_or_template(fields, "tool_args"),
        },
        "for_each" | "while" | "llm_call" => {
            fields.add_problem("type", format!("the sandbox does not run \"{name}\" steps yet"));
            StepKind::Unsupported(name)
        }
        "" => StepKind::Unsupported(name),
        _ => {
            fields
                .add_problem("type", format!("\"{name}\" is not a step type; use lua_script, human_task or mcp_call"));
            StepKind::Unsupported(name)
        }
    }
}

/// The step's server. A step without one is left for the check of bindings, which has an issue code of its own.
fn read_binding(fields: &mut Fields<'_>) -> McpBinding {
    let instance = fields.string("instance_id").filter(|id| !id.is_empty());
    if instance.is_some() {
        return McpBinding::Instance(literal(fields, "instance_id"));
    }
    let url = fields.string("server_url").unwrap_or_default();
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    if !url.is_empty() && host.is_none_or(|host| host.is_empty() || host.starts_with('/')) {
        fields.add_problem("server_url", "must be an http:// or https:// URL with a host");
    }
    McpBinding::Server(if url.is_empty() { String::new() } else { literal(fields, "server_url") })
}

/// A required string that is taken as it stands: where a call goes must not depend on a run's data.
fn literal(fields: &mut Fields<'_>, field: &str) -> String {
    let text = fields.required_string(field);
    if text.contains("{{") {
        fields.add_problem(field, "must not hold a template; only tool_args, task_payload and condition may");
    }
    text
}

/// An object (empty when absent) or a string with a template, which must resolve to an object when the step starts.
fn object_or_template(fields: &mut Fields<'_>, field: &str) -> Value {
    match fields.get(field) {
        None => Value::Object(Map::new()),
        Some(value @ Value::Object(_)) => value.clone(),
        Some(Value::String(text)) if text.contains("{{") => Value::String(text.clone()),
        Some(other) => {
            fields.add_problem(field, format!("must be an object or one template, not {}", kind_of(other)));
            Value::Object(Map::new())
        }
    }
}

fn check_ids(graph: &Graph, problems: &mut Vec<GraphError>) {
    let mut problem = |step: &Step, field: &str, problem: String| {
        problems.push(GraphError::Schema { step_id: Some(step.id.clone()), field: field.to_owned(), problem });
    };
    let mut seen = HashMap::new();
    for (place, step) in graph.steps.iter().enumerate() {
        if let Some(first) = seen.insert(step.id.as_str(), place) {
            problem(step, "id", format!("is used by steps {} and {}; ids must be unique", first + 1, place + 1));
        }
    }
    let ids: HashSet<&str> = seen.into_keys().collect();
    for step in &graph.steps {
        for target in step.depends_on.iter().filter(|target| !ids.contains(target.as_str())) {
            problem(step, "depends_on", format!("the graph has no step \"{}\"", crate::error::clip(target, 80)));
        }
    }
}

fn well_formed(id: &str) -> bool {
    id.len() <= MAX_ID_BYTES && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}
