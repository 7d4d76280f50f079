//! What is known of a workspace's runs and tasks, and what each reading changes about it.
//!
//! Readings come late, twice, and in any order; what is told of them does not. The rules:
//! - A run that has ended stays ended, whatever an older reading says.
//! - An event is told when its id is new, whether a stream or the log brought it.
//! - [`Change::Ended`] is told once, after the run's log was read to its end, so that nothing of the run follows it; if that
//!   takes too long, before that.
//! - A task that was answered does not wait again.

mod entry;
mod names;
mod recent;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use agentruntime_bff::{runs, tasks};
use jiff::Timestamp;

use crate::{
    change::{Change, Gone, Missed, Told},
    model::{Run, RunEvent, RunKey, RunStatus, Task},
};
use entry::Entry;
use names::Names;
use recent::Recent;

/// Ended runs and answered tasks that are remembered, so that an old reading does not bring them back.
const REMEMBERED: usize = 20_000;
/// Readings of an ended run's log that lacks its last event, before it is taken for whole.
const PATIENCE: u8 = 3;

/// What is known.
#[derive(Debug)]
pub struct Book {
    runs: HashMap<RunKey, Entry>,
    over: Recent<RunKey>,
    tasks: BTreeMap<String, Arc<Task>>,
    /// Tasks that wait no longer.
    answered: Recent<String>,
    /// Tasks of which nobody knows yet why they wait no longer: their run's log tells.
    vanished: BTreeMap<String, Arc<Task>>,
    /// Tasks whose answer is on its way from here.
    answering: HashMap<String, bool>,
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
            tasks: BTreeMap::new(),
            answered: Recent::new(REMEMBERED),
            vanished: BTreeMap::new(),
            answering: HashMap::new(),
            names: Names::default(),
            begun: false,
            floor: None,
            missed: None,
            changes: Vec::new(),
            turns: 0,
        }
    }
}

