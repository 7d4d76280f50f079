//! Follows runs for clients that have subscribed to one, and only as long as there is such a client: a server that nobody
//! asks does not ask the platform either.

use std::sync::Arc;

use agentruntime_lifecycle::Supervisor;
use agentruntime_platform_mcp::platform::Platform;
use agentruntime_run_watch::{Change, Options, RunKey, Watch};
use agentruntime_serving::Backing;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Tells subscribers of changes, until `shutdown`.
pub(super) async fn tell_subscribers(backing: Backing, platform: Arc<Platform>, shutdown: CancellationToken) {
    let mut count = platform.subscriptions.count();
    let telling = async {
        while count.wait_for(|count| *count > 0).await.is_ok() {
            tracing::debug!("a client has subscribed to a run: runs are followed");
            let ending = CancellationToken::new();
            let _end = ending.clone().drop_guard();
            tokio::select! {
                () = follow(&backing, &platform, ending) => {}
                _ = count.wait_for(|count| *count == 0) => {}
            }
        }
    };
    shutdown.run_until_cancelled(telling).await;
}

async fn follow(backing: &Backing, platform: &Platform, ending: CancellationToken) {
    let watch = Watch::follow(backing.followed(), Options::default(), &Supervisor::over(TaskTracker::new(), ending));
    let (mut changes, mut effects) = (watch.changes(), platform.effects());
    loop {
        tokio::select! {
            // A client has just done something to a run.
            done = effects.recv() => match done {
                Ok(_) | Err(RecvError::Lagged(_)) => watch.look(),
                Err(RecvError::Closed) => return,
            },
            change = changes.recv() => match change {
                Ok(change) => if let Some(run) = changed_run(&change) {
                    platform.subscriptions.tell_changed(&run.workflow_id, &run.run_id);
                },
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
        }
    }
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
