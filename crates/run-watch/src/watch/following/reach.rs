//! Whether the platform is heard of, and since when it was not.

use std::time::Duration;

use agentruntime_bff::Error;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::Following;
use crate::{
    change::Timeliness,
    watch::{board::Link, options::Options},
};

/// A clock that differs by more from the one that stands still while the computer sleeps was put forward, or slept.
const JUMP: SignedDuration = SignedDuration::from_secs(10);

/// The clock on the wall, and the one that stands still while the computer sleeps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clocks {
    wall: Timestamp,
    steady: Instant,
}

impl Clocks {
    pub(super) fn read(options: &Options) -> Self {
        Self { wall: (options.wall)(), steady: Instant::now() }
    }
}

#[derive(Debug)]
pub(super) struct Reach {
    pub(super) link: Link,
    /// When the platform last answered.
    answered: Clocks,
    /// how far off the look after that reply could be.
    allowed: Duration,
    /// Since when looks have failed.
    away_since: Option<Instant>,
}

impl Reach {
    /// The first look is under way.
    pub(super) const fn new(now: Clocks) -> Self {
        Self { link: Link::Starting, answered: now, allowed: Duration::ZERO, away_since: None }
    }

    pub(super) const fn is_away(&self) -> bool {
        matches!(self.link, Link::Away { .. })
    }

    /// When the platform last answered, by the clock on the wall.
    pub(super) const fn heard_at(&self) -> Timestamp {
        self.answered.wall
    }

    /// The next look may be this far off.
    pub(super) fn allow(&mut self, interval: Duration) {
        self.allowed = self.allowed.max(interval);
    }

    /// The platform answers, and the look after this may be as far off as `allowed`.
    fn answer(&mut self, now: Clocks, allowed: Duration) {
        *self = Self { link: Link::Live, answered: now, allowed, away_since: None };
    }

    /// The platform does not answer as it should.
    fn fail(&mut self, error: &Error, now: Instant) {
        self.away_since.get_or_insert(now);
        let since = match &self.link {
            Link::Away { since, .. } => *since,
            _ => self.answered.wall,
        };
        self.link = Link::Away { since, code: error.code() };
    }

    /// Since when nothing was heard, if that is longer than it should be by either clock.
    fn silence(&self, now: Clocks, gap: Duration) -> Option<Timestamp> {
        let by_wall = now.wall.duration_since(self.answered.wall);
        let steady = now.steady.duration_since(self.answered.steady);
        let by_steady = SignedDuration::try_from(steady).unwrap_or(SignedDuration::MAX);
        let slept = by_wall.checked_sub(by_steady).is_some_and(|ahead| ahead >= JUMP);
        let silent = match self.away_since {
            // Not since the last reply: looks are rare while all is calm, and one that fails is no outage.
            Some(since) => now.steady.duration_since(since) >= gap,
            // A look may be as far off as the pace allowed, or be put off by the budget.
            None => steady >= gap.saturating_add(self.allowed),
        };
        let since = if let Link::Away { since, .. } = &self.link { *since } else { self.answered.wall };
        (slept || silent).then_some(since)
    }
}

impl Following {
    /// The platform answers.
    pub(super) fn take_return(&mut self) {
        let now = Clocks::read(&self.options);
        let was_away = self.reach.is_away();
        let silence = self.reach.silence(now, self.options.gap).filter(|_| self.book.has_begun());
        self.reach.answer(now, self.pace.interval(false));
        if let Some(since) = silence {
            tracing::info!(%since, "runs are heard of again");
            self.sum.timeliness = Timeliness::Late;
            self.gather(Some(since));
            // Streams that wait for longer than the platform was away begin at once.
            self.asking.streams.close();
            self.read_active(|_| true);
        }
        if was_away {
            self.asking.feed.next = now.steady + self.interval();
            self.asking.inbox.want();
        }
    }

    /// The feed does not answer as it should.
    pub(super) fn take_feed_failure(&mut self, error: &Error) {
        let now = Instant::now();
        let until = self.asking.feed.fail(error, now);
        if error.status() == Some(401) {
            // Whatever else is asked with this token is refused as well.
            self.asking.turnstile.rest_until(until);
        }
        if !self.reach.is_away() {
            tracing::info!(code = error.code(), "runs are not heard of just now");
        }
        self.reach.fail(error, now);
    }

    /// Notices that the computer slept, or that its clock was put forward: what the next reply tells of is late.
    pub(in crate::watch) fn compare_clocks(&mut self) {
        if self.reach.link != Link::Live || self.asking.feed.under_way {
            return;
        }
        if self.reach.silence(Clocks::read(&self.options), self.options.gap).is_some() {
            tracing::info!("the computer slept, or its clock was put forward");
            // Whatever answers first, what it tells is late.
            self.sum.timeliness = Timeliness::Late;
            self.gather(Some(self.reach.heard_at()));
            self.look();
        }
    }
}
