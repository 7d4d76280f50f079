//! The owner of a program's tasks: it starts them, starts again what ended early, says what keeps failing, and ends them all.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::{Future, pending},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use tokio::{
    runtime::Handle,
    sync::{Notify, watch},
    time::{Instant, sleep},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    ending::asked_to_end,
    outcome::{INTERRUPTED, Outcome, outcome},
    series::Series,
};

/// The tasks that fail, by name.
pub type Failures = BTreeMap<&'static str, Failing>;

/// A long task that has ended early and has not run well since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// When it first ended early, in a row of such ends.
    pub since: Timestamp,
    /// Why it last did, for people. What a panic says is not among it.
    pub problem: String,
    /// How often it has in this row.
    pub tries: u32,
}

impl Failing {
    /// Whether it fails again and again, so that a person should hear of it: what was mended by starting it once or twice more
    /// is for the log.
    #[must_use]
    pub const fn keeps_failing(&self) -> bool {
        self.tries > 2
    }
}

/// Owns tasks. Cheap to clone; clones share everything.
#[derive(Debug, Clone, Default)]
pub struct Supervisor(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    runtime: Option<Handle>,
    tasks: TaskTracker,
    shutdown: CancellationToken,
    kept: Mutex<Kept>,
    failing: watch::Sender<Failures>,
    /// What long tasks failed with when they were to end.
    left: Mutex<Vec<Left>>,
}

/// A long task that did not end in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Its name.
    pub task: &'static str,
    /// What it failed with, for people. What a panic says is not among it.
    pub problem: String,
}

/// The long tasks that there are, and how each is broken off.
#[derive(Debug, Default)]
struct Kept {
    begun: u64,
    tasks: BTreeMap<u64, (&'static str, Arc<Notify>)>,
}

impl Supervisor {
    /// An owner of nothing yet. Its tasks run on the runtime of whoever hands them over.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same for a program whose tasks are handed over by threads beyond the runtime as well.
    #[must_use]
    pub fn on(runtime: Handle) -> Self {
        Self(Arc::new(Shared { runtime: Some(runtime), ..Shared::default() }))
    }

    /// The same for what ends, and is waited for, with the tasks of another owner.
    #[must_use]
    pub fn over(tasks: TaskTracker, shutdown: CancellationToken) -> Self {
        Self(Arc::new(Shared { tasks, shutdown, ..Shared::default() }))
    }

    /// Owns a long task, which is made and run anew whenever it panics, fails, or returns before the end was asked for. The pause
    /// before that grows with each time in a row. Each time is an error in the log, and shown by [`Supervisor::failing`].
    ///
    /// A task that is under way is not cut off at the end: it watches for [`Supervisor::shutdown`] by itself.
    pub fn keep<F>(&self, name: &'static str, make: impl FnMut() -> F + Send + 'static)
    where
        F: Future<Output: Outcome> + Send + 'static,
    {
        self.accompany(name, self.0.shutdown.clone(), make);
    }

    /// The same for a long task that has done all its work when `until` is cancelled, before the program ends perhaps.
    pub fn accompany<F>(&self, name: &'static str, until: CancellationToken, make: impl FnMut() -> F + Send + 'static)
    where
        F: Future<Output: Outcome> + Send + 'static,
    {
        let known = Known::new(self.0.clone(), name);
        self.spawn(known.keep(until, make));
    }

    /// Owns a short task, which is run once: what it fails with is an error in the log.
    pub fn run_once<F>(&self, name: &'static str, work: F)
    where
        F: Future<Output: Outcome> + Send + 'static,
    {
        self.spawn(async move {
            if let Err(problem) = outcome(|| work).await {
                tracing::error!(task = name, problem, "a task broke off");
            }
        });
    }

    /// Ends everything once the system or a person asks for it.
    pub fn end_when_asked(&self) {
        let shutdown = self.0.shutdown.clone();
        self.keep("signals", move || {
            let shutdown = shutdown.clone();
            async move {
                if shutdown.run_until_cancelled(asked_to_end()).await.is_some() {
                    shutdown.cancel();
                }
            }
        });
    }

    /// Cancelled when all tasks are to end.
    #[must_use]
    pub fn shutdown(&self) -> &CancellationToken {
        &self.0.shutdown
    }

    /// Asks all tasks to end, and waits until they have. Gives the long ones that did not end in order, whenever they were to:
    /// what they had in hand may be lost.
    pub async fn close(&self) -> Vec<Left> {
        self.0.shutdown.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
        std::mem::take(&mut *self.0.left())
    }

    /// The long tasks that fail, and whenever that changes. One that was started again is among them until it has run for longer
    /// than the pause before it: those that fail at once, however often, stay. One that fails again within ten minutes goes on
    /// with the row it was in.
    #[must_use]
    pub fn failing(&self) -> watch::Receiver<Failures> {
        self.0.failing.subscribe()
    }

    /// The long tasks that it owns now.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&'static str> {
        self.0.kept().tasks.values().map(|(name, _)| *name).collect()
    }

