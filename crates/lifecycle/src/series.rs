//! A row of failures, and the pauses between them.

use std::time::Duration;

use jiff::Timestamp;

/// The pause after a first failure. It doubles with each in a row.
pub(crate) const SHORTEST: Duration = Duration::from_millis(250);
/// The longest pause.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);
/// What has run for so long has recovered: its next failure is the first again.
pub(crate) const RECOVERED: Duration = Duration::from_secs(600);

/// The failures of one task, as long as none has been recovered from.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Series {
    begun: Option<Timestamp>,
    tries: u32,
    pause: Duration,
}

impl Series {
    /// Counts one more failure, of what had run for so long, and says how long to pause.
    pub(crate) fn one_more(&mut self, ran: Duration) -> Duration {
        if ran > RECOVERED {
            *self = Self::default();
        }
        self.begun.get_or_insert_with(Timestamp::now);
        self.tries = self.tries.saturating_add(1);
        self.pause = if self.tries == 1 { SHORTEST } else { (self.pause * 2).min(LONGEST) };
        self.pause
    }

    /// The last pause; none at first.
    pub(crate) const fn pause(&self) -> Duration {
        self.pause
    }

    /// When the first failure of the row was.
    pub(crate) fn since(&self) -> Timestamp {
        self.begun.unwrap_or_else(Timestamp::now)
    }

    /// How many there were.
    pub(crate) const fn tries(&self) -> u32 {
        self.tries
    }
}
