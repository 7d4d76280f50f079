//! What the platform answers, taken in.

use std::collections::HashSet;

use agentruntime_bff::{Error, runs, tasks};
use tokio::time::Instant;

use super::{
    super::{
        Inbox,
        asking::{Answer, EVENTS, FeedPage, PAGE},
    },
    Follower, INBOX_TRIES,
};
use crate::{change::Told, model::RunKey, pace::asks_for_rest};

/// Pages of one whole look at the feed: 2,000 runs. What lies deeper is asked for one by one.
const SWEEP_PAGES: u32 = 20;
/// After so many looks at the latest runs, a look at all that have not ended.
const SWEEP_EVERY: u32 = 5;
/// Runs that are asked for one by one in a look.
const ONE_BY_ONE: usize = 5;
/// Failures to read a run's log, before what is known of it is all that is told.
const TRIES: u8 = 5;
/// How long a deployment or token without an inbox is not asked for one.
const WITHOUT_INBOX: std::time::Duration = std::time::Duration::from_secs(600);
/// Before that, an answer that there is none may have been given in passing.
const MAYBE_WITHOUT_INBOX: std::time::Duration = std::time::Duration::from_secs(60);

impl Follower {
    pub(super) fn take_in(&mut self, answer: Answer) {
        if let Some(rest) = answer.error().and_then(asks_for_rest) {
            self.gate.rest(Instant::now() + rest);
        }
        match answer {
            Answer::Feed(page, Ok(rows)) => self.take_feed(page, &rows),
            Answer::Feed(FeedPage::LATEST, Err(error)) => {
                self.looking.feed_asked = false;
                self.failed(&error);
            }
            Answer::Feed(page, Err(error)) => self.deeper_failed(page, &error),
            Answer::Inbox(Ok(tasks)) => self.take_inbox(&tasks),
            Answer::Inbox(Err(error)) => self.inbox_failed(&error),
            Answer::Log(key, offset, ended, events) => self.take_log(&key, offset, ended, events),
            Answer::Summary(key, Ok(run)) => {
                self.book.feed(&[run], self.told);
                self.note_end(&key);
            }
            Answer::Summary(key, Err(error)) => {
                if error.status() == Some(404) {
                    self.book.lost(&key);
                    self.note_end(&key);
                }
            }
            Answer::Name(workflow, name) => {
                self.book.name(&workflow, name.unwrap_or_default());
                self.forget_told();
            }
        }
    }

    fn deeper_failed(&mut self, page: FeedPage, error: &Error) {
        tracing::debug!(code = error.code(), ?page, "a deeper look is made another time");
        self.looking.deeper.remove(&page);
        if page.sweep && page.status.is_none() {
            // The next whole look begins anew.
            self.looking.unseen = None;
        } else if !matches!(error.status(), Some(400 | 403 | 404 | 422)) {
            // Unless the platform knows no such page.
            self.unfinished.push(page);
        }
    }

    fn take_inbox(&mut self, tasks: &[tasks::Task]) {
        self.looking.inbox_asked = false;
        self.inbox_patience.reset();
        self.inbox.failures = 0;
        self.inbox.shown = Inbox::Read;
        self.dirty = true;
        if let Some(since) = self.inbox.owed.take() {
            // The sum was told without it.
            self.told = Told::Late;
            self.gather(Some(since));
            self.look();
        }
        self.looking.summed.1 = true;
        self.book.inbox(tasks, self.told);
        self.note_vanished();
    }

    fn inbox_failed(&mut self, error: &Error) {
        self.looking.inbox_asked = false;
        self.looking.inbox_wanted = true;
        self.inbox.failures = self.inbox.failures.saturating_add(1);
        let last = self.inbox.failures >= INBOX_TRIES;
        let wait = if matches!(error.status(), Some(403 | 404)) {
            // What is known is not taken back at once: an answer in passing must not take away what waits.
            self.looking.summed.1 = true;
            self.inbox.shown = Inbox::Read;
            if last {
                tracing::info!(code = error.code(), "there is no inbox to read with this token just now");
                self.book.inbox(&[], self.told);
                self.note_vanished();
                WITHOUT_INBOX
            } else {
                MAYBE_WITHOUT_INBOX
            }
        } else {
            tracing::debug!(code = error.code(), "what waits is not heard of just now");
            if last {
                self.inbox.shown = Inbox::Failing { code: error.code() };
                if !std::mem::replace(&mut self.looking.summed.1, true) {
                    self.inbox.owed.get_or_insert(self.answered.0);
                }
            }
            self.inbox_patience.wait(error)
        };
        self.dirty = true;
        self.looking.no_inbox = Some(Instant::now() + wait);
    }

