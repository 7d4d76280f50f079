//! What happens in a run, as its log and its workflow's stream say it.

use agentruntime_bff::runs;
use agentruntime_bff::runs::RunStatus;
use jiff::Timestamp;
use serde_json::Value;

use super::{fields::text, run::RunKey};

/// Something that happened in a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunEvent {
    /// The platform's id of it, a number or a text, as text. The log and the stream give the same.
    pub id: String,
    /// The run in which it happened.
    pub run: RunKey,
    /// `run_started`, `step_completed`, …
    pub kind: String,
    /// The step, where it is about one.
    pub step_id: Option<String>,
    /// When it happened, by the platform's clock.
    pub at: Option<Timestamp>,
    /// What is told of it.
    pub data: Value,
}

impl RunEvent {
    /// Reads an event of a run's log.
    #[must_use]
    pub fn of(run: &RunKey, row: runs::Event) -> Self {
        Self {
            id: id_text(&row.id),
            run: run.clone(),
            kind: row.event_type,
            step_id: row.step_id,
            at: row.timestamp.as_deref().and_then(|text| text.parse().ok()),
            data: row.data,
        }
    }

    /// Reads a frame of a workflow's stream; `None` for one that names no run, or is none of this kind.
    #[must_use]
    pub fn of_frame(workflow_id: &str, frame: &str) -> Option<Self> {
        let row: runs::Event = serde_json::from_str(frame).ok()?;
        let run_id = text(&row.extra, &["run_id"])?;
        Some(Self::of(&RunKey::new(workflow_id, run_id), row))
    }

    /// The status that the run has after it, where it says one. `state_changed` names it in `data.to`; with a step it is
    /// about that step.
    #[must_use]
    pub fn status(&self) -> Option<RunStatus> {
        match self.kind.as_str() {
            "run_started" => Some(RunStatus::Running),
            "run_paused" => Some(RunStatus::Paused),
            "run_completed" => Some(RunStatus::Completed),
            "run_failed" | "run_rejected" => Some(RunStatus::Failed),
            "run_cancelled" => Some(RunStatus::Stopped),
            "state_changed" if self.step_id.is_none() => self.text("to").and_then(RunStatus::named),
            _ => None,
        }
    }

    /// Whether it is a run's last event (BFF API: event types). `state_changed` comes before it.
    #[must_use]
    pub fn ends_run(&self) -> bool {
        self.kind != "state_changed" && self.status().is_some_and(RunStatus::is_over)
    }

    /// The text under this key of its data.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.data.get(key).and_then(Value::as_str)
    }

    /// Whether its step has ended with it.
    #[must_use]
    pub fn ends_step(&self) -> bool {
        matches!(self.kind.as_str(), "step_completed" | "step_failed" | "step_cancelled")
    }
}

fn id_text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_frame_is_an_event_of_its_run() {
        let frame = json!({
            "id": 7, "run_id": "run_1", "type": "state_changed", "data": { "to": "paused" },
            "timestamp": "2026-11-25T10:00:00Z"
        });
        let event = RunEvent::of_frame("wf", &frame.to_string()).unwrap();
        assert_eq!((event.id.as_str(), event.status()), ("7", Some(RunStatus::Paused)));
        assert_eq!(event.run, RunKey::new("wf", "run_1"));
        for other in ["", "not JSON", "{}", r#"{"id":1,"event_type":"run_started"}"#] {
            assert_eq!(RunEvent::of_frame("wf", other), None, "{other}");
        }
    }
}
