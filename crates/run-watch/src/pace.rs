//! How often to ask, how long to wait after a failure, and the budget that no storm of runs exceeds.

use std::time::Duration;

use agentruntime_bff::Error;
use tokio::time::Instant;

/// Between two looks while something is active or waits.
const BUSY: Duration = Duration::from_secs(3);
/// Between two looks while nothing is.
const CALM: Duration = Duration::from_secs(30);
/// The first wait after a failure.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait for a platform that is away or broken: one request in that time costs it less than being asked does
/// when all is well, and its return is noticed within it.
const AWAY: Duration = Duration::from_secs(4);
/// The wait where the platform asks to be left alone and does not say for how long.
const LEFT_ALONE: Duration = Duration::from_secs(20);
/// The longest that a `Retry-After` is obeyed.
const LONGEST_ASKED: Duration = Duration::from_secs(300);
/// The wait where the token is refused: nothing changes that but another token.
const REFUSED: Duration = Duration::from_secs(60);

/// Who looks, and what it costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// Nobody looks: the window is closed.
    pub unseen: bool,
    /// The computer runs on its battery.
    pub on_battery: bool,
}

impl Pace {
    /// Between two looks: twice as long when nobody looks, and twice again on battery.
    #[must_use]
    pub fn interval(self, busy: bool) -> Duration {
        let base = if busy { BUSY } else { CALM };
        base * if self.unseen { 2 } else { 1 } * if self.on_battery { 2 } else { 1 }
    }
}

/// How long to wait after failures in a row.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    failures: u32,
}

impl Patience {
    pub(crate) fn wait(&mut self, error: &Error) -> Duration {
        let doubled = FIRST_WAIT.saturating_mul(1 << self.failures.min(8)).min(AWAY);
        self.failures = self.failures.saturating_add(1);
        match error.status() {
            Some(429) => error.retry_after().unwrap_or(LEFT_ALONE).min(LONGEST_ASKED),
            Some(401 | 403) => REFUSED,
            _ => error.retry_after().unwrap_or_default().min(LONGEST_ASKED).max(doubled),
        }
    }

    pub(crate) const fn reset(&mut self) {
        self.failures = 0;
    }
}

/// The most requests, over time and at once.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// So many a second for as long as it takes.
    pub per_second: f64,
    /// So many at once after a while of rest.
    pub at_once: f64,
}

impl Default for Budget {
    /// Five a second, forty at once.
    fn default() -> Self {
        Self { per_second: 5.0, at_once: 40.0 }
    }
}

/// What is left of a budget.
#[derive(Debug)]
pub(crate) struct Purse {
    budget: Budget,
    left: f64,
    at: Instant,
}

impl Purse {
    pub(crate) fn new(budget: Budget, now: Instant) -> Self {
        Self { budget, left: budget.at_once, at: now }
    }

    /// Pays for so many requests, if `reserve` is left after them; else says when to ask again. What costs more than there
    /// can ever be is paid for with all there is.
    pub(crate) fn pay(&mut self, requests: u32, reserve: f64, now: Instant) -> Result<(), Instant> {
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = since.mul_add(self.budget.per_second, self.left).min(self.budget.at_once);
        self.at = now;
        let price = f64::from(requests);
        let wanted = (reserve + price).min(self.budget.at_once);
        if self.left >= wanted {
            self.left = (self.left - price).max(0.0);
            return Ok(());
        }
        Err(now + Duration::from_secs_f64((wanted - self.left) / self.budget.per_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, retry_after: Option<u64>) -> Error {
        Error::Refused {
            status,
            message: String::new(),
            bff_code: None,
            retry_after: retry_after.map(Duration::from_secs),
        }
    }

    #[test]
    fn nobody_who_looks_and_no_power_make_it_slower() {
        let pace = |unseen, on_battery| Pace { unseen, on_battery };
        assert_eq!(pace(false, false).interval(true), Duration::from_secs(3));
        assert_eq!(pace(false, false).interval(false), Duration::from_secs(30));
        assert_eq!(pace(true, false).interval(true), Duration::from_secs(6));
        assert_eq!(pace(true, true).interval(false), Duration::from_secs(120));
    }

    #[test]
    fn a_platform_that_is_away_is_asked_again_within_seconds_and_one_that_asks_for_rest_gets_it() {
        let mut patience = Patience::default();
        let waits = (0..5).map(|_| patience.wait(&refused(503, None)).as_secs()).collect::<Vec<_>>();
        assert_eq!(waits, [1, 2, 4, 4, 4]);
        assert_eq!(patience.wait(&refused(503, Some(30))).as_secs(), 30);
        assert_eq!(patience.wait(&refused(429, None)).as_secs(), 20);
        assert_eq!(patience.wait(&refused(429, Some(7))).as_secs(), 7);
        assert_eq!(patience.wait(&refused(429, Some(86_400))).as_secs(), 300);
        assert_eq!(patience.wait(&refused(401, None)).as_secs(), 60);
        patience.reset();
        assert_eq!(patience.wait(&refused(500, None)).as_secs(), 1);
    }

    #[test]
    fn a_purse_gives_no_more_than_its_budget() {
        let begun = Instant::now();
        let mut purse = Purse::new(Budget { per_second: 2.0, at_once: 3.0 }, begun);
        assert_eq!((0..5).filter(|_| purse.pay(1, 0.0, begun).is_ok()).count(), 3);
        let again = purse.pay(1, 0.0, begun).unwrap_err();
        assert_eq!(again - begun, Duration::from_millis(500));
        assert_eq!(purse.pay(1, 0.0, again), Ok(()));
        // What is kept for others is not given.
        let later = again + Duration::from_secs(1);
        assert_eq!(purse.pay(1, 1.0, later), Ok(()));
        assert!(purse.pay(1, 1.0, later).is_err());
        assert_eq!(purse.pay(1, 0.0, later), Ok(()));
        let full = later + Duration::from_secs(60);
        assert_eq!((0..9).filter(|_| purse.pay(1, 0.0, full).is_ok()).count(), 3);
    }
}
