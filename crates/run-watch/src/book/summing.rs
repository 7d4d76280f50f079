//! What happened while nobody watched, told as one sum.

use jiff::Timestamp;

use super::Book;
use crate::change::{Change, Missed};

impl Book {
    /// From now on what is told late is gathered. One sum more is not begun before the last is told.
    pub(crate) fn gather(&mut self, since: Option<Timestamp>) {
        let nothing = Missed { since, ended: Vec::new(), failed: Vec::new(), waiting: Vec::new() };
        self.missed.get_or_insert(nothing);
    }

    /// Whether what is gathered can be told: nothing of it is still to be read.
    pub(crate) fn is_gathered(&self) -> bool {
        self.missed.is_some() && !self.runs.values().any(|entry| entry.ends_late() && !entry.is_end_told)
    }

    /// Tells what was gathered, and what could not be read in time as well.
    pub(crate) fn sum_up(&mut self) {
        let late = self.runs.iter().filter(|(_, entry)| entry.ends_late());
        for key in late.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            self.tell_end(&key);
        }
        if let Some(mut missed) = self.missed.take() {
            // By now their workflows' names may be known.
            for task in &mut missed.waiting {
                if let Some(known) = self.tasks.get(&task.id) {
                    *task = known.clone();
                }
            }
            self.changes.push(Change::CaughtUp(missed));
        }
    }
}
