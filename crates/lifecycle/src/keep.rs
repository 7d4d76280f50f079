//! Long tasks that are started again when they broke off.

use std::{future::Future, time::Duration};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::panics::caught;

/// The wait before a task that broke off is started again. It doubles with each time in a row.
const SHORTEST: Duration = Duration::from_millis(250);
/// The longest such wait.
const LONGEST: Duration = Duration::from_secs(60);
/// A task that has run for so long has recovered: its next fault is the first again.
const RECOVERED: Duration = Duration::from_secs(600);

/// Runs a long task until it ends by itself. When it panics it is made and run anew, after a pause that grows while it does
/// nothing but fail; each time is an error in the log with the task's name.
///
/// `shutdown` cuts the pause short, and nothing else: a task that is under way watches for it by itself.
pub async fn keep<F: Future<Output = ()>>(
    name: &'static str,
    shutdown: CancellationToken,
    mut make: impl FnMut() -> F,
) {
    let mut pause = SHORTEST;
    loop {
        let begun = Instant::now();
        if caught(make()).await.is_ok() {
            return;
        }
        if begun.elapsed() > RECOVERED {
            pause = SHORTEST;
        }
        tracing::error!(task = name, again_in_ms = pause.as_millis(), "a task broke off and is started again");
        if shutdown.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
        pause = (pause * 2).min(LONGEST);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, clippy::indexing_slicing)]

    use std::time::Duration;

    use tokio::time::Instant;

    use tokio_util::sync::CancellationToken;

    use super::{LONGEST, RECOVERED, keep};

    #[tokio::test(start_paused = true)]
    async fn a_task_that_breaks_off_is_started_again_until_it_ends_by_itself() {
        let mut starts = Vec::new();
        keep("test", CancellationToken::new(), || {
            starts.push(Instant::now());
            let started = starts.len();
            async move {
                assert!(started > 3, "not yet");
            }
        })
        .await;
        let waits = starts.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect::<Vec<_>>();
        assert_eq!(waits, [250, 500, 1000]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_pause_grows_to_a_bound_and_a_task_that_recovered_begins_anew() {
        let mut starts = Vec::new();
        keep("test", CancellationToken::new(), || {
            starts.push(Instant::now());
            let started = starts.len();
            async move {
                if started == 12 {
                    tokio::time::sleep(RECOVERED + Duration::from_secs(1)).await;
                }
                assert!(started > 12, "not yet");
            }
        })
        .await;
        assert_eq!(starts[11] - starts[10], LONGEST);
        assert_eq!(starts[12] - starts[11], RECOVERED + Duration::from_secs(1) + super::SHORTEST);
    }

    #[tokio::test]
    async fn the_end_of_the_program_is_not_waited_for_in_a_pause() {
        let shutdown = CancellationToken::new();
        shutdown.cancel();
        keep("test", shutdown, || async { panic!("at once") }).await;
    }
}
