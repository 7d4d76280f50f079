//! What can change.

use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{Run, RunEvent, Task};

/// Whether a change was heard of as it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeliness {
    /// As it happened, or within a look of it.
    OnTime,
    /// It happened while nobody watched: before the start, or while the platform could not be reached. A
    /// [`Change::CaughtUp`] that sums it up follows.
    Late,
}

/// How a task came to wait no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// It was answered through this app.
    Here {
        /// What the person decided.
        approved: bool,
    },
    /// It was answered somewhere else, in the Console for example; the decision where it is told.
    Elsewhere {
        /// What was decided; `None` where nobody says.
        approved: Option<bool>,
    },
    /// Its run has ended, so nobody need answer.
    Withdrawn,
}

/// What happened while nobody watched.
#[derive(Debug, Clone, PartialEq)]
pub struct Missed {
    /// Since when nobody watched; `None` at the first look at a workspace, when only what waits is told.
    pub since: Option<Timestamp>,
    /// Runs that ended well or were stopped.
    pub ended: Vec<Arc<Run>>,
    /// Runs that failed.
    pub failed: Vec<Arc<Run>>,
    /// Tasks that have begun to wait and still do.
    pub waiting: Vec<Arc<Task>>,
}

impl Missed {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ended.is_empty() && self.failed.is_empty() && self.waiting.is_empty()
    }
}

/// One change. Each is told once.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Another workspace is followed from now on: what was told of the one before does not hold.
    Began,
    /// A run is new.
    Started(Arc<Run>, Timeliness),
    /// A run that has not ended stands elsewhere, or has come further.
    Moved(Arc<Run>),
    /// A run has ended.
    Ended(Arc<Run>, Timeliness),
    /// Something happened in a run; `Timeliness::Late` for what its log held before it was followed.
    Event(Arc<RunEvent>, Timeliness),
    /// A task waits for a person.
    Waiting(Arc<Task>, Timeliness),
    /// A task waits no longer.
    Gone(Arc<Task>, Gone),
    /// Everything that was missed has been told.
    CaughtUp(Missed),
}
