//! What is known of a workspace's runs and tasks, and what each reading changes about it.
//!
//! Pure: no clock, no network; what has a deadline is given the time. Readings come late, twice, and in any order; what is
//! told of them does not. The rules:
//! - A run that has ended stays ended, whatever an older reading says.
//! - An event is told when its id is new, whether a stream or the log brought it.
//! - [`Change::Ended`] is told once, after the run's log was read to its end, so that nothing of the run follows it; if that
//!   takes too long, before that.
//! - A task that was answered does not wait again.

mod entry;
mod logs;
mod names;
mod recent;
mod summing;
mod tasks;
#[cfg(test)]
mod tests;
mod waits;

use std::{collections::HashMap, sync::Arc};

use agentruntime_bff::{runs, tasks as inbox};
use jiff::Timestamp;

use crate::{
    change::{Change, Missed, Timeliness},
    model::{Run, RunEvent, RunKey, RunStatus, Task},
};
pub(crate) use entry::Entry;
pub(crate) use logs::LogPiece;
use names::Names;
use recent::Recent;
use tasks::{Left, Tasks};

/// Ended runs and answered tasks that are remembered, so that an old reading does not bring them back.
const REMEMBERED: usize = 20_000;

/// What is known of one workspace.
#[derive(Debug)]
pub(crate) struct Book {
    runs: HashMap<RunKey, Entry>,
    over: Recent<RunKey>,
    tasks: Tasks,
    names: Names,
    /// Whether the feed was read once.
    begun: bool,
    /// Runs that began before it were there when the feed was first read.
    floor: Option<Timestamp>,
    missed: Option<Missed>,
    changes: Vec<Change>,
    /// Counts readings of logs.
    turns: u64,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            runs: HashMap::new(),
            over: Recent::new(REMEMBERED),
            tasks: Tasks::default(),
            names: Names::default(),
            begun: false,
            floor: None,
            missed: None,
            changes: Vec::new(),
            turns: 0,
        }
    }
}

/// What it is told.
impl Book {
    /// Reads rows of the feed, newest first. Whether the rows after them may be new as well.
    pub(crate) fn take_rows(&mut self, rows: &[runs::Run], timeliness: Timeliness) -> bool {
        let mut all_new = !rows.is_empty();
        for run in rows.iter().filter_map(Run::of) {
            all_new &= self.take_row(run, timeliness);
        }
        all_new
    }

    /// The feed was read for the first time: what it did not show, but shows later, is either new or older than this.
    pub(crate) fn begin(&mut self, oldest: Option<Timestamp>) {
        self.begun = true;
        self.floor = oldest;
    }

    /// Takes in a frame of a stream. Whether the inbox has changed with it and is to be read.
    pub(crate) fn take_frame(&mut self, event: RunEvent) -> bool {
        if !self.begun || self.over.holds(&event.run) {
            return false;
        }
        if !self.runs.contains_key(&event.run) {
            self.add(entry::begun_by(&event), Timeliness::OnTime, false);
        }
        self.take_event(event, Timeliness::OnTime, Timeliness::OnTime)
    }

    /// Reads the whole inbox.
    pub(crate) fn take_inbox(&mut self, rows: &[inbox::Task], timeliness: Timeliness) {
        let news = self.tasks.take_inbox(rows, &self.names);
        for left in news.left {
            let vanished = left.how.is_none().then(|| left.task.run.clone());
            self.note_left(left);
            if let Some(run) = vanished
                && self.run(&run).is_none_or(Entry::is_over)
            {
                self.explain(&run);
            }
        }
        for task in news.new {
            if timeliness == Timeliness::Late
                && let Some(missed) = &mut self.missed
            {
                missed.waiting.push(task.clone());
            }
            self.changes.push(Change::Waiting(task.clone(), timeliness));
            self.count_waiting(&task.run, 1);
        }
    }

    /// What a workflow is called; `None` where it could not be told, which is asked again at an occasion.
    pub(crate) fn take_name(&mut self, workflow_id: &str, name: Option<String>) {
        if let Some(name) = &name {
            self.tasks.name_workflow(workflow_id, name);
        }
        let mut whole = Vec::new();
        for (key, entry) in self.runs.iter_mut().filter(|(key, _)| key.workflow_id == workflow_id) {
            if entry.run.workflow_name.is_none() && name.is_some() {
                entry.run.workflow_name.clone_from(&name);
                if !entry.is_over() {
                    self.changes.push(Change::Moved(entry.shared()));
                }
            }
            if entry.whole {
                whole.push(key.clone());
            }
        }
        self.names.take_in(workflow_id, name);
        whole.iter().for_each(|key| self.close(key));
    }

    /// The run is not there any more, so nothing of it can be read.
    pub(crate) fn take_loss(&mut self, key: &RunKey) {
        let Some(entry) = self.runs.get_mut(key) else { return };
        entry.end(RunStatus::Stopped, Timeliness::Late, None);
        self.close(key);
    }

    /// A task's answer is about to be sent from here.
    pub(crate) fn expect_answer(&mut self, task_id: &str, approved: bool) {
        self.tasks.expect_answer(task_id, approved);
    }

    /// The answer that was sent from here was taken, or was not.
    pub(crate) fn settle_answer(&mut self, task_id: &str, taken: bool) {
        if let Some(left) = self.tasks.settle_answer(task_id, taken) {
            self.note_left(left);
        }
    }

    /// What a workflow is called is being asked: the ends of its runs wait for it, as for their logs.
    pub(crate) fn expect_name(&mut self, workflow_id: &str) {
        self.names.expect(workflow_id);
    }

    /// An occasion to ask for names that could not be told: less and less often for each.
    pub(crate) fn ask_names_again(&mut self) {
        self.names.ask_again();
    }

