//! The driver of one run: it listens, decides, commits, and only then acts.

use std::{collections::HashMap, sync::Arc};

use agentruntime_graph::{
    Graph,
    lua::CancelFlag,
    plan::{Plan, StepState},
};
use serde_json::{Map, Value, json};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::Instant,
};

use super::{
    DRAIN_LIMIT, Engine,
    batch::{Batch, Change},
    command::{Decision, Reply, Signal, already, no_longer_open},
    status::Status,
    work::Done,
};
use crate::error::{Error, Result};

/// Why a driver stopped.
pub(super) enum Ended {
    /// The run has ended.
    Done,
    /// The sandbox shuts down; the run has not ended.
    ShuttingDown,
    /// What was decided could not be committed; a new driver must begin from what was.
    Broken(Error),
}

/// What is needed to stop a step.
pub(super) struct Brake {
    pub(super) flag: CancelFlag,
    pub(super) abort: AbortHandle,
}

/// One run under way.
pub(super) struct Driver {
    pub(super) engine: Engine,
    pub(super) run_id: String,
    pub(super) workflow_id: String,
    pub(super) graph: Arc<Graph>,
    pub(super) plan: Plan,
    pub(super) status: Status,
    pub(super) states: HashMap<String, StepState>,
    pub(super) attempts: HashMap<String, u32>,
    pub(super) input: Arc<Value>,
    /// What templates see of the steps so far.
    pub(super) steps: Map<String, Value>,
    /// Open tasks, with the step each belongs to.
    pub(super) tasks: HashMap<String, String>,
    pub(super) work: JoinSet<Done>,
    pub(super) flags: HashMap<String, Brake>,
    pub(super) batch: Batch,
    /// Steps whose start stands in the batch and whose work begins once it is committed.
    pub(super) to_start: Vec<String>,
    /// Answers that go out once the batch is committed.
    pub(super) replies: Vec<(Reply, Value)>,
    pub(super) drain_until: Option<Instant>,
}

impl Driver {
    /// Drives until the run ends.
    pub(super) async fn run(mut self, inbox: &mut mpsc::Receiver<Signal>) -> Ended {
        let shutdown = self.engine.0.shutdown.clone();
        loop {
            self.advance();
            if let Err(error) = self.commit().await {
                self.release();
                return Ended::Broken(error);
            }
            if self.status.is_terminal() {
                return Ended::Done;
            }
            let drain_until = self.drain_until;
            tokio::select! {
                () = shutdown.cancelled() => {
                    self.release();
                    return Ended::ShuttingDown;
                }
                Some(signal) = inbox.recv() => self.hear(signal),
                Some(done) = self.work.join_next() => match done {
                    Ok(done) => self.settle(done),
                    // Work is only aborted by this driver, which then no longer waits for it.
                    Err(error) if error.is_cancelled() => {}
                    Err(error) => self.end(Status::Failed, Some(("UPSTREAM_ERROR", format!("a step broke off: {error}"))), None),
                },
                () = tokio::time::sleep_until(drain_until.unwrap_or_else(Instant::now)), if drain_until.is_some() => {
                    self.end(Status::Failed, Some(("DRAIN_TIMEOUT", "the steps under way did not end in time".to_owned())), None);
                }
            }
        }
    }

    async fn commit(&mut self) -> Result<()> {
        if !self.batch.is_empty() {
            let batch = self.batch.take();
            let last = self.engine.0.db.write(move |transaction| batch.apply(transaction)).await?;
            if let Some(last) = last {
                self.engine.0.latest.send_if_modified(|latest| {
                    let newer = last > *latest;
                    *latest = last.max(*latest);
                    newer
                });
            }
        }
        for (reply, value) in self.replies.drain(..) {
            // Who asked may have gone; what they asked for is done all the same.
            let _gone = reply.send(Ok(value));
        }
        for step_id in std::mem::take(&mut self.to_start) {
            self.begin(&step_id);
        }
        Ok(())
    }

    fn hear(&mut self, signal: Signal) {
        match (signal, self.status) {
            (Signal::Pause(reply), Status::Running) => {
                self.turn_to(Status::Paused);
                self.batch.tell("run_paused", None, json!({}));
                self.answer(reply);
            }
            (Signal::Resume(reply), Status::Paused) => {
                self.turn_to(Status::Running);
                self.answer(reply);
            }
            (Signal::Stop { graceful: true, reply }, Status::Running | Status::Paused) => {
                self.turn_to(Status::Draining);
                self.drain_until = Some(Instant::now() + DRAIN_LIMIT);
                self.drop_waiting();
                self.answer(reply);
            }
            (Signal::Stop { graceful: false, reply }, _) => {
                self.end(Status::Stopped, Some(("RUN_STOPPED", "the run was stopped".to_owned())), None);
                self.answer(reply);
            }
            (Signal::Decide { task_id, decision, reply }, _) => self.decide(task_id, decision, reply),
            (Signal::Pause(reply) | Signal::Resume(reply) | Signal::Stop { reply, .. }, status) => {
                let _gone = reply.send(Err(already(&self.run_id, status)));
            }
        }
    }

    fn decide(&mut self, task_id: String, decision: Decision, reply: Reply) {
        let Some(step_id) = self.tasks.remove(&task_id) else {
            let _gone = reply.send(Err(no_longer_open(&task_id, "completed")));
            return;
        };
        self.brake(&step_id);
        let approved = decision.approved;
        let result = decision.into_result();
        self.batch.push(Change::TaskCompleted { task_id: task_id.clone(), approved, result: result.clone() });
        self.batch.tell("human_task_completed", Some(&step_id), json!({ "task_id": task_id, "approved": approved }));
        self.complete(&step_id, result);
        self.replies.push((reply, json!({ "status": "completed", "task_id": task_id, "approved": approved })));
    }

    fn answer(&mut self, reply: Reply) {
        self.replies.push((
            reply,
            json!({ "run_id": self.run_id, "workflow_id": self.workflow_id, "status": self.status.name() }),
        ));
    }

    pub(super) fn turn_to(&mut self, status: Status) {
        self.batch.tell("state_changed", None, json!({ "from": self.status.name(), "to": status.name() }));
        self.batch.push(Change::Status { status, failure: None });
        self.status = status;
    }

    /// Stops a step's work, and forgets what it may still say.
    pub(super) fn brake(&mut self, step_id: &str) {
        if let Some(brake) = self.flags.remove(step_id) {
            brake.flag.store(true, std::sync::atomic::Ordering::Relaxed);
            brake.abort.abort();
        }
    }

    /// Stops all work without a word about it: the run goes on elsewhere.
    fn release(&mut self) {
        for step_id in self.flags.keys().cloned().collect::<Vec<_>>() {
            self.brake(&step_id);
        }
    }
}
