//! What runs' logs hold, and which are read when.

use agentruntime_bff::{Error, runs};
use tokio::time::Instant;

use super::Following;
use crate::{
    book::{Entry, LogPiece},
    model::RunKey,
    watch::question::{EVENTS, PAGE},
};

impl Following {
    pub(super) fn take_log(&mut self, key: &RunKey, offset: u32, ended: bool, events: Result<Vec<runs::Event>, Error>) {
        self.asking.logs.end(key);
        let events = match events {
            Ok(events) => events,
            Err(error) => return self.take_log_failure(key, &error),
        };
        self.asking.logs.succeed();
        // A deployment may give fewer than it is asked for.
        let is_full = events.len() >= EVENTS as usize || events.len() == PAGE as usize;
        let news = self.book.take_log(key, LogPiece { offset, events, is_full, asked_after_end: ended });
        if news.asks {
            // The stream may have lost the word of it.
            self.asking.inbox.want();
        }
        if news.goes_on {
            self.asking.logs.read_first(key.clone());
        } else if self.book.run(key).is_some_and(Entry::is_over) {
            self.asking.logs.read_later(key.clone());
        }
    }

    fn take_log_failure(&mut self, key: &RunKey, error: &Error) {
        if error.is_transient() {
            self.asking.logs.rest_after(error);
            self.asking.logs.read_later(key.clone());
        } else if !self.book.take_log_failure(key) && error.status() == Some(404) {
            // Either the run is gone, or only its log cannot be had.
            self.asking.ask_summary(key.clone());
        }
    }

    /// Has the logs read that ends and vanished tasks wait for, and tells those that have waited long enough.
    pub(super) fn keep_waits(&mut self, now: Instant) {
        for run in self.book.begin_waits(now) {
            self.asking.logs.read_first(run);
        }
        for run in self.book.end_waits(now, self.options.patience) {
            self.asking.logs.read_later(run);
        }
    }

    /// Has logs read that could not be read before, and one of an active run, in turn: a frame that was lost is missed for a
    /// while only.
    pub(super) fn read_what_is_left(&mut self) {
        let logs = &self.asking.logs;
        let ended = self.book.runs().filter(|run| run.is_over() && !logs.is_reading(run.key()));
        let next = self.book.runs().filter(|run| !run.is_over()).min_by_key(|run| run.log_turn());
        let left = ended.chain(next).map(|run| run.key().clone()).collect::<Vec<_>>();
        left.into_iter().for_each(|run| self.asking.logs.read_later(run));
    }

    pub(super) fn read_workflow(&mut self, workflow: &str) {
        self.read_active(|key| key.workflow_id == workflow);
    }

    /// Has the logs of active runs read.
    pub(super) fn read_active(&mut self, wanted: impl Fn(&RunKey) -> bool) {
        let active = self.book.runs().filter(|run| !run.is_over() && wanted(run.key()));
        active.for_each(|run| self.asking.logs.read_later(run.key().clone()));
    }
}
