//! The tasks that wait for a person, and how they come to wait no longer.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use agentruntime_bff::tasks;
use tokio::time::Instant;

use super::{REMEMBERED, names::Names, recent::Recent};
use crate::{
    change::Gone,
    model::{RunKey, Task},
};

/// A task that is not in the inbox any more, and of which nobody knows yet why: its run's log says it.
#[derive(Debug)]
struct Vanished {
    task: Arc<Task>,
    /// Since when it waits for the log.
    waits_since: Option<Instant>,
}

/// A task that has left.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) task: Arc<Task>,
    /// Whether it has only now stopped waiting.
    pub(super) was_waiting: bool,
    /// Why, where that is known.
    pub(super) how: Option<Gone>,
}

/// What one reading of the inbox brings.
#[derive(Debug, Default)]
pub(super) struct InboxNews {
    pub(super) left: Vec<Left>,
    pub(super) new: Vec<Arc<Task>>,
}

#[derive(Debug)]
pub(super) struct Tasks {
    waiting: BTreeMap<String, Arc<Task>>,
    vanished: BTreeMap<String, Vanished>,
    /// Decisions that are on their way from here, by the task's id.
    answering: HashMap<String, bool>,
    /// Tasks that wait no longer, whatever an older inbox says.
    answered: Recent<String>,
}

impl Default for Tasks {
    fn default() -> Self {
        Self {
            waiting: BTreeMap::new(),
            vanished: BTreeMap::new(),
            answering: HashMap::new(),
            answered: Recent::new(REMEMBERED),
        }
    }
}

impl Tasks {
    /// Reads the whole inbox: what is not in it waits no longer.
    pub(super) fn take_inbox(&mut self, rows: &[tasks::Task], names: &Names) -> InboxNews {
        let rows = rows.iter().filter_map(Task::of).map(|task| (task.id.clone(), task)).collect::<BTreeMap<_, _>>();
        let mut news = InboxNews::default();
        let missing = self.waiting.keys().filter(|id| !rows.contains_key(*id)).cloned().collect::<Vec<_>>();
        for id in missing {
            if let Some(approved) = self.answering.remove(&id) {
                news.left.extend(self.leave(&id, Gone::Here { approved }));
            } else if let Some(task) = self.waiting.remove(&id) {
                // Should it only have been passed over, it may come back.
                self.vanished.insert(id, Vanished { task: task.clone(), waits_since: None });
                news.left.push(Left { task, was_waiting: true, how: None });
            }
        }
        for (id, mut task) in rows {
            if self.answered.holds(&id) || self.waiting.contains_key(&id) {
                continue;
            }
            if task.workflow_name.is_none() {
                task.workflow_name = names.get(&task.run.workflow_id);
            }
            let task = Arc::new(task);
            self.vanished.remove(&id);
            self.waiting.insert(id, task.clone());
            news.new.push(task);
        }
        news
    }

    /// An answer is about to be sent from here.
    pub(super) fn expect_answer(&mut self, id: &str, approved: bool) {
        self.answering.insert(id.to_owned(), approved);
    }

    /// The answer that was sent from here was taken, or was not.
    pub(super) fn settle_answer(&mut self, id: &str, taken: bool) -> Option<Left> {
        let approved = self.answering.remove(id)?;
        if taken { self.leave(id, Gone::Here { approved }) } else { None }
    }

    /// The run's log says that a task was answered, and how.
    pub(super) fn complete(&mut self, id: &str, approved: Option<bool>) -> Option<Left> {
        let here = self.answering.remove(id).map(|approved| Gone::Here { approved });
        self.leave(id, here.unwrap_or(Gone::Elsewhere { approved }))
    }

    /// It does not come back.
    fn leave(&mut self, id: &str, how: Gone) -> Option<Left> {
        self.answered.add(id.to_owned());
        let vanished = self.vanished.remove(id).map(|vanished| vanished.task);
        if let Some(task) = self.waiting.remove(id) {
            return Some(Left { task, was_waiting: true, how: Some(how) });
        }
        vanished.map(|task| Left { task, was_waiting: false, how: Some(how) })
    }

    /// Nothing more can be learnt of why this run's tasks vanished.
    pub(super) fn explain(&mut self, run: &RunKey, is_over: bool) -> Vec<Left> {
        let of_run = self.vanished.iter().filter(|(_, vanished)| vanished.task.run == *run).map(|(id, _)| id.clone());
        let of_run = of_run.collect::<Vec<_>>();
        of_run.iter().filter_map(|id| self.explain_one(id, is_over)).collect()
    }

    fn explain_one(&mut self, id: &str, is_over: bool) -> Option<Left> {
        if is_over {
            return self.leave(id, Gone::Withdrawn);
        }
        // Nobody has said that it was answered: should the inbox show it again, it waits again.
        let task = self.vanished.remove(id)?.task;
        Some(Left { task, was_waiting: false, how: Some(Gone::Elsewhere { approved: None }) })
    }

    /// What has vanished since the last time begins to wait for its run's log; the runs.
    pub(super) fn begin_waits(&mut self, now: Instant) -> Vec<RunKey> {
        let new = self.vanished.values_mut().filter(|vanished| vanished.waits_since.is_none());
        let begun = new.map(|vanished| {
            vanished.waits_since = Some(now);
            vanished.task.run.clone()
        });
        begun.collect()
    }

    /// The runs of tasks that have waited so long for an explanation.
    pub(super) fn runs_overdue(&self, now: Instant, patience: Duration) -> Vec<RunKey> {
        let overdue = self.vanished.values().filter(|vanished| {
            vanished.waits_since.is_some_and(|since| now.saturating_duration_since(since) >= patience)
        });
        overdue.map(|vanished| vanished.task.run.clone()).collect()
    }

    /// Since when the first of the vanished waits to be explained.
    pub(super) fn waits_since(&self) -> Option<Instant> {
        self.vanished.values().filter_map(|vanished| vanished.waits_since).min()
    }

    /// Names the workflow of those of its tasks that do not know what it is called.
    pub(super) fn name_workflow(&mut self, workflow_id: &str, name: &str) {
        let nameless = |task: &Arc<Task>| task.run.workflow_id == workflow_id && task.workflow_name.is_none();
        for task in self.waiting.values_mut().filter(|task| nameless(task)) {
            *task = Arc::new(Task { workflow_name: Some(name.to_owned()), ..(**task).clone() });
        }
    }

    pub(super) fn get(&self, id: &str) -> Option<&Arc<Task>> {
        self.waiting.get(id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Task>> {
        self.waiting.values()
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// How many tasks of this run wait.
    pub(super) fn count_of(&self, run: &RunKey) -> usize {
        self.waiting.values().filter(|task| task.run == *run).count()
    }
}
