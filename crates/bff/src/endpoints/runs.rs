//! Runs, their events and variables (BFF API, "Runs, events, tasks").

use serde::Deserialize;
use serde_json::Value;

use super::{Extra, or_default};
use crate::Route;

/// A run, as lists and the summary show it.
#[derive(Debug, Clone, Deserialize)]
#[serde(remote = "Self")]
pub struct Run {
    pub run_id: String,
    pub workflow_id: Option<String>,
    /// `queued`, `running`, `completed`, …, as [`RunStatus`] reads it: a run that waits for a person stays `running`.
    #[serde(default, deserialize_with = "or_default")]
    pub status: String,
    /// Whether nothing more will happen.
    #[serde(default, deserialize_with = "or_default")]
    pub run_complete: bool,
    /// Why it failed, e.g. `MCP_TOOL_FAILED`.
    pub failure_code: Option<String>,
    #[serde(flatten)]
    pub extra: Extra,
}

renamed!(Run, "id" => "run_id");

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RunStatus {
    /// `queued`, `pending`, `starting`.
    Queued,
    /// `running`, also while it waits for a person.
    Running,
    Paused,
    /// `draining`: what is under way ends, then the run.
    Draining,
    Completed,
    Failed,
    /// `stopped`; in older text `cancelled`.
    Stopped,
}

impl RunStatus {
    /// Reads the platform's word, older ones as well; `None` for one that is unknown.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "queued" | "pending" | "starting" => Self::Queued,
            "running" => Self::Running,
            "paused" => Self::Paused,
            "draining" => Self::Draining,
            "completed" => Self::Completed,
            "failed" | "rejected" => Self::Failed,
            "stopped" | "cancelled" => Self::Stopped,
            _ => return None,
        })
    }

    /// The platform's word for it, as its lists are filtered by.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Draining => "draining",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }

    /// Whether nothing more will happen.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Stopped)
    }
}

/// Runs, newest first.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Runs {
    #[serde(default, deserialize_with = "or_default")]
    pub runs: Vec<Run>,
    /// How many there are in all.
    pub total: Option<u64>,
}

/// `GET /v1/runs`: the feed of the whole tenant.
#[derive(Debug, Clone, Default)]
pub struct ListTenant {
    /// The most rows, up to 100.
    pub limit: Option<u32>,
    pub offset: Option<u32>,
    /// Runs of this status only.
    pub status: Option<String>,
}
endpoint!(ListTenant => Runs, Route::get("/v1/runs"), [], query [limit, offset, status]);

/// `GET /v1/workflows/{id}/runs/{run_id}/summary`: the preferred status read.
#[derive(Debug, Clone)]
pub struct GetSummary {
    pub workflow_id: String,
    pub run_id: String,
}
endpoint!(GetSummary => Run, Route::get("/v1/workflows/{id}/runs/{run_id}/summary"), [workflow_id, run_id]);

/// Something that happened in a run.
#[derive(Debug, Clone, Deserialize)]
#[serde(remote = "Self")]
pub struct Event {
    /// Its id, a number or a text.
    pub id: Value,
    /// `run_started`, `step_completed`, …
    pub event_type: String,
    /// The step, where it is about one.
    pub step_id: Option<String>,
    /// When it happened, ISO 8601 UTC.
    pub timestamp: Option<String>,
    /// What its type tells besides, e.g. `to` of `state_changed`.
    #[serde(default)]
    pub data: Value,
    #[serde(flatten)]
    pub extra: Extra,
}

renamed!(Event, "type" => "event_type");

/// A piece of a run's log, the oldest event first.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Events {
    #[serde(default, deserialize_with = "or_default")]
    pub events: Vec<Event>,
}

/// `GET /v1/workflows/{id}/runs/{run_id}/events`
#[derive(Debug, Clone, Default)]
pub struct ListEvents {
    pub workflow_id: String,
    pub run_id: String,
    pub limit: Option<u32>,
    pub offset: Option<u32>,
    /// Only what came after this event's id.
    pub after: Option<String>,
}
endpoint!(ListEvents => Events, Route::get("/v1/workflows/{id}/runs/{run_id}/events"), [workflow_id, run_id], query [limit, offset, after]);

/// `GET /v1/workflows/{id}/runs/{run_id}/context`: input, and each step's input and result.
#[derive(Debug, Clone)]
pub struct GetContext {
    pub workflow_id: String,
    pub run_id: String,
}
endpoint!(GetContext => Value, Route::get("/v1/workflows/{id}/runs/{run_id}/context"), [workflow_id, run_id]);
