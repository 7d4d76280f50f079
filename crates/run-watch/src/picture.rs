//! One run's events as steps with bars on a time axis.
//!
//! The event log says when; the graph says what depends on what and how steps are called; the context says what went in
//! and came out. Each of the three may be missing: a token may not be allowed to read one of them.

mod step;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde_json::Value;

use crate::model::{RunEvent, RunStatus};
pub use step::{Span, SpanKind, Step, StepState};

/// What a run looks like.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The steps: those that have begun in the order they did, then the others in the order of the graph.
    pub steps: Vec<Step>,
    /// The step that failed first.
    pub failed_step: Option<String>,
}

impl Picture {
    /// Draws a run: its events in order, its graph (`{"steps": […]}`), its context (`{"steps": {id: {input, result}}}`).
    #[must_use]
    pub fn of(events: &[RunEvent], graph: Option<&Value>, context: Option<&Value>) -> Self {
        let mut drawing = Drawing::default();
        for node in graph.and_then(|graph| graph.get("steps")).and_then(Value::as_array).into_iter().flatten() {
            drawing.add_node(node);
        }
        for event in events {
            drawing.add_event(event);
        }
        drawing.finish(context)
    }
}

#[derive(Debug, Default)]
struct Drawing {
    steps: Vec<Step>,
    at: HashMap<String, usize>,
    /// Ids in the order in which steps began.
    begun: Vec<String>,
    failed_step: Option<String>,
}

impl Drawing {
    fn step(&mut self, id: &str) -> Option<&mut Step> {
        let place = *self.at.entry(id.to_owned()).or_insert_with(|| {
            self.steps.push(Step::new(id));
            self.steps.len() - 1
        });
        self.steps.get_mut(place)
    }

    fn add_node(&mut self, node: &Value) {
        let Some(id) = node.get("id").and_then(Value::as_str) else { return };
        let text = |key: &str| node.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let Some(step) = self.step(id) else { return };
        if let Some(name) = text("name") {
            name.clone_into(&mut step.name);
        }
        step.kind = text("type").map(str::to_owned);
        let needed = node.get("depends_on").and_then(Value::as_array).into_iter().flatten();
        step.depends_on = needed.filter_map(Value::as_str).map(str::to_owned).collect();
    }

    fn add_event(&mut self, event: &RunEvent) {
        if event.status().is_some_and(RunStatus::is_over) {
            self.steps
                .iter_mut()
                .filter(|step| step.is_under_way())
                .for_each(|step| step.end(StepState::Cancelled, event));
        }
        let Some(id) = event.step_id.clone() else { return };
        let is_failure = event.kind == "step_failed";
        let Some(step) = self.step(&id) else { return };
        let began_before = !step.spans.is_empty();
        step.take_in(event);
        if !began_before && !step.spans.is_empty() {
            self.begun.push(id.clone());
        }
        if is_failure && self.failed_step.is_none() {
            self.failed_step = Some(id);
        }
    }

    fn finish(mut self, context: Option<&Value>) -> Picture {
        let seen = context.and_then(|context| context.get("steps"));
        for step in &mut self.steps {
            let part = |key: &str| seen?.get(&step.id)?.get(key).cloned();
            (step.input, step.result) = (part("input"), part("result"));
            step.tidy();
        }
        let order = self.begun.iter().enumerate().map(|(place, id)| (id.as_str(), place)).collect::<HashMap<_, _>>();
        // Stable: what has not begun keeps the order of the graph.
        self.steps.sort_by_key(|step| order.get(step.id.as_str()).copied().unwrap_or(usize::MAX));
        Picture { steps: self.steps, failed_step: self.failed_step }
    }
}
