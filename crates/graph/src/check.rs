//! The dry run (BFF API: "Dry-run checks"): everything that can be known of a graph before it runs.

mod input;
mod report;
#[cfg(test)]
mod tests;
mod wiring;

use serde_json::{Map, Value};

use crate::codes;
use crate::condition::Condition;
use crate::error::GraphError;
use crate::lua;
use crate::model::{Graph, McpBinding, Reading, Step, StepKind};
use crate::plan::{Links, start_input};

pub use report::{Check, Issue, Readiness, Report, Severity};

/// Says which MCP instances there are. A closure will do.
pub trait Bindings {
    /// Whether the catalogue has an instance with this id.
    fn has_instance(&self, id: &str) -> bool;
}

impl<F: Fn(&str) -> bool> Bindings for F {
    fn has_instance(&self, id: &str) -> bool {
        self(id)
    }
}

/// Checks a graph. `params` are those a start would have; without them nothing is said about the input's values.
/// Takes any JSON and never fails: what is wrong is in the report.
pub fn check(graph: &Value, params: Option<&Map<String, Value>>, bindings: &dyn Bindings) -> Report {
    let Reading { graph, problems } = Graph::read(graph);
    let mut report = Report::new();
    report.note_performed(Check::Schema);
    problems.iter().for_each(|problem| report.error(problem.step_id(), problem));

    report.note_performed(Check::Dependencies);
    let links = match Links::new(&graph.steps) {
        Ok(links) => {
            report.topological_order = links.order().iter().map(|&place| links.id(place).to_owned()).collect();
            Some(links)
        }
        Err(cycle) => {
            report.error(cycle.step_id(), &cycle);
            None
        }
    };

    report.note_performed(Check::Templates);
    report.note_performed(Check::Conditions);
    report.note_performed(Check::Lua);
    report.note_performed(Check::McpBindings);
    report.note_performed(Check::EnabledSteps);
    let input = params.map(start_input);
    let wiring = wiring::Wiring::new(&graph, links.as_ref(), input.as_ref());
    for step in &graph.steps {
        check_step(step, bindings, &mut report);
        wiring.check(step, &mut report);
    }
    if let Some(input) = &input {
        report.note_performed(Check::Input);
        input::check(graph.input_schema.as_ref(), input, &mut report);
    }
    report.close();
    report
}

fn check_step(step: &Step, bindings: &dyn Bindings, report: &mut Report) {
    match &step.kind {
        StepKind::LuaScript { script } if !script.is_empty() => {
            if let Err(error) = lua::check_syntax(script) {
                report.error(Some(&step.id), &error);
            }
            if step.timeout.is_some_and(|timeout| timeout > lua::MAX_TIMEOUT) {
                let message =
                    format!("timeout_s: a script is stopped after {} s at the latest", lua::MAX_TIMEOUT.as_secs());
                report.warning(Some(&step.id), codes::GRAPH_SCHEMA_VALIDATION, message);
            }
        }
        StepKind::McpCall { binding, .. } => check_binding(step, binding, bindings, report),
        _ => {}
    }
    if let Some(condition) = &step.condition
        && let Err(error) = Condition::parse(condition)
    {
        report.error(Some(&step.id), &error);
    }
    if !step.enabled {
        let message = "the step is disabled and will be passed over".to_owned();
        report.warning(Some(&step.id), codes::STEP_DISABLED, message);
    }
}

fn check_binding(step: &Step, binding: &McpBinding, bindings: &dyn Bindings, report: &mut Report) {
    let message = match binding {
        McpBinding::Instance(id) if bindings.has_instance(id) => return,
        McpBinding::Instance(id) => {
            format!("instance_id: there is no MCP instance \"{id}\"; create it or correct the id")
        }
        McpBinding::Server(_) if !step.is_unbound() => return,
        McpBinding::Server(_) => "instance_id: the step names no MCP server; set instance_id or server_url".to_owned(),
    };
    report.add_issue(Severity::Error, Some(&step.id), codes::MCP_BINDING_MISSING, message);
}

impl Report {
    fn error(&mut self, step_id: Option<&str>, error: &GraphError) {
        self.add_issue(Severity::Error, step_id, error.code(), error.to_string());
    }

    fn warning(&mut self, step_id: Option<&str>, code: &'static str, message: String) {
        self.add_issue(Severity::Warning, step_id, code, message);
    }
}
