//! The long task that decides anew.

use std::future::Future;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Backing;
use crate::{Error, State};

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
    pub async fn keep<F>(&self, shutdown: &CancellationToken, decided: impl Fn(Why, Result<(), Error>) -> F + Send)
    where
        F: Future<Output = ()> + Send,
    {
        let mut troubles = self.0.troubles.subscribe();
        let mut settings = self.0.source.settings().map(|store| store.subscribe());
        let mut sandbox = self.0.source.sandbox().map(crate::Host::watch);
        if let Some(states) = sandbox.as_mut().filter(|states| !matches!(*states.borrow(), State::Unopened)) {
            // It came while nobody looked.
            states.mark_changed();
        }
        loop {
            let why = match self.is_outdated() {
                Some(why) => why,
                None => tokio::select! {
                    () = shutdown.cancelled() => return,
                    // Somebody else decided: what is waited for may be another.
                    _ = troubles.changed() => continue,
                    // What they say now is looked at above.
                    () = changed(&mut settings) => continue,
                    () = self.healed() => Why::Keychain,
                    () = changed(&mut sandbox) => {
                        if !self.0.source.is_sandbox() {
                            continue;
                        }
                        Why::Sandbox
                    }
                },
            };
            match shutdown.run_until_cancelled(self.decide_for(why)).await {
                Some(Some(outcome)) => decided(why, outcome).await,
                Some(None) => {}
                None => return,
            }
        }
    }

    /// Decides anew, unless the one who wrote the settings did so meanwhile.
    async fn decide_for(&self, why: Why) -> Option<Result<(), Error>> {
        let _deciding = self.0.deciding.lock().await;
        if matches!(why, Why::Start | Why::Settings) && self.is_outdated().is_none() {
            return None;
        }
        Some(self.decide().await)
    }

    /// Whether what stands here was decided by something else than what the settings say now.
    fn is_outdated(&self) -> Option<Why> {
        let wanted = self.0.source.wanted();
        match &self.stands().decided_by {
            None => Some(Why::Start),
            Some(decided_by) => (*decided_by != wanted).then_some(Why::Settings),
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
