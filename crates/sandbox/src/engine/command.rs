//! What can be said to a run under way: pause, resume, stop, and a person's answer.

use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::{Engine, status::Status};
use crate::{
    db::Ask as _,
    error::{Error, Result},
};

/// Where the reply to a command goes once what it tells of is committed.
pub(super) type Reply = oneshot::Sender<Result<Value>>;

/// A word to a driver.
pub(super) enum Signal {
    /// Start nothing new.
    Pause(Reply),
    /// Go on.
    Resume(Reply),
    /// End, at once or once what is under way has ended.
    Stop { graceful: bool, reply: Reply },
    /// A person's answer to a task.
    Decide { task_id: String, decision: Decision, reply: Reply },
}

/// A person's answer.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    /// Yes or no.
    pub(crate) approved: bool,
    /// Merged into the step's result.
    pub(crate) result: Map<String, Value>,
}

impl Decision {
    /// The step's result (BFF API: `{"approved": …}` merged with `result`); the decision itself cannot be overwritten.
    pub(super) fn into_result(self) -> Value {
        let mut result = Map::from_iter([("approved".to_owned(), json!(self.approved))]);
        result.extend(self.result.into_iter().filter(|(key, _)| key != "approved"));
        Value::Object(result)
    }
}

impl Engine {
    pub(crate) async fn pause(&self, workflow_id: &str, run_id: &str) -> Result<Value> {
        self.say(workflow_id, run_id, Signal::Pause).await
    }

    /// Lets a paused run go on.
    pub(crate) async fn resume(&self, workflow_id: &str, run_id: &str) -> Result<Value> {
        self.say(workflow_id, run_id, Signal::Resume).await
    }

    /// Stops a run.
    pub(crate) async fn stop(&self, workflow_id: &str, run_id: &str, graceful: bool) -> Result<Value> {
        self.say(workflow_id, run_id, |reply| Signal::Stop { graceful, reply }).await
    }

    /// Answers a task.
    pub(crate) async fn decide(
        &self,
        workflow_id: &str,
        run_id: &str,
        task_id: &str,
        decision: Decision,
    ) -> Result<Value> {
        let (workflow, run, task) = (workflow_id.to_owned(), run_id.to_owned(), task_id.to_owned());
        let status = self
            .0
            .db
            .read(move |connection| {
                let sql = "SELECT status FROM tasks WHERE id = ? AND run_id = ? AND workflow_id = ?";
                connection.one(sql, &[&task, &run, &workflow], |row| row.get::<_, String>(0))
            })
            .await?
            .ok_or_else(|| Error::not_found("task", task_id))?;
        if status != "pending" {
            return Err(no_longer_open(task_id, &status));
        }
        let task_id = task_id.to_owned();
        self.say(workflow_id, run_id, |reply| Signal::Decide { task_id, decision, reply }).await
    }

    async fn say(&self, workflow_id: &str, run_id: &str, signal: impl FnOnce(Reply) -> Signal) -> Result<Value> {
        let status = self.status(workflow_id, run_id).await?;
        let inbox = self.inboxes().get(run_id).cloned();
        let (reply, answer) = oneshot::channel();
        if let Some(inbox) = inbox.filter(|_| !status.is_terminal())
            && inbox.send(signal(reply)).await.is_ok()
            && let Ok(answer) = answer.await
        {
            return answer;
        }
        // The driver went away before it answered: because the run had ended, or because the sandbox does.
        match self.status(workflow_id, run_id).await? {
            status if status.is_terminal() => Err(already(run_id, status)),
            _ if self.owner().shutdown().is_cancelled() => Err(Error::Closed),
            _ => Err(Error::Unavailable(format!("the run \"{run_id}\" could not be changed just now; try again"))),
        }
    }

    async fn status(&self, workflow_id: &str, run_id: &str) -> Result<Status> {
        let (workflow, run) = (workflow_id.to_owned(), run_id.to_owned());
        let status = self
            .0
            .db
            .read(move |connection| {
                connection.one("SELECT status FROM runs WHERE id = ? AND workflow_id = ?", &[&run, &workflow], |row| {
                    row.get::<_, String>(0)
                })
            })
            .await?;
        status.as_deref().and_then(Status::named).ok_or_else(|| Error::not_found("run", run_id))
    }
}

/// A run that has ended, or is where it was told to go.
pub(super) fn already(run_id: &str, status: Status) -> Error {
    Error::Conflict(format!("the run \"{run_id}\" is already {}", status.name()))
}

/// A task that was answered before, or ended with its run.
pub(super) fn no_longer_open(task_id: &str, status: &str) -> Error {
    Error::Conflict(format!("the task \"{task_id}\" is already {status}"))
}
