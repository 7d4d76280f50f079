//! One run in the book, until it has ended and everything of it is told.

use std::{collections::HashSet, sync::Arc};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    change::Timeliness,
    model::{Run, RunEvent, RunKey, RunStatus},
};

/// A run that is followed.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(super) run: Run,
    /// How its end is told.
    pub(super) timeliness: Timeliness,
    pub(super) is_end_told: bool,
    /// Since when its end waits for the log, which is to be told before it.
    pub(super) end_waits_since: Option<Instant>,
    /// Whether everything of it is known but its workflow's name.
    pub(super) whole: bool,
    pub(super) log: LogState,
    /// Whether it was there before anybody watched, so that the log's beginning is old news.
    was_there: bool,
    /// Steps that have ended.
    done: HashSet<String>,
}

/// What is known of a run's log.
#[derive(Debug, Default)]
pub(super) struct LogState {
    /// Ids of the events that were told.
    pub(super) seen: HashSet<String>,
    /// How many events of it have been read.
    pub(super) read: u32,
    /// Whether every event so far is known, so that steps can be counted.
    pub(super) known_from_start: bool,
    /// Whether it holds the event that ends the run.
    pub(super) saw_end: bool,
    /// How often it was read to its end since the run ended.
    pub(super) readings: u8,
    /// When it was last read, counted in readings of all logs.
    pub(super) turn: u64,
    /// Failures to read it, in a row.
    pub(super) failures: u8,
}

/// A run of which nothing is known but one event.
pub(super) fn begun_by(event: &RunEvent) -> Run {
    Run {
        key: event.run.clone(),
        workflow_name: None,
        status: RunStatus::Running,
        waiting: 0,
        steps: None,
        steps_done: None,
        started_at: event.at.filter(|_| event.kind == "run_started"),
        ended_at: None,
        failure_code: None,
        error: None,
        failed_step: None,
    }
}

impl Entry {
    pub(super) fn new(run: Run, timeliness: Timeliness, was_there: bool) -> Self {
        Self {
            run,
            timeliness,
            is_end_told: false,
            end_waits_since: None,
            whole: false,
            log: LogState::default(),
            was_there,
            done: HashSet::new(),
        }
    }

    pub(crate) const fn key(&self) -> &RunKey {
        &self.run.key
    }

    /// Whether the run is known to have ended.
    pub(crate) const fn is_over(&self) -> bool {
        self.run.status.is_over()
    }

    /// How many events of its log have been read: where the next reading begins.
    pub(crate) const fn log_offset(&self) -> u32 {
        self.log.read
    }

    /// Whether the run's events are known from its first on.
    pub(crate) const fn is_known_from_start(&self) -> bool {
        self.log.known_from_start
    }

    /// When its log was last read, counted in readings of all logs; 0 for never.
    pub(crate) const fn log_turn(&self) -> u64 {
        self.log.turn
    }

    /// Whether it has ended and nobody has been told.
    pub(super) const fn has_untold_end(&self) -> bool {
        self.is_over() && !self.is_end_told
    }

    /// Whether its end is one of those that are summed up.
    pub(super) fn ends_late(&self) -> bool {
        self.is_over() && self.timeliness == Timeliness::Late
    }

    /// How events are told that only the log has brought.
    pub(super) const fn log_timeliness(&self) -> Timeliness {
        if self.was_there && !self.log.known_from_start { Timeliness::Late } else { Timeliness::OnTime }
    }

    /// The run as it is shown.
    pub(super) fn shared(&self) -> Arc<Run> {
        let done = u32::try_from(self.done.len()).unwrap_or(u32::MAX);
        Arc::new(Run { steps_done: self.log.known_from_start.then_some(done), ..self.run.clone() })
    }

    /// Takes in a later row of the feed. Whether something that is shown has changed.
    pub(super) fn merge(&mut self, row: Run, timeliness: Timeliness) -> bool {
        let before = self.run.clone();
        let run = &mut self.run;
        run.steps = row.steps.or(run.steps);
        run.started_at = row.started_at.or(run.started_at);
        run.workflow_name = row.workflow_name.or(run.workflow_name.take());
        if run.status.is_over() {
            // Events told of the end; the row knows more of it.
            if row.status == run.status {
                run.ended_at = row.ended_at.or(run.ended_at);
                run.failure_code = row.failure_code.or(run.failure_code.take());
                run.error = row.error.or(run.error.take());
            }
            return false;
        }
        if row.status.is_over() {
            run.failure_code = row.failure_code;
            run.error = row.error;
            self.end(row.status, timeliness, row.ended_at);
        } else {
            run.status = row.status;
        }
        self.run != before && !self.is_over()
    }

    /// Notes that the run has ended; what was known of its end before stays.
    pub(super) fn end(&mut self, status: RunStatus, timeliness: Timeliness, at: Option<Timestamp>) {
        if !self.run.status.is_over() {
            self.run.status = status;
            self.timeliness = timeliness;
        }
        self.run.ended_at = self.run.ended_at.or(at);
    }

    /// Takes in an event that is new. Whether something that is shown has changed.
    pub(super) fn take_in(&mut self, event: &RunEvent, timeliness: Timeliness, end_timeliness: Timeliness) -> bool {
        let mut moved = false;
        if event.kind == "run_started" {
            self.log.known_from_start |= timeliness == Timeliness::OnTime && self.log.seen.len() == 1;
            self.run.started_at = self.run.started_at.or(event.at);
        }
        if let Some(step) = event.step_id.as_ref().filter(|_| event.ends_step()) {
            moved |= self.done.insert(step.clone());
            if event.kind == "step_failed" && self.run.failed_step.is_none() {
                self.run.failed_step = Some(step.clone());
            }
        }
        let Some(status) = event.status() else { return moved && !self.is_over() };
        if status.is_over() {
            let said = |key: &str| event.text(key).map(str::to_owned);
            self.run.failure_code = self.run.failure_code.take().or_else(|| said("failure_code"));
            self.run.error = self.run.error.take().or_else(|| said("error"));
            self.end(status, end_timeliness, event.at);
        } else if !self.is_over() && timeliness == Timeliness::OnTime && self.run.status != status {
            self.run.status = status;
            moved = true;
        }
        moved && !self.is_over()
    }
}
