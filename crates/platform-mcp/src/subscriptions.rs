//! Runs that clients have subscribed to as resources. Whoever follows runs says which changed; sessions pass it on.

use tokio::sync::{broadcast, watch};

use crate::offers::resources::Named;

/// Changes that a slow session may fall behind before it is told that anything may have changed.
const BACKLOG: usize = 1024;

/// Who wants to hear of runs, and what is told.
#[derive(Debug)]
pub struct Subscriptions {
    count: watch::Sender<usize>,
    changed: broadcast::Sender<String>,
}

impl Default for Subscriptions {
    fn default() -> Self {
        Self { count: watch::Sender::new(0), changed: broadcast::Sender::new(BACKLOG) }
    }
}

impl Subscriptions {
    /// How many subscriptions there are just now: without any, nobody need follow runs for their sake.
    #[must_use]
    pub fn count(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    /// Tells the clients that want to hear of this run that it has changed.
    pub fn tell_changed(&self, workflow_id: &str, run_id: &str) {
        if *self.count.borrow() > 0 {
            let named = Named::Run { workflow_id: workflow_id.to_owned(), run_id: run_id.to_owned() };
            let _unheard = self.changed.send(named.uri());
        }
    }

    /// The URIs of what changes from now on.
    pub(crate) fn changes(&self) -> broadcast::Receiver<String> {
        self.changed.subscribe()
    }

    /// One subscription more, until what is returned is dropped.
    pub(crate) fn subscribe(&self) -> Subscription {
        self.count.send_modify(|count| *count += 1);
        Subscription(self.count.clone())
    }
}

/// A subscription that counts as long as it lives.
#[derive(Debug)]
pub(crate) struct Subscription(watch::Sender<usize>);

impl Drop for Subscription {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}
