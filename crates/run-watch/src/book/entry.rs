//! One run in the book, until it has ended and everything of it is told.

use std::{collections::HashSet, sync::Arc};

use jiff::Timestamp;

use crate::{
    change::Told,
    model::{Run, RunEvent, RunStatus},
};

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) run: Run,
    /// Ids of the events that were told.
    pub(super) seen: HashSet<String>,
    /// How many events of the log have been read.
    pub(super) read: u32,
    /// Whether every event so far is known, so that steps can be counted.
    pub(super) known_from_start: bool,
    /// Whether its log holds the event that ends it.
    pub(super) saw_end: bool,
    /// How often the log was read since the run ended.
    pub(super) readings: u8,
    /// How its end is told.
    pub(super) told: Told,
    pub(super) told_end: bool,
    /// Whether everything of it is known but its workflow's name.
    pub(super) whole: bool,
    /// Whether it was there before anybody watched, so that the log's beginning is old news.
    was_there: bool,
    done: HashSet<String>,
    /// When its log was last read, counted in readings.
    pub(super) turn: u64,
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
    pub(super) fn new(run: Run, told: Told, was_there: bool) -> Self {
        Self {
            run,
            seen: HashSet::new(),
            read: 0,
            known_from_start: false,
            saw_end: false,
            readings: 0,
            told,
            told_end: false,
            whole: false,
            was_there,
            done: HashSet::new(),
            turn: 0,
        }
    }

    pub(super) const fn is_over(&self) -> bool {
        self.run.status.is_over()
    }

    pub(super) fn ends_late(&self) -> bool {
        self.is_over() && self.told == Told::Late
    }

    /// How events are told that only the log has brought.
    pub(super) const fn told_of_log(&self) -> Told {
        if self.was_there && !self.known_from_start { Told::Late } else { Told::Now }
    }

    /// The run as it is shown.
    pub(super) fn shared(&self) -> Arc<Run> {
        let done = u32::try_from(self.done.len()).unwrap_or(u32::MAX);
        Arc::new(Run { steps_done: self.known_from_start.then_some(done), ..self.run.clone() })
    }

    /// Takes in a later row of the feed. Whether something that is shown has changed.
    pub(super) fn merge(&mut self, row: Run, told: Told) -> bool {
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
            self.end(row.status, told, row.ended_at);
        } else {
            run.status = row.status;
        }
        self.run != before && !self.is_over()
    }

    /// It has ended.
    pub(super) fn end(&mut self, status: RunStatus, told: Told, at: Option<Timestamp>) {
        if !self.run.status.is_over() {
            self.run.status = status;
            self.told = told;
        }
        self.run.ended_at = self.run.ended_at.or(at);
    }

    /// Takes in an event that is new. Whether something that is shown has changed.
    pub(super) fn take_in(&mut self, event: &RunEvent, told: Told, end_told: Told) -> bool {
        let mut moved = false;
        if event.kind == "run_started" {
            self.known_from_start |= told == Told::Now && self.seen.len() == 1;
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
            self.end(status, end_told, event.at);
        } else if !self.is_over() && told == Told::Now && self.run.status != status {
            self.run.status = status;
            moved = true;
        }
        moved && !self.is_over()
    }
}
