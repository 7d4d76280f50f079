//! An agent should not sign for its human: before a task is answered by a tool call, the person is asked.
//!
//! The shell holds one [`Consents`], shows what is asked, and answers. A question ends with the person's word, when the call is
//! taken back or its time is up, or when the task was answered otherwise. Without a shell there is nobody to ask, and calls
//! go through as they come.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use agentruntime_bff::{Request, tasks};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{oneshot, watch};

/// How long a person has to decide.
pub const TIME_TO_DECIDE: Duration = Duration::from_secs(300);

/// Questions that wait at a time.
pub const MOST_OPEN: usize = 20;

/// What an agent wants to answer in the person's name.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Who asks: the client's name for itself. For display, never for authorization.
    pub client: String,
    /// The workflow, as the agent gave it.
    pub workflow_id: String,
    /// The run, as the agent gave it.
    pub run_id: String,
    /// The task, as the agent gave it.
    pub task_id: String,
    /// Whether it is to be approved or rejected.
    pub approve: bool,
    /// What is to go into the step's result.
    pub result: Option<Value>,
}

impl Question {
    /// What a client's request would answer in the person's name, read from the request as it will be sent: what they see is
    /// what goes out. `None` for a request that answers no task.
    #[must_use]
    pub fn of(client: String, request: &Request) -> Option<Self> {
        let tasks::Complete { workflow_id, run_id, task_id, approved, result } = tasks::Complete::read(request)?;
        Some(Self { client, workflow_id, run_id, task_id, approve: approved, result })
    }

    /// Whether it is about this task: an id may be one within its run only.
    #[must_use]
    pub fn is_about(&self, workflow_id: &str, run_id: &str, task_id: &str) -> bool {
        (self.workflow_id.as_str(), self.run_id.as_str(), self.task_id.as_str()) == (workflow_id, run_id, task_id)
    }

    /// Whether all that would be sent is the decision, so that it can be allowed without reading more.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.result.as_ref().and_then(Value::as_object).is_none_or(serde_json::Map::is_empty)
    }
}

/// A question that waits for the person.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenQuestion {
    /// Tells it from the others.
    pub id: u64,
    pub question: Question,
    pub asked_at: Timestamp,
    pub until: Timestamp,
}

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The person allows it.
    Allowed,
    /// The person does not.
    Declined,
    /// Nobody decided in time.
    Unanswered,
    /// The task was answered otherwise, so there is nothing to decide.
    Moot,
}

/// The questions that wait, and whether any are asked.
#[derive(Debug)]
pub struct Consents {
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

#[derive(Debug)]
struct State {
    required: bool,
    last: u64,
    open: BTreeMap<u64, (OpenQuestion, oneshot::Sender<Verdict>)>,
}

impl Consents {
    /// No question yet; `required` says whether the person is asked at all.
    #[must_use]
    pub fn new(required: bool) -> Self {
        let state = State { required, last: 0, open: BTreeMap::new() };
        Self { state: Mutex::new(state), changed: watch::Sender::new(()) }
    }

    /// Sets whether the person is asked, from the next call on. Questions that wait are not answered by this.
    pub fn set_required(&self, required: bool) {
        self.state().required = required;
    }

    /// Asks the person, if they are to be asked, and waits for their word. Dropping the future takes the question back.
    ///
    /// A client that asks again about the same task takes its earlier question back, and with [`MOST_OPEN`] questions open no
    /// more are put before anybody.
    pub async fn ask(&self, question: Question) -> Verdict {
        let (decide, verdict) = oneshot::channel();
        let again = |open: &OpenQuestion| {
            let Question { workflow_id, run_id, task_id, client, .. } = &open.question;
            question.is_about(workflow_id, run_id, task_id) && *client == question.client
        };
        for open in self.open_questions().into_iter().filter(again) {
            self.end(open.id, Verdict::Unanswered);
        }
        let _taken_back = {
            let mut state = self.state();
            if !state.required {
                return Verdict::Allowed;
            }
            if state.open.len() >= MOST_OPEN {
                return Verdict::Unanswered;
            }
            state.last += 1;
            let (id, asked_at) = (state.last, Timestamp::now());
            let until = asked_at.checked_add(TIME_TO_DECIDE).unwrap_or(Timestamp::MAX);
            state.open.insert(id, (OpenQuestion { id, question, asked_at, until }, decide));
            TakenBack { consents: self, id }
        };
        self.changed.send_replace(());
        match tokio::time::timeout(TIME_TO_DECIDE, verdict).await {
            Ok(verdict) => verdict.unwrap_or(Verdict::Unanswered),
            Err(_) => Verdict::Unanswered,
        }
    }