    /// Ends a long task as if it had broken off: at once, or, when it pauses, at its next start. Whether there is one of that name.
    ///
    /// For tests and diagnostics: nothing that works is mended by it.
    pub fn interrupt(&self, name: &str) -> bool {
        let kept = self.0.kept();
        let named = kept.tasks.values().filter(|(kept, _)| *kept == name);
        named.map(|(_, interrupt)| interrupt.notify_one()).count() > 0
    }

    #[expect(clippy::disallowed_methods, reason = "this is the owner")]
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        match &self.0.runtime {
            Some(runtime) => self.0.tasks.spawn_on(task, runtime),
            None => self.0.tasks.spawn(task),
        };
    }
}

impl Shared {
    fn left(&self) -> MutexGuard<'_, Vec<Left>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A long task that is known by name, until it is dropped.
struct Known {
    shared: Arc<Shared>,
    id: u64,
    name: &'static str,
    interrupt: Arc<Notify>,
    series: Series,
}

impl Known {
    fn new(shared: Arc<Shared>, name: &'static str) -> Self {
        let interrupt = Arc::new(Notify::new());
        let id = {
            let mut kept = shared.kept();
            kept.begun += 1;
            let id = kept.begun;
            kept.tasks.insert(id, (name, interrupt.clone()));
            id
        };
        Self { shared, id, name, interrupt, series: Series::default() }
    }

    async fn keep<F: Future<Output: Outcome>>(mut self, until: CancellationToken, mut make: impl FnMut() -> F) {
        let (shutdown, name) = (self.shared.shutdown.clone(), self.name);
        let is_over = || until.is_cancelled() || shutdown.is_cancelled();
        while !is_over() {
            let begun = Instant::now();
            let problem = match self.run(&mut make).await {
                Ok(()) if is_over() => return,
                Ok(()) => "it ended by itself".to_owned(),
                Err(problem) if is_over() => {
                    tracing::error!(task = name, problem, "a task broke off at its end");
                    self.shared.left().push(Left { task: name, problem });
                    return;
                }
                Err(problem) => problem,
            };
            let pause = self.series.one_more(begun.elapsed());
            tracing::error!(
                task = name,
                problem,
                again_in_ms = pause.as_millis(),
                "a task broke off and is started again"
            );
            self.fails(problem);
            tokio::select! {
                () = until.cancelled() => {}
                () = shutdown.cancelled() => {}
                () = sleep(pause) => {}
            }
        }
    }

    /// Runs it once, and takes note when it has run well for a while.
    async fn run<F: Future<Output: Outcome>>(&self, make: &mut impl FnMut() -> F) -> Result<(), String> {
        let watched = async {
            if self.series.tries() > 0 {
                sleep(self.series.pause()).await;
                self.runs_well();
            }
            pending::<()>().await;
        };
        tokio::select! {
            biased;
            // First: it has begun by the time that it is broken off.
            ended = outcome(make) => ended,
            () = self.interrupt.notified() => Err(INTERRUPTED.to_owned()),
            () = watched => Ok(()),
        }
    }

    fn fails(&self, problem: String) {
        let failing = Failing { since: self.series.since(), problem, tries: self.series.tries() };
        self.shared.failing.send_modify(|all| {
            all.insert(self.name, failing);
        });
    }

    fn runs_well(&self) {
        self.shared.failing.send_if_modified(|failing| failing.remove(self.name).is_some());
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        self.shared.kept().tasks.remove(&self.id);
        // Another of the same name may fail, where this one never has.
        if self.series.tries() > 0 {
            self.runs_well();
        }
    }
}

#[cfg(test)]
mod tests;
