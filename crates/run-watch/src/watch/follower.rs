//! The loop: one owner of all that is known.

#[cfg(test)]
mod tests;

use std::{future::pending, time::Duration};

use tokio::{
    sync::OwnedMutexGuard,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use super::{asking::News, board::Board, following::Following, wires::Wires, wish::Wish};
use crate::change::Change;

/// How long it sleeps where there is nothing to follow and nobody wakes it.
const IDLE: Duration = Duration::from_secs(60);

/// Follows one account after the other. All that is known of one stands in its [`Following`], which another account does not
/// inherit.
pub(super) struct Follower {
    /// Not its own: another takes its place should it break off.
    wires: OwnedMutexGuard<Wires>,
    /// `None` where there is no account.
    following: Option<Following>,
}

impl Follower {
    pub(super) fn new(mut wires: OwnedMutexGuard<Wires>) -> Self {
        // The account that there is now is taken up as well.
        wires.accounts.mark_changed();
        Self { wires, following: None }
    }

    /// Follows for as long as there is somebody who names accounts.
    pub(super) async fn run(mut self) {
        let mut heartbeat = interval(self.wires.options.heartbeat);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let wake = self.next_wake();
            let Wires { accounts, wishes, .. } = &mut *self.wires;
            tokio::select! {
                biased;
                changed = accounts.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    self.take_account();
                }
                wish = wishes.recv() => match wish {
                    Some(wish) => self.heed(wish),
                    None => return,
                },
                news = next_news(&mut self.following) => self.take_news(news),
                _ = heartbeat.tick() => if let Some(following) = &mut self.following {
                    following.compare_clocks();
                },
                () = sleep_until(wake) => {}
            }
            self.go_on();
        }
    }

    /// When something is due though nothing comes.
    fn next_wake(&self) -> Instant {
        let now = Instant::now();
        let wake = self.following.as_ref().map_or(now + IDLE, |following| following.next_wake(now));
        self.wires.board.due_at().map_or(wake, |due| wake.min(due))
    }

    /// Another account, or another token of the same.
    fn take_account(&mut self) {
        let account = self.wires.accounts.borrow_and_update().clone();
        self.wires.board.mark_stale();
        if let (Some(following), Some(account)) = (&mut self.following, &account)
            && following.account_id() == account.id
        {
            following.take_token(account.clone(), &self.wires);
            return;
        }
        self.following = account.map(|account| Following::new(account, &self.wires));
        self.wires.tell(Change::Began);
    }

    fn heed(&mut self, wish: Wish) {
        if let Wish::SetPace(pace) = wish {
            self.wires.pace = pace;
        }
        if let Some(following) = &mut self.following {
            following.heed(wish);
        }
    }

    fn take_news(&mut self, news: News) {
        let Some(following) = &mut self.following else { return };
        match news {
            News::Said(said) => said.into_iter().for_each(|said| following.hear(said)),
            News::Reply(reply) => {
                following.take_in(reply);
                self.wires.board.mark_stale();
            }
            News::Broken(error) => {
                tracing::error!(%error, "a question to the platform panicked");
                // Its reply is not waited for.
                following.ask_anew(&self.wires);
            }
        }
    }

    /// What follows from whatever just happened.
    fn go_on(&mut self) {
        let now = Instant::now();
        if let Some(following) = &mut self.following {
            following.go_on(now);
            following.take_changes().into_iter().for_each(|change| self.wires.tell(change));
        }
        let following = self.following.as_ref();
        self.wires.board.show(now, || following.map_or(Board::empty(), Following::board));
    }
}

/// What comes of what is followed; nothing ever, where nothing is.
async fn next_news(following: &mut Option<Following>) -> News {
    match following {
        Some(following) => following.next_news().await,
        None => pending().await,
    }
}
