//! Wakes whoever shows what the desk knows.

use tokio::sync::watch;

/// Tells that something which is shown has changed. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Changed(watch::Sender<()>);

impl Default for Changed {
    fn default() -> Self {
        Self(watch::Sender::new(()))
    }
}

impl Changed {
    /// Tells it to all who watch.
    pub(crate) fn tell(&self) {
        self.0.send_replace(());
    }

    /// Wakes with each change from now on; several at once are one.
    pub(crate) fn watch(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }
}
