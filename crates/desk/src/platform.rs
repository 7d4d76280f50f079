//! Platform MCP as the server serves it, and the clients that come to it.

use std::{collections::BTreeSet, sync::Arc};

use agentruntime_platform_mcp::platform::{Credentials, Platform};

use crate::{
    Desk,
    notice::{About, Key},
    runs,
};

impl Desk {
    /// A platform for a server that is about to begin, with today's switches and upstream.
    pub(crate) fn new_platform(self: &Arc<Self>) -> Arc<Platform> {
        let platform = self.workspaces.backing.begin(|upstream| {
            let platform = Platform::new(self.switches(), Credentials::Held, upstream);
            platform.asking(self.runs.consents.clone()).watched_by(&self.supervisor)
        });
        // What was turned before it was there to be turned.
        platform.switchboard.turn(|_| self.switches());
        // Not held: what the last calls send is written when there is nobody any more who could send. Calls go on for a while
        // when the program is to end, until the platform closes.
        let (log, audited, closing) = (self.activity.clone(), Arc::downgrade(&platform), platform.closing().clone());
        self.accompany("activity", &platform, move |_| {
            let (log, records, closing) =
                (log.clone(), audited.upgrade().map(|audited| audited.records()), closing.clone());
            async move {
                if let Some(records) = records {
                    log.follow(records, closing).await;
                }
            }
        });
        let serving = platform.clone();
        self.accompany("clients", &platform, move |desk| tell_of_clients(desk, serving.clone()));
        let serving = platform.clone();
        self.accompany("calls", &platform, move |desk| runs::follow_calls(desk, serving.clone()));
        platform
    }
}

/// Passes on who comes and goes, as long as this platform is the one that serves.
async fn tell_of_clients(desk: Arc<Desk>, platform: Arc<Platform>) {
    let mut clients = platform.clients.changes();
    loop {
        tokio::select! {
            () = desk.supervisor.shutdown().cancelled() => return,
            () = platform.closing().cancelled() => return,
            changed = clients.changed() => {
                if changed.is_err() {
                    return;
                }
                desk.greet(&platform).await;
                desk.changed.tell();
            }
        }
    }
}

/// Names that are remembered; a client may call itself anything.
const NAMES: usize = 200;
/// The longest name that is.
const NAME: usize = 80;

impl Desk {
    /// Tells the person of clients that have never connected before.
    pub(crate) async fn greet(&self, platform: &Platform) {
        let known = self.settings.get().known_clients.clone();
        let name =
            |client: agentruntime_platform_mcp::clients::Client| client.name.chars().take(NAME).collect::<String>();
        let connected = platform.clients.connected().into_iter().map(name);
        let new = connected.filter(|name| name != "unknown" && !known.contains(name)).collect::<BTreeSet<_>>();
        if new.is_empty() || known.len() + new.len() > NAMES {
            return;
        }
        let names = new.clone();
        match self.settings.store().update(move |settings| settings.known_clients.extend(names)).await {
            Ok(()) => {
                new.into_iter().for_each(|name| self.mouth.tell(Key::Client(name.clone()), About::NewClient(name)))
            }
            Err(error) => tracing::warn!(%error, "a new client is greeted another time"),
        }
    }
}

#[cfg(test)]
mod tests;
