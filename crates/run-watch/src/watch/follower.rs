//! The loop: one owner of all that is known.

mod answers;
mod link;
mod wants;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;
use tokio::{
    sync::{broadcast, mpsc, watch},
    task::JoinSet,
    time::{Instant, sleep_until},
};

use super::{
    Account, Board, Inbox, Link, Options, Wish,
    asking::{Answer, FeedPage},
    queue::Queue,
};
use crate::{
    book::Book,
    change::{Change, Told},
    model::RunKey,
    pace::{Gate, Pace, Patience},
    streams::{Said, Streams},
};

/// Frames that are taken in at a stroke.
const HEARD: usize = 256;
/// How long a run that is looked at keeps its stream.
const LOOK: std::time::Duration = std::time::Duration::from_secs(60);

/// Failures of the inbox in a row, after which what was missed is told without it.
const INBOX_TRIES: u32 = 3;

/// What is wanted of the next look, and what is under way.
#[derive(Debug, Default)]
struct Looking {
    feed_wanted: bool,
    inbox_wanted: bool,
    feed_asked: bool,
    inbox_asked: bool,
    /// Before then the inbox is not asked for: it failed, or this deployment or token has none.
    no_inbox: Option<Instant>,
    /// Whether feed and inbox have answered since what is summed up began.
    summed: (bool, bool),
    looks: u32,
    /// Active runs that the whole look under way has not seen yet.
    unseen: Option<HashSet<RunKey>>,
    /// Pages besides the latest that are being asked for.
    deeper: HashSet<FeedPage>,
    /// Before then the budget has nothing to give.
    broke_until: Option<Instant>,
}

/// What is known of the inbox itself.
#[derive(Debug, Default)]
struct InboxState {
    shown: Inbox,
    /// Failures in a row.
    failures: u32,
    /// Since when nobody has told what waits, where a sum was told without it.
    owed: Option<Timestamp>,
}

pub(super) struct Follower {
    accounts: watch::Receiver<Option<Account>>,
    options: Options,
    changes: broadcast::Sender<Change>,
    board: watch::Sender<Arc<Board>>,
    wishes: mpsc::UnboundedReceiver<Wish>,

    account: Option<Account>,
    book: Book,
    streams: Streams,
    said: mpsc::Receiver<Said>,
    asked: JoinSet<Answer>,
    looking: Looking,
    /// Logs to be read, the most important first, and those that are.
    to_read: Queue,
    reading: HashSet<RunKey>,
    failures: HashMap<RunKey, u8>,
    /// Since when the end of a run waits to be told.
    ending: HashMap<RunKey, Instant>,
    /// Since when it waits to be told why a run's task waits no longer.
    vanished: HashMap<RunKey, Instant>,
    looked_at: Option<(RunKey, Instant)>,

    link: Link,
    told: Told,
    pace: Pace,
    patience: Patience,
    inbox_patience: Patience,
    inbox: InboxState,
    reader_patience: Patience,
    /// Before then the platform wants to be left alone.
    not_before: Option<Instant>,
    no_reading_before: Option<Instant>,
    /// Pages that could not be had.
    unfinished: Vec<FeedPage>,
    /// Whether there were more runs at the first look than a page shows.
    is_deep: bool,
    gate: Arc<Gate>,
    last_look: Instant,
    next_look: Instant,
    /// When the sum of what was missed is told in any case.
    sum_by: Option<Instant>,
    /// When the platform last answered, by both clocks.
    answered: (Timestamp, Instant),
    /// How far off the look after that answer could be.
    allowed: std::time::Duration,
    /// Since when looks have failed.
    away_since: Option<Instant>,
    dirty: bool,
    told_at: Instant,
}

impl Follower {
    pub(super) fn new(
        accounts: watch::Receiver<Option<Account>>,
        options: Options,
        changes: broadcast::Sender<Change>,
        board: watch::Sender<Arc<Board>>,
        wishes: mpsc::UnboundedReceiver<Wish>,
    ) -> Self {
        let now = Instant::now();
        let gate = Arc::new(Gate::new(options.budget, now));
        let (streams, said) = Streams::new(options.streams, gate.clone());
        Self {
            accounts,
            changes,
            board,
            wishes,
            account: None,
            book: Book::default(),
            streams,
            said,
            asked: JoinSet::new(),
            looking: Looking::default(),
            to_read: Queue::default(),
            reading: HashSet::new(),
            failures: HashMap::new(),
            ending: HashMap::new(),
            vanished: HashMap::new(),
            looked_at: None,
            link: Link::None,
            told: Told::Late,
            pace: Pace::default(),
            patience: Patience::default(),
            inbox_patience: Patience::default(),
            inbox: InboxState::default(),
            reader_patience: Patience::default(),
            not_before: None,
            no_reading_before: None,
            unfinished: Vec::new(),
            is_deep: false,
            gate,
            last_look: now,
            next_look: now,
            sum_by: None,
            answered: ((options.wall)(), now),
            allowed: std::time::Duration::ZERO,
            away_since: None,
            dirty: true,
            told_at: now,
            options,
        }
    }

