//! All that is known of one account, and all that is on its way.

mod feed;
mod inbox;
mod logs;
mod reach;
mod sum;

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{
    asking::{Asking, News},
    board::{Board, Link},
    options::Options,
    question::{FeedPage, Reply},
    wires::Wires,
    wish::Wish,
};
use crate::{
    book::{Book, Entry},
    change::Change,
    followed::Followed,
    model::RunKey,
    pace::{Pace, asks_for_rest},
    streams::Said,
};
use feed::Depth;
use inbox::InboxState;
use reach::{Clocks, Reach};
use sum::Sum;

/// How long a run that is looked at keeps its stream.
const LOOK: Duration = Duration::from_secs(60);

/// What belongs to one account. Another account is followed by another of it: nothing is reset, so nothing is forgotten.
pub(super) struct Following {
    options: Arc<Options>,
    pace: Pace,
    book: Book,
    /// What goes with the token.
    asking: Asking,
    reach: Reach,
    sum: Sum,
    inbox: InboxState,
    depth: Depth,
    /// The run that a person looks at, and since when.
    looked_at: Option<(RunKey, Instant)>,
}

impl Following {
    /// Begins to follow: the first look is due at once, and what it finds is told as one sum.
    pub(super) fn new(account: Followed, wires: &Wires) -> Self {
        let mut following = Self {
            options: wires.options.clone(),
            pace: wires.pace,
            book: Book::default(),
            asking: begin_asking(account, wires),
            reach: Reach::new(Clocks::read(&wires.options)),
            sum: Sum::default(),
            inbox: InboxState::default(),
            depth: Depth::default(),
            looked_at: None,
        };
        // From now on, as the inbox may reply before the feed does.
        following.gather(None);
        following
    }

    pub(super) fn account_id(&self) -> &str {
        &self.asking.account().id
    }

    /// Goes on with another token of the same account. Whatever is under way goes with the old token, which is let go.
    pub(super) fn take_token(&mut self, account: Followed, wires: &Wires) {
        self.asking = begin_asking(account, wires);
        self.book.expect_no_names();
        for run in self.book.runs() {
            self.asking.logs.read_later(run.key().clone());
        }
        self.depth.begin_anew();
    }

    /// Drops what is under way, and asks again for what is wanted.
    pub(super) fn ask_anew(&mut self, wires: &Wires) {
        self.take_token(self.asking.account().clone(), wires);
    }

    pub(super) fn heed(&mut self, wish: Wish) {
        match wish {
            Wish::Look => self.look(),
            Wish::Resync => {
                self.asking.resync();
                self.look();
            }
            Wish::LookAt(run) => {
                if self.book.run(&run).is_some_and(|run| !run.is_known_from_start()) {
                    self.asking.logs.read_first(run.clone());
                }
                self.looked_at = Some((run, Instant::now()));
            }
            Wish::SetPace(pace) => {
                let is_quicker = pace.interval(true) < self.pace.interval(true);
                self.pace = pace;
                // The look that is due may be further off now.
                self.reach.allow(pace.interval(false));
                if is_quicker {
                    self.look();
                }
            }
            // An answer in the account before is none of this one's.
            Wish::ExpectAnswer { account, task, approved } => {
                if account == self.account_id() {
                    self.book.expect_answer(&task, approved);
                }
            }
            Wish::SettleAnswer { account, task, taken } => {
                if account == self.account_id() {
                    self.book.settle_answer(&task, taken);
                }
            }
        }
    }

    /// Looks at once, unless the platform has asked to be left alone.
    fn look(&mut self) {
        self.asking.feed.look(Instant::now());
    }

    /// What comes next of what is under way. Nothing is lost where it is not awaited to its end.
    pub(super) async fn next_news(&mut self) -> News {
        self.asking.next_news().await
    }

    /// Takes in what a stream says.
    pub(super) fn hear(&mut self, said: Said) {
        match said {
            Said::Open(workflow) => {
                self.asking.streams.mark_open(&workflow);
                // What happened before it was open is in the logs.
                self.read_workflow(&workflow);
            }
            Said::Event(event) => {
                if self.book.take_frame(event) {
                    self.asking.inbox.want();
                }
            }
            Said::Riddle(workflow) => self.read_workflow(&workflow),
        }
    }

