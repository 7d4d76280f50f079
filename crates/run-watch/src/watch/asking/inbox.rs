//! Readings of the inbox.

use std::time::Duration;

use agentruntime_bff::Error;
use tokio::time::Instant;

use crate::pace::Patience;

/// Failures in a row, after which what was missed is told without it.
const TRIES: u32 = 3;

#[derive(Debug, Default)]
pub(in crate::watch) struct InboxLooks {
    wanted: bool,
    under_way: bool,
    /// Before then it is not read: it failed, or this deployment or token has none.
    not_before: Option<Instant>,
    patience: Patience,
    /// Failures in a row.
    failures: u32,
}

impl InboxLooks {
    /// It is to be read.
    pub(in crate::watch) const fn want(&mut self) {
        self.wanted = true;
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.wanted && !self.under_way && self.not_before.is_none_or(|until| now >= until)
    }

    /// When it may be read, if it is wanted and has to wait.
    pub(super) fn due_at(&self) -> Option<Instant> {
        self.not_before.filter(|_| self.wanted)
    }

    pub(super) const fn begin(&mut self) {
        self.wanted = false;
        self.under_way = true;
        self.not_before = None;
    }

    pub(in crate::watch) const fn succeed(&mut self) {
        self.under_way = false;
        self.patience.reset();
        self.failures = 0;
    }

    /// It could not be read. Whether that has happened so often that nobody waits for it any more.
    pub(in crate::watch) const fn fail(&mut self) -> bool {
        self.under_way = false;
        self.wanted = true;
        self.failures = self.failures.saturating_add(1);
        self.failures >= TRIES
    }

    /// Leaves it alone for so long.
    pub(in crate::watch) fn rest(&mut self, lasts: Duration) {
        self.not_before = Some(Instant::now() + lasts);
    }

    /// Leaves it alone for as long as this failure asks for.
    pub(in crate::watch) fn rest_after(&mut self, error: &Error) {
        let lasts = self.patience.wait(error);
        self.rest(lasts);
    }

    pub(super) const fn forgive(&mut self) {
        self.not_before = None;
    }
}
