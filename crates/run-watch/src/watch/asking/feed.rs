//! Looks at the feed: the latest runs often, whatever has not ended now and then.

use std::{collections::HashSet, time::Duration};

use tokio::time::Instant;

use super::super::question::FeedPage;
use crate::{model::RunKey, pace::Patience};

/// After so many looks at the latest runs, a look at all that have not ended.
const SWEEP_EVERY: u32 = 5;

/// Looks at the latest runs.
#[derive(Debug)]
pub(in crate::watch) struct FeedLooks {
    wanted: bool,
    pub(in crate::watch) under_way: bool,
    last: Instant,
    pub(in crate::watch) next: Instant,
    /// Before then the platform wants to be left alone.
    not_before: Option<Instant>,
    patience: Patience,
}

impl FeedLooks {
    /// The first look is due now.
    pub(super) fn new(now: Instant) -> Self {
        Self { wanted: false, under_way: false, last: now, next: now, not_before: None, patience: Patience::default() }
    }

    /// Looks at once, unless the platform has asked to be left alone.
    pub(in crate::watch) fn look(&mut self, now: Instant) {
        self.next = self.not_before.map_or(now, |until| until.max(now));
    }

    /// The next look is this far from the last one, or nearer: what was calm then may be busy now.
    pub(in crate::watch) fn hasten(&mut self, interval: Duration) {
        self.next = self.next.min(self.last + interval);
    }

    /// Wants a look if the time for it has come; whether it has.
    pub(in crate::watch) fn fall_due(&mut self, now: Instant, interval: Duration) -> bool {
        let is_due = now >= self.next;
        if is_due {
            self.wanted = true;
            self.last = now;
            self.next = now + interval;
        }
        is_due
    }

    pub(super) const fn is_due(&self) -> bool {
        self.wanted && !self.under_way
    }

    pub(super) const fn begin(&mut self) {
        self.wanted = false;
        self.under_way = true;
    }

    pub(in crate::watch) const fn succeed(&mut self) {
        self.under_way = false;
        self.not_before = None;
        self.patience.reset();
    }

    /// The look told nothing; when the next one is made.
    pub(in crate::watch) fn fail(&mut self, error: &agentruntime_bff::Error, now: Instant) -> Instant {
        let until = now + self.patience.wait(error);
        self.under_way = false;
        self.wanted = false;
        self.next = until;
        self.not_before = Some(until);
        until
    }

    pub(super) const fn forgive(&mut self) {
        self.patience.reset();
        self.not_before = None;
    }
}

/// A look at more than the latest runs.
#[derive(Debug, Default)]
pub(in crate::watch) struct Sweep {
    /// Looks at the latest runs so far.
    looks: u32,
    /// Active runs that the whole look under way has not seen yet; `None` while none is under way.
    pub(in crate::watch) unseen: Option<HashSet<RunKey>>,
    /// Pages besides the latest that are being asked for.
    pub(in crate::watch) deeper: HashSet<FeedPage>,
}

impl Sweep {
    /// Counts a look at the latest runs. Whether a whole look is to follow it.
    pub(in crate::watch) const fn count_look(&mut self) -> bool {
        self.looks = self.looks.wrapping_add(1);
        self.looks.is_multiple_of(SWEEP_EVERY)
    }

    /// A run is where it was looked for.
    pub(in crate::watch) fn see(&mut self, key: &RunKey) {
        if let Some(unseen) = &mut self.unseen {
            unseen.remove(key);
        }
    }

    /// Whether no page of a chain of pages is under way: one chain at a time.
    pub(in crate::watch) fn may_begin(&self) -> bool {
        self.deeper.iter().all(|page| page.status.is_some())
    }

    /// Whether there are runs still to be seen.
    pub(in crate::watch) fn has_unseen(&self) -> bool {
        self.unseen.as_ref().is_some_and(|unseen| !unseen.is_empty())
    }
}
