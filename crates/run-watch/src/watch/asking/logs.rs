//! Runs' logs, read a few at a time, the most important first.

use std::collections::HashSet;

use agentruntime_bff::Error;
use tokio::time::Instant;

use super::queue::Queue;
use crate::{book::Book, model::RunKey, pace::Patience};

/// Logs that are read at a time.
const AT_A_TIME: usize = 4;

#[derive(Debug, Default)]
pub(in crate::watch) struct LogReader {
    wanted: Queue,
    under_way: HashSet<RunKey>,
    patience: Patience,
    /// Before then none is read: one was refused in passing.
    not_before: Option<Instant>,
}

impl LogReader {
    /// Reads this log before all others.
    pub(in crate::watch) fn read_first(&mut self, key: RunKey) {
        self.wanted.put_first(key);
    }

    /// Reads this log after all others.
    pub(in crate::watch) fn read_later(&mut self, key: RunKey) {
        self.wanted.put_last(key);
    }

    pub(in crate::watch) fn is_reading(&self, key: &RunKey) -> bool {
        self.under_way.contains(key)
    }

    /// Whether there is a log that may be read now. What the book does not follow any more costs nothing.
    pub(super) fn may_read(&mut self, book: &Book, now: Instant) -> bool {
        self.wanted.drop_unwanted(|key| book.run(key).is_some());
        self.not_before.is_none_or(|until| now >= until)
            && self.under_way.len() < AT_A_TIME
            && self.wanted.has(|key| !self.under_way.contains(key))
    }

    /// When the next may be read, if one is wanted and has to wait.
    pub(super) fn due_at(&self) -> Option<Instant> {
        self.not_before.filter(|_| !self.wanted.is_empty())
    }

    /// The log that is read now. One that is being read is not read twice at a time.
    pub(super) fn begin(&mut self) -> Option<RunKey> {
        let key = self.wanted.take(|key| !self.under_way.contains(key))?;
        self.under_way.insert(key.clone());
        Some(key)
    }

    /// It is not read any more, with what has come of it.
    pub(in crate::watch) fn end(&mut self, key: &RunKey) {
        self.under_way.remove(key);
    }

    pub(in crate::watch) const fn succeed(&mut self) {
        self.patience.reset();
    }

    /// Reads no log before the platform has rested from this failure.
    pub(in crate::watch) fn rest_after(&mut self, error: &Error) {
        self.not_before = Some(Instant::now() + self.patience.wait(error));
    }
}
