//! Follows runs for clients that have subscribed to one, and only as long as there is such a client: a server that nobody
//! asks does not ask the platform either.

use std::sync::Arc;

use agentruntime_platform_mcp::platform::{Caller, Platform};
use agentruntime_run_watch::{Account, Change, Options, RunKey, Watch};
use tokio::sync::{broadcast::error::RecvError, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The one workspace of this server.
const WORKSPACE: &str = "served";

/// Tells subscribers of changes, until `shutdown`.
pub(super) async fn tell_subscribers(platform: Arc<Platform>, shutdown: CancellationToken) {
    let mut count = platform.subscriptions.count();
    let telling = async {
        while count.wait_for(|count| *count > 0).await.is_ok() {
            tracing::debug!("a client has subscribed to a run: runs are followed");
            let ending = CancellationToken::new();
            let _end = ending.clone().drop_guard();
            tokio::select! {
                () = follow(&platform, ending) => {}
                _ = count.wait_for(|count| *count == 0) => {}
            }
        }
    };
    shutdown.run_until_cancelled(telling).await;
}

async fn follow(platform: &Platform, ending: CancellationToken) {
    let mut upstreams = platform.upstream_changes();
    let (accounts, account) = watch::channel(self::account(platform));
    let watch = Watch::start(account, Options::default(), &TaskTracker::new(), ending);
    let (mut changes, mut effects) = (watch.changes(), platform.effects());
    loop {
        tokio::select! {
            changed = upstreams.changed() => {
                if changed.is_err() {
                    return;
                }
                accounts.send_replace(self::account(platform));
            }
            // A client has just done something to a run.
            done = effects.recv() => match done {
                Ok(_) | Err(RecvError::Lagged(_)) => watch.look(),
                Err(RecvError::Closed) => return,
            },
            change = changes.recv() => match change {
                Ok(change) => if let Some(run) = changed_run(&change) {
                    platform.subscriptions.run_changed(&run.workflow_id, &run.run_id);
                },
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
        }
    }
}

/// What calls go with now.
fn account(platform: &Platform) -> Option<Account> {
    let upstream = platform.upstream_for(&Caller::default());
    let pat = upstream.pat.clone()?;
    let (client, in_use) = (upstream.client.clone(), upstream.in_use.clone());
    Some(Account { id: WORKSPACE.to_owned(), client, pat, in_use })
}

/// The run whose summary another reading would find changed.
fn changed_run(change: &Change) -> Option<&RunKey> {
    match change {
        Change::Started(run, _) | Change::Moved(run) | Change::Ended(run, _) => Some(&run.key),
        Change::Event(event, _) => Some(&event.run),
        Change::Waiting(task, _) | Change::Gone(task, _) => Some(&task.run),
        Change::Began | Change::CaughtUp(_) => None,
    }
}
