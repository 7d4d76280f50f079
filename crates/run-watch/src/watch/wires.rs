//! What lives as long as the follower, whichever account it follows.

use std::sync::{Arc, Mutex};

use tokio::{
    sync::{broadcast, mpsc, watch},
    time::Instant,
};

use super::{board::BoardSender, options::Options, wish::Wish};
use crate::{
    budget::{Purse, SharedPurse},
    change::Change,
    followed::Followed,
    pace::Pace,
};

/// Where the follower hears what it is to do, and where it tells what it knows. Nothing here knows of any account's runs.
#[derive(Debug)]
pub(super) struct Wires {
    pub(super) accounts: watch::Receiver<Option<Followed>>,
    pub(super) wishes: mpsc::UnboundedReceiver<Wish>,
    changes: broadcast::Sender<Change>,
    pub(super) board: BoardSender,
    pub(super) options: Arc<Options>,
    /// Another account does not fill it.
    pub(super) purse: SharedPurse,
    pub(super) pace: Pace,
}

impl Wires {
    pub(super) fn new(
        accounts: watch::Receiver<Option<Followed>>,
        wishes: mpsc::UnboundedReceiver<Wish>,
        changes: broadcast::Sender<Change>,
        board: BoardSender,
        options: Options,
    ) -> Self {
        let purse = Arc::new(Mutex::new(Purse::new(options.budget, Instant::now())));
        Self { accounts, wishes, changes, board, options: Arc::new(options), purse, pace: Pace::default() }
    }

    /// Tells a change to whoever listens.
    pub(super) fn tell(&mut self, change: Change) {
        self.board.mark_stale();
        // Nobody need listen.
        let _nobody = self.changes.send(change);
    }
}
