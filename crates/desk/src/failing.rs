//! The desk's own tasks that fail again and again: the person is shown which.

use std::sync::Arc;

use agentruntime_lifecycle::Failures;

use crate::{Desk, api::FailingView};

/// Has it shown whenever a task begins to fail again and again, or runs well after that.
pub(crate) async fn show(desk: Arc<Desk>) {
    let mut failures = desk.supervisor.failing();
    // What came before this task, which may be its own failure, is shown as well.
    desk.changed.tell();
    let mut shown = views(&failures.borrow_and_update());
    loop {
        tokio::select! {
            () = desk.supervisor.shutdown().cancelled() => return,
            // The supervisor lives as long as the desk.
            _ = failures.changed() => {}
        }
        let now = views(&failures.borrow_and_update());
        if now != shown {
            desk.changed.tell();
            shown = now;
        }
    }
}

impl Desk {
    pub(crate) fn failing(&self) -> Vec<FailingView> {
        views(&self.supervisor.failing().borrow())
    }
}

fn views(failures: &Failures) -> Vec<FailingView> {
    let lasting = failures.iter().filter(|(_, failing)| failing.keeps_failing());
    let view = |(task, failing): (&&'static str, &agentruntime_lifecycle::Failing)| FailingView {
        task: (*task).to_owned(),
        since: failing.since,
        problem: failing.problem.clone(),
    };
    lasting.map(view).collect()
}