    /// Takes in a reply.
    pub(super) fn take_in(&mut self, reply: Reply) {
        if let Some(rest) = reply.error().and_then(asks_for_rest) {
            self.asking.turnstile.rest_until(Instant::now() + rest);
        }
        match reply {
            Reply::Feed(page, Ok(rows)) => self.take_page(page, &rows),
            Reply::Feed(FeedPage::LATEST, Err(error)) => self.take_feed_failure(&error),
            Reply::Feed(page, Err(error)) => self.take_page_failure(page, &error),
            Reply::Inbox(Ok(tasks)) => self.take_inbox(&tasks),
            Reply::Inbox(Err(error)) => self.take_inbox_failure(&error),
            Reply::Log(key, offset, ended, events) => self.take_log(&key, offset, ended, events),
            Reply::Summary(_, Ok(run)) => {
                self.book.take_rows(&[run], self.sum.timeliness);
            }
            Reply::Summary(key, Err(error)) => {
                if error.status() == Some(404) {
                    self.book.take_loss(&key);
                }
            }
            Reply::Name(workflow, name) => self.book.take_name(&workflow, name.unwrap_or_default()),
        }
    }

    /// When something is due though nothing comes.
    pub(super) fn next_wake(&self, now: Instant) -> Instant {
        let wait = self.book.waits_since().map(|since| since + self.options.patience);
        [wait, self.sum.by].into_iter().flatten().fold(self.asking.next_wake(now), Instant::min)
    }

    /// What follows from whatever just happened.
    pub(super) fn go_on(&mut self, now: Instant) {
        let interval = self.interval();
        if self.reach.link == Link::Live {
            self.asking.feed.hasten(interval);
        }
        if self.asking.feed.fall_due(now, interval) {
            self.asking.inbox.want();
        }
        self.keep_waits(now);
        self.sum_up(now);
        self.want_streams(now);
        self.asking.ask(&mut self.book, self.reach.is_away(), now);
    }

    /// Opens the streams of the workflows that have active runs, the most important first.
    fn want_streams(&mut self, now: Instant) {
        // Where nobody is there, those that are open find out by themselves.
        if self.reach.is_away() || !self.book.has_begun() {
            return;
        }
        let mut count = HashMap::<&str, usize>::new();
        for run in self.book.runs().filter(|run| !run.is_over()) {
            *count.entry(run.key().workflow_id.as_str()).or_default() += 1;
        }
        let is_active = |key: &RunKey| self.book.run(key).is_some_and(|run| !run.is_over());
        let looked_at = self.looked_at.as_ref().filter(|(key, at)| now.duration_since(*at) < LOOK && is_active(key));
        if let Some((key, _)) = looked_at {
            count.insert(key.workflow_id.as_str(), usize::MAX);
        }
        let mut workflows = count.into_iter().collect::<Vec<_>>();
        workflows.sort_unstable_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
        self.asking.streams.want(workflows.into_iter().map(|(workflow, _)| workflow));
    }

    fn interval(&self) -> Duration {
        self.pace.interval(self.book.is_busy())
    }

    /// What has changed since this was last asked.
    pub(super) fn take_changes(&mut self) -> Vec<Change> {
        let changes = self.book.take_changes();
        for change in &changes {
            if let Change::Started(run, _) = change
                && self.asking.streams.is_open(&run.key.workflow_id)
                && !self.book.run(&run.key).is_some_and(Entry::is_known_from_start)
            {
                // It began before the stream told of it.
                self.asking.logs.read_later(run.key.clone());
            }
        }
        changes
    }

    #[cfg(test)]
    pub(super) const fn asking_mut(&mut self) -> &mut Asking {
        &mut self.asking
    }

    /// Where things stand.
    pub(super) fn board(&self) -> Board {
        Board {
            link: self.reach.link.clone(),
            inbox: self.inbox.shown,
            active: self.book.active_runs(),
            waiting: self.book.waiting_tasks(),
        }
    }
}

fn begin_asking(account: Followed, wires: &Wires) -> Asking {
    Asking::new(account, wires.options.limit, wires.options.streams, wires.purse.clone())
}
