//! What comes of a step's work: an outcome, or another try.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;

/// First pause before another try; each further one is twice as long.
const RETRY_PAUSE: Duration = Duration::from_millis(250);
/// Longest pause before another try.
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(10);

/// What a driver hears of its steps.
pub(super) enum Happened {
    /// A step's work has ended.
    Done(Done),
    /// A step whose work a dead process left may try again, and others may not until this is dropped.
    Turn { step_id: String, turn: OwnedSemaphorePermit },
}

/// A step's work has ended.
pub(super) struct Done {
    pub(super) step_id: String,
    pub(super) outcome: Result<Value, Failure>,
}

/// Why a step failed.
pub(super) struct Failure {
    /// The run's `failure_code`, should it end the run.
    pub(super) code: &'static str,
    /// For people.
    pub(super) message: String,
    /// Whether another try may do.
    pub(super) transient: bool,
}

impl Failure {
    /// Another try would fail as well.
    pub(super) fn lasting(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), transient: false }
    }
}

/// The pause before a step is tried again that was tried so often; none before the first try.
pub(super) fn retry_pause(tried: u32) -> Duration {
    match tried {
        0 => Duration::ZERO,
        _ => RETRY_PAUSE.saturating_mul(1 << (tried.min(10) - 1)).min(RETRY_PAUSE_MAX),
    }
}
