//! The budget that no storm of runs exceeds, and the turnstile before the platform that every request pays at.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

/// What reading logs, names and opening streams leave of the budget for looking, which tells all the same without them.
pub(crate) const RESERVE: f64 = 10.0;

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

/// A purse that several turnstiles are paid from, one after the other: a budget is the machine's and not one account's.
pub(crate) type SharedPurse = Arc<Mutex<Purse>>;

/// What every request made with one token passes: it is paid for, and waits while the platform has asked to be left alone.
#[derive(Debug)]
pub(crate) struct Turnstile {
    purse: SharedPurse,
    /// Before then nothing is asked.
    rest: Mutex<Option<Instant>>,
    /// Wakes who waits, when there is no need to any more.
    opened: Notify,
}

impl Turnstile {
    /// A turnstile through which all may pass that the purse can pay for.
    pub(crate) fn new(purse: SharedPurse) -> Self {
        Self { purse, rest: Mutex::default(), opened: Notify::new() }
    }

    /// As [`Purse::pay`]; nothing passes before the rest that was asked for is over.
    pub(crate) fn pay(&self, requests: u32, reserve: f64, now: Instant) -> Result<(), Instant> {
        let rest = *held(&self.rest);
        match rest.filter(|until| *until > now) {
            Some(until) => Err(until),
            None => held(&self.purse).pay(requests, reserve, now),
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
        held(&self.purse).owe(requests, now);
    }

    /// The platform wants to be left alone until then.
    pub(crate) fn rest_until(&self, until: Instant) {
        let mut rest = held(&self.rest);
        *rest = Some(rest.map_or(until, |before| before.max(until)));
    }

    /// The platform may be asked again: it is reached in another way.
    pub(crate) fn open(&self) {
        *held(&self.rest) = None;
        self.opened.notify_waiters();
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
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
    #![allow(clippy::disallowed_methods)]

    use super::*;

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
        let turnstile = Arc::new(Turnstile::new(Arc::new(Mutex::new(Purse::new(Budget::default(), Instant::now())))));
        let until = Instant::now() + Duration::from_secs(120);
        turnstile.rest_until(until);
        turnstile.rest_until(until - Duration::from_secs(100));
        assert_eq!(turnstile.pay(1, 0.0, Instant::now()), Err(until));
        turnstile.pass(0.0).await;
        assert_eq!(Instant::now(), until);
        turnstile.rest_until(until + Duration::from_secs(600));
        let waiting = tokio::spawn({
            let turnstile = turnstile.clone();
            async move { turnstile.pass(0.0).await }
        });
        tokio::task::yield_now().await;
        turnstile.open();
        waiting.await.unwrap();
        assert_eq!(Instant::now(), until, "another way to the platform need not wait");
    }
}
