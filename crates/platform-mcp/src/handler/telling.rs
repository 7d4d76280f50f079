//! Telling a client that what is listed, or a run that it wants to hear of, has changed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use rmcp::{Peer, RoleServer, model::ResourceUpdatedNotificationParam, service::SubscriptionContext};
use tokio::sync::{
    broadcast::{self, error::RecvError},
    watch,
};
use tokio_util::sync::CancellationToken;

use crate::{offers::resources::Named, subscriptions::Subscription, switchboard::Visible};

/// The runs that a session has subscribed to, by our spelling of their URI, with the client's own.
pub(super) type Subscribed = Arc<Mutex<HashMap<String, (String, Subscription)>>>;

/// A run's URI as we spell it; `None` for one that names no run.
pub(super) fn run_uri(uri: &str) -> Option<String> {
    Named::parse(uri).filter(|named| matches!(named, Named::Run { .. })).map(|named| named.uri())
}

/// A session of the old era that is told.
pub(super) struct Session {
    pub(super) peer: Peer<RoleServer>,
    /// Cancelled when the session has ended.
    pub(super) ended: CancellationToken,
    pub(super) subscribed: Subscribed,
}

/// Who tells a session, and what of.
pub(super) struct Teller {
    pub(super) session: Session,
    pub(super) listed: watch::Receiver<Arc<Visible>>,
    pub(super) runs: broadcast::Receiver<String>,
}

impl Teller {
    /// Tells of every change until the session ends or cannot be told, which is its end as far as this goes.
    pub(super) async fn tell(&mut self) {
        let Self { session, listed, runs } = self;
        loop {
            let told = tokio::select! {
                () = session.ended.cancelled() => break,
                changed = listed.changed() => changed.is_ok() && session.peer.notify_tool_list_changed().await.is_ok(),
                changed = runs.recv() => session.tell_of_runs(changed).await,
            };
            if !told {
                break;
            }
        }
        session.ended.cancel();
    }
}

impl Session {
    /// Whether that could be done.
    async fn tell_of_runs(&self, changed: Result<String, RecvError>) -> bool {
        let uris = {
            let subscribed = self.subscribed.lock().unwrap_or_else(PoisonError::into_inner);
            to_tell(changed, subscribed.iter().map(|(uri, (own, _))| (uri, own)))
        };
        let Some(uris) = uris else { return false };
        for uri in uris {
            if self.peer.notify_resource_updated(ResourceUpdatedNotificationParam::new(uri)).await.is_err() {
                return false;
            }
        }
        true
    }
}

/// Tells a subscription of 2026-07-28 of every change until it ends, cannot be told, or the server closes.
pub(super) async fn tell_listener(
    context: &SubscriptionContext,
    wanted: &[(String, String)],
    mut listed: watch::Receiver<Arc<Visible>>,
    mut runs: broadcast::Receiver<String>,
    closing: &CancellationToken,
) {
    let wants_tools = context.accepted().tools_list_changed == Some(true);
    loop {
        tokio::select! {
            () = context.cancelled() => return,
            // The result of a listen is how 2026-07-28 tells a client that the server goes down in order.
            () = closing.cancelled() => return,
            changed = listed.changed() => {
                if changed.is_err() || (wants_tools && context.sink().notify_tool_list_changed().await.is_err()) {
                    return;
                }
            }
            changed = runs.recv() => {
                let Some(uris) = to_tell(changed, wanted.iter().map(|(uri, own)| (uri, own))) else { return };
                for uri in uris {
                    if context.sink().notify_resource_updated(uri).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

/// Which of the wanted resources a client is to be told of, as it spelt them; all of them, if it is not known which have
/// changed; `None` where nothing will change any more.
fn to_tell<'a>(
    changed: Result<String, RecvError>,
    mut wanted: impl Iterator<Item = (&'a String, &'a String)>,
) -> Option<Vec<String>> {
    match changed {
        Ok(uri) => Some(wanted.find(|(wanted, _)| **wanted == uri).map(|(_, own)| own.clone()).into_iter().collect()),
        Err(RecvError::Lagged(_)) => Some(wanted.map(|(_, own)| own.clone()).collect()),
        Err(RecvError::Closed) => None,
    }
}
