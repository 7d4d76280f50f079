//! Notices when this computer's way to others changes, and checks the active workspace anew.

use std::{collections::BTreeSet, net::IpAddr, sync::Arc, time::Duration};

use agentruntime_settings::{Backend, ProfileId};
use netwatcher::{Update, async_adapter::Tokio};
use tokio::time::{Instant, sleep_until};

use crate::Desk;

/// How long the network must have been still: one change of it, from a cable to a wireless net, is a row of small ones.
const STILL: Duration = Duration::from_secs(2);
/// A network that is never still is checked all the same.
const LONGEST: Duration = Duration::from_secs(10);

/// Doubts the active workspace whenever an address comes or goes, and checks it once the network is still again. Where
/// changes cannot be watched, the check every few minutes goes on.
///
/// # Errors
/// The system's, when the watch cannot begin.
pub(crate) async fn check_after_changes(desk: Arc<Desk>) -> Result<(), netwatcher::Error> {
    let mut watch = netwatcher::watch_interfaces_async::<Tokio>()?;
    let mut unrest: Option<Unrest> = None;
    // Those whose health was taken back; another may have been chosen since.
    let mut doubted = BTreeSet::new();
    loop {
        let still = async {
            match unrest {
                Some(unrest) => sleep_until(unrest.ends()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = desk.supervisor.shutdown().cancelled() => return Ok(()),
            update = watch.changed() => {
                // The first account is of what was there before.
                if update.is_initial || !leads_elsewhere(&update) {
                    continue;
                }
                let Some(active) = desk.profile_beyond() else { continue };
                if unrest.is_none() {
                    tracing::info!("the network changed; the workspace is checked anew");
                }
                desk.workspaces.doubt(active);
                doubted.insert(active);
                unrest = Some(Unrest::after(unrest, Instant::now()));
            }
            () = still => {
                unrest = None;
                // On its own, so that a change during it is noticed and what it finds then does not count.
                let (checking, doubted) = (desk.clone(), std::mem::take(&mut doubted));
                desk.run_once("check after the network changed", async move {
                    // Connections over the old network lead nowhere: a new client makes new ones.
                    checking.workspaces.refresh().await;
                    checking.runs.watch.resync();
                    checking.care.settle_soon();
                    let active = checking.settings.get().active_profile;
                    for other in doubted.into_iter().filter(|doubted| Some(*doubted) != active) {
                        checking.workspaces.check(other).await;
                    }
                });
            }
        }
    }
}

/// A network that changes: since when, and when it last did.
#[derive(Debug, Clone, Copy)]
struct Unrest {
    since: Instant,
    last: Instant,
}

impl Unrest {
    /// What it is after one more change.
    fn after(before: Option<Self>, now: Instant) -> Self {
        Self { since: before.map_or(now, |before| before.since), last: now }
    }

    /// When it is taken to have ended, if nothing more happens.
    fn ends(self) -> Instant {
        (self.last + STILL).min(self.since + LONGEST)
    }
}

/// Whether addresses came or went that others are reached from.
fn leads_elsewhere(update: &Update) -> bool {
    update.addrs_added().chain(update.addrs_removed()).any(|(_, record)| reaches_others(record.ip))
}

/// Addresses of this computer alone lead nowhere, and each container that starts brings a link-local one.
const fn reaches_others(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
        IpAddr::V6(address) => !address.is_loopback() && !address.is_unicast_link_local(),
    }
}

impl Desk {
    /// The active workspace, unless it is the sandbox, which no network leads to.
    fn profile_beyond(&self) -> Option<ProfileId> {
        let settings = self.settings.get();
        settings.active().filter(|profile| profile.backend != Backend::Sandbox).map(|profile| profile.id)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_addresses_that_reach_others_count() {
        for (address, counts) in [
            ("192.168.1.20", true),
            ("2001:db8::7", true),
            ("fd00::7", true),
            ("127.0.0.99", false),
            ("::1", false),
            ("169.254.7.7", false),
            ("fe80::42:acff:fe11:2", false),
        ] {
            assert_eq!(reaches_others(address.parse().unwrap()), counts, "{address}");
        }
    }

    #[test]
    fn unrest_ends_when_the_network_is_still_and_after_a_while_in_any_case() {
        let begun = Instant::now();
        let first = Unrest::after(None, begun);
        assert_eq!(first.ends(), begun + STILL);
        let second = Unrest::after(Some(first), begun + Duration::from_secs(1));
        assert_eq!(second.ends(), begun + Duration::from_secs(1) + STILL);
        let last = (2..20).fold(second, |unrest, s| Unrest::after(Some(unrest), begun + Duration::from_secs(s)));
        assert_eq!(last.ends(), begun + LONGEST);
    }
}
