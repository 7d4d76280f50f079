//! Where things stand, as it is shown.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::{sync::watch, time::Instant};

use crate::model::{Run, Task};

/// How the runs are heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// There is no account to follow.
    None,
    /// The first look is under way.
    Starting,
    /// The platform answered the last look.
    Live,
    /// The platform does not answer.
    Away {
        /// When it last answered, by the clock on the wall.
        since: Timestamp,
        /// Why, as [`agentruntime_bff::Error::code`] says it.
        code: &'static str,
    },
}

/// How it is heard what waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Inbox {
    /// It has not been read yet.
    #[default]
    Unread,
    /// What waits is known; where this deployment or token has no inbox, it is nothing.
    Read,
    /// It cannot be read, though the runs are heard of: what is known may be old.
    Failing {
        /// Why, as [`agentruntime_bff::Error::code`] says it.
        code: &'static str,
    },
}

/// Where things stand in the workspace that is followed, as of the last answers and frames.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// How the runs are heard of.
    pub link: Link,
    /// How it is heard what waits.
    pub inbox: Inbox,
    /// The runs that have not ended, the latest first.
    pub active: Vec<Arc<Run>>,
    /// The tasks that wait, the oldest first.
    pub waiting: Vec<Arc<Task>>,
}

impl Board {
    /// As it is where there is no account.
    pub(super) const fn empty() -> Self {
        Self { link: Link::None, inbox: Inbox::Unread, active: Vec::new(), waiting: Vec::new() }
    }
}

/// Shows the board to whoever looks, and not too often.
#[derive(Debug)]
pub(super) struct BoardSender {
    to: watch::Sender<Arc<Board>>,
    /// The least time between two showings.
    breath: Duration,
    shown_at: Instant,
    is_stale: bool,
}

impl BoardSender {
    /// Both ends; the board is empty at first.
    pub(super) fn new(breath: Duration, now: Instant) -> (Self, watch::Receiver<Arc<Board>>) {
        let (to, board) = watch::channel(Arc::new(Board::empty()));
        (Self { to, breath, shown_at: now, is_stale: true }, board)
    }

    /// What is shown may not hold any more.
    pub(super) const fn mark_stale(&mut self) {
        self.is_stale = true;
    }

    /// When it is to be shown again, if it is.
    pub(super) fn due_at(&self) -> Option<Instant> {
        self.is_stale.then_some(self.shown_at + self.breath)
    }

    /// Shows where things stand, if that is due.
    pub(super) fn show(&mut self, now: Instant, board: impl FnOnce() -> Board) {
        if self.due_at().is_none_or(|due| now < due) {
            return;
        }
        self.is_stale = false;
        self.shown_at = now;
        let board = board();
        self.to.send_if_modified(|shown| {
            let differs = **shown != board;
            if differs {
                *shown = Arc::new(board);
            }
            differs
        });
    }
}
