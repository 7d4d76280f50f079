//! The active workspace's runs: what is known of them, and what the person does with them.

mod approvals;
mod detail;
mod following;
mod insights;
mod list;
mod said;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use agentruntime_bff::{Client, Endpoint, Pat, workflows};
use agentruntime_platform_mcp::{
    call::Upstream,
    consent::{Consents, OpenQuestion, Question},
};
use agentruntime_run_watch::{Account, Board, Inbox, Link, Options, Run, RunKey, Task, Watch};
use agentruntime_tokens::ProfileId;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use tokio::sync::{broadcast, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::Desk;
use crate::{
    api::{
        approvals::{Approval, QuestionView},
        runs::{LinkView, RunCommand, RunRow, RunState, WatchView},
        settings::QuietFor,
    },
    failure::Failed,
    notices::{Key, Word},
};

pub use approvals::needs_a_form;
pub(crate) use following::{follow, follow_calls};

/// Runs whose end the person hears of, and failures that wait to be looked at.
const REMEMBERED: usize = 1_000;
/// The hour at which a morning begins.
const MORNING: i8 = 8;
/// Before this hour it is still last night.
const SMALL_HOURS: i8 = 5;
/// Failures that are shown until somebody has looked.
const FAILURES: usize = 10;
/// Runs that Home shows.
const LATEST: usize = 5;
/// For so long it is waited for the platform's first answer.
const FIRST_ANSWER: Duration = Duration::from_secs(10);
/// For so long a question about a task that nobody has heard of yet is held back.
const HEARSAY: Duration = Duration::from_secs(2);
/// Batches of changed rows that the window may fall behind.
const ROWS: usize = 64;

/// Everything about runs that the desk holds.
pub struct Runs {
    /// Follows them.
    pub watch: Watch,
    /// Asks the person before an agent answers in their name.
    pub consents: Arc<Consents>,
    accounts: watch::Sender<Option<Account>>,
    known: Mutex<Known>,
    rows: broadcast::Sender<Vec<RunRow>>,
}

/// What is remembered of the active workspace's runs.
#[derive(Default)]
struct Known {
    started_here: Remembered,
    followed: HashSet<RunKey>,
    /// Runs that the person stopped from here: their end is no news to them.
    stopped_here: HashSet<RunKey>,
    failures: VecDeque<Arc<Run>>,
    approvals_revision: u32,
    runs_revision: u32,
    states_revision: u32,
    /// How many runs a query with a time in it names, for a moment.
    counts: HashMap<String, (u32, tokio::time::Instant)>,
    looked_at: Option<detail::Looked>,
    names: Option<(Arc<HashMap<String, String>>, tokio::time::Instant)>,
}

/// Runs that were started here, the oldest of which are forgotten.
#[derive(Default)]
struct Remembered {
    order: VecDeque<RunKey>,
    runs: HashSet<RunKey>,
}

impl Remembered {
    fn add(&mut self, run: RunKey) {
        if self.runs.insert(run.clone()) {
            self.order.push_back(run);
        }
        while self.order.len() > REMEMBERED {
            if let Some(oldest) = self.order.pop_front() {
                self.runs.remove(&oldest);
            }
        }
    }
}

impl Runs {
    /// Follows nothing yet; `ask` says whether the person is asked before an agent answers.
    pub(super) fn new(ask: bool, tasks: &TaskTracker, shutdown: CancellationToken) -> Self {
        let (accounts, account) = watch::channel(None);
        Self {
            watch: Watch::start(account, Options::default(), tasks, shutdown),
            consents: Arc::new(Consents::new(ask)),
            accounts,
            known: Mutex::default(),
            rows: broadcast::Sender::new(ROWS),
        }
    }

    /// Follows the runs behind this upstream from now on.
    pub(super) fn follow(&self, upstream: &Upstream, profile: Option<ProfileId>) {
        let account = profile.zip(upstream.pat.clone()).map(|(id, pat)| Account {
            id: id.to_string(),
            client: upstream.client.clone(),
            pat,
            in_use: upstream.in_use.clone(),
        });
        if account.is_none() && self.accounts.borrow().is_none() {
            return;
        }
        self.accounts.send_replace(account);
    }

    /// Rows that changed, a few times a second.
    pub fn rows(&self) -> broadcast::Receiver<Vec<RunRow>> {
        self.rows.subscribe()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A run as it is shown.
    fn row(&self, run: &Run) -> RunRow {
        let known = self.known();
        RunRow {
            id: run.key.run_id.clone(),
            workflow_id: run.key.workflow_id.clone(),
            workflow_name: run.workflow_name.clone(),
            state: said::state(run),
            waiting: run.waiting,
            steps_done: run.steps_done.or_else(|| run.steps.filter(|_| run.status.is_over() && said::ended_well(run))),
            steps: run.steps,
            started_at: run.started_at,
            ended_at: run.ended_at,
            failure_code: run.failure_code.clone(),
            error: run.error.clone(),
            started_here: known.started_here.runs.contains(&run.key),
            followed: known.followed.contains(&run.key),
        }
    }

    /// What tray, rail and Home show.
    pub(super) fn view(&self, do_not_disturb: Option<Timestamp>) -> WatchView {
        let board = self.watch.board().borrow().clone();
        let (failures, approvals_revision, runs_revision, states_revision) = {
            let known = self.known();
            (known.failures.clone(), known.approvals_revision, known.runs_revision, known.states_revision)
        };
        let now = Timestamp::now();
        WatchView {
            link: match board.link {
                Link::None => LinkView::None,
                Link::Starting => LinkView::Starting,
                Link::Live => LinkView::Live,
                Link::Away { since, code } => LinkView::Away { since, code: code.to_owned() },
            },
            active: said::count(board.active.len()),
            waiting: said::count(board.waiting.len()),
            first_end: board.waiting.iter().filter_map(|task| task.expires_at).filter(|end| *end > now).min(),
            failures: failures.iter().map(|run| self.row(run)).collect(),
            latest: board.active.iter().take(LATEST).map(|run| self.row(run)).collect(),
            questions: self.questions(),
            do_not_disturb,
            approvals_revision,
            runs_revision,
            states_revision,
        }
    }

    /// What agents want to answer in the person's name.
    fn questions(&self) -> Vec<QuestionView> {
        let board = self.watch.board().borrow().clone();
        let view = |open: OpenQuestion| {
            let task = board.waiting.iter().find(|task| is_about(&open.question, task));
            let tells = task.is_some() || hearsay(&open).is_none();
            tells.then(|| QuestionView {
                id: open.id.to_string(),
                client: open.question.client,
                approve: open.question.approve,
                approval: task.map(|task| approvals::view(task)),
                task_id: open.question.task_id,
                run_id: open.question.run_id,
                workflow_id: open.question.workflow_id,
                result: open.question.result,
                asked_at: open.asked_at,
                until: open.until,
            })
        };
        self.consents.open().into_iter().filter_map(view).collect()
    }
}

impl Desk {
    /// Whose runs are shown.
    fn account(&self) -> Result<Account, Failed> {
        let account = self.runs.accounts.borrow().clone();
        account.ok_or_else(|| Failed::new("no_workspace", "No workspace with a token is in use. Choose one first."))
    }

    async fn ask<E: Endpoint + Sync>(&self, endpoint: &E) -> Result<E::Response, Failed> {
        // Held until the answer is there: a token that is to be retired is waited for.
        let account = self.account()?;
        ask(&account.client, &account.pat, endpoint, &self.shutdown).await
    }

    /// Pauses, resumes or stops a run.
    ///
    /// # Errors
    /// [`Failed`] with what the platform answered.
    pub async fn command_run(&self, run: RunKey, command: RunCommand) -> Result<(), Failed> {
        let (command, mode) = match command {
            RunCommand::Pause => ("pause", None),
            RunCommand::Resume => ("resume", None),
            RunCommand::Drain => ("stop", Some("graceful")),
            RunCommand::Stop => ("stop", Some("immediate")),
        };
        let mut params = json!({ "run_id": run.run_id });
        if let (Some(mode), Some(params)) = (mode, params.as_object_mut()) {
            params.insert("mode".to_owned(), mode.into());
            self.runs.known().stopped_here.insert(run.clone());
        }
        let command = workflows::Command { workflow_id: run.workflow_id.clone(), command: command.to_owned(), params };
        let asked = self.ask(&command).await;
        if asked.is_err() {
            self.runs.known().stopped_here.remove(&run);
        }
        self.runs.watch.look();
        asked.map(|_| ())
    }

    /// Starts a workflow's published version; the new run's id.
    ///
    /// # Errors
    /// [`Failed`] with what the platform answered.
    pub async fn start_run(&self, workflow_id: String, input: Value) -> Result<String, Failed> {
        let params = json!({ "trigger_payload": input });
        let command = workflows::Command { workflow_id: workflow_id.clone(), command: "start".to_owned(), params };
        let started = self.ask(&command).await?;
        let no_run = || Failed::new("invalid_response", "The platform did not say which run it has started.");
        let run_id = started.run_id.ok_or_else(no_run)?;
        self.runs.known().started_here.add(RunKey::new(workflow_id, run_id.clone()));
        self.runs.watch.look();
        Ok(run_id)
    }

    /// Whether the person wants to hear of the run's end.
    pub fn follow_run(&self, run: RunKey, on: bool) {
        let mut known = self.runs.known();
        if on {
            known.followed.insert(run)
        } else {
            known.followed.remove(&run)
        };
        drop(known);
        self.change();
    }

    /// The person has looked at these runs that failed. One that failed in the meantime still waits to be looked at.
    pub fn seen_failures(&self, seen: Vec<RunKey>) {
        let all = {
            let mut known = self.runs.known();
            known.failures.retain(|run| !seen.contains(&run.key));
            known.failures.is_empty()
        };
        seen.into_iter().for_each(|run| self.mouth.say(Word::Withdraw(Key::Run(run))));
        if all {
            self.mouth.say(Word::SeenAllFailures);
        }
        self.change();
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
        self.runs.watch.answer(&run, task_id, approved, result).await?;
        self.change();
        Ok(())
    }

    /// What waits for the person, the oldest first. Right after the start it is waited for the first answer.
    ///
    /// # Errors
    /// [`Failed`] with the code `no_workspace`, or why the platform does not tell.
    pub async fn approvals(&self) -> Result<Vec<Approval>, Failed> {
        self.account()?;
        let mut boards = self.runs.watch.board();
        let is_told = |board: &Arc<Board>| {
            !board.waiting.is_empty()
                || board.inbox != Inbox::Unread
                || !matches!(board.link, Link::Starting | Link::Live)
        };
        let told = tokio::time::timeout(FIRST_ANSWER, boards.wait_for(is_told)).await;
        let board = match told {
            Ok(Ok(board)) => board.clone(),
            // Not answered in time, or the app ends.
            _ => self.runs.watch.board().borrow().clone(),
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
        let answered = id.parse().is_ok_and(|id| self.runs.consents.answer(id, allow));
        if answered {
            return Ok(());
        }
        Err(Failed::new("question_gone", "The agent waits no longer for this decision; nothing was sent."))
    }

    /// Names of the workflows that runs can be of.
    ///
    /// # Errors
    /// [`Failed`] with what the platform answered.
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

/// How long it is still waited for what a question's task is: an agent may ask before the follower has heard of the task, and
/// a question that names an id tells the person nothing. Past it the question is shown as it is.
fn hearsay(open: &OpenQuestion) -> Option<Duration> {
    let age = Timestamp::now().duration_since(open.asked_at).unsigned_abs();
    HEARSAY.checked_sub(age).filter(|left| !left.is_zero())
}

/// Whether a question is about this task.
fn is_about(question: &Question, task: &Task) -> bool {
    question.is_about(&task.run.workflow_id, &task.run.run_id, &task.id)
}

/// Where the page shows a run.
pub fn place_of_run(run: &RunKey) -> String {
    let part = |id: &str| percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC).to_string();
    format!("run/{}/{}", part(&run.workflow_id), part(&run.run_id))
}

/// Where the page shows a task.
pub fn place_of_task(task_id: &str) -> String {
    format!("approvals/{}", percent_encoding::utf8_percent_encode(task_id, percent_encoding::NON_ALPHANUMERIC))
}

/// Until when not to disturb; nothing past the end of the calendar.
pub fn quiet_until(quiet: QuietFor) -> Option<Timestamp> {
    match quiet {
        QuietFor::Hour => Timestamp::now().checked_add(1.hour()).ok(),
        QuietFor::Morning => Some(next_morning(&jiff::Zoned::now()).ok()?.timestamp()),
    }
}

/// The morning that comes next for somebody who is still up, or has just risen: in the small hours that of the same day.
fn next_morning(now: &jiff::Zoned) -> Result<jiff::Zoned, jiff::Error> {
    let day = if now.hour() < SMALL_HOURS { now.clone() } else { now.tomorrow()? };
    day.start_of_day()?.with().hour(MORNING).build()
}

async fn ask<E: Endpoint + Sync>(
    client: &Client,
    pat: &Pat,
    endpoint: &E,
    shutdown: &CancellationToken,
) -> Result<E::Response, Failed> {
    Ok(client.call(pat, endpoint, shutdown).await?)
}

impl RunState {
    /// Whether every run that has not ended is meant, of which the follower knows each.
    const fn is_of_the_board(self) -> bool {
        matches!(self, Self::Running | Self::Waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_morning_is_that_of_the_same_day_for_who_is_up_at_night() {
        let at = |text: &str| next_morning(&text.parse().unwrap()).unwrap().strftime("%d %H:%M").to_string();
        assert_eq!(at("2026-11-25T00:30:00[Europe/Berlin]"), "25 08:00");
        assert_eq!(at("2026-11-25T23:30:00[Europe/Berlin]"), "26 08:00");
        assert_eq!(at("2026-11-25T06:10:00[Europe/Berlin]"), "26 08:00");
        // The clocks are put back in this night.
        assert_eq!(at("2026-10-25T02:30:00[Europe/Berlin]"), "25 08:00");
    }
}
