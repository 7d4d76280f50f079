//! One step of a run, and the pieces of its bar.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::model::RunEvent;

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// It has not begun.
    Pending,
    /// It has begun and waits for nobody.
    Running,
    /// It failed and is tried again.
    Retrying,
    /// It waits for a person.
    Waiting,
    /// It ended without a failure.
    Completed,
    /// Its last try failed.
    Failed,
    /// It was stopped, or its run ended, while it was under way.
    Cancelled,
    /// It was passed over: [`Step::skip_reason`] says why.
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
    /// What the step did meanwhile.
    pub kind: SpanKind,
    /// When it began, by the platform's clock.
    pub from: Timestamp,
    /// When it ended; `None` while it lasts.
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
    /// Where it stands after the last event.
    pub state: StepState,
    /// Tries so far, the one under way among them.
    pub attempts: u32,
    /// The pieces of its bar, in order.
    pub spans: Vec<Span>,
    /// Why its last try failed, in the platform's words; `None` once it has ended well.
    pub error: Option<String>,
    /// Why it was passed over.
    pub skip_reason: Option<String>,
    pub input: Option<Value>,
    pub result: Option<Value>,
}

impl Step {
    /// A step of which nothing is known but its id.
    pub(super) fn new(id: &str) -> Self {
        Self {
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
        }
    }

    /// Whether it will do nothing more.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        !matches!(self.state, StepState::Pending) && !self.is_under_way()
    }

    pub(super) const fn is_under_way(&self) -> bool {
        matches!(self.state, StepState::Running | StepState::Retrying | StepState::Waiting)
    }

    pub(super) fn take_in(&mut self, event: &RunEvent) {
        let said = |key: &str| event.text(key).map(str::to_owned);
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
            "state_changed" if event.text("to") == Some("retrying") => {
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

    pub(super) fn end(&mut self, state: StepState, event: &RunEvent) {
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
    pub(super) fn tidy(&mut self) {
        let waits = self.spans.iter().any(|span| span.kind == SpanKind::Wait);
        self.spans.retain(|span| !(waits && span.kind == SpanKind::Work && span.to == Some(span.from)));
    }
}

impl RunEvent {
    fn attempt(&self) -> Option<u32> {
        u32::try_from(self.data.get("attempt")?.as_u64()?).ok()
    }
}
