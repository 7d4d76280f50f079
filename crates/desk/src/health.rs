//! Keeps what is known of the active workspace's health fresh: a check now and then, and at once after the computer slept.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::Desk;

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(20);
/// How old the last check may be.
const STALE: Duration = Duration::from_mins(5);
/// A jump of the clock that is taken for sleep.
const SLEPT: Duration = Duration::from_secs(60);

/// Checks the active workspace whenever the last check is old, and the whole way from the keychain up after a sleep.
pub(crate) async fn keep_checking(desk: Arc<Desk>) {
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut last_look = Timestamp::now();
    let mut last_check = Timestamp::now();
    loop {
        tokio::select! {
            () = desk.supervisor.shutdown().cancelled() => return,
            _ = looks.tick() => {}
        }
        let now = Timestamp::now();
        let slept = now.duration_since(last_look).unsigned_abs() > LOOK + SLEPT;
        last_look = now;
        if slept {
            tracing::info!("the computer slept; looking at everything anew");
            desk.server.retry();
            desk.workspaces.refresh().await;
            desk.care.settle_soon();
            last_check = now;
        } else if now.duration_since(last_check).unsigned_abs() > STALE {
            if let Some(active) = desk.settings.get().active_profile {
                desk.workspaces.check(active).await;
            }
            last_check = now;
        }
    }
}
