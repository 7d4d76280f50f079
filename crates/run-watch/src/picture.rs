//! One run's events as steps with bars on a time axis.
//!
//! The event log says when; the graph says what depends on what and how steps are called; the context says what went in
//! and came out. Each of the three may be missing: a token may not be allowed to read one of them.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::model::RunEvent;

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// It has not begun.
    Pending,
    /// It works.
    Running,
    /// It failed and is tried again.
    Retrying,
    /// It waits for a person.
    Waiting,
    /// It ended well.
    Completed,
    /// It failed.
    Failed,
    /// It was stopped on its way.
    Cancelled,
    /// It was passed over.
    Skipped,
}

/// What a step did for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// It worked.
    Work,
    /// It waited for a person.
    Wait,
    /// It waited before another try.
    Retry,
}

/// A piece of a step's bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// What it did.
    pub kind: SpanKind,
    /// From when.
    pub from: Timestamp,
    /// Until when; `None` while it lasts.
    pub to: Option<Timestamp>,
    /// Which try it belongs to, from 1.
    pub attempt: u32,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its id in the graph.
    pub id: String,
    /// Its name for people; its id where it has none.
    pub name: String,
    /// `lua_script`, `human_task`, `mcp_call`, …
    pub kind: Option<String>,
    /// The steps it waits for.
    pub depends_on: Vec<String>,
    /// Where it stands.
    pub state: StepState,
    /// Tries so far.
    pub attempts: u32,
    /// The pieces of its bar, in order.
    pub spans: Vec<Span>,
    /// Why it failed.
    pub error: Option<String>,
    /// Why it was passed over.
    pub skip_reason: Option<String>,
    /// What it was given.
    pub input: Option<Value>,
    /// What came of it.
    pub result: Option<Value>,
}

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
            drawing.node(node);
        }
        for event in events {
            drawing.event(event);
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
            self.steps.push(Step {
                id: id.to_owned(),
                name: id.to_owned(),
                kind: None,
                depends_on: Vec::new(),
                state: StepState::Pending,
                attempts: 0,
                spans: Vec::new(),
                error: None,
                skip_reason: None,
                input: None,
                result: None,
            });
            self.steps.len() - 1
        });
        self.steps.get_mut(place)
    }

    fn node(&mut self, node: &Value) {
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

    fn event(&mut self, event: &RunEvent) {
        if event.status().is_some_and(crate::RunStatus::is_over) {
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

impl Step {
    /// Whether it will do nothing more.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        !matches!(self.state, StepState::Pending) && !self.is_under_way()
    }

    const fn is_under_way(&self) -> bool {
        matches!(self.state, StepState::Running | StepState::Retrying | StepState::Waiting)
    }

    fn take_in(&mut self, event: &RunEvent) {
        let said = |key: &str| event.told(key).map(str::to_owned);
        match event.kind.as_str() {
            "step_started" => {
                self.attempts = event.attempt().unwrap_or(self.attempts + 1);
                self.kind = self.kind.take().or_else(|| said("step_type"));
                if self.name == self.id
                    && let Some(name) = said("name").filter(|name| !name.trim().is_empty())
                {
                    self.name = name;
                }
                self.state = StepState::Running;
                self.turn_to(SpanKind::Work, event.at);
            }
            "state_changed" if event.told("to") == Some("retrying") => {
                self.state = StepState::Retrying;
                self.error = said("error").or(self.error.take());
                self.turn_to(SpanKind::Retry, event.at);
                self.attempts = event.attempt().unwrap_or(self.attempts + 1);
                // Where the pause is told, the next try is not announced by an event of its own.
                let pause = event.data.get("delay_ms").and_then(Value::as_i64).map(SignedDuration::from_millis);
                if let Some(begins) = pause.and_then(|pause| event.at?.checked_add(pause).ok()) {
                    self.state = StepState::Running;
                    self.turn_to(SpanKind::Work, Some(begins));
                }
            }
            "human_task_created" => {
                self.state = StepState::Waiting;
                self.attempts = self.attempts.max(1);
                self.turn_to(SpanKind::Wait, event.at);
            }
            "human_task_completed" => {
                self.state = StepState::Running;
                self.turn_to(SpanKind::Work, event.at);
            }
            "step_completed" if event.data.get("skipped").and_then(Value::as_bool) == Some(true) => {
                self.skip_reason = said("reason");
                self.end(StepState::Skipped, event);
            }
            "step_completed" => {
                self.error = None;
                self.end(StepState::Completed, event);
            }
            "step_failed" => {
                self.error = said("error").or(self.error.take());
                self.end(StepState::Failed, event);
            }
            "step_cancelled" => self.end(StepState::Cancelled, event),
            _ => {}
        }
    }

    /// From this time on it does something else.
    fn turn_to(&mut self, kind: SpanKind, at: Option<Timestamp>) {
        let Some(from) = at else { return };
        self.close_span(from);
        self.spans.push(Span { kind, from, to: None, attempt: self.attempts.max(1) });
    }

    fn end(&mut self, state: StepState, event: &RunEvent) {
        self.state = state;
        if let Some(at) = event.at {
            self.close_span(at);
        }
    }

    fn close_span(&mut self, at: Timestamp) {
        if let Some(open) = self.spans.last_mut().filter(|span| span.to.is_none()) {
            // A pause that was told may be cut short by the run's end.
            open.to = Some(at.max(open.from));
        }
    }

    /// A moment of work before and after a person's answer is no bar of its own.
    fn tidy(&mut self) {
        let waits = self.spans.iter().any(|span| span.kind == SpanKind::Wait);
        self.spans.retain(|span| !(waits && span.kind == SpanKind::Work && span.to == Some(span.from)));
    }
}

impl RunEvent {
    fn attempt(&self) -> Option<u32> {
        u32::try_from(self.data.get("attempt")?.as_u64()?).ok()
    }
}
