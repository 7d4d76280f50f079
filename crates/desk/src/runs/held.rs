//! What the desk holds of the active workspace's runs.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use agentruntime_lifecycle::Supervisor;
use agentruntime_platform_mcp::consent::{Consents, OpenQuestion, Question};
use agentruntime_run_watch::{Followed, Link, Options, Run, RunKey, Task, Watch};
use agentruntime_settings::SettingsStore;
use jiff::Timestamp;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use super::{approvals, looked::Looked, said};
use crate::{
    Mouth,
    api::{
        approvals::QuestionView,
        runs::{LinkView, RunRow, WatchView},
    },
    changed::Changed,
};

/// Runs whose end the person hears of, and failures that wait to be looked at.
const REMEMBERED: usize = 1_000;
/// Failures that are shown until somebody has looked.
pub(super) const FAILURES: usize = 10;
/// Runs that Home shows.
const LATEST: usize = 5;
/// For so long a question about a task that nobody has heard of yet is held back.
const HEARSAY: Duration = Duration::from_secs(2);
/// Batches of changed rows that the window may fall behind.
const ROWS: usize = 64;

/// Everything about runs that the desk holds.
pub struct Runs {
    /// Follows those of whichever workspace is in use.
    pub watch: Watch,
    /// Asks the person before an agent answers in their name.
    pub consents: Arc<Consents>,
    /// Whose they are.
    pub(super) followed: watch::Receiver<Option<Followed>>,
    pub(super) known: Mutex<Known>,
    pub(super) rows: broadcast::Sender<Vec<RunRow>>,
    pub(super) settings: SettingsStore,
    pub(super) mouth: Arc<Mouth>,
    pub(super) changed: Changed,
    pub(super) shutdown: CancellationToken,
}

/// What is remembered of the active workspace's runs.
#[derive(Default)]
pub(super) struct Known {
    pub(super) started_here: Remembered,
    pub(super) followed: HashSet<RunKey>,
    /// Runs that the person stopped from here: their end is no news to them.
    pub(super) stopped_here: HashSet<RunKey>,
    pub(super) failures: VecDeque<Arc<Run>>,
    pub(super) approvals_revision: u32,
    pub(super) runs_revision: u32,
    pub(super) states_revision: u32,
    /// How many runs a query with a time in it names, for a moment.
    pub(super) counts: HashMap<String, (u32, tokio::time::Instant)>,
    pub(super) looked_at: Option<Looked>,
    pub(super) names: Option<(Arc<HashMap<String, String>>, tokio::time::Instant)>,
}

/// Runs that were started here, the oldest of which are forgotten.
#[derive(Default)]
pub(super) struct Remembered {
    pub(super) order: VecDeque<RunKey>,
    pub(super) runs: HashSet<RunKey>,
}

impl Remembered {
    pub(super) fn add(&mut self, run: RunKey) {
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
    /// Follows the runs of whomever `followed` names.
    pub(crate) fn new(
        followed: watch::Receiver<Option<Followed>>,
        settings: SettingsStore,
        mouth: Arc<Mouth>,
        changed: Changed,
        supervisor: &Supervisor,
    ) -> Self {
        Self {
            watch: Watch::follow(followed.clone(), Options::default(), supervisor),
            consents: Arc::new(Consents::new(settings.get().ask_before_answers)),
            followed,
            known: Mutex::default(),
            rows: broadcast::Sender::new(ROWS),
            settings,
            mouth,
            changed,
            shutdown: supervisor.shutdown().clone(),
        }
    }

    /// Rows that changed, a few times a second.
    pub fn rows(&self) -> broadcast::Receiver<Vec<RunRow>> {
        self.rows.subscribe()
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A run as it is shown.
    pub(super) fn row(&self, run: &Run) -> RunRow {
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
    pub(crate) fn view(&self, do_not_disturb: Option<Timestamp>) -> WatchView {
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
        self.consents.open_questions().into_iter().filter_map(view).collect()
    }
}

/// How long it is still waited for what a question's task is: an agent may ask before the follower has heard of the task, and
/// a question that names an id tells the person nothing. Past it the question is shown as it is.
pub(super) fn hearsay(open: &OpenQuestion) -> Option<Duration> {
    let age = Timestamp::now().duration_since(open.asked_at).unsigned_abs();
    HEARSAY.checked_sub(age).filter(|left| !left.is_zero())
}

/// Whether a question is about this task.
pub(super) fn is_about(question: &Question, task: &Task) -> bool {
    question.is_about(&task.run.workflow_id, &task.run.run_id, &task.id)
}
