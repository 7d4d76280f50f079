//! Where a step stands, and why one was skipped.

use serde::{Deserialize, Serialize};

/// Where a step stands in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepState {
    /// Nothing has happened yet.
    Pending,
    /// Under way; a `human_task` that waits, a step between two tries.
    Running,
    /// Has a result.
    Completed,
    /// Has failed for good.
    Failed,
    /// Was stopped while under way.
    Cancelled,
    /// Will not run.
    Skipped(SkipCause),
}

/// Why a step was skipped, in enough detail to go on from it after a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipCause {
    /// `enabled: false`.
    Disabled,
    /// Its `condition` does not hold.
    ConditionFalse,
    /// Not part of what the start asked for.
    OutOfScope,
    /// In `excluded_step_ids`.
    Excluded,
    /// Every branch that leads to it ended before it.
    UpstreamSkipped,
    /// The run ended before its turn.
    RunEnded,
}

/// The reason a skip's event gives (BFF API: `data.reason` of a skipped `step_completed`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Something before it kept it from starting.
    Blocked,
    /// The start left it out.
    OutOfScope,
    /// Its own settings kept it from running: `enabled`, or (**assumed**) its `condition`.
    StepDisabled,
}

impl SkipCause {
    /// The contract's word for it.
    pub fn reason(self) -> SkipReason {
        match self {
            Self::Disabled | Self::ConditionFalse => SkipReason::StepDisabled,
            Self::OutOfScope | Self::Excluded => SkipReason::OutOfScope,
            Self::UpstreamSkipped | Self::RunEnded => SkipReason::Blocked,
        }
    }

    /// Whether dependants go on as if the step had been taken out of the chain.
    pub(super) fn passes_through(self) -> bool {
        matches!(self, Self::Disabled | Self::Excluded)
    }
}

impl SkipReason {
    /// As events spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::OutOfScope => "out_of_scope",
            Self::StepDisabled => "step_disabled",
        }
    }
}
