//! The long task that decides anew.

use std::future::Future;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{BREATH, Backing, Decision};
use crate::{Error, source::Wanted};

/// Why it was decided anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing was decided yet.
    Start,
    /// The settings name another workspace, token or BFF, whoever wrote them.
    Settings,
    /// The keychain, which was locked, away or slow, is there.
    Keychain,
    /// The sandbox has come or gone.
    Sandbox,
}

impl Backing {
    /// Keeps the server to what the settings, the keychain and the sandbox say, until `shutdown`. After each decision that was
    /// made here, and not by a [`Backing::refresh`] of somebody else, `decided` hears why, and what came of it.
    pub async fn keep<F>(&self, shutdown: &CancellationToken, decided: impl Fn(Why, Decision) -> F + Send)
    where
        F: Future<Output = ()> + Send,
    {
        let mut troubles = self.0.troubles.subscribe();
        let mut settings = self.0.source.settings().map(|store| store.subscribe());
        let mut sandbox = self.0.source.sandbox().map(crate::Host::watch);
        loop {
            let why = match self.outdated_by() {
                Some(why) => why,
                // What they say now is looked at above.
                None => tokio::select! {
                    () = shutdown.cancelled() => return,
                    // Somebody else decided: what is waited for may be another.
                    _ = troubles.changed() => continue,
                    () = changed(&mut settings) => continue,
                    () = changed(&mut sandbox) => continue,
                    () = self.healed() => Why::Keychain,
                },
            };
            let Some(decided_now) = shutdown.run_until_cancelled(self.decide_for(why)).await else { return };
            let Some(decision) = decided_now else { continue };
            let is_fault = matches!(decision.outcome, Err(Error::Bff(_)));
            decided(why, decision).await;
            // No client could be made, which is tried again: not by spinning.
            if is_fault && shutdown.run_until_cancelled(tokio::time::sleep(BREATH)).await.is_none() {
                return;
            }
        }
    }

    /// Decides anew, unless somebody else did so meanwhile.
    async fn decide_for(&self, why: Why) -> Option<Decision> {
        let _deciding = self.0.deciding.lock().await;
        if why != Why::Keychain && self.outdated_by().is_none() {
            return None;
        }
        Some(self.decide().await)
    }

    /// Why what stands here is not what it would be now; nothing where it is.
    fn outdated_by(&self) -> Option<Why> {
        let source = &self.0.source;
        let wanted = source.workspace().as_ref().map(Wanted::of);
        let sandbox = source.sandbox().filter(|_| source.is_sandbox()).and_then(crate::Host::stand);
        match &self.stands().decided_by {
            None => Some(Why::Start),
            Some(decided_by) if decided_by.wanted != wanted => Some(Why::Settings),
            // One that nobody has needed yet says nothing.
            Some(decided_by) => (sandbox.is_some() && decided_by.sandbox != sandbox).then_some(Why::Sandbox),
        }
    }
}

/// Waits for the next value; for ever where none can come.
async fn changed<T>(values: &mut Option<watch::Receiver<T>>) {
    match values {
        Some(values) => {
            if values.changed().await.is_err() {
                std::future::pending().await
            }
        }
        None => std::future::pending().await,
    }
}
