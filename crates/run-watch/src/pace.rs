//! How often to ask, how long to wait after a failure, and the budget that no storm of runs exceeds.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use agentruntime_bff::Error;
use tokio::{sync::Notify, time::Instant};

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

/// What reading logs, names and opening streams leave of the budget for looking, which tells all the same without them.
pub(crate) const RESERVE: f64 = 10.0;

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

/// For how long a refusal asks that nothing at all be asked, if it does.
pub(crate) fn asks_for_rest(error: &Error) -> Option<Duration> {
    let asked = error.retry_after().map(|after| after.min(LONGEST_ASKED));
    if error.status() == Some(429) { Some(asked.unwrap_or(LEFT_ALONE)) } else { asked }
}

impl Patience {
    /// How long to leave the platform alone after this.
    pub(crate) fn wait(&mut self, error: &Error) -> Duration {
        let doubled = FIRST_WAIT.saturating_mul(1 << self.failures.min(8)).min(AWAY);
        self.failures = self.failures.saturating_add(1);
        match error.status() {
            Some(429) => asks_for_rest(error).unwrap_or(LEFT_ALONE),
            Some(401 | 403) => REFUSED,
            _ => asks_for_rest(error).unwrap_or_default().max(doubled),
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

/// What every request passes: it is paid for, and waits while the platform has asked to be left alone.
#[derive(Debug)]
pub(crate) struct Gate {
    state: Mutex<State>,
    /// Wakes who waits, when there is no need to any more.
    opened: Notify,
}

#[derive(Debug)]
struct State {
    purse: Purse,
    /// Before then nothing is asked.
    rest: Option<Instant>,
}

impl Gate {
    pub(crate) fn new(budget: Budget, now: Instant) -> Self {
        Self { state: Mutex::new(State { purse: Purse::new(budget, now), rest: None }), opened: Notify::new() }
    }

    /// As [`Purse::pay`]; nothing passes before the rest that was asked for is over.
    pub(crate) fn pay(&self, requests: u32, reserve: f64, now: Instant) -> Result<(), Instant> {
        let mut state = self.state();
        match state.rest.filter(|until| *until > now) {
            Some(until) => Err(until),
            None => state.purse.pay(requests, reserve, now),
        }
    }

    /// Waits until one request may be made that leaves `reserve`.
    pub(crate) async fn pass(&self, reserve: f64) {
        loop {
            let opened = self.opened.notified();
            let Err(until) = self.pay(1, reserve, Instant::now()) else { return };
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                () = opened => {}
            }
        }
    }

    /// As [`Purse::owe`].
    pub(crate) fn owe(&self, requests: u32, now: Instant) {
        self.state().purse.owe(requests, now);
    }

    /// The platform wants to be left alone until then.
    pub(crate) fn rest(&self, until: Instant) {
        let rest = &mut self.state().rest;
        *rest = Some(rest.map_or(until, |before| before.max(until)));
    }

    /// It may be asked again: it is another one, or is reached in another way.
    pub(crate) fn open(&self) {
        self.state().rest = None;
        self.opened.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is left of a budget.
#[derive(Debug)]
pub(crate) struct Purse {
    budget: Budget,
    /// Below zero, it is owed.
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
        self.fill(now);
        let price = f64::from(requests);
        let wanted = (reserve + price).min(self.budget.at_once);
        if self.left >= wanted {
            self.left = (self.left - price).max(0.0);
            return Ok(());
        }
        Err(now + Duration::from_secs_f64((wanted - self.left) / self.budget.per_second))
    }

    /// Makes requests that cannot wait, and pays for them out of what comes in later.
    pub(crate) fn owe(&mut self, requests: u32, now: Instant) {
        self.fill(now);
        self.left -= f64::from(requests);
    }

    fn fill(&mut self, now: Instant) {
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = since.mul_add(self.budget.per_second, self.left).min(self.budget.at_once);
        self.at = now;
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
        // What could not wait is paid for afterwards.
        purse.owe(4, full);
        assert_eq!(purse.pay(1, 0.0, full).unwrap_err() - full, Duration::from_millis(2500));
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_passes_while_the_platform_is_to_be_left_alone() {
        let gate = std::sync::Arc::new(Gate::new(Budget::default(), Instant::now()));
        let until = Instant::now() + Duration::from_secs(120);
        gate.rest(until);
        gate.rest(until - Duration::from_secs(100));
        assert_eq!(gate.pay(1, 0.0, Instant::now()), Err(until));
        gate.pass(0.0).await;
        assert_eq!(Instant::now(), until);
        gate.rest(until + Duration::from_secs(600));
        let waiting = tokio::spawn({
            let gate = gate.clone();
            async move { gate.pass(0.0).await }
        });
        tokio::task::yield_now().await;
        gate.open();
        waiting.await.unwrap();
        assert_eq!(Instant::now(), until, "another way to the platform need not wait");
    }
}
