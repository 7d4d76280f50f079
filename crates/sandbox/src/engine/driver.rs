//! The driver of one run: it listens, decides, commits, and only then acts.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use agentruntime_graph::{
    Graph,
    plan::{Plan, StepState},
};
use serde_json::{Map, Value, json};
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    task::{AbortHandle, JoinSet},
    time::Instant,
};

use super::{
    DRAIN_LIMIT, Engine,
    batch::{Batch, Change},
    command::{Decision, Reply, Signal, already, no_longer_open},
    outcome::Happened,
    status::Status,
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

/// The steps of one run whose work this process has begun, whichever of its drivers did.
pub(super) type Begun = Arc<Mutex<HashSet<String>>>;

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
    pub(super) work: JoinSet<Happened>,
    /// What stops a step: its work ends with the future it is.
    pub(super) brakes: HashMap<String, AbortHandle>,
    /// Steps whose work may have ended a process, and whose turn it is to try again.
    pub(super) turns: HashMap<String, OwnedSemaphorePermit>,
    pub(super) begun: Begun,
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
        let shutdown = self.engine.owner().shutdown().clone();
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
                Some(happened) = self.work.join_next() => match happened {
                    Ok(Happened::Done(done)) => self.settle(done),
                    Ok(Happened::Turn { step_id, turn }) => self.try_again(step_id, turn),
                    // Work is only aborted by this driver, which then no longer waits for it; a fault in it is its outcome.
                    Err(_) => {}
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
            self.engine.tell(last);
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
        if let Some(brake) = self.brakes.remove(step_id) {
            brake.abort();
        }
    }

    /// Stops all work without a word about it: the run goes on elsewhere.
    fn release(&mut self) {
        self.brakes.clear();
        self.work.abort_all();
    }
}