impl Book {
    /// What has changed since this was last asked.
    pub fn take(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// Reads rows of the feed, newest first. Whether the rows after them may be new as well.
    pub fn feed(&mut self, rows: &[runs::Run], told: Told) -> bool {
        let mut all_new = !rows.is_empty();
        for run in rows.iter().filter_map(Run::of) {
            all_new &= self.row(run, told);
        }
        all_new
    }

    /// After the feed was read for the first time: what it did not show, but shows later, is either new or older than this.
    pub fn begin(&mut self, oldest: Option<Timestamp>) {
        self.begun = true;
        self.floor = oldest;
    }

    /// Whether the feed was read once.
    #[must_use]
    pub const fn has_begun(&self) -> bool {
        self.begun
    }

    /// Takes a row in. Whether its run was not known.
    fn row(&mut self, run: Run, told: Told) -> bool {
        if self.over.holds(&run.key) {
            return false;
        }
        if let Some(entry) = self.runs.get_mut(&run.key) {
            if entry.merge(run, told) {
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
        let told = if was_there { Told::Late } else { told };
        self.add(run, told, was_there);
        true
    }

    fn add(&mut self, mut run: Run, told: Told, was_there: bool) {
        if run.workflow_name.is_none() {
            run.workflow_name = self.names.get(&run.key.workflow_id);
        }
        let waiting = self.tasks.values().filter(|task| task.run == run.key).count();
        run.waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        let key = run.key.clone();
        let entry = self.runs.entry(key).or_insert(Entry::new(run, told, was_there));
        let started = Change::Started(entry.shared(), told);
        self.changes.push(started);
    }

    /// Takes in a frame of a stream. Whether the inbox has changed with it and is to be read.
    pub fn frame(&mut self, event: RunEvent) -> bool {
        if !self.begun || self.over.holds(&event.run) {
            return false;
        }
        if !self.runs.contains_key(&event.run) {
            self.add(entry::begun_by(&event), Told::Now, false);
        }
        self.event(event, Told::Now, Told::Now)
    }

    /// Takes in a piece of a run's log from its event `offset` on. Whether it brought anything that was not known.
    pub fn log(&mut self, key: &RunKey, offset: u32, events: Vec<runs::Event>) -> bool {
        let Some(entry) = self.runs.get_mut(key) else { return false };
        let told = entry.told_of_log();
        let count = u32::try_from(events.len()).unwrap_or(u32::MAX);
        entry.read = entry.read.max(offset.saturating_add(count));
        self.turns += 1;
        entry.turn = self.turns;
        let events = events.into_iter().map(|row| RunEvent::of(key, row)).collect::<Vec<_>>();
        let new = events.iter().any(|event| !entry.seen.contains(&event.id));
        entry.saw_end |= events.iter().any(RunEvent::ends_run);
        // What a log says of an end may be old; whether it is being summed up says whether the person is told of it by itself.
        let end_told = if self.missed.is_some() { Told::Late } else { Told::Now };
        for event in events {
            self.event(event, told, end_told);
        }
        new
    }

    /// A run's log has been read to its end; `asked_after` says whether it was asked for when the run was known to have ended.
    pub fn log_read(&mut self, key: &RunKey, asked_after: bool) {
        let Some(entry) = self.runs.get_mut(key) else { return };
        let was_known = std::mem::replace(&mut entry.known_from_start, true);
        self.explain(key);
        let Some(entry) = self.runs.get_mut(key) else { return };
        if entry.is_over() {
            entry.readings += u8::from(asked_after);
            if entry.saw_end || entry.readings >= PATIENCE {
                self.close(key);
                return;
            }
        }
        if !was_known && let Some(entry) = self.runs.get(key) {
            let moved = Change::Moved(entry.shared());
            self.changes.push(moved);
        }
    }

    /// Tells of the end of a run whose log could not be read in time. It is still read, for what it holds besides.
    pub fn tell_end(&mut self, key: &RunKey) {
        let Some(entry) = self.runs.get_mut(key) else { return };
        if !entry.is_over() || std::mem::replace(&mut entry.told_end, true) {
            return;
        }
        let (run, told) = (entry.shared(), entry.told);
        if told == Told::Late
            && let Some(missed) = &mut self.missed
        {
            let list = if run.status == RunStatus::Failed { &mut missed.failed } else { &mut missed.ended };
            list.push(run.clone());
        }
        self.changes.push(Change::Ended(run, told));
    }

    /// A run that has ended, and of which everything is told. Its end is told with its workflow's name, if that comes in time.
    fn close(&mut self, key: &RunKey) {
        if let Some(entry) = self.runs.get_mut(key)
            && !entry.told_end
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

    /// The run is not there any more, so nothing of it can be read.
    pub fn lost(&mut self, key: &RunKey) {
        let Some(entry) = self.runs.get_mut(key) else { return };
        entry.end(RunStatus::Stopped, Told::Late, None);
        self.close(key);
    }

    /// Takes in one event, if it is new. Whether the inbox has changed with it and is to be read.
    fn event(&mut self, event: RunEvent, told: Told, end_told: Told) -> bool {
        let Some(entry) = self.runs.get_mut(&event.run) else { return false };
        if !entry.seen.insert(event.id.clone()) {
            return false;
        }
        let moved = entry.take_in(&event, told, end_told);
        let moved = moved.then(|| Change::Moved(entry.shared()));
        let (kind, task) = (event.kind.clone(), event.text("task_id").map(str::to_owned));
        let approved = event.data.get("approved").and_then(serde_json::Value::as_bool);
        let key = event.run.clone();
        self.changes.push(Change::Event(Arc::new(event), told));
        self.changes.extend(moved);
        match kind.as_str() {
            "human_task_created" => told == Told::Now,
            "human_task_completed" => {
                let Some(id) = task else { return true };
                let gone = match self.answering.remove(&id) {
                    Some(approved) => Gone::Here { approved },
                    None => Gone::Elsewhere { approved },
                };
                self.gone(&id, gone);
                false
            }
            // Whoever waited for an answer waits no longer.
            _ => self.runs.get(&key).is_some_and(Entry::is_over) && self.tasks.values().any(|task| task.run == key),
        }
    }

    /// Reads the whole inbox.
    pub fn inbox(&mut self, rows: &[tasks::Task], told: Told) {
        let rows = rows.iter().filter_map(Task::of).map(|task| (task.id.clone(), task)).collect::<BTreeMap<_, _>>();
        let gone = self.tasks.keys().filter(|id| !rows.contains_key(*id)).cloned().collect::<Vec<_>>();
        for id in gone {
            if let Some(approved) = self.answering.remove(&id) {
                self.gone(&id, Gone::Here { approved });
            } else if let Some(task) = self.forget(&id) {
                // Should it only have been passed over, it may come back.
                let run = task.run.clone();
                self.vanished.insert(id, task);
                if self.runs.get(&run).is_none_or(Entry::is_over) {
                    self.explain(&run);
                }
            }
        }
        for (id, mut task) in rows {
            if self.answered.holds(&id) || self.tasks.contains_key(&id) {
                continue;
            }
            if task.workflow_name.is_none() {
                task.workflow_name = self.names.get(&task.run.workflow_id);
            }
            let task = Arc::new(task);
            self.vanished.remove(&id);
            if told == Told::Late
                && let Some(missed) = &mut self.missed
            {
                missed.waiting.push(task.clone());
            }
            self.tasks.insert(id, task.clone());
            self.changes.push(Change::Waiting(task.clone(), told));
            self.waits(&task.run, 1);
        }
    }

    /// A task's answer is about to be sent from here.
    pub fn answering(&mut self, task_id: &str, approved: bool) {
        self.answering.insert(task_id.to_owned(), approved);
    }

    /// The answer was taken, or was not.
    pub fn answered(&mut self, task_id: &str, taken: bool) {
        if let Some(approved) = self.answering.remove(task_id)
            && taken
        {
            self.gone(task_id, Gone::Here { approved });
        }
    }

    /// A task waits no longer, and why is known.
    fn gone(&mut self, id: &str, how: Gone) {
        self.answered.add(id.to_owned());
        let vanished = self.vanished.remove(id);
        if let Some(task) = self.forget(id).or(vanished) {
            self.changes.push(Change::Gone(task, how));
        }
    }

    /// A task waits no longer.
    fn forget(&mut self, id: &str) -> Option<Arc<Task>> {
        let task = self.tasks.remove(id)?;
        if let Some(missed) = &mut self.missed {
            missed.waiting.retain(|waiting| waiting.id != task.id);
        }
        self.waits(&task.run, -1);
        Some(task)
    }

    /// The runs whose log is to say why a task waits no longer.
    pub fn unexplained(&self) -> impl Iterator<Item = &RunKey> {
        self.vanished.values().map(|task| &task.run)
    }

    /// Nothing more can be learnt of why this run's tasks wait no longer.
    pub fn explain(&mut self, run: &RunKey) {
        let of_run = self.vanished.iter().filter(|(_, task)| task.run == *run).map(|(id, _)| id.clone());
        let over = self.over.holds(run) || self.runs.get(run).is_some_and(Entry::is_over);
        for id in of_run.collect::<Vec<_>>() {
            if over {
                self.gone(&id, Gone::Withdrawn);
            } else if let Some(task) = self.vanished.remove(&id) {
                // Nobody has said that it was answered: should the inbox show it again, it waits again.
                self.changes.push(Change::Gone(task, Gone::Elsewhere { approved: None }));
            }
        }
    }

    /// One task more or less of this run waits.
    fn waits(&mut self, key: &RunKey, more: i32) {
        let Some(entry) = self.runs.get_mut(key) else { return };
        entry.run.waiting = entry.run.waiting.saturating_add_signed(more);
        if !entry.is_over() {
            let moved = Change::Moved(entry.shared());
            self.changes.push(moved);
        }
    }

    /// From now on what is told late is gathered.
    pub fn gather(&mut self, since: Option<Timestamp>) {
        // One sum more is not begun before the last is told.
        let nothing = Missed { since, ended: Vec::new(), failed: Vec::new(), waiting: Vec::new() };
        self.missed.get_or_insert(nothing);
    }

    /// Whether what is gathered can be told: nothing of it is still to be read.
    #[must_use]
    pub fn is_gathered(&self) -> bool {
        self.missed.is_some() && !self.runs.values().any(|entry| entry.ends_late() && !entry.told_end)
    }

    /// Tells what was gathered, and what could not be read in time as well.
    pub fn caught_up(&mut self) {
        let late = self.runs.iter().filter(|(_, entry)| entry.ends_late());
        for key in late.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            self.tell_end(&key);
        }
        if let Some(mut missed) = self.missed.take() {
            // By now their workflows' names may be known.
            for task in &mut missed.waiting {
                if let Some(known) = self.tasks.get(&task.id) {
                    *task = known.clone();
                }
            }
            self.changes.push(Change::CaughtUp(missed));
        }
    }

    /// What a workflow is called is being asked: the ends of its runs wait for it, as for their logs.
    pub fn asking_name(&mut self, workflow_id: &str) {
        self.names.asking(workflow_id);
    }

    /// What a workflow is called; `None` where it could not be told, which is asked again at an occasion.
    pub fn name(&mut self, workflow_id: &str, name: Option<String>) {
        self.names.take_in(workflow_id, name.clone());
        for task in self.tasks.values_mut().filter(|task| task.run.workflow_id == workflow_id) {
            if task.workflow_name.is_none() {
                *task = Arc::new(Task { workflow_name: name.clone(), ..(**task).clone() });
            }
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
        whole.iter().for_each(|key| self.close(key));
    }

    /// An occasion to ask for names that could not be told: less and less often for each.
    pub fn ask_names_again(&mut self) {
        self.names.ask_again();
    }

    /// The names that were asked for will not come: the questions were dropped.
    pub fn forget_asked(&mut self) {
        self.names.forget_asked();
    }

    /// Workflows of runs and tasks whose name is to be asked for.
    pub fn nameless(&self) -> impl Iterator<Item = &str> {
        let runs = self.runs.values().filter(|entry| entry.run.workflow_name.is_none()).map(|entry| &entry.run.key);
        let tasks = self.tasks.values().filter(|task| task.workflow_name.is_none()).map(|task| &task.run);
        runs.chain(tasks).map(|run| run.workflow_id.as_str()).filter(|id| self.names.is_wanted(id))
    }

    /// The runs that have not ended.
    pub fn active(&self) -> impl Iterator<Item = &RunKey> {
        self.runs.iter().filter(|(_, entry)| !entry.is_over()).map(|(key, _)| key)
    }

    /// The active run whose log was read longest ago, or never.
    #[must_use]
    pub fn read_longest_ago(&self) -> Option<&RunKey> {
        let active = self.runs.iter().filter(|(_, entry)| !entry.is_over());
        active.min_by_key(|(_, entry)| entry.turn).map(|(key, _)| key)
    }

    /// Whether a run is known to have ended.
    #[must_use]
    pub fn is_over(&self, key: &RunKey) -> bool {
        self.runs.get(key).is_some_and(Entry::is_over)
    }

    /// The runs that have not ended, the latest first.
    #[must_use]
    pub fn active_runs(&self) -> Vec<Arc<Run>> {
        let mut runs = self.runs.values().filter(|entry| !entry.is_over()).collect::<Vec<_>>();
        let newest = |entry: &&Entry| std::cmp::Reverse((entry.run.started_at, entry.run.key.run_id.clone()));
        runs.sort_by_cached_key(newest);
        runs.into_iter().map(|entry| entry.shared()).collect()
    }

    /// The tasks that wait, the oldest first.
    #[must_use]
    pub fn waiting(&self) -> Vec<Arc<Task>> {
        let mut tasks = self.tasks.values().cloned().collect::<Vec<_>>();
        tasks.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        tasks
    }

    /// Whether something is active, waits, or is still to be read.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.runs.is_empty() || !self.tasks.is_empty()
    }

    /// How many tasks wait.
    #[must_use]
    pub fn waiting_count(&self) -> usize {
        self.tasks.len()
    }

    /// Runs that have ended and whose log is still to be read.
    pub fn ending(&self) -> impl Iterator<Item = &RunKey> {
        self.runs.iter().filter(|(_, entry)| entry.is_over()).map(|(key, _)| key)
    }

    /// The log of a run that has ended cannot be read: what is known of it is all that is told.
    pub fn give_up(&mut self, key: &RunKey) {
        if self.runs.get(key).is_some_and(Entry::is_over) {
            self.close(key);
        }
    }

    /// Whether the run's events are known from its first on.
    #[must_use]
    pub fn is_known_from_start(&self, key: &RunKey) -> bool {
        self.runs.get(key).is_some_and(|entry| entry.known_from_start)
    }

    /// Whether a run has ended and nobody has been told.
    #[must_use]
    pub fn has_untold_end(&self, key: &RunKey) -> bool {
        self.runs.get(key).is_some_and(|entry| entry.is_over() && !entry.told_end)
    }

    /// How many events of a run's log have been read; `None` for a run that is not followed.
    #[must_use]
    pub fn read(&self, key: &RunKey) -> Option<u32> {
        Some(self.runs.get(key)?.read)
    }
}
