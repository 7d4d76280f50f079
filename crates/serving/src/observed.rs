//! The settings, and whether they are in force: whoever changes them hears of it when they are.

use std::{future::Future, sync::Arc};

use agentruntime_settings::{Settings, SettingsStore};
use agentruntime_tokens::Error;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The settings of a running program, which take effect where they are observed. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Observed {
    store: SettingsStore,
    in_force: watch::Sender<Option<Arc<Settings>>>,
    shutdown: CancellationToken,
}

impl Observed {
    /// Settings of which nothing is in force yet, until `shutdown`.
    #[must_use]
    pub fn new(store: SettingsStore, shutdown: CancellationToken) -> Self {
        Self { store, in_force: watch::Sender::new(None), shutdown }
    }

    /// The file behind them.
    #[must_use]
    pub const fn store(&self) -> &SettingsStore {
        &self.store
    }

    /// The settings now.
    #[must_use]
    pub fn get(&self) -> Arc<Settings> {
        self.store.get()
    }

    /// Has the changes of other processes seen, and of a hand in the file, until the shutdown.
    pub fn follow_the_file(&self) -> impl Future<Output = ()> + Send + use<> {
        let (store, shutdown) = (self.store.clone(), self.shutdown.clone());
        async move { store.follow(shutdown).await }
    }

    /// Puts in force what the settings say, at the start and whenever somebody changed them. `heed` waits for nobody.
    pub async fn keep(&self, heed: impl Fn(&Settings) + Send) {
        let mut changes = self.store.subscribe();
        loop {
            let now = changes.borrow_and_update().clone();
            heed(&now);
            self.in_force.send_replace(Some(now));
            tokio::select! {
                () = self.shutdown.cancelled() => return,
                changed = changes.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Changes the settings. They are in force when this returns.
    ///
    /// # Errors
    /// As [`SettingsStore::update`]; nothing is changed then.
    pub async fn update<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Settings) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let done = self.store.update(change).await?;
        self.until_in_force().await;
        Ok(done)
    }

    /// Waits until the settings as they are now are in force, or the program ends.
    pub async fn until_in_force(&self) {
        let mut in_force = self.in_force.subscribe();
        let waiting = async {
            loop {
                // In this order: what is in force is then never newer than what there is, and a later one wakes.
                let last = in_force.borrow_and_update().clone();
                let now = self.store.get();
                if last.is_some_and(|last| Arc::ptr_eq(&last, &now)) {
                    return;
                }
                // The sender lives as long as this value.
                _ = in_force.changed().await;
            }
        };
        self.shutdown.run_until_cancelled(waiting).await;
    }
}

#[cfg(test)]
mod tests;
