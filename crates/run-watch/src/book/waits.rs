//! Ends and vanished tasks, which wait for a run's log to say more of them, but not for ever.

use std::time::Duration;

use tokio::time::Instant;

use super::{Book, Entry};
use crate::model::RunKey;

impl Book {
    /// What is new among them begins to wait. The runs whose log is to be read first.
    pub(crate) fn begin_waits(&mut self, now: Instant) -> Vec<RunKey> {
        let ended = |entry: &&mut Entry| entry.has_untold_end() && entry.end_waits_since.is_none();
        let begun = self.runs.values_mut().filter(ended).map(|entry| {
            entry.end_waits_since = Some(now);
            entry.run.key.clone()
        });
        let mut runs = begun.collect::<Vec<_>>();
        runs.extend(self.tasks.begin_waits(now));
        runs
    }

    /// Tells what has waited for as long as `patience`. The runs whose end was told so, and whose log is still to be read.
    pub(crate) fn end_waits(&mut self, now: Instant, patience: Duration) -> Vec<RunKey> {
        for run in self.tasks.runs_overdue(now, patience) {
            self.explain(&run);
        }
        let is_due = |since: Instant| now.saturating_duration_since(since) >= patience;
        let overdue = self.runs.values().filter(|entry| entry.waits_since().is_some_and(is_due));
        let overdue = overdue.map(|entry| entry.run.key.clone()).collect::<Vec<_>>();
        overdue.iter().for_each(|key| self.tell_end(key));
        overdue
    }

    /// Since when the first of them waits.
    pub(crate) fn waits_since(&self) -> Option<Instant> {
        self.runs.values().filter_map(Entry::waits_since).chain(self.tasks.waits_since()).min()
    }
}

impl Entry {
    fn waits_since(&self) -> Option<Instant> {
        self.end_waits_since.filter(|_| self.has_untold_end())
    }
}
