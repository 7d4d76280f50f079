//! The active workspace's runs: what is known of them, and what the person does with them.

mod approvals;
mod asking;
mod detail;
mod following;
mod held;
mod insights;
mod list;
mod looked;
mod places;
mod said;

use std::{sync::Arc, time::Duration};

use agentruntime_bff::workflows;
use agentruntime_run_watch::{Board, Inbox, Link, RunKey};
use serde_json::{Value, json};

use crate::{
    api::{approvals::Approval, runs::RunCommand},
    failure::Failed,
    notice::{Key, Word},
};

pub use approvals::needs_a_form;
pub(crate) use following::{follow, follow_calls};
pub use held::Runs;
pub use places::{place_of_run, place_of_task};

/// For so long it is waited for the platform's first reply.
const FIRST_REPLY: Duration = Duration::from_secs(10);

impl Runs {
    /// Pauses, resumes or stops a run.
    ///
    /// # Errors
    /// [`Failed`] with what the platform replied.
    pub async fn command(&self, run: RunKey, command: RunCommand) -> Result<(), Failed> {
        let (command, mode) = match command {
            RunCommand::Pause => ("pause", None),
            RunCommand::Resume => ("resume", None),
            RunCommand::Drain => ("stop", Some("graceful")),
            RunCommand::Stop => ("stop", Some("immediate")),
        };
        let mut params = json!({ "run_id": run.run_id });
        if let (Some(mode), Some(params)) = (mode, params.as_object_mut()) {
            params.insert("mode".to_owned(), mode.into());
            self.known().stopped_here.insert(run.clone());
        }
        let command = workflows::Command { workflow_id: run.workflow_id.clone(), command: command.to_owned(), params };
        let asked = self.ask(&command).await;
        if asked.is_err() {
            self.known().stopped_here.remove(&run);
        }
        self.watch.look();
        asked.map(|_| ())
    }

    /// Starts a workflow's published version; the new run's id.
    ///
    /// # Errors
    /// [`Failed`] with what the platform replied.
    pub async fn start(&self, workflow_id: String, input: Value) -> Result<String, Failed> {
        let params = json!({ "trigger_payload": input });
        let command = workflows::Command { workflow_id: workflow_id.clone(), command: "start".to_owned(), params };
        let started = self.ask(&command).await?;
        let no_run = || Failed::new("invalid_response", "The platform did not say which run it has started.");
        let run_id = started.run_id.ok_or_else(no_run)?;
        self.known().started_here.add(RunKey::new(workflow_id, run_id.clone()));
        self.watch.look();
        Ok(run_id)
    }

    /// Whether the person wants to hear of the run's end.
    pub fn follow(&self, run: RunKey, on: bool) {
        let mut known = self.known();
        if on {
            known.followed.insert(run)
        } else {
            known.followed.remove(&run)
        };
        drop(known);
        self.changed.tell();
    }

    /// The person has looked at these runs that failed. One that failed in the meantime still waits to be looked at.
    pub fn seen_failures(&self, seen: Vec<RunKey>) {
        let all = {
            let mut known = self.known();
            known.failures.retain(|run| !seen.contains(&run.key));
            known.failures.is_empty()
        };
        seen.into_iter().for_each(|run| self.mouth.say(Word::Withdraw(Key::Run(run))));
        if all {
            self.mouth.say(Word::SeenAllFailures);
        }
        self.changed.tell();
    }

    /// Answers a task in the person's name, from a notification or the tray: where that is not taken, the person is told.
    pub async fn answer_from_afar(&self, run: RunKey, task_id: &str, approved: bool) {
        if let Err(failed) = self.answer_task(run, task_id, approved, json!({})).await {
            tracing::info!(%failed, "an answer was not taken");
            self.mouth.tell_not_taken(failed.code(), failed.to_string());
        }
    }

    /// Answers a task in the person's name.
    ///
    /// # Errors
    /// [`Failed`], with the code `conflict` where somebody else was faster.
    pub async fn answer_task(&self, run: RunKey, task_id: &str, approved: bool, result: Value) -> Result<(), Failed> {
        let result = Some(result).filter(|result| result.as_object().is_some_and(|fields| !fields.is_empty()));
        self.watch.answer(&run, task_id, approved, result).await?;
        self.changed.tell();
        Ok(())
    }

    /// What waits for the person, the oldest first. Right after the start it is waited for the first reply.
    ///
    /// # Errors
    /// [`Failed`] with the code `no_workspace`, or why the platform does not tell.
    pub async fn approvals(&self) -> Result<Vec<Approval>, Failed> {
        self.account()?;
        let mut boards = self.watch.board();
        let is_known = |board: &Arc<Board>| {
            !board.waiting.is_empty()
                || board.inbox != Inbox::Unread
                || !matches!(board.link, Link::Starting | Link::Live)
        };
        let first = tokio::time::timeout(FIRST_REPLY, boards.wait_for(is_known)).await;
        let board = match first {
            Ok(Ok(board)) => board.clone(),
            // Not answered in time, or the app ends.
            _ => self.watch.board().borrow().clone(),
        };
        let unknown = match (&board.link, &board.inbox) {
            (Link::Away { code, .. }, _) | (_, Inbox::Failing { code }) => Some(*code),
            (Link::Starting, _) | (_, Inbox::Unread) => Some("timeout"),
            _ => None,
        };
        if let (Some(code), true) = (unknown, board.waiting.is_empty()) {
            return Err(Failed::new(code, "The platform does not answer, so what waits is not known."));
        }
        Ok(board.waiting.iter().map(|task| approvals::view(task)).collect())
    }

    /// Says whether an agent may answer in the person's name.
    ///
    /// # Errors
    /// [`Failed`] with the code `question_gone` where the agent waits no longer.
    pub fn answer_question(&self, id: &str, allow: bool) -> Result<(), Failed> {
        let answered = id.parse().is_ok_and(|id| self.consents.answer(id, allow));
        if answered {
            return Ok(());
        }
        Err(Failed::new("question_gone", "The agent waits no longer for this decision; nothing was sent."))
    }

    /// Names of the workflows that runs can be of.
    ///
    /// # Errors
    /// [`Failed`] with what the platform replied.
    pub async fn workflows(&self) -> Result<Vec<crate::api::runs::WorkflowChoice>, Failed> {
        let list = self.ask(&workflows::List { limit: Some(100), offset: None }).await?;
        let choice = |workflow: workflows::Workflow| crate::api::runs::WorkflowChoice {
            name: if workflow.name.trim().is_empty() { workflow.id.clone() } else { workflow.name },
            id: workflow.id,
        };
        let mut choices = list.workflows.into_iter().map(choice).collect::<Vec<_>>();
        choices.sort_by_key(|choice| (choice.name.to_lowercase(), choice.id.clone()));
        Ok(choices)
    }
}