    /// The names that were asked for will not come: the questions were dropped.
    pub(crate) fn expect_no_names(&mut self) {
        self.names.forget_asked();
    }
}

/// What it tells.
impl Book {
    /// What has changed since this was last asked.
    pub(crate) fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// Whether the feed was read once.
    pub(crate) const fn has_begun(&self) -> bool {
        self.begun
    }

    /// A run that is followed: it has not ended, or its log has not been read to its end.
    pub(crate) fn run(&self, key: &RunKey) -> Option<&Entry> {
        self.runs.get(key)
    }

    /// The runs that are followed, in no order.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &Entry> {
        self.runs.values()
    }

    /// The runs that have not ended, the latest first.
    pub(crate) fn active_runs(&self) -> Vec<Arc<Run>> {
        let mut runs = self.runs.values().filter(|entry| !entry.is_over()).collect::<Vec<_>>();
        let newest = |entry: &&Entry| std::cmp::Reverse((entry.run.started_at, entry.run.key.run_id.clone()));
        runs.sort_by_cached_key(newest);
        runs.into_iter().map(|entry| entry.shared()).collect()
    }

    /// The tasks that wait, the oldest first.
    pub(crate) fn waiting_tasks(&self) -> Vec<Arc<Task>> {
        let mut tasks = self.tasks.iter().cloned().collect::<Vec<_>>();
        tasks.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        tasks
    }

    /// How many tasks wait.
    pub(crate) fn waiting_count(&self) -> usize {
        self.tasks.len()
    }

    /// Whether something is active, waits, or is still to be read.
    pub(crate) fn is_busy(&self) -> bool {
        !self.runs.is_empty() || self.tasks.len() > 0
    }

    /// A workflow of a run or task whose name is to be asked for.
    pub(crate) fn nameless(&self) -> Option<&str> {
        let runs = self.runs.values().filter(|entry| entry.run.workflow_name.is_none()).map(|entry| &entry.run.key);
        let tasks = self.tasks.iter().filter(|task| task.workflow_name.is_none()).map(|task| &task.run);
        runs.chain(tasks).map(|run| run.workflow_id.as_str()).find(|id| self.names.is_wanted(id))
    }
}

impl Book {
    /// Takes a row in. Whether its run was not known.
    fn take_row(&mut self, run: Run, timeliness: Timeliness) -> bool {
        if self.over.holds(&run.key) {
            return false;
        }
        if let Some(entry) = self.runs.get_mut(&run.key) {
            if entry.merge(run, timeliness) {
                let moved = Change::Moved(entry.shared());
                self.changes.push(moved);
            }
            return false;
        }
        let was_there =
            !self.begun || self.floor.zip(run.started_at).is_some_and(|(floor, started_at)| started_at < floor);
        if was_there && run.status.is_over() {
            self.over.add(run.key);
            return true;
        }
        let timeliness = if was_there { Timeliness::Late } else { timeliness };
        self.add(run, timeliness, was_there);
        true
    }

    fn add(&mut self, mut run: Run, timeliness: Timeliness, was_there: bool) {
        if run.workflow_name.is_none() {
            run.workflow_name = self.names.get(&run.key.workflow_id);
        }
        run.waiting = u32::try_from(self.tasks.count_of(&run.key)).unwrap_or(u32::MAX);
        let key = run.key.clone();
        let entry = self.runs.entry(key).or_insert(Entry::new(run, timeliness, was_there));
        let started = Change::Started(entry.shared(), timeliness);
        self.changes.push(started);
    }

    /// A run that has ended, and of which everything is told. Its end is told with its workflow's name, if that comes in time.
    fn close(&mut self, key: &RunKey) {
        if let Some(entry) = self.runs.get_mut(key)
            && !entry.is_end_told
            && entry.run.workflow_name.is_none()
            && self.names.is_awaited(&key.workflow_id)
        {
            entry.whole = true;
            return;
        }
        self.tell_end(key);
        self.runs.remove(key);
        self.over.add(key.clone());
    }

    /// Tells of the end of a run, once. If its log could not be read in time, it is still read, for what it holds besides.
    fn tell_end(&mut self, key: &RunKey) {
        let Some(entry) = self.runs.get_mut(key) else { return };
        if !entry.is_over() || std::mem::replace(&mut entry.is_end_told, true) {
            return;
        }
        let (run, timeliness) = (entry.shared(), entry.timeliness);
        if timeliness == Timeliness::Late
            && let Some(missed) = &mut self.missed
        {
            let list = if run.status == RunStatus::Failed { &mut missed.failed } else { &mut missed.ended };
            list.push(run.clone());
        }
        self.changes.push(Change::Ended(run, timeliness));
    }

    /// A task waits no longer.
    fn note_left(&mut self, left: Left) {
        let Left { task, was_waiting, how } = left;
        if was_waiting {
            if let Some(missed) = &mut self.missed {
                missed.waiting.retain(|waiting| waiting.id != task.id);
            }
            self.count_waiting(&task.run, -1);
        }
        if let Some(how) = how {
            self.changes.push(Change::Gone(task, how));
        }
    }

    /// Nothing more can be learnt of why this run's tasks wait no longer.
    fn explain(&mut self, run: &RunKey) {
        let is_over = self.over.holds(run) || self.run(run).is_some_and(Entry::is_over);
        for left in self.tasks.explain(run, is_over) {
            self.note_left(left);
        }
    }

    /// One task more or less of this run waits.
    fn count_waiting(&mut self, key: &RunKey, more: i32) {
        let Some(entry) = self.runs.get_mut(key) else { return };
        entry.run.waiting = entry.run.waiting.saturating_add_signed(more);
        if !entry.is_over() {
            let moved = Change::Moved(entry.shared());
            self.changes.push(moved);
        }
    }
}
