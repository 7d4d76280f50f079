//! Where the page shows things, as named in its address.

use agentruntime_run_watch::RunKey;

/// Where the page shows a run.
pub fn place_of_run(run: &RunKey) -> String {
    let part = |id: &str| percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC).to_string();
    format!("run/{}/{}", part(&run.workflow_id), part(&run.run_id))
}

/// Where the page shows a task.
pub fn place_of_task(task_id: &str) -> String {
    format!("approvals/{}", percent_encoding::utf8_percent_encode(task_id, percent_encoding::NON_ALPHANUMERIC))
}
