//! How often to ask, and how long to wait after a failure.

use std::time::Duration;

use agentruntime_bff::Error;

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
}
