//! The one task that asks, listens, and tells.

mod asking;
mod board;
mod follower;
mod following;
mod options;
mod question;
mod wires;
mod wish;

use std::sync::Arc;

use agentruntime_bff::{Error, tasks};
use agentruntime_lifecycle::Supervisor;
use serde_json::Value;
use tokio::{
    sync::{Mutex, broadcast, mpsc, watch},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{change::Change, model::RunKey};
pub use crate::{followed::Followed, pace::Pace};
use board::BoardSender;
pub use board::{Board, Inbox, Link};
use follower::Follower;
pub use options::Options;
use wires::Wires;
use wish::Wish;

/// Changes that a slow listener may fall behind before it misses some; [`Watch::board`] tells it where things stand.
const BACKLOG: usize = 16_384;

/// Follows runs for as long as it lives. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Watch {
    accounts: watch::Receiver<Option<Followed>>,
    changes: broadcast::Sender<Change>,
    board: watch::Receiver<Arc<Board>>,
    wishes: mpsc::UnboundedSender<Wish>,
}

impl Watch {
    /// Begins to follow whatever account there is, and each that takes its place, until the owner's tasks end or nobody can
    /// name another. A follower that breaks off is followed by one that begins anew, as with another account.
    #[must_use]
    pub fn follow(accounts: watch::Receiver<Option<Followed>>, options: Options, owner: &Supervisor) -> Self {
        let (changes, _) = broadcast::channel(BACKLOG);
        let (board_sender, board) = BoardSender::new(options.breath, Instant::now());
        let (wishes, wished) = mpsc::unbounded_channel();
        let wires = Wires::new(accounts.clone(), wished, changes.clone(), board_sender, options);
        let (wires, alone, shutdown) =
            (Arc::new(Mutex::new(wires)), CancellationToken::new(), owner.shutdown().clone());
        owner.accompany("follower", alone.clone(), move || {
            let (wires, alone, shutdown) = (wires.clone(), alone.clone(), shutdown.clone());
            async move {
                let following = async { Follower::new(wires.lock_owned().await).run().await };
                if shutdown.run_until_cancelled(following).await.is_some() {
                    alone.cancel();
                }
            }
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

    /// Says who looks, and what it costs: that is how often the platform is asked.
    pub fn set_pace(&self, pace: Pace) {
        self.wish(Wish::SetPace(pace));
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
        self.wish(Wish::ExpectAnswer { account: account.id.clone(), task: task_id.to_owned(), approved });
        let answer = account.client.call(&account.pat, &complete, &CancellationToken::new()).await;
        self.wish(Wish::SettleAnswer { account: account.id, task: task_id.to_owned(), taken: answer.is_ok() });
        self.look();
        answer
    }

    fn wish(&self, wish: Wish) {
        // After the end nobody follows, and nothing need be said.
        let _ended = self.wishes.send(wish);
    }
}
