//! The follower's words in those of the page's contract.

use agentruntime_run_watch::{Run, RunStatus, picture};

use crate::api::runs::{RunState, SpanKind, StepSpan, StepState, StepView};

/// Where a run stands, as it is shown.
pub(super) const fn state(run: &Run) -> RunState {
    match run.status {
        RunStatus::Queued => RunState::Queued,
        RunStatus::Running if run.waiting > 0 => RunState::Waiting,
        RunStatus::Running => RunState::Running,
        RunStatus::Paused => RunState::Paused,
        RunStatus::Draining => RunState::Draining,
        RunStatus::Completed => RunState::Completed,
        RunStatus::Failed => RunState::Failed,
        RunStatus::Stopped => RunState::Stopped,
    }
}

/// Whether a run is in a state that a list is asked for.
pub(super) const fn status(state: RunState) -> Option<RunStatus> {
    Some(match state {
        RunState::Running | RunState::Waiting => return None,
        RunState::Queued => RunStatus::Queued,
        RunState::Paused => RunStatus::Paused,
        RunState::Draining => RunStatus::Draining,
        RunState::Completed => RunStatus::Completed,
        RunState::Failed => RunStatus::Failed,
        RunState::Stopped => RunStatus::Stopped,
    })
}

pub(super) fn ended_well(run: &Run) -> bool {
    run.status == RunStatus::Completed
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

pub(super) fn step(step: picture::Step) -> StepView {
    StepView {
        state: match step.state {
            picture::StepState::Pending => StepState::Pending,
            picture::StepState::Running => StepState::Running,
            picture::StepState::Retrying => StepState::Retrying,
            picture::StepState::Waiting => StepState::Waiting,
            picture::StepState::Completed => StepState::Completed,
            picture::StepState::Failed => StepState::Failed,
            picture::StepState::Cancelled => StepState::Cancelled,
            picture::StepState::Skipped => StepState::Skipped,
        },
        spans: step.spans.into_iter().map(span).collect(),
        id: step.id,
        name: step.name,
        kind: step.kind,
        depends_on: step.depends_on,
        attempts: step.attempts,
        error: step.error,
        skip_reason: step.skip_reason,
        input: step.input,
        result: step.result,
    }
}

const fn span(span: picture::Span) -> StepSpan {
    StepSpan {
        kind: match span.kind {
            picture::SpanKind::Work => SpanKind::Work,
            picture::SpanKind::Wait => SpanKind::Wait,
            picture::SpanKind::Retry => SpanKind::Retry,
        },
        from: span.from,
        to: span.to,
        attempt: span.attempt,
    }
}
