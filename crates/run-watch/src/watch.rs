//! The one task that asks, listens, and tells.

mod asking;
mod follower;
mod queue;

use std::{sync::Arc, time::Duration};

use agentruntime_bff::{Error, tasks};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{broadcast, mpsc, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use crate::{account::Account, pace::Pace};
use crate::{
    change::Change,
    model::{Run, RunKey, Task},
    pace::Budget,
    streams::StreamOptions,
};
use follower::Follower;

/// Changes that a slow listener may fall behind before it misses some; [`Watch::board`] tells it where things stand.
const BACKLOG: usize = 16_384;

/// How to follow. The defaults are what the app uses; tests have less time.
#[derive(Debug, Clone)]
pub struct Options {
    /// The most requests.
    pub budget: Budget,
    /// Bounds on streams.
    pub streams: StreamOptions,
    /// How long the end of a run waits for its log to be read. 1 s.
    pub patience: Duration,
    /// After so long without an answer, what happened meanwhile is summed up instead of told one by one. 10 s.
    pub gap: Duration,
    /// How long a sum waits for the logs of the runs in it. 3 s.
    pub summing_up: Duration,
    /// How long one request may take. 10 s.
    pub limit: Duration,
    /// Between two accounts of where things stand. 100 ms.
    pub breath: Duration,
    /// How often the clock is compared with the one that stands still while the computer sleeps. 5 s.
    pub heartbeat: Duration,
    /// The clock on the wall.
    pub wall: fn() -> Timestamp,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            budget: Budget::default(),
            streams: StreamOptions::default(),
            patience: Duration::from_secs(1),
            gap: Duration::from_secs(10),
            summing_up: Duration::from_secs(3),
            limit: Duration::from_secs(10),
            breath: Duration::from_millis(100),
            heartbeat: Duration::from_secs(5),
            wall: Timestamp::now,
        }
    }
}

/// How the runs are heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// There is no account to follow.
    None,
    /// The first look is under way.
    Starting,
    /// All is heard.
    Live,
    /// The platform does not answer.
    Away {
        /// Since when.
        since: Timestamp,
        /// Why, as [`Error::code`] says it.
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
        /// Why, as [`Error::code`] says it.
        code: &'static str,
    },
}

/// Where things stand.
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

/// What is asked of the follower.
#[derive(Debug)]
enum Wish {
    /// Something was done just now: look.
    Look,
    /// The way to the platform may be another one.
    Resync,
    /// A person looks at this run.
    LookAt(RunKey),
    /// Who looks, and what it costs, has changed.
    Pace(Pace),
    /// An answer is on its way.
    Answering { task: String, approved: bool },
    /// It was taken, or not.
    Answered { task: String, taken: bool },
}

/// Follows runs for as long as it lives. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Watch {
    accounts: watch::Receiver<Option<Account>>,
    changes: broadcast::Sender<Change>,
    board: watch::Receiver<Arc<Board>>,
    wishes: mpsc::UnboundedSender<Wish>,
}

impl Watch {
    /// Begins to follow whatever account there is, and each that takes its place, until `shutdown`.
    #[must_use]
    pub fn start(
        accounts: watch::Receiver<Option<Account>>,
        options: Options,
        tasks: &TaskTracker,
        shutdown: CancellationToken,
    ) -> Self {
        let (changes, _) = broadcast::channel(BACKLOG);
        let nothing = Board { link: Link::None, inbox: Inbox::Unread, active: Vec::new(), waiting: Vec::new() };
        let (board_to, board) = watch::channel(Arc::new(nothing));
        let (wishes, wished) = mpsc::unbounded_channel();
        let follower = Follower::new(accounts.clone(), options, changes.clone(), board_to, wished);
        tasks.spawn(async move {
            shutdown.run_until_cancelled(follower.run()).await;
        });
        Self { accounts, changes, board, wishes }
    }

    /// Hears of every change from now on. Who falls behind by more than 16,384 is told so, and reads [`Watch::board`].
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Where things stand, at most ten times a second.
    #[must_use]
    pub fn board(&self) -> watch::Receiver<Arc<Board>> {
        self.board.clone()
    }

    /// Looks at once: something was just done that changes runs.
    pub fn look(&self) {
        self.wish(Wish::Look);
    }

    /// Looks at once and opens every stream anew: the network is another one, or the computer woke up.
    pub fn resync(&self) {
        self.wish(Wish::Resync);
    }

    /// A person looks at this run: its workflow is among the first to have a stream, for a minute.
    pub fn look_at(&self, run: RunKey) {
        self.wish(Wish::LookAt(run));
    }

    /// Says who looks, and what it costs.
    pub fn pace(&self, pace: Pace) {
        self.wish(Wish::Pace(pace));
    }

    /// Answers a task in the person's name. What is told of it then is that it was answered here.
    ///
    /// # Errors
    /// What the BFF answered: with the status 409 it was answered before; [`Error::InvalidArgument`] without an account.
    pub async fn answer(
        &self,
        run: &RunKey,
        task_id: &str,
        approved: bool,
        result: Option<Value>,
    ) -> Result<Value, Error> {
        let account = self.accounts.borrow().clone();
        let problem = "there is no workspace to answer in".to_owned();
        let account = account.ok_or(Error::InvalidArgument { what: "workspace", problem })?;
        let complete = tasks::Complete {
            workflow_id: run.workflow_id.clone(),
            run_id: run.run_id.clone(),
            task_id: task_id.to_owned(),
            approved,
            result,
        };
        self.wish(Wish::Answering { task: task_id.to_owned(), approved });
        let answer = account.client.call(&account.pat, &complete, &CancellationToken::new()).await;
        self.wish(Wish::Answered { task: task_id.to_owned(), taken: answer.is_ok() });
        self.look();
        answer
    }

    fn wish(&self, wish: Wish) {
        // After the end nobody follows, and nothing need be said.
        let _ended = self.wishes.send(wish);
    }
}
