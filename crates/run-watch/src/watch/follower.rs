//! The loop: one owner of all that is known.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    future::Future,
    sync::Arc,
};

use agentruntime_bff::{Error, runs};
use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::{broadcast, mpsc, watch},
    task::JoinSet,
    time::{Instant, sleep_until},
};

use super::{
    Account, Board, Link, Options, Wish,
    asking::{Answer, EVENTS, FeedPage, PAGE},
    queue::Queue,
};
use crate::{
    book::Book,
    change::{Change, Told},
    model::RunKey,
    pace::{Pace, Patience, Purse},
    streams::{Said, Streams},
};

/// Logs that are read at a time.
const READERS: usize = 4;
/// What reading logs leaves of the budget for looking.
const RESERVE: f64 = 10.0;
/// Pages of one whole look at the feed: 2,000 runs. What lies deeper is asked for one by one.
const SWEEP_PAGES: u32 = 20;
/// After so many looks at the latest runs, a look at all that have not ended.
const SWEEP_EVERY: u32 = 5;
/// Runs that are asked for one by one in a look.
const ONE_BY_ONE: usize = 5;
/// Failures to read a run's log, before what is known of it is all that is told.
const TRIES: u8 = 5;
/// A clock that differs by more from the one that stands still while the computer sleeps was put forward, or slept.
const JUMP: SignedDuration = SignedDuration::from_secs(10);
/// Frames that are taken in at a stroke.
const HEARD: usize = 256;
/// How long a deployment or token without an inbox is not asked for one.
const WITHOUT_INBOX: std::time::Duration = std::time::Duration::from_secs(600);
/// How long a run that is looked at keeps its stream.
const LOOK: std::time::Duration = std::time::Duration::from_secs(60);

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
    /// Before then the budget has nothing to give.
    broke_until: Option<Instant>,
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
    reader_patience: Patience,
    /// Before then the platform wants to be left alone.
    not_before: Option<Instant>,
    no_reading_before: Option<Instant>,
    /// Pages that could not be had.
    unfinished: Vec<FeedPage>,
    /// Whether there were more runs at the first look than a page shows.
    is_deep: bool,
    purse: Purse,
    last_look: Instant,
    next_look: Instant,
    /// When the sum of what was missed is told in any case.
    sum_by: Option<Instant>,
    /// When the platform last answered, by both clocks.
    answered: (Timestamp, Instant),
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
        let (streams, said) = Streams::new(options.streams);
        let now = Instant::now();
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
            reader_patience: Patience::default(),
            not_before: None,
            no_reading_before: None,
            unfinished: Vec::new(),
            is_deep: false,
            purse: Purse::new(options.budget, now),
            last_look: now,
            next_look: now,
            sum_by: None,
            answered: ((options.wall)(), now),
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
        by(self.looking.no_inbox.filter(|_| self.looking.inbox_wanted));
        by(self.no_reading_before.filter(|_| !self.to_read.is_empty()));
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
        let same = self.account.as_ref().zip(account.as_ref()).is_some_and(|(before, now)| before.id == now.id);
        self.account = account;
        if same {
            self.read_all_active();
            if self.is_deep {
                // What was under way when the token changed.
                self.unfinished.extend(FeedPage::ACTIVE);
            }
        } else {
            self.unfinished.clear();
            self.is_deep = false;
            self.answered = ((self.options.wall)(), Instant::now());
            self.book = Book::default();
            self.to_read.clear();
            self.failures.clear();
            self.ending.clear();
            self.vanished.clear();
            self.looked_at = None;
            self.sum_by = None;
            self.told = Told::Late;
            self.link = if self.account.is_some() { Link::Starting } else { Link::None };
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
        if self.ending.contains_key(key) || !self.book.ending().any(|ending| ending == key) {
            return;
        }
        self.ending.insert(key.clone(), Instant::now());
        self.read_first(key.clone());
    }

    fn note_ends(&mut self) {
        let new = self.book.ending().filter(|key| !self.ending.contains_key(*key)).cloned().collect::<Vec<_>>();
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

    fn take_in(&mut self, answer: Answer) {
        match answer {
            Answer::Feed(page, Ok(rows)) => self.take_feed(page, &rows),
            Answer::Feed(FeedPage::LATEST, Err(error)) => {
                self.looking.feed_asked = false;
                self.failed(&error);
            }
            Answer::Feed(page, Err(error)) => {
                tracing::debug!(code = error.code(), ?page, "a deeper look is made another time");
                self.unfinished.push(page);
            }
            Answer::Inbox(Ok(tasks)) => {
                self.looking.inbox_asked = false;
                self.looking.summed.1 = true;
                self.inbox_patience.reset();
                self.book.inbox(&tasks, self.told);
                self.note_vanished();
            }
            Answer::Inbox(Err(error)) => {
                self.looking.inbox_asked = false;
                let now = Instant::now();
                let wait = if matches!(error.status(), Some(403 | 404)) {
                    tracing::info!(code = error.code(), "there is no inbox to read with this token just now");
                    self.looking.summed.1 = true;
                    self.book.inbox(&[], self.told);
                    self.note_vanished();
                    WITHOUT_INBOX
                } else {
                    tracing::debug!(code = error.code(), "what waits is not heard of just now");
                    self.inbox_patience.wait(&error)
                };
                self.looking.no_inbox = Some(now + wait);
                self.looking.inbox_wanted = true;
            }
            Answer::Log(key, offset, ended, events) => self.take_log(&key, offset, ended, events),
            Answer::Summary(key, Ok(run)) => {
                self.book.feed(&[run], self.told);
                self.note_end(&key);
            }
            Answer::Summary(key, Err(error)) => {
                if error.status() == Some(404) {
                    self.book.lost(&key);
                    self.note_end(&key);
                }
            }
            Answer::Name(workflow, name) => {
                self.book.name(&workflow, name.unwrap_or_default());
                self.forget_told();
            }
        }
    }

    fn take_feed(&mut self, page: FeedPage, rows: &[runs::Run]) {
        let first = page == FeedPage::LATEST;
        if first {
            self.looking.feed_asked = false;
            self.not_before = None;
            self.came_back();
            self.looking.summed.0 = true;
        }
        if let Some(unseen) = &mut self.looking.unseen {
            for row in rows {
                unseen.remove(&RunKey::new(row.workflow_id.clone().unwrap_or_default(), row.run_id.clone()));
            }
        }
        let more = self.book.feed(rows, self.told);
        let full = rows.len() >= PAGE as usize;
        if first && !self.book.has_begun() {
            let oldest = rows.iter().filter_map(crate::Run::of).filter_map(|run| run.started_at).min();
            self.book.begin(oldest.filter(|_| full));
            if full {
                // Runs that have not ended may lie deeper than the latest hundred.
                self.is_deep = true;
                FeedPage::ACTIVE.into_iter().for_each(|page| self.ask_feed(page));
            }
        } else if first {
            self.after_latest(rows, full && more);
        } else if full && page.offset < SWEEP_PAGES * PAGE {
            let wanted =
                more || page.status.is_some() || self.looking.unseen.as_ref().is_some_and(|left| !left.is_empty());
            if wanted {
                self.ask_feed(page.after());
            }
        }
        if page.sweep && page.status.is_none() && (!full || page.offset >= SWEEP_PAGES * PAGE) {
            self.ask_one_by_one();
        }
        self.note_ends();
    }

    /// After a look at the latest runs: is more wanted?
    fn after_latest(&mut self, rows: &[runs::Run], all_new: bool) {
        self.looking.looks = self.looking.looks.wrapping_add(1);
        let whole = self.looking.looks.is_multiple_of(SWEEP_EVERY) || self.told == Told::Late;
        if whole {
            self.book.ask_names_again();
        }
        if whole && self.looking.unseen.is_none() {
            let shown = rows.iter().map(|row| row.run_id.as_str()).collect::<HashSet<_>>();
            let unseen = self.book.active().filter(|key| !shown.contains(key.run_id.as_str()));
            self.looking.unseen = Some(unseen.cloned().collect());
        }
        let missing = self.looking.unseen.as_ref().is_some_and(|left| !left.is_empty());
        if all_new || missing {
            self.ask_feed(FeedPage { sweep: missing, ..FeedPage::LATEST.after() });
        }
        if !missing {
            self.looking.unseen = None;
        }
        for page in std::mem::take(&mut self.unfinished) {
            self.ask_feed(page);
        }
        // Logs that could not be read before.
        let unread = self.book.ending().filter(|key| !self.reading.contains(*key)).cloned().collect::<Vec<_>>();
        unread.into_iter().for_each(|key| self.read_later(key));
        // In turn, so that a frame that was lost is missed for a while only.
        if let Some(key) = self.book.read_longest_ago().cloned() {
            self.read_later(key);
        }
    }

    /// What a whole look did not show lies deeper than it went, or is gone.
    fn ask_one_by_one(&mut self) {
        let Some(unseen) = self.looking.unseen.take() else { return };
        let Some(account) = self.account.clone() else { return };
        for key in unseen.into_iter().take(ONE_BY_ONE) {
            self.spawn(account.clone().summary(key, self.options.limit));
        }
    }

    fn ask_feed(&mut self, page: FeedPage) {
        let Some(account) = self.account.clone() else { return };
        // A page more of a look that has begun is not put off: half a look tells of no end.
        _ = self.purse.pay(1, 0.0, Instant::now());
        self.spawn(account.feed(page, self.options.limit));
    }

    fn take_log(&mut self, key: &RunKey, offset: u32, ended: bool, events: Result<Vec<runs::Event>, Error>) {
        self.reading.remove(key);
        match events {
            Ok(events) => {
                self.failures.remove(key);
                self.reader_patience.reset();
                // A deployment may give fewer than it is asked for.
                let full = events.len() >= EVENTS as usize || events.len() == PAGE as usize;
                let asks = events.iter().any(|event| event.event_type == "human_task_created");
                let new = self.book.log(key, offset, events);
                // The stream may have lost the word of it.
                self.looking.inbox_wanted |= new && asks;
                self.note_end(key);
                if full && new {
                    self.read_first(key.clone());
                    return;
                }
                self.book.log_read(key, ended);
                if self.book.is_over(key) {
                    self.read_later(key.clone());
                }
                self.vanished.remove(key);
                self.forget_told();
            }
            Err(error) if error.is_transient() => {
                self.no_reading_before = Some(Instant::now() + self.reader_patience.wait(&error));
                self.read_later(key.clone());
            }
            Err(error) => {
                let failures = self.failures.entry(key.clone()).or_default();
                *failures += 1;
                if *failures >= TRIES {
                    self.failures.remove(key);
                    self.book.give_up(key);
                } else if error.status() == Some(404)
                    && let Some(account) = self.account.clone()
                {
                    // Either the run is gone, or only its log cannot be had.
                    self.spawn(account.summary(key.clone(), self.options.limit));
                }
            }
        }
    }

    /// The platform answers.
    fn came_back(&mut self) {
        let now = ((self.options.wall)(), Instant::now());
        self.patience.reset();
        let before = std::mem::replace(&mut self.link, Link::Live);
        if !self.book.has_begun() {
            self.gather(None);
        } else if let Some(since) = self.silence(&before, now) {
            tracing::info!(%since, "runs are heard of again");
            self.told = Told::Late;
            self.gather(Some(since));
            // Streams that wait for longer than the platform was away begin at once.
            self.streams.close();
            self.read_all_active();
        }
        if matches!(before, Link::Away { .. }) {
            self.next_look = now.1 + self.interval();
            self.looking.inbox_wanted = true;
        }
        self.answered = now;
        self.dirty = true;
    }

    /// Since when nothing was heard, if that is longer than it should be by either clock.
    fn silence(&self, link: &Link, now: (Timestamp, Instant)) -> Option<Timestamp> {
        let (wall, steady) = self.answered;
        let by_wall = now.0.duration_since(wall);
        let by_steady = SignedDuration::try_from(now.1.duration_since(steady)).unwrap_or(SignedDuration::MAX);
        let gap = SignedDuration::try_from(self.options.gap).unwrap_or(SignedDuration::MAX);
        let slept = by_wall.checked_sub(by_steady).is_some_and(|ahead| ahead >= JUMP);
        let silent = match link {
            Link::Away { .. } => by_steady >= gap,
            // A look may be as far away as the pace allows.
            _ => by_steady >= gap.saturating_add(SignedDuration::try_from(self.pace.interval(false)).unwrap_or(gap)),
        };
        let since = if let Link::Away { since, .. } = link { *since } else { wall };
        (slept || silent).then_some(since)
    }

    fn gather(&mut self, since: Option<Timestamp>) {
        self.book.gather(since);
        self.sum_by = Some(Instant::now() + self.options.summing_up);
        self.looking.summed = (false, false);
        self.looking.inbox_wanted = true;
    }

    /// The feed does not answer as it should.
    fn failed(&mut self, error: &Error) {
        let until = Instant::now() + self.patience.wait(error);
        self.next_look = until;
        self.not_before = Some(until);
        self.looking.feed_wanted = false;
        if !matches!(self.link, Link::Away { .. }) {
            tracing::info!(code = error.code(), "runs are not heard of just now");
        }
        let since = match &self.link {
            Link::Away { since, .. } => *since,
            _ => self.answered.0,
        };
        self.link = Link::Away { since, code: error.code() };
        self.dirty = true;
    }

    /// Notices that the computer slept, or that its clock was put forward: what the next answer tells of is late.
    fn compare_clocks(&mut self) {
        if self.account.is_none() || self.link != Link::Live {
            return;
        }
        let now = ((self.options.wall)(), Instant::now());
        if self.silence(&Link::Live, now).is_some() && !self.looking.feed_asked {
            tracing::info!("the computer slept, or its clock was put forward");
            self.look();
        }
    }

    /// Ends that have waited long enough for their log.
    fn tell_ends(&mut self, now: Instant) {
        let patience = self.options.patience;
        let due = self.vanished.iter().filter(|(_, since)| now.duration_since(**since) >= patience);
        for key in due.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            self.book.explain(&key);
            self.vanished.remove(&key);
        }
        let due = self.ending.iter().filter(|(_, since)| now.duration_since(**since) >= patience);
        for key in due.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            self.book.tell_end(&key);
            self.ending.remove(&key);
            if self.book.read(&key).is_some() {
                self.read_later(key);
            }
        }
    }

    /// Tells what was missed, when all of it is there or has been waited for.
    fn sum_up(&mut self, now: Instant) {
        let Some(by) = self.sum_by else { return };
        // Nothing is summed up that was not looked at.
        if self.looking.summed != (true, true) || !self.book.has_begun() {
            if now >= by {
                self.sum_by = Some(now + self.options.summing_up);
            }
            return;
        }
        let looked = !self.looking.feed_asked && !self.looking.inbox_asked && self.looking.unseen.is_none();
        if (looked && self.asked.is_empty() && self.book.is_gathered()) || now >= by {
            self.book.caught_up();
            self.sum_by = None;
            self.told = Told::Now;
        }
    }

    fn want_streams(&mut self, now: Instant) {
        let Some(account) = &self.account else { return };
        let mut count = HashMap::<&str, usize>::new();
        for key in self.book.active() {
            *count.entry(key.workflow_id.as_str()).or_default() += 1;
        }
        let looked_at = self.looked_at.as_ref().filter(|(_, at)| now.duration_since(*at) < LOOK);
        if let Some((key, _)) = looked_at {
            count.insert(key.workflow_id.as_str(), usize::MAX);
        }
        let mut workflows = count.into_iter().collect::<Vec<_>>();
        workflows.sort_unstable_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
        if self.book.has_begun() {
            self.streams.want(workflows.into_iter().map(|(workflow, _)| workflow), account);
        }
    }

    /// Asks what is wanted, within the budget.
    fn ask(&mut self, now: Instant) {
        let Some(account) = self.account.clone() else { return };
        let limit = self.options.limit;
        self.looking.broke_until = None;
        if self.looking.feed_wanted && !self.looking.feed_asked {
            match self.purse.pay(1, 0.0, now) {
                Ok(()) => {
                    self.looking.feed_wanted = false;
                    self.looking.feed_asked = true;
                    self.spawn(account.clone().feed(FeedPage::LATEST, limit));
                }
                Err(until) => self.looking.broke_until = Some(until),
            }
        }
        let away = matches!(self.link, Link::Away { .. });
        let inbox_due = self.looking.no_inbox.is_none_or(|until| now >= until);
        if self.looking.inbox_wanted && !self.looking.inbox_asked && inbox_due && !away {
            let pages = 1 + u32::try_from(self.book.waiting_count() / PAGE as usize).unwrap_or(u32::MAX);
            match self.purse.pay(pages, 0.0, now) {
                Ok(()) => {
                    self.looking.inbox_wanted = false;
                    self.looking.inbox_asked = true;
                    self.looking.no_inbox = None;
                    self.spawn(account.clone().inbox(limit));
                }
                Err(until) => self.looking.broke_until = Some(until),
            }
        }
        if away || !self.book.has_begun() {
            return;
        }
        let may_read = self.no_reading_before.is_none_or(|until| now >= until);
        while may_read && self.reading.len() < READERS && !self.to_read.is_empty() {
            if let Err(until) = self.purse.pay(1, RESERVE, now) {
                self.looking.broke_until.get_or_insert(until);
                break;
            }
            let reading = &self.reading;
            let Some(key) = self.to_read.take(|key| !reading.contains(key)) else { break };
            let Some(offset) = self.book.read(&key) else { continue };
            self.reading.insert(key.clone());
            let ended = self.book.is_over(&key);
            self.spawn(account.clone().log(key, offset, ended, limit));
        }
        let nameless = self.book.nameless().next().map(str::to_owned);
        if let Some(workflow) = nameless
            && self.purse.pay(1, RESERVE, now).is_ok()
        {
            self.book.asking_name(&workflow);
            self.spawn(account.name(workflow, limit));
        }
    }

    fn spawn(&mut self, question: impl Future<Output = Answer> + Send + 'static) {
        self.asked.spawn(question);
    }

    fn interval(&self) -> std::time::Duration {
        let busy = self.book.is_busy();
        self.pace.interval(busy)
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
        let board = Board { link: self.link.clone(), active: self.book.active_runs(), waiting: self.book.waiting() };
        self.board.send_if_modified(|shown| {
            let differs = **shown != board;
            if differs {
                *shown = Arc::new(board);
            }
            differs
        });
    }
}
