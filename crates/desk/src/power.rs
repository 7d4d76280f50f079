//! How often runs are looked at: less when nobody looks, and less on battery.

use std::{sync::Arc, time::Duration};

use agentruntime_run_watch::watch::Pace;
use starship_battery::{Manager, State};
use tokio::time::MissedTickBehavior;

use crate::Desk;

/// How often the battery is looked at.
const LOOK: Duration = Duration::from_secs(60);

/// Keeps the pace until the desk shuts down.
pub(crate) async fn heed(desk: Arc<Desk>) {
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = desk.seen.subscribe();
    let mut on_battery = false;
    loop {
        tokio::select! {
            () = desk.supervisor.shutdown().cancelled() => return,
            _ = looks.tick() => on_battery = tokio::task::spawn_blocking(discharges).await.unwrap_or(false),
            changed = seen.changed() => if changed.is_err() { return },
        }
        desk.runs.watch.set_pace(Pace { unseen: !*seen.borrow_and_update(), on_battery });
    }
}

/// Whether a battery is being used up; a computer without one, or of which nothing can be learnt, has power.
fn discharges() -> bool {
    let Ok(batteries) = Manager::new().and_then(|manager| manager.batteries()) else { return false };
    batteries.flatten().any(|battery| battery.state() == State::Discharging)
}

impl Desk {
    /// Whether somebody can look: the window is there.
    pub fn is_seen(&self, seen: bool) {
        self.seen.send_if_modified(|before| std::mem::replace(before, seen) != seen);
    }
}
