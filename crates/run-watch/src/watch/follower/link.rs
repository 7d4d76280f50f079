//! Whether the platform is heard of, and what becomes of the time in which it was not.

use agentruntime_bff::Error;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{super::Link, Follower};
use crate::change::Told;

/// A clock that differs by more from the one that stands still while the computer sleeps was put forward, or slept.
const JUMP: SignedDuration = SignedDuration::from_secs(10);

impl Follower {
    /// The platform answers.
    pub(super) fn came_back(&mut self) {
        let now = ((self.options.wall)(), Instant::now());
        self.patience.reset();
        let before = std::mem::replace(&mut self.link, Link::Live);
        if self.book.has_begun()
            && let Some(since) = self.silence(&before, now)
        {
            tracing::info!(%since, "runs are heard of again");
            self.told = Told::Late;
            self.gather(Some(since));
            // Streams that wait for longer than the platform was away begin at once.
            self.streams.close();
            self.read_all_active();
        }
        if matches!(before, Link::Away { .. }) {
            self.next_look = now.1 + self.interval();
            self.looking.inbox_wanted = true;
        }
        self.answered = now;
        self.away_since = None;
        self.allowed = self.pace.interval(false);
        self.dirty = true;
    }

    /// Since when nothing was heard, if that is longer than it should be by either clock.
    pub(super) fn silence(&self, link: &Link, now: (Timestamp, Instant)) -> Option<Timestamp> {
        let (wall, steady) = self.answered;
        let by_wall = now.0.duration_since(wall);
        let by_steady = SignedDuration::try_from(now.1.duration_since(steady)).unwrap_or(SignedDuration::MAX);
        let gap = SignedDuration::try_from(self.options.gap).unwrap_or(SignedDuration::MAX);
        let slept = by_wall.checked_sub(by_steady).is_some_and(|ahead| ahead >= JUMP);
        let silent = match self.away_since {
            // Not since the last answer: looks are rare while all is calm, and one that fails is no outage.
            Some(since) => now.1.duration_since(since) >= self.options.gap,
            // A look may be as far off as the pace allowed, or be put off by the budget.
            None => by_steady >= gap.saturating_add(SignedDuration::try_from(self.allowed).unwrap_or(gap)),
        };
        let since = if let Link::Away { since, .. } = link { *since } else { wall };
        (slept || silent).then_some(since)
    }

    pub(super) fn gather(&mut self, since: Option<Timestamp>) {
        self.book.gather(since);
        self.sum_by = Some(Instant::now() + self.options.summing_up);
        self.looking.summed = (false, false);
        self.looking.inbox_wanted = true;
    }

    /// The feed does not answer as it should.
    pub(super) fn failed(&mut self, error: &Error) {
        let now = Instant::now();
        self.away_since.get_or_insert(now);
        let until = now + self.patience.wait(error);
        if error.status() == Some(401) {
            // Whatever else is asked with this token is refused as well.
            self.gate.rest(until);
        }
        self.next_look = until;
        self.not_before = Some(until);
        self.looking.feed_wanted = false;
        if !matches!(self.link, Link::Away { .. }) {
            tracing::info!(code = error.code(), "runs are not heard of just now");
        }
        let since = match &self.link {
            Link::Away { since, .. } => *since,
            _ => self.answered.0,
        };
        self.link = Link::Away { since, code: error.code() };
        self.dirty = true;
    }

    /// Notices that the computer slept, or that its clock was put forward: what the next answer tells of is late.
    pub(super) fn compare_clocks(&mut self) {
        if self.account.is_none() || self.link != Link::Live {
            return;
        }
        let now = ((self.options.wall)(), Instant::now());
        if self.silence(&Link::Live, now).is_some() && !self.looking.feed_asked {
            tracing::info!("the computer slept, or its clock was put forward");
            // Whatever answers first, what it tells is late.
            self.told = Told::Late;
            self.gather(Some(self.answered.0));
            self.look();
        }
    }

    /// Ends that have waited long enough for their log.
    pub(super) fn tell_ends(&mut self, now: Instant) {
        let patience = self.options.patience;
        let due = self.vanished.iter().filter(|(_, since)| now.duration_since(**since) >= patience);
        for key in due.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            self.book.explain(&key);
            self.vanished.remove(&key);
        }
        let due = self.ending.iter().filter(|(_, since)| now.duration_since(**since) >= patience);
        for key in due.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            self.book.tell_end(&key);
            self.ending.remove(&key);
            if self.book.read(&key).is_some() {
                self.read_later(key);
            }
        }
    }

    /// Tells what was missed, when all of it is there or has been waited for.
    pub(super) fn sum_up(&mut self, now: Instant) {
        let Some(by) = self.sum_by else { return };
        // Nothing is summed up that was not looked at.
        if self.looking.summed != (true, true) || !self.book.has_begun() {
            if now >= by {
                self.sum_by = Some(now + self.options.summing_up);
            }
            return;
        }
        let looked = !self.looking.feed_asked && !self.looking.inbox_asked && self.looking.unseen.is_none();
        if (looked && self.asked.is_empty() && self.book.is_gathered()) || now >= by {
            self.book.caught_up();
            self.sum_by = None;
            self.told = Told::Now;
        }
    }
}
