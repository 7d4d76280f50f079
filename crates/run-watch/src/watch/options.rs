//! How to follow.

use std::time::Duration;

use jiff::Timestamp;

use crate::{budget::Budget, streams::StreamOptions};

/// How to follow. The defaults are what the app uses; tests have less time.
#[derive(Debug, Clone)]
pub struct Options {
    /// The most requests to the platform, whichever account is followed.
    pub budget: Budget,
    /// How many live streams there are, and when one is given up.
    pub streams: StreamOptions,
    /// How long the end of a run waits for its log to be read. 1 s.
    pub patience: Duration,
    /// After so long without an answer, what happened meanwhile is summed up instead of told one by one. 10 s.
    pub gap: Duration,
    /// How long a sum waits for the logs of the runs in it. 3 s.
    pub summing_up: Duration,
    /// How long one request may take. 10 s.
    pub limit: Duration,
    /// Between two accounts of where things stand. 100 ms.
    pub breath: Duration,
    /// How often the clock is compared with the one that stands still while the computer sleeps. 5 s.
    pub heartbeat: Duration,
    /// Reads the clock on the wall.
    pub wall: fn() -> Timestamp,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            budget: Budget::default(),
            streams: StreamOptions::default(),
            patience: Duration::from_secs(1),
            gap: Duration::from_secs(10),
            summing_up: Duration::from_secs(3),
            limit: Duration::from_secs(10),
            breath: Duration::from_millis(100),
            heartbeat: Duration::from_secs(5),
            wall: Timestamp::now,
        }
    }
}
