//! Who is connected: sessions of the old era, open listens of the new, and whoever asked something a moment ago.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::watch;

/// How long a client without an open connection still counts as connected.
const LINGER: Duration = Duration::from_mins(5);
/// The most clients that are remembered; those longest silent give way.
const MOST: usize = 64;

/// A client as it names itself; for display, never for authorization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub name: String,
    pub version: String,
    /// The protocol version it speaks.
    pub era: String,
    /// When it was first heard of.
    pub since: Timestamp,
    pub last_call: Option<Timestamp>,
    /// How many tools it has called.
    pub calls: u64,
    last_heard: Timestamp,
    open: usize,
}

/// How a client introduces itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Introduction {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) era: String,
}

/// The clients of one server.
#[derive(Debug)]
pub struct Clients {
    known: Mutex<Vec<Client>>,
    changed: watch::Sender<()>,
}

impl Default for Clients {
    fn default() -> Self {
        Self { known: Mutex::default(), changed: watch::Sender::new(()) }
    }
}

impl Clients {
    /// Who is connected now, the last to arrive first.
    #[must_use]
    pub fn connected(&self) -> Vec<Client> {
        let now = Timestamp::now();
        let here = |client: &&Client| client.open > 0 || now.duration_since(client.last_heard).unsigned_abs() < LINGER;
        let mut connected = self.known().iter().filter(here).cloned().collect::<Vec<_>>();
        connected.sort_by_key(|client| std::cmp::Reverse(client.since));
        connected
    }

    /// Wakes whenever a client comes, calls or goes.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Notes that a client asked for something; `called`: with a tool call.
    pub(crate) fn note_request(&self, who: &Introduction, called: bool) {
        self.with(who, |client| {
            if called {
                client.calls += 1;
                client.last_call = Some(client.last_heard);
            }
        });
    }

    /// A client stays connected until what this returns is dropped.
    pub(crate) fn open(self: &Arc<Self>, who: Introduction) -> Presence {
        self.with(&who, |client| client.open += 1);
        Presence { clients: Arc::clone(self), who }
    }

    fn with(&self, who: &Introduction, change: impl FnOnce(&mut Client)) {
        let now = Timestamp::now();
        let mut known = self.known();
        let found = known.iter().position(|client| client.is(who));
        if found.is_none() {
            if known.len() >= MOST
                && let Some(silent) =
                    (0..known.len()).min_by_key(|at| known.get(*at).map(|client| (client.open, client.last_heard)))
            {
                known.remove(silent);
            }
            known.push(Client {
                name: who.name.clone(),
                version: who.version.clone(),
                era: who.era.clone(),
                since: now,
                last_call: None,
                calls: 0,
                last_heard: now,
                open: 0,
            });
        }
        let at = found.unwrap_or(known.len().saturating_sub(1));
        if let Some(client) = known.get_mut(at) {
            client.last_heard = now;
            change(client);
        }
        drop(known);
        self.changed.send_replace(());
    }

    fn known(&self) -> MutexGuard<'_, Vec<Client>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Client {
    fn is(&self, who: &Introduction) -> bool {
        self.name == who.name && self.version == who.version && self.era == who.era
    }
}

/// A connection that is open.
#[derive(Debug)]
pub(crate) struct Presence {
    clients: Arc<Clients>,
    who: Introduction,
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.clients.with(&self.who, |client| client.open = client.open.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]

    use std::sync::Arc;

    use super::{Clients, Introduction, MOST};

    fn who(name: &str) -> Introduction {
        Introduction { name: name.to_owned(), version: "1".to_owned(), era: "2025-11-25".to_owned() }
    }

    #[test]
    fn one_client_is_one_however_often_it_asks() {
        let clients = Arc::new(Clients::default());
        let open = clients.open(who("a"));
        clients.note_request(&who("a"), true);
        clients.note_request(&who("a"), false);
        let connected = clients.connected();
        assert_eq!((connected.len(), connected[0].calls, connected[0].open), (1, 1, 1));
        assert!(connected[0].last_call.is_some());
        drop(open);
        assert_eq!(clients.connected()[0].open, 0);
    }

    #[test]
    fn the_silent_give_way_to_the_new_and_the_open_stay() {
        let clients = Arc::new(Clients::default());
        let _open = clients.open(who("open"));
        for n in 0..=MOST {
            clients.note_request(&who(&n.to_string()), false);
        }
        let connected = clients.connected();
        assert_eq!(connected.len(), MOST);
        assert!(connected.iter().any(|client| client.name == "open"));
    }
}
