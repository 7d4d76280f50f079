//! What is asked with one token: what is wanted, what is under way, and when the platform may be asked again.

mod feed;
mod inbox;
mod logs;
mod queue;

use std::{future::Future, sync::Arc, time::Duration};

use tokio::{
    task::{JoinError, JoinSet},
    time::Instant,
};

use super::question::{FeedPage, PAGE, Reply};
use crate::{
    book::Book,
    budget::{RESERVE, SharedPurse, Turnstile},
    followed::Followed,
    model::RunKey,
    streams::{Said, StreamOptions, Streams},
};
use feed::{FeedLooks, Sweep};
use inbox::InboxLooks;
use logs::LogReader;

/// Frames that are taken in at a stroke.
const HEARD: usize = 256;

/// What has come meanwhile.
pub(super) enum News {
    /// The streams say something.
    Said(Vec<Said>),
    /// What the BFF replied to a question.
    Reply(Reply),
    /// A question panicked: no reply to it comes.
    Broken(JoinError),
}

/// Whether feed and inbox have replied since what is summed up began.
#[derive(Debug, Default)]
pub(super) struct Replied {
    pub(super) feed: bool,
    pub(super) inbox: bool,
}

/// All that goes with one token. Dropped, it lets the token go, and no reply to it is heard.
pub(super) struct Asking {
    account: Followed,
    /// How long one question may take.
    limit: Duration,
    pub(super) turnstile: Arc<Turnstile>,
    pub(super) streams: Streams,
    under_way: JoinSet<Reply>,
    pub(super) feed: FeedLooks,
    pub(super) sweep: Sweep,
    pub(super) inbox: InboxLooks,
    pub(super) logs: LogReader,
    pub(super) replied: Replied,
    /// Before then the budget has nothing to give.
    broke_until: Option<Instant>,
}

impl Asking {
    /// Nothing has been asked yet; the first look is due at once.
    pub(super) fn new(account: Followed, limit: Duration, streams: StreamOptions, purse: SharedPurse) -> Self {
        let turnstile = Arc::new(Turnstile::new(purse));
        Self {
            limit,
            streams: Streams::new(account.clone(), streams, turnstile.clone()),
            account,
            turnstile,
            under_way: JoinSet::new(),
            feed: FeedLooks::new(Instant::now()),
            sweep: Sweep::default(),
            inbox: InboxLooks::default(),
            logs: LogReader::default(),
            replied: Replied::default(),
            broke_until: None,
        }
    }

    pub(super) const fn account(&self) -> &Followed {
        &self.account
    }

    /// What comes next. Nothing is lost where it is not awaited to its end.
    pub(super) async fn next_news(&mut self) -> News {
        let mut said = Vec::new();
        tokio::select! {
            biased;
            () = self.streams.hear(&mut said, HEARD) => News::Said(said),
            Some(reply) = self.under_way.join_next() => match reply {
                Ok(reply) => News::Reply(reply),
                Err(error) => News::Broken(error),
            },
        }
    }

    /// When something is to be asked though nothing comes.
    pub(super) fn next_wake(&self, now: Instant) -> Instant {
        // What is past is held up by the budget alone.
        let to_come = [self.inbox.due_at(), self.logs.due_at()].into_iter().flatten().filter(|at| *at > now);
        to_come.chain(self.broke_until).fold(self.feed.next, Instant::min)
    }

    /// Whether a reply may yet tell of what was missed.
    pub(super) fn is_looking(&self) -> bool {
        !self.under_way.is_empty() || self.sweep.unseen.is_some()
    }

    /// The platform is reached in another way: whatever it has asked for does not hold.
    pub(super) fn resync(&mut self) {
        self.streams.close();
        self.turnstile.open();
        self.feed.forgive();
        self.inbox.forgive();
    }

    /// Asks what is wanted, within the budget.
    pub(super) fn ask(&mut self, book: &mut Book, is_away: bool, now: Instant) {
        self.broke_until = None;
        // First: a person may be waited for.
        if !is_away && self.inbox.is_due(now) {
            let pages = 1 + u32::try_from(book.waiting_count() / PAGE as usize).unwrap_or(u32::MAX);
            if self.pay(pages, 0.0, now) {
                self.inbox.begin();
                self.spawn(Followed::inbox);
            }
        }
        if self.feed.is_due() && self.pay(1, 0.0, now) {
            self.feed.begin();
            self.spawn(|account, limit| account.feed(FeedPage::LATEST, limit));
        }
        if is_away || !book.has_begun() {
            return;
        }
        let nameless = book.nameless().map(str::to_owned);
        if let Some(workflow) = nameless
            && self.turnstile.pay(1, RESERVE, now).is_ok()
        {
            book.expect_name(&workflow);
            self.spawn(|account, limit| account.name(workflow, limit));
        }
        self.ask_logs(book, now);
    }

    fn ask_logs(&mut self, book: &Book, now: Instant) {
        while self.logs.may_read(book, now) && self.pay(1, RESERVE, now) {
            let Some(key) = self.logs.begin() else { return };
            let Some(run) = book.run(&key) else {
                self.logs.end(&key);
                continue;
            };
            let (offset, ended) = (run.log_offset(), run.is_over());
            self.spawn(|account, limit| account.log(key, offset, ended, limit));
        }
    }

    /// Asks for a page of the feed besides the latest, if it is not under way. A page more of a look that has begun is not put
    /// off: half a look tells of no end.
    pub(super) fn ask_page(&mut self, page: FeedPage) {
        if self.sweep.deeper.insert(page) {
            self.turnstile.owe(1, Instant::now());
            self.spawn(|account, limit| account.feed(page, limit));
        }
    }

    /// Asks how a run stands, and pays for it afterwards.
    pub(super) fn ask_summary(&mut self, key: RunKey) {
        self.turnstile.owe(1, Instant::now());
        self.spawn(|account, limit| account.summary(key, limit));
    }

    /// Pays for so many requests, or notes until when that cannot be done.
    fn pay(&mut self, requests: u32, reserve: f64, now: Instant) -> bool {
        match self.turnstile.pay(requests, reserve, now) {
            Ok(()) => true,
            Err(until) => {
                self.broke_until.get_or_insert(until);
                false
            }
        }
    }

    /// Has this reply come, as if it had been asked for.
    #[cfg(test)]
    pub(super) fn reply_with(&mut self, reply: Reply) {
        self.under_way.spawn(std::future::ready(reply));
    }

    fn spawn<F>(&mut self, question: impl FnOnce(Followed, Duration) -> F)
    where
        F: Future<Output = Reply> + Send + 'static,
    {
        self.under_way.spawn(question(self.account.clone(), self.limit));
    }
}
