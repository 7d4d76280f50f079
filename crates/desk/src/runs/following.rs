//! Takes in what changes and decides who is told: the window, the tray, clients that have subscribed, and the person.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use agentruntime_platform_mcp::{effect::Effect, platform::Platform};
use agentruntime_run_watch::{Board, Change, Gone, Missed, Run, RunKey, RunStatus, Task, Timeliness};
use jiff::Timestamp;
use tokio::sync::broadcast::error::RecvError;

use super::{
    approvals,
    held::{FAILURES, hearsay, is_about},
    said,
};
use crate::{
    api::runs::RunState,
    desk::Desk,
    notice::{About, Key, Notice, Word},
};

/// Between two batches of changed rows.
const BREATH: std::time::Duration = std::time::Duration::from_millis(150);

/// Follows runs until the desk shuts down.
pub async fn follow(desk: Arc<Desk>) {
    let shutdown = desk.ending();
    shutdown.run_until_cancelled(Following::new(desk).run()).await;
}

/// Follows what clients do to runs, as long as this platform is the one that serves.
pub async fn follow_calls(desk: Arc<Desk>, platform: Arc<Platform>) {
    let mut effects = platform.effects();
    loop {
        let effect = tokio::select! {
            () = desk.supervisor.shutdown().cancelled() => return,
            () = platform.closing().cancelled() => return,
            effect = effects.recv() => effect,
        };
        match effect {
            Ok(Effect::Started { workflow_id, run_id }) => {
                desk.runs.known().started_here.add(RunKey::new(workflow_id, run_id));
            }
            Ok(Effect::Touched) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
        desk.runs.watch.look();
    }
}

struct Following {
    desk: Arc<Desk>,
    /// Rows that have changed since the last batch.
    changed: BTreeSet<RunKey>,
    /// Runs that have ended since then, which the board does not hold.
    ended: Vec<Arc<Run>>,
    told_at: Instant,
    /// The tasks and runs that the board held when it was last looked at, and where each run stood.
    stood: (Vec<String>, Vec<(RunKey, RunState)>),
    /// What would be told of runs that ended late, until they are summed up.
    late: BTreeMap<RunKey, Notice>,
    /// When a question is shown though nobody knows its task.
    ask_by: Option<Instant>,
}

impl Following {
    fn new(desk: Arc<Desk>) -> Self {
        Self {
            desk,
            changed: BTreeSet::new(),
            ended: Vec::new(),
            told_at: Instant::now(),
            stood: Default::default(),
            late: BTreeMap::new(),
            ask_by: None,
        }
    }

    async fn run(mut self) {
        let desk = self.desk.clone();
        let mut changes = desk.runs.watch.changes();
        let mut board = desk.runs.watch.board();
        let mut questions = desk.runs.consents.changes();
        loop {
            let rows_due = self.told_at + BREATH;
            let has_rows = !self.changed.is_empty() || !self.ended.is_empty();
            tokio::select! {
                change = changes.recv() => match change {
                    Ok(change) => self.take_in(change),
                    Err(RecvError::Lagged(missed)) => {
                        tracing::warn!(missed, "changes of runs came faster than they could be told");
                        self.desk.runs.known().runs_revision += 1;
                        self.make_up(&board.borrow().clone());
                        self.desk.changed.tell();
                    }
                    Err(RecvError::Closed) => return,
                },
                changed = board.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    self.stand(&board.borrow_and_update().clone());
                    self.ask();
                    desk.changed.tell();
                }
                () = tokio::time::sleep_until(self.ask_by.unwrap_or(rows_due).into()), if self.ask_by.is_some() => {
                    self.ask();
                    desk.changed.tell();
                }
                asked = questions.changed() => {
                    if asked.is_err() {
                        return;
                    }
                    self.ask();
                    desk.changed.tell();
                }
                () = tokio::time::sleep_until(rows_due.into()), if has_rows => self.tell_rows(),
            }
        }
    }

    fn take_in(&mut self, change: Change) {
        match change {
            Change::Began => self.begin(),
            Change::Started(run, _) => {
                self.desk.runs.known().runs_revision += 1;
                self.touch(&run.key);
            }
            Change::Moved(run) => self.touch(&run.key),
            Change::Event(event, _) => self.touch(&event.run),
            Change::Ended(run, heard) => self.end(run, heard),
            Change::Waiting(task, heard) => {
                self.touch(&task.run);
                if heard == Timeliness::OnTime {
                    self.tell(waiting(&task));
                }
            }
            Change::Gone(task, how) => self.gone(&task, how),
            Change::CaughtUp(missed) => self.catch_up(&missed),
        }
    }

    /// Things stand elsewhere: who shows what waits, or what runs, asks again. Counted here and not with each change,
    /// since what is asked for is what stands.
    fn stand(&mut self, board: &Board) {
        let waiting = board.waiting.iter().map(|task| task.id.clone()).collect::<Vec<_>>();
        let active = board.active.iter().map(|run| (run.key.clone(), said::state(run))).collect::<Vec<_>>();
        let mut known = self.desk.runs.known();
        if self.stood.0 != waiting {
            known.approvals_revision += 1;
            self.stood.0 = waiting;
        }
        if self.stood.1 != active {
            known.states_revision += 1;
            let keys = |runs: &[(RunKey, RunState)]| runs.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
            if keys(&self.stood.1) != keys(&active) {
                known.runs_revision += 1;
            }
            self.stood.1 = active;
        }
    }

    /// Changes were missed: what stands tells which notifications are wanted.
    fn make_up(&mut self, board: &Board) {
        let ids = board.waiting.iter().map(|task| task.id.clone()).collect();
        self.desk.mouth.say(Word::OnlyTasks(ids));
        for task in &board.waiting {
            self.tell(waiting(task));
        }
    }

    /// Another workspace is in use: forgets what belongs to the one before.
    fn begin(&mut self) {
        {
            let mut known = self.desk.runs.known();
            known.failures.clear();
            known.looked_at = None;
            known.names = None;
            known.counts.clear();
            known.runs_revision += 1;
            known.approvals_revision += 1;
        }
        self.changed.clear();
        self.ended.clear();
        self.late.clear();
        // They were asked of another workspace's tasks.
        self.desk.runs.consents.dismiss();
        self.desk.mouth.say(Word::Forget);
        self.desk.changed.tell();
    }

    /// Clients that have subscribed to the run hear of it with the next batch, and the window.
    fn touch(&mut self, run: &RunKey) {
        self.changed.insert(run.clone());
    }

    fn end(&mut self, run: Arc<Run>, heard: Timeliness) {
        self.touch(&run.key);
        {
            let mut known = self.desk.runs.known();
            known.runs_revision += 1;
            if run.status == RunStatus::Failed {
                known.failures.retain(|failed| failed.key != run.key);
                known.failures.push_front(run.clone());
                known.failures.truncate(FAILURES);
            }
        }
        self.ended.push(run.clone());
        match (heard, self.ended(&run)) {
            (Timeliness::OnTime, Some(notice)) => self.tell(notice),
            // Decided now, as below it is forgotten who follows it.
            (Timeliness::Late, Some(notice)) => _ = self.late.insert(run.key.clone(), notice),
            (_, None) => {}
        }
        let mut known = self.desk.runs.known();
        known.stopped_here.remove(&run.key);
        known.followed.remove(&run.key);
        drop(known);
        self.desk.changed.tell();
    }

    fn gone(&mut self, task: &Task, how: Gone) {
        self.touch(&task.run);
        self.desk.mouth.say(Word::Withdraw(Key::Task(task.id.clone())));
        tracing::info!(task = task.id, ?how, "a task waits no longer");
        // Where nobody says that it was answered, it may only have been passed over.
        if how != (Gone::Elsewhere { approved: None }) {
            self.desk.runs.consents.make_moot(&task.run.workflow_id, &task.run.run_id, &task.id);
        }
        self.desk.changed.tell();
    }

    fn catch_up(&mut self, missed: &Missed) {
        let mut notices = missed.waiting.iter().map(waiting).collect::<Vec<_>>();
        // At the first look only what waits is news.
        if missed.since.is_some() {
            notices.extend(missed.failed.iter().chain(&missed.ended).filter_map(|run| self.late.remove(&run.key)));
        }
        self.late.clear();
        self.desk.mouth.say(Word::Missed(notices));
    }

    /// What agents ask now.
    fn ask(&mut self) {
        let open = self.desk.runs.consents.open_questions();
        let board = self.desk.runs.watch.board().borrow().clone();
        self.ask_by = None;
        self.desk.mouth.say(Word::OnlyQuestions(open.iter().map(|open| open.id).collect()));
        for question in open {
            let task = board.waiting.iter().find(|task| is_about(&question.question, task)).cloned();
            if task.is_none()
                && let Some(left) = hearsay(&question)
            {
                self.desk.runs.watch.look();
                let then = Instant::now() + left;
                self.ask_by = Some(self.ask_by.map_or(then, |at| at.min(then)));
            } else {
                self.tell(Notice { key: Key::Question(question.id), about: About::Question { question, task } });
            }
        }
    }

    /// What there is to tell of a run's end, if the person has anything to do with it.
    fn ended(&self, run: &Arc<Run>) -> Option<Notice> {
        let (mine, stopped_here) = {
            let known = self.desk.runs.known();
            let mine = known.started_here.runs.contains(&run.key) || known.followed.contains(&run.key);
            (mine, known.stopped_here.contains(&run.key))
        };
        let about = match run.status {
            RunStatus::Failed => About::Failed(run.clone()),
            _ if stopped_here => return None,
            _ => {
                let lasted = run.lasted(Timestamp::now()).map_or(0, |lasted| lasted.as_mins());
                let long = lasted >= i64::from(self.desk.settings.get().notifications.long_minutes);
                if !mine && !long {
                    return None;
                }
                About::Finished(run.clone())
            }
        };
        Some(Notice { key: Key::Run(run.key.clone()), about })
    }

    fn tell(&self, notice: Notice) {
        self.desk.mouth.say(Word::Tell(Box::new(notice)));
    }

    /// Tells the window of the rows that have changed.
    fn tell_rows(&mut self) {
        self.told_at = Instant::now();
        let runs = &self.desk.runs;
        let changed = std::mem::take(&mut self.changed);
        let ended = std::mem::take(&mut self.ended);
        if let Some(platform) = self.desk.workspaces.backing.platform() {
            changed.iter().for_each(|run| platform.subscriptions.tell_changed(&run.workflow_id, &run.run_id));
        }
        if runs.rows.receiver_count() == 0 {
            return;
        }
        let board = runs.watch.board().borrow().clone();
        // The board may not have heard yet that one has ended.
        let is_over = |key: &RunKey| ended.iter().any(|run| run.key == *key);
        let active = board.active.iter().filter(|run| changed.contains(&run.key) && !is_over(&run.key));
        let rows = ended.iter().chain(active).map(|run| runs.row(run)).collect::<Vec<_>>();
        if !rows.is_empty() {
            let _unseen = runs.rows.send(rows);
        }
    }
}

/// A task that waits, as the person is told of it.
fn waiting(task: &Arc<Task>) -> Notice {
    let about = About::Waiting { task: task.clone(), at_once: !approvals::needs_a_form(task) };
    Notice { key: Key::Task(task.id.clone()), about }
}