    /// The questions that wait, the oldest first.
    #[must_use]
    pub fn open_questions(&self) -> Vec<OpenQuestion> {
        self.state().open.values().map(|(open, _)| open.clone()).collect()
    }

    /// Wakes whenever a question comes or goes.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Gives the person's word. Whether the question still waited for it.
    pub fn answer(&self, id: u64, allow: bool) -> bool {
        self.end(id, if allow { Verdict::Allowed } else { Verdict::Declined })
    }

    /// Nobody is there to decide any more: what waits ends undecided.
    pub fn dismiss(&self) {
        for open in self.open_questions() {
            self.end(open.id, Verdict::Unanswered);
        }
    }

    /// Ends the questions about a task that was answered otherwise: nobody need decide them.
    pub fn make_moot(&self, workflow_id: &str, run_id: &str, task_id: &str) {
        let of_task = |open: &OpenQuestion| open.question.is_about(workflow_id, run_id, task_id);
        for open in self.open_questions().into_iter().filter(of_task) {
            self.end(open.id, Verdict::Moot);
        }
    }

    fn end(&self, id: u64, verdict: Verdict) -> bool {
        let ended = self.state().open.remove(&id);
        let Some((_, decide)) = ended else { return false };
        self.changed.send_replace(());
        decide.send(verdict).is_ok()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets a question when whoever asked it waits no longer.
struct TakenBack<'a> {
    consents: &'a Consents,
    id: u64,
}

impl Drop for TakenBack<'_> {
    fn drop(&mut self) {
        if self.consents.state().open.remove(&self.id).is_some() {
            self.consents.changed.send_replace(());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::indexing_slicing)]

    use std::sync::Arc;

    use super::*;

    fn question(task: &str) -> Question {
        Question {
            client: "an agent 1.0".to_owned(),
            workflow_id: "wf".to_owned(),
            run_id: "run".to_owned(),
            task_id: task.to_owned(),
            approve: true,
            result: None,
        }
    }

    async fn asked(consents: &Arc<Consents>, task: &str) -> (OpenQuestion, tokio::task::JoinHandle<Verdict>) {
        let mut changed = consents.changes();
        let (consents, task) = (consents.clone(), task.to_owned());
        let asking = tokio::spawn({
            let (consents, task) = (consents.clone(), task.clone());
            async move { consents.ask(question(&task)).await }
        });
        changed.changed().await.unwrap();
        (consents.open_questions().into_iter().find(|open| open.question.task_id == task).unwrap(), asking)
    }

    #[tokio::test]
    async fn the_person_s_word_ends_a_question_once() {
        let consents = Arc::new(Consents::new(true));
        for (allow, verdict) in [(true, Verdict::Allowed), (false, Verdict::Declined)] {
            let (open, asking) = asked(&consents, "t").await;
            assert!(consents.answer(open.id, allow));
            assert!(!consents.answer(open.id, !allow));
            assert_eq!(asking.await.unwrap(), verdict);
            assert_eq!(consents.open_questions(), []);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_ends_when_its_time_is_up_when_it_is_moot_and_when_nobody_wants_to_know() {
        let consents = Arc::new(Consents::new(true));
        let (_, asking) = asked(&consents, "t").await;
        assert_eq!(asking.await.unwrap(), Verdict::Unanswered);

        let (_, asking) = asked(&consents, "t").await;
        consents.make_moot("wf", "run", "another");
        consents.make_moot("wf", "another", "t");
        assert_eq!(consents.open_questions().len(), 1);
        consents.make_moot("wf", "run", "t");
        assert_eq!(asking.await.unwrap(), Verdict::Moot);

        let (_, asking) = asked(&consents, "t").await;
        let mut changed = consents.changes();
        asking.abort();
        changed.changed().await.unwrap();
        assert_eq!(consents.open_questions(), []);
    }

    #[tokio::test]
    async fn nobody_is_flooded_with_questions() {
        let consents = Arc::new(Consents::new(true));
        let (first, asking) = asked(&consents, "t").await;
        let (again, _asking) = asked(&consents, "t").await;
        assert_eq!(asking.await.unwrap(), Verdict::Unanswered, "the same client asks the same again");
        assert_eq!(consents.open_questions(), std::slice::from_ref(&again));
        assert_ne!(first.id, again.id);
        let mut others = Vec::new();
        for nth in 1..MOST_OPEN {
            others.push(asked(&consents, &nth.to_string()).await);
        }
        assert_eq!(consents.ask(question("one more")).await, Verdict::Unanswered);
        assert_eq!(consents.open_questions().len(), MOST_OPEN);
    }

    #[tokio::test]
    async fn nobody_is_asked_who_need_not_be() {
        let consents = Consents::new(true);
        consents.set_required(false);
        assert_eq!(consents.ask(question("t")).await, Verdict::Allowed);
    }
}