    pub(super) fn take_feed(&mut self, page: FeedPage, rows: &[runs::Run]) {
        self.looking.deeper.remove(&page);
        let first = page == FeedPage::LATEST;
        if first {
            self.looking.feed_asked = false;
            self.not_before = None;
            self.came_back();
            self.looking.summed.0 = true;
        }
        if let Some(unseen) = &mut self.looking.unseen {
            for row in rows {
                unseen.remove(&RunKey::new(row.workflow_id.clone().unwrap_or_default(), row.run_id.clone()));
            }
        }
        let more = self.book.feed(rows, self.told);
        let full = rows.len() >= PAGE as usize;
        if first && !self.book.has_begun() {
            let oldest = rows.iter().filter_map(crate::Run::of).filter_map(|run| run.started_at).min();
            self.book.begin(oldest.filter(|_| full));
            if full {
                // Runs that have not ended may lie deeper than the latest hundred.
                self.is_deep = true;
                FeedPage::ACTIVE.into_iter().for_each(|page| self.ask_feed(page));
            }
        } else if first {
            self.after_latest(rows, full && more);
        } else if full && page.offset < SWEEP_PAGES * PAGE {
            let wanted =
                more || page.status.is_some() || self.looking.unseen.as_ref().is_some_and(|left| !left.is_empty());
            if wanted {
                self.ask_feed(page.after());
            }
        }
        if page.sweep && page.status.is_none() && (!full || page.offset >= SWEEP_PAGES * PAGE) {
            self.ask_one_by_one();
        }
        self.note_ends();
    }

    /// After a look at the latest runs: is more wanted?
    pub(super) fn after_latest(&mut self, rows: &[runs::Run], all_new: bool) {
        self.looking.looks = self.looking.looks.wrapping_add(1);
        let whole = self.looking.looks.is_multiple_of(SWEEP_EVERY) || self.told == Told::Late;
        if whole {
            self.book.ask_names_again();
        }
        if whole && self.looking.unseen.is_none() {
            let shown = rows.iter().map(|row| row.run_id.as_str()).collect::<HashSet<_>>();
            let unseen = self.book.active().filter(|key| !shown.contains(key.run_id.as_str()));
            self.looking.unseen = Some(unseen.cloned().collect());
        }
        for page in std::mem::take(&mut self.unfinished) {
            self.ask_feed(page);
        }
        // One chain of pages at a time.
        if self.looking.deeper.iter().all(|page| page.status.is_some()) {
            if self.looking.unseen.as_ref().is_some_and(|left| left.len() <= ONE_BY_ONE) {
                // Cheaper than all the pages before them.
                self.ask_one_by_one();
            }
            let missing = self.looking.unseen.is_some();
            if all_new || missing {
                self.ask_feed(FeedPage { sweep: missing, ..FeedPage::LATEST.after() });
            }
        }
        // Logs that could not be read before.
        let unread = self.book.ending().filter(|key| !self.reading.contains(*key)).cloned().collect::<Vec<_>>();
        unread.into_iter().for_each(|key| self.read_later(key));
        // In turn, so that a frame that was lost is missed for a while only.
        if let Some(key) = self.book.read_longest_ago().cloned() {
            self.read_later(key);
        }
    }

    /// What a whole look did not show lies deeper than it went, or is gone.
    pub(super) fn ask_one_by_one(&mut self) {
        let Some(unseen) = self.looking.unseen.take() else { return };
        let Some(account) = self.account.clone() else { return };
        for key in unseen.into_iter().take(ONE_BY_ONE) {
            self.gate.owe(1, Instant::now());
            self.spawn(account.clone().summary(key, self.options.limit));
        }
    }

    pub(super) fn ask_feed(&mut self, page: FeedPage) {
        let Some(account) = self.account.clone() else { return };
        if !self.looking.deeper.insert(page) {
            return;
        }
        // A page more of a look that has begun is not put off: half a look tells of no end.
        self.gate.owe(1, Instant::now());
        self.spawn(account.feed(page, self.options.limit));
    }

    pub(super) fn take_log(&mut self, key: &RunKey, offset: u32, ended: bool, events: Result<Vec<runs::Event>, Error>) {
        self.reading.remove(key);
        match events {
            Ok(events) => {
                self.failures.remove(key);
                self.reader_patience.reset();
                // A deployment may give fewer than it is asked for.
                let full = events.len() >= EVENTS as usize || events.len() == PAGE as usize;
                let asks = events.iter().any(|event| event.event_type == "human_task_created");
                let new = self.book.log(key, offset, events);
                // The stream may have lost the word of it.
                self.looking.inbox_wanted |= new && asks;
                self.note_end(key);
                if full && new {
                    self.read_first(key.clone());
                    return;
                }
                self.book.log_read(key, ended);
                if self.book.is_over(key) {
                    self.read_later(key.clone());
                }
                self.vanished.remove(key);
                self.forget_told();
            }
            Err(error) if error.is_transient() => {
                self.no_reading_before = Some(Instant::now() + self.reader_patience.wait(&error));
                self.read_later(key.clone());
            }
            Err(error) => {
                let failures = self.failures.entry(key.clone()).or_default();
                *failures += 1;
                if *failures >= TRIES {
                    self.failures.remove(key);
                    self.book.give_up(key);
                } else if error.status() == Some(404)
                    && let Some(account) = self.account.clone()
                {
                    // Either the run is gone, or only its log cannot be had.
                    self.gate.owe(1, Instant::now());
                    self.spawn(account.summary(key.clone(), self.options.limit));
                }
            }
        }
    }
}
