//! Scripts run beside the server and not in it: in worker processes of our own program, which are killed from outside when a
//! script outstays its time or is stopped. A fault of the interpreter, or memory that runs out, ends a worker and one step.
//!
//! A worker is the program itself, started with [`WORKER_ARGUMENT`] ([`script_worker`]). It reads jobs from its standard input and
//! writes results to its standard output, one at a time, each script in a virtual machine of its own (`agentruntime_graph::lua`, which
//! stays the first wall: limits on time, memory and size, nothing that reaches the machine). On Linux the system holds a second
//! one: a limit on the process's memory, and a filter of system calls that leaves the thread with the script no file, no network
//! and no other process (`confine.rs`). Elsewhere the process boundary is all there is.

mod confine;
mod pool;
mod wire;
mod worker;

use std::{path::PathBuf, sync::Arc, time::Duration};

use agentruntime_graph::{
    GraphError, Scope,
    lua::{self, CancelFlag},
};
use serde_json::{Map, Value};

use pool::Pool;
pub use worker::{WORKER_ARGUMENT, own_program, script_worker};

/// A script with everything it may see.
pub(crate) struct Job {
    pub(crate) script: String,
    pub(crate) input: Arc<Value>,
    /// What the steps before it were given and gave, by their ids.
    pub(crate) steps: Map<String, Value>,
    /// The step's `timeout_s`.
    pub(crate) timeout: Option<Duration>,
}

/// Why a script has no result, for people.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScriptError {
    /// It failed, or met one of its limits.
    #[error("{0}")]
    Failed(String),
    /// Its worker ended before it did.
    #[error("the script ended the process it ran in ({0}); it may have used more memory than a script may")]
    Ended(String),
    /// No worker could be had.
    #[error("no process could be started for the script: {0}")]
    NoWorker(std::io::Error),
}

impl From<GraphError> for ScriptError {
    fn from(error: GraphError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Runs scripts; clones share their workers.
#[derive(Clone)]
pub(crate) struct Scripts(Option<Arc<Pool>>);

impl Scripts {
    /// Scripts in workers of this program; without one, on threads of this process.
    pub(crate) fn new(program: Option<PathBuf>) -> Self {
        Self(program.map(|program| Arc::new(Pool::new(program))))
    }

    /// Runs a script to its end. Dropping the future stops it.
    pub(crate) async fn run(&self, job: Job) -> Result<Value, ScriptError> {
        match &self.0 {
            Some(pool) => pool.run(&job).await,
            None => here(job).await,
        }
    }
}

/// Runs a script on a thread of this process.
async fn here(job: Job) -> Result<Value, ScriptError> {
    let stop = CancelFlag::default();
    let _stop = StopOnDrop(stop.clone());
    let work = move || lua::run(&job.script, &Scope::new(&job.input, &job.steps), job.timeout, &stop);
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => Ok(outcome?),
        Err(_) => Err(ScriptError::Ended("a fault of ours".to_owned())),
    }
}

struct StopOnDrop(CancelFlag);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}