    pub(super) async fn run(mut self) {
        self.accounts.mark_changed();
        let mut heartbeat = tokio::time::interval(self.options.heartbeat);
        heartbeat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut heard = Vec::new();
        loop {
            let wake = self.next_wake();
            tokio::select! {
                biased;
                changed = self.accounts.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    self.take_account();
                }
                wish = self.wishes.recv() => match wish {
                    Some(wish) => self.heed(wish),
                    None => return,
                },
                _ = self.said.recv_many(&mut heard, HEARD) => heard.drain(..).for_each(|said| self.hear(said)),
                Some(answer) = self.asked.join_next(), if !self.asked.is_empty() => match answer {
                    Ok(answer) => self.take_in(answer),
                    Err(error) if error.is_panic() => {
                        tracing::error!(%error, "a question to the platform panicked");
                        // Its answer is not waited for.
                        self.looking = Looking::default();
                        self.book.forget_asked();
                        self.reading.clear();
                        self.look();
                    }
                    Err(_) => {}
                },
                _ = heartbeat.tick() => self.compare_clocks(),
                () = sleep_until(wake) => {}
            }
            self.go_on();
        }
    }

    /// When something is due though nothing comes.
    fn next_wake(&self) -> Instant {
        let mut wake = if self.account.is_some() { self.next_look } else { Instant::now() + LOOK };
        let mut by = |at: Option<Instant>| wake = at.map_or(wake, |at| wake.min(at));
        by(self.ending.values().chain(self.vanished.values()).min().map(|since| *since + self.options.patience));
        by(self.sum_by);
        // What is past is held up by the budget alone.
        let now = Instant::now();
        by(self.looking.no_inbox.filter(|until| self.looking.inbox_wanted && *until > now));
        by(self.no_reading_before.filter(|until| !self.to_read.is_empty() && *until > now));
        by(self.looking.broke_until);
        by(self.dirty.then_some(self.told_at + self.options.breath));
        wake
    }

    /// What follows from whatever just happened.
    fn go_on(&mut self) {
        let now = Instant::now();
        if self.account.is_some() {
            if self.link == Link::Live {
                // What was calm when it was last looked at may be busy now.
                self.next_look = self.next_look.min(self.last_look + self.interval());
            }
            if now >= self.next_look {
                self.looking.feed_wanted = true;
                self.looking.inbox_wanted = true;
                self.last_look = now;
                self.next_look = now + self.interval();
            }
            self.tell_ends(now);
            self.sum_up(now);
            self.want_streams(now);
            self.ask(now);
        }
        self.tell();
        if self.dirty && now >= self.told_at + self.options.breath {
            self.show(now);
        }
    }

    /// Another account, or another token.
    fn take_account(&mut self) {
        let account = self.accounts.borrow_and_update().clone();
        // Whatever is under way goes with the old token, which is let go.
        self.asked = JoinSet::new();
        self.streams.close();
        while self.said.try_recv().is_ok() {}
        self.reading.clear();
        self.looking = Looking::default();
        self.patience.reset();
        self.inbox_patience.reset();
        self.inbox.failures = 0;
        self.gate.open();
        let same = self.account.as_ref().zip(account.as_ref()).is_some_and(|(before, now)| before.id == now.id);
        self.account = account;
        if same {
            self.book.forget_asked();
            self.read_all_active();
            if self.is_deep {
                // What was under way when the token changed.
                self.unfinished.extend(FeedPage::ACTIVE);
            }
        } else {
            self.unfinished.clear();
            self.is_deep = false;
            self.answered = ((self.options.wall)(), Instant::now());
            self.away_since = None;
            self.book = Book::default();
            self.to_read.clear();
            self.failures.clear();
            self.ending.clear();
            self.vanished.clear();
            self.looked_at = None;
            self.sum_by = None;
            self.told = Told::Late;
            self.inbox = InboxState::default();
            self.link = if self.account.is_some() { Link::Starting } else { Link::None };
            if self.account.is_some() {
                // From now on, as the inbox may answer before the feed does.
                self.gather(None);
            }
            _ = self.changes.send(Change::Began);
        }
        self.not_before = None;
        self.next_look = Instant::now();
        self.dirty = true;
    }

    fn heed(&mut self, wish: Wish) {
        match wish {
            Wish::Look => self.look(),
            Wish::Resync => {
                self.streams.close();
                self.patience.reset();
                self.gate.open();
                self.not_before = None;
                self.looking.no_inbox = None;
                self.look();
            }
            Wish::LookAt(run) => {
                if !self.book.is_known_from_start(&run) && self.book.read(&run).is_some() {
                    self.read_first(run.clone());
                }
                self.looked_at = Some((run, Instant::now()));
            }
            Wish::Pace(pace) => {
                let quicker = pace.interval(true) < self.pace.interval(true);
                self.pace = pace;
                // The look that is due may be further off now.
                self.allowed = self.allowed.max(pace.interval(false));
                if quicker {
                    self.look();
                }
            }
            Wish::Answering { task, approved } => self.book.answering(&task, approved),
            Wish::Answered { task, taken } => self.book.answered(&task, taken),
        }
    }

    /// Looks at once, unless the platform has asked to be left alone.
    fn look(&mut self) {
        let now = Instant::now();
        self.next_look = self.not_before.map_or(now, |until| until.max(now));
    }

    fn hear(&mut self, said: Said) {
        match said {
            Said::Open(workflow) => {
                self.streams.opened(&workflow);
                // What happened before it was open is in the logs.
                self.read_workflow(&workflow);
            }
            Said::Event(event) => {
                let key = event.run.clone();
                self.looking.inbox_wanted |= self.book.frame(event);
                self.note_end(&key);
            }
            Said::Riddle(workflow) => self.read_workflow(&workflow),
        }
    }

    fn read_workflow(&mut self, workflow: &str) {
        let runs = self.book.active().filter(|key| key.workflow_id == workflow).cloned().collect::<Vec<_>>();
        runs.into_iter().for_each(|run| self.read_later(run));
    }

    fn read_all_active(&mut self) {
        let runs = self.book.active().cloned().collect::<Vec<_>>();
        runs.into_iter().for_each(|run| self.read_later(run));
    }

    /// A run's end is told when its log has been read.
    fn note_end(&mut self, key: &RunKey) {
        if self.ending.contains_key(key) || !self.book.has_untold_end(key) {
            return;
        }
        self.ending.insert(key.clone(), Instant::now());
        self.read_first(key.clone());
    }

    fn note_ends(&mut self) {
        let untold = self.book.ending().filter(|key| self.book.has_untold_end(key));
        let new = untold.filter(|key| !self.ending.contains_key(*key)).cloned().collect::<Vec<_>>();
        new.iter().for_each(|key| self.note_end(key));
    }

    /// Why a task waits no longer is told when its run's log has been read.
    fn note_vanished(&mut self) {
        let new = self.book.unexplained().filter(|key| !self.vanished.contains_key(*key)).cloned();
        for key in new.collect::<BTreeSet<_>>() {
            self.vanished.insert(key.clone(), Instant::now());
            self.read_first(key);
        }
    }

    /// What was told need not be told by a deadline any more.
    fn forget_told(&mut self) {
        let book = &self.book;
        self.ending.retain(|key, _| book.read(key).is_some());
    }

    fn read_first(&mut self, key: RunKey) {
        self.to_read.first(key);
    }

    fn read_later(&mut self, key: RunKey) {
        self.to_read.later(key);
    }

    /// Tells what has changed.
    fn tell(&mut self) {
        for change in self.book.take() {
            if let Change::Started(run, _) = &change
                && self.streams.is_open(&run.key.workflow_id)
                && !self.book.is_known_from_start(&run.key)
            {
                // It began before the stream told of it.
                self.read_later(run.key.clone());
            }
            self.dirty = true;
            // Nobody need listen.
            _ = self.changes.send(change);
        }
    }

    fn show(&mut self, now: Instant) {
        self.dirty = false;
        self.told_at = now;
        let board = Board {
            link: self.link.clone(),
            inbox: self.inbox.shown,
            active: self.book.active_runs(),
            waiting: self.book.waiting(),
        };
        self.board.send_if_modified(|shown| {
            let differs = **shown != board;
            if differs {
                *shown = Arc::new(board);
            }
            differs
        });
    }
}
