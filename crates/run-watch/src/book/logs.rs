//! Events, and the logs that hold them all.

use std::sync::Arc;

use agentruntime_bff::runs;

use super::{Book, Entry};
use crate::{
    change::{Change, Timeliness},
    model::{RunEvent, RunKey},
};

/// Readings of an ended run's log that lacks its last event, before it is taken for whole.
pub(super) const PATIENCE: u8 = 3;
/// Failures in a row to read a run's log, before what is known of the run is all that is told.
const TRIES: u8 = 5;

/// A piece of a run's log.
#[derive(Debug)]
pub(crate) struct LogPiece {
    /// How many events of the log lie before it.
    pub(crate) offset: u32,
    pub(crate) events: Vec<runs::Event>,
    /// Whether more may lie behind it.
    pub(crate) is_full: bool,
    /// Whether it was asked for when the run was known to have ended.
    pub(crate) asked_after_end: bool,
}

/// What a piece of a log has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LogNews {
    /// The log is to be read on at once.
    pub(crate) goes_on: bool,
    /// It tells of a task that was not known, so that the inbox is to be read.
    pub(crate) asks: bool,
}

impl Book {
    /// Takes in a piece of a run's log.
    pub(crate) fn take_log(&mut self, key: &RunKey, piece: LogPiece) -> LogNews {
        let Some(entry) = self.runs.get_mut(key) else { return LogNews { goes_on: false, asks: false } };
        let timeliness = entry.log_timeliness();
        let count = u32::try_from(piece.events.len()).unwrap_or(u32::MAX);
        self.turns += 1;
        let log = &mut entry.log;
        log.failures = 0;
        log.read = log.read.max(piece.offset.saturating_add(count));
        log.turn = self.turns;
        let events = piece.events.into_iter().map(|row| RunEvent::of(key, row)).collect::<Vec<_>>();
        let is_new = events.iter().any(|event| !log.seen.contains(&event.id));
        let asks = is_new && events.iter().any(|event| event.kind == "human_task_created");
        log.saw_end |= events.iter().any(RunEvent::ends_run);
        // What a log says of an end may be old; whether it is being summed up says whether the person is told of it by itself.
        let end_timeliness = if self.missed.is_some() { Timeliness::Late } else { Timeliness::OnTime };
        for event in events {
            self.take_event(event, timeliness, end_timeliness);
        }
        let goes_on = piece.is_full && is_new;
        if !goes_on {
            self.finish_log(key, piece.asked_after_end);
        }
        LogNews { goes_on, asks }
    }

    /// A run's log could not be read. After some failures, what is known of a run that has ended is all that is told; whether
    /// it has come to that.
    pub(crate) fn take_log_failure(&mut self, key: &RunKey) -> bool {
        let Some(entry) = self.runs.get_mut(key) else { return true };
        entry.log.failures += 1;
        if entry.log.failures < TRIES {
            return false;
        }
        entry.log.failures = 0;
        if entry.is_over() {
            self.close(key);
        }
        true
    }

    /// A run's log has been read to its end.
    fn finish_log(&mut self, key: &RunKey, asked_after_end: bool) {
        let Some(entry) = self.runs.get_mut(key) else { return };
        let was_known = std::mem::replace(&mut entry.log.known_from_start, true);
        self.explain(key);
        let Some(entry) = self.runs.get_mut(key) else { return };
        if entry.is_over() {
            entry.log.readings = entry.log.readings.saturating_add(u8::from(asked_after_end));
            if entry.log.saw_end || entry.log.readings >= PATIENCE {
                self.close(key);
                return;
            }
        }
        if !was_known && let Some(entry) = self.runs.get(key) {
            let moved = Change::Moved(entry.shared());
            self.changes.push(moved);
        }
    }

    /// Takes in one event, if it is new. Whether the inbox has changed with it and is to be read.
    pub(super) fn take_event(&mut self, event: RunEvent, timeliness: Timeliness, end_timeliness: Timeliness) -> bool {
        let Some(entry) = self.runs.get_mut(&event.run) else { return false };
        if !entry.log.seen.insert(event.id.clone()) {
            return false;
        }
        let moved = entry.take_in(&event, timeliness, end_timeliness);
        let moved = moved.then(|| Change::Moved(entry.shared()));
        let event = Arc::new(event);
        self.changes.push(Change::Event(event.clone(), timeliness));
        self.changes.extend(moved);
        match event.kind.as_str() {
            "human_task_created" => timeliness == Timeliness::OnTime,
            "human_task_completed" => {
                let Some(id) = event.text("task_id") else { return true };
                let approved = event.data.get("approved").and_then(serde_json::Value::as_bool);
                if let Some(left) = self.tasks.complete(id, approved) {
                    self.note_left(left);
                }
                false
            }
            // Whoever waited for an answer waits no longer.
            _ => self.run(&event.run).is_some_and(Entry::is_over) && self.tasks.count_of(&event.run) > 0,
        }
    }
}
