//! A run that the person looks at.

use agentruntime_run_watch::{Run, RunEvent, RunKey};
use serde_json::Value;

/// A run as it was when it was last looked at.
#[derive(Clone)]
pub(super) struct Looked {
    pub(super) account: String,
    pub(super) key: RunKey,
    pub(super) events: Vec<RunEvent>,
    pub(super) more_events: bool,
    pub(super) graph: Option<Value>,
    pub(super) run: Run,
    pub(super) context: Value,
}
