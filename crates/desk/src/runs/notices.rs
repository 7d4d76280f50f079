//! What the person is told by notifications, and when: never two for one thing, gathered when there are many, held back
//! when they do not want to be disturbed, withdrawn when there is nothing to do any more. Pure: time is given.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use agentruntime_platform_mcp::consent::OpenQuestion;
use agentruntime_run_watch::{Run, RunKey, Task};

/// What a notification is about; two with the same key are never shown at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A task that waits.
    Task(String),
    /// An agent's question.
    Question(u64),
    /// A run that failed or finished.
    Run(RunKey),
    /// A client that connected for the first time.
    Client(String),
    /// Several things of one kind.
    Several(Kind),
    /// What was missed, or held back.
    Sum,
}

/// Of what kind it is; each can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Something waits for the person.
    Approval,
    /// A run failed.
    Failure,
    /// A run has finished.
    Finish,
    /// A client is new.
    Client,
}

/// What there is to say.
#[derive(Debug, Clone, PartialEq)]
pub enum About {
    /// A task waits.
    Waiting {
        /// The task.
        task: Arc<Task>,
        /// Whether it can be approved without filling anything in.
        at_once: bool,
    },
    /// An agent asks.
    Question {
        /// What.
        question: OpenQuestion,
        /// The task, where it is known.
        task: Option<Arc<Task>>,
    },
    /// A run failed.
    Failed(Arc<Run>),
    /// A run has ended well, or was stopped.
    Finished(Arc<Run>),
    /// A client connected that never has before.
    NewClient(String),
    /// So many things of one kind.
    Several(Kind, usize),
    /// What was missed.
    Sum(Sum),
}

/// So many of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Tasks that wait.
    pub waiting: usize,
    /// Runs that failed.
    pub failed: usize,
    /// Runs that have finished.
    pub finished: usize,
    /// Whether it is what was missed while the platform could not be reached, and not what was held back.
    pub away: bool,
}

/// A notification.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// What it is about.
    pub key: Key,
    /// What there is to say.
    pub about: About,
}

/// What the shell is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Say {
    /// Shows a notification.
    Show(Box<Notice>),
    /// Takes one away, if it is still there.
    Withdraw(Key),
}

/// Of one kind so many are shown one by one within [`WINDOW`]; the others together.
const ONE_BY_ONE: usize = 3;
/// Notifications that are remembered.
const REMEMBERED: usize = 2_000;
/// For how long that counts.
const WINDOW: Duration = Duration::from_secs(10);

/// Notifications of a kind of late.
#[derive(Debug, Default)]
struct Recent {
    /// Those that were shown, and when; what is answered makes room for another.
    times: Vec<(Key, Instant)>,
    /// Those that were too many to be shown one by one, since when there are any.
    more: BTreeSet<Key>,
    since: Option<Instant>,
}

/// Decides what is said.
#[derive(Debug, Default)]
pub(super) struct Notices {
    /// What is shown, or was and need not be shown again.
    shown: BTreeSet<Key>,
    /// Of each kind, what was shown of late and what is gathered.
    recent: BTreeMap<Kind, Recent>,
    /// What each notification of several things speaks of, and is not done yet.
    gathered: BTreeMap<Key, BTreeMap<Key, Kind>>,
    held: Vec<Notice>,
    quiet: bool,
}

impl Notices {
    /// Says something new.
    pub(super) fn tell(&mut self, notice: Notice, now: Instant) -> Vec<Say> {
        if self.shown.contains(&notice.key) || self.held.iter().any(|held| held.key == notice.key) {
            return Vec::new();
        }
        if self.quiet {
            self.held.push(notice);
            return Vec::new();
        }
        let Some(kind) = notice.about.kind() else { return self.show(notice) };
        let recent = self.recent.entry(kind).or_default();
        recent.times.retain(|(_, at)| now.duration_since(*at) < WINDOW);
        // What an agent asks has an end of its own and is never put off.
        let many = recent.times.len() >= ONE_BY_ONE || !recent.more.is_empty();
        if many && !matches!(notice.about, About::Question { .. }) {
            recent.since.get_or_insert(now);
            recent.more.insert(notice.key.clone());
            self.shown.insert(notice.key);
            return Vec::new();
        }
        recent.times.push((notice.key.clone(), now));
        self.show(notice)
    }

    fn show(&mut self, notice: Notice) -> Vec<Say> {
        if self.shown.len() >= REMEMBERED {
            // A run ends once: its notification need not be remembered, but to be taken away with its workspace.
            self.shown.retain(|key| !matches!(key, Key::Run(_)));
        }
        self.shown.insert(notice.key.clone());
        vec![Say::Show(Box::new(notice))]
    }

    /// There is nothing to do any more about this. A notification of several goes with the last thing it speaks of.
    pub(super) fn withdraw(&mut self, key: &Key) -> Vec<Say> {
        self.held.retain(|held| held.key != *key);
        for recent in self.recent.values_mut() {
            recent.more.remove(key);
            recent.times.retain(|(shown, _)| shown != key);
        }
        let mut says = Vec::new();
        if self.shown.remove(key) {
            says.push(Say::Withdraw(key.clone()));
        }
        let done = |(several, of): (&Key, &mut BTreeMap<Key, Kind>)| {
            (of.remove(key).is_some() && of.is_empty()).then(|| several.clone())
        };
        let done = self.gathered.iter_mut().filter_map(done).collect::<Vec<_>>();
        says.extend(done.into_iter().flat_map(|several| self.withdraw_gathered(several)));
        says
    }

    /// All that a notification of several things speaks of is done, or has been seen.
    fn withdraw_gathered(&mut self, several: Key) -> Option<Say> {
        for recent in self.recent.values_mut() {
            recent.times.retain(|(shown, _)| *shown != several);
        }
        self.gathered.remove(&several).map(|_| Say::Withdraw(several))
    }

    /// The person has looked at all runs that failed.
    pub(super) fn seen_all_failures(&mut self) -> Vec<Say> {
        let says = self.withdraw_gathered(Key::Several(Kind::Failure));
        for of in self.gathered.values_mut() {
            of.retain(|_, kind| *kind != Kind::Failure);
        }
        let empty = self.gathered.iter().filter(|(_, of)| of.is_empty()).map(|(several, _)| several.clone());
        let empty = empty.collect::<Vec<_>>();
        says.into_iter().chain(empty.into_iter().flat_map(|several| self.withdraw_gathered(several))).collect()
    }

    /// Puts things together under one notification, which takes the place of the one before: what that one spoke of and is
    /// still to be answered or looked at is spoken of again.
    fn gather(&mut self, several: Key, new: impl IntoIterator<Item = (Key, Kind)>) -> &BTreeMap<Key, Kind> {
        let of = self.gathered.entry(several).or_default();
        of.retain(|_, kind| matches!(kind, Kind::Approval | Kind::Failure));
        of.extend(new);
        of
    }

    /// The tasks that were told, or are held back.
    pub(super) fn tasks(&self) -> impl Iterator<Item = &str> {
        let keys = self.shown.iter().chain(self.held.iter().map(|held| &held.key));
        keys.filter_map(|key| if let Key::Task(id) = key { Some(id.as_str()) } else { None })
    }

    /// The questions that are shown or held back.
    pub(super) fn questions(&self) -> impl Iterator<Item = u64> {
        let questions = self.shown.range(Key::Question(0)..=Key::Question(u64::MAX));
        let keys = questions.chain(self.held.iter().map(|held| &held.key));
        keys.filter_map(|key| if let Key::Question(id) = key { Some(*id) } else { None })
    }

    /// What is due by now: several things that came at once are told together.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Say> {
        let mut says = Vec::new();
        if self.quiet {
            return says;
        }
        let mut due = Vec::new();
        for (kind, recent) in &mut self.recent {
            if recent.since.is_some_and(|since| now.duration_since(since) >= WINDOW) {
                recent.since = None;
                let more = std::mem::take(&mut recent.more);
                if !more.is_empty() {
                    recent.times.push((Key::Several(*kind), now));
                    due.push((*kind, more));
                }
            }
        }
        for (kind, more) in due {
            let key = Key::Several(kind);
            let count = self.gather(key.clone(), more.into_iter().map(|key| (key, kind))).len();
            let several = Notice { key: key.clone(), about: About::Several(kind, count) };
            says.extend([Say::Withdraw(key), Say::Show(Box::new(several))]);
        }
        says
    }

    /// When something is due next.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let since = self.recent.values().filter_map(|recent| recent.since);
        since.min().filter(|_| !self.quiet).map(|since| since + WINDOW)
    }

    /// The person does not want to be disturbed, or may be again: what was held back is then told at one stroke.
    pub(super) fn quiet(&mut self, quiet: bool, now: Instant) -> Vec<Say> {
        self.quiet = quiet;
        if quiet || self.held.is_empty() {
            return Vec::new();
        }
        let held = std::mem::take(&mut self.held);
        self.together(held, Sum::default(), now)
    }

    /// Tells what was missed, at one stroke.
    pub(super) fn missed(&mut self, notices: Vec<Notice>, now: Instant) -> Vec<Say> {
        let new = notices.into_iter().filter(|notice| !self.shown.contains(&notice.key)).collect::<Vec<_>>();
        if self.quiet {
            self.held.extend(new);
            return Vec::new();
        }
        self.together(new, Sum { away: true, ..Sum::default() }, now)
    }

    fn together(&mut self, mut notices: Vec<Notice>, mut sum: Sum, now: Instant) -> Vec<Say> {
        if notices.is_empty() {
            return Vec::new();
        }
        if notices.len() == 1
            && let Some(only) = notices.pop()
        {
            return self.tell(only, now);
        }
        // A sum is of runs and tasks; who is new has a word of their own.
        let (clients, notices) =
            notices.into_iter().partition::<Vec<_>, _>(|new| new.about.kind() == Some(Kind::Client));
        let mut says = clients.into_iter().flat_map(|client| self.tell(client, now)).collect::<Vec<_>>();
        if notices.is_empty() {
            return says;
        }
        // Each is told with this, and need not be told again.
        self.shown.extend(notices.iter().map(|notice| notice.key.clone()));
        let new = notices.iter().filter_map(|notice| Some((notice.key.clone(), notice.about.kind()?)));
        for kind in self.gather(Key::Sum, new).values() {
            match kind {
                Kind::Approval => sum.waiting += 1,
                Kind::Failure => sum.failed += 1,
                Kind::Finish => sum.finished += 1,
                Kind::Client => {}
            }
        }
        let notice = Notice { key: Key::Sum, about: About::Sum(sum) };
        says.extend([Say::Withdraw(Key::Sum), Say::Show(Box::new(notice))]);
        says
    }

    /// Forgets everything: another workspace is in use. Takes away what is shown of the one before.
    pub(super) fn forget(&mut self) -> Vec<Say> {
        self.held.clear();
        self.recent.clear();
        let shown = std::mem::take(&mut self.shown).into_iter().chain(std::mem::take(&mut self.gathered).into_keys());
        shown.map(Say::Withdraw).collect()
    }
}

impl About {
    const fn kind(&self) -> Option<Kind> {
        match self {
            Self::Waiting { .. } | Self::Question { .. } => Some(Kind::Approval),
            Self::Failed(_) => Some(Kind::Failure),
            Self::Finished(_) => Some(Kind::Finish),
            Self::NewClient(_) => Some(Kind::Client),
            Self::Several(..) | Self::Sum(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(name: &str) -> Notice {
        Notice { key: Key::Client(name.to_owned()), about: About::NewClient(name.to_owned()) }
    }

    fn failed(id: &str) -> Notice {
        let key = RunKey::new("wf", id);
        let run = Run {
            key: key.clone(),
            workflow_name: None,
            status: agentruntime_run_watch::RunStatus::Failed,
            waiting: 0,
            steps: None,
            steps_done: None,
            started_at: None,
            ended_at: None,
            failure_code: None,
            error: None,
            failed_step: None,
        };
        Notice { key: Key::Run(key), about: About::Failed(Arc::new(run)) }
    }

    fn shown(says: &[Say]) -> Vec<&Key> {
        says.iter().filter_map(|say| if let Say::Show(notice) = say { Some(&notice.key) } else { None }).collect()
    }

    #[test]
    fn one_thing_is_told_once_and_withdrawn_once() {
        let (mut notices, now) = (Notices::default(), Instant::now());
        let cursor = client("Cursor");
        assert_eq!(shown(&notices.tell(cursor.clone(), now)), [&cursor.key]);
        assert_eq!(notices.tell(cursor.clone(), now), []);
        assert_eq!(notices.withdraw(&cursor.key), [Say::Withdraw(cursor.key.clone())]);
        assert_eq!(notices.withdraw(&cursor.key), []);
    }

    #[test]
    fn many_at_once_are_gathered_and_later_ones_told_one_by_one_again() {
        let (mut notices, now) = (Notices::default(), Instant::now());
        let says = (0..10).flat_map(|nth| notices.tell(failed(&nth.to_string()), now)).collect::<Vec<_>>();
        assert_eq!(shown(&says).len(), ONE_BY_ONE);
        // Another kind is not held up by it.
        assert_eq!(shown(&notices.tell(client("Cursor"), now)).len(), 1);
        assert_eq!(notices.due(now), []);
        let due = notices.next_due().unwrap();
        assert_eq!(due, now + WINDOW);
        let says = notices.due(due);
        let gathered = |say: &Say| matches!(say, Say::Show(notice) if notice.about == About::Several(Kind::Failure, 7));
        assert!(says.iter().any(gathered));
        assert_eq!(notices.next_due(), None);
        assert_eq!(shown(&notices.tell(failed("later"), due)).len(), 1);
    }

    #[test]
    fn what_is_answered_makes_room_for_the_next() {
        let (mut notices, now) = (Notices::default(), Instant::now());
        for nth in 0..10 {
            let notice = failed(&nth.to_string());
            assert_eq!(shown(&notices.tell(notice.clone(), now)), [&notice.key]);
            notices.withdraw(&notice.key);
        }
    }

    #[test]
    fn what_is_gathered_is_told_though_more_keeps_coming_and_without_what_was_withdrawn() {
        let (mut notices, now) = (Notices::default(), Instant::now());
        (0..5).for_each(|nth| drop(notices.tell(failed(&nth.to_string()), now)));
        notices.withdraw(&failed("4").key);
        let later = now + WINDOW - Duration::from_millis(1);
        assert_eq!(notices.tell(failed("5"), later), [], "it joins what is gathered");
        let says = notices.due(now + WINDOW);
        assert!(
            matches!(says.last(), Some(Say::Show(notice)) if notice.about == About::Several(Kind::Failure, 2)),
            "{says:?}"
        );
    }

    #[test]
    fn what_is_held_back_is_told_at_one_stroke_afterwards() {
        let (mut notices, now) = (Notices::default(), Instant::now());
        notices.quiet(true, now);
        assert_eq!(notices.tell(failed("a"), now), []);
        assert_eq!(notices.tell(failed("b"), now), []);
        assert_eq!(notices.tell(failed("c"), now), []);
        // Answered meanwhile.
        notices.withdraw(&failed("c").key);
        let says = notices.quiet(false, now);
        let sum = Sum { failed: 2, ..Sum::default() };
        let told = Say::Show(Box::new(Notice { key: Key::Sum, about: About::Sum(sum) }));
        assert!(says.contains(&told), "{says:?}");
        assert_eq!(notices.tell(failed("a"), now), [], "it was told in the sum");
    }

    #[test]
    fn what_was_missed_is_one_notification_and_a_single_thing_keeps_its_own() {
        let (mut notices, now) = (Notices::default(), Instant::now());
        let many = (0..40).map(|nth| failed(&nth.to_string())).collect();
        let says = notices.missed(many, now);
        assert_eq!(shown(&says), [&Key::Sum]);
        assert_eq!(shown(&notices.missed(vec![failed("alone")], now)), [&failed("alone").key]);
        assert_eq!(notices.missed(Vec::new(), now), []);
    }

    #[test]
    fn what_speaks_of_several_goes_with_the_last_of_them_and_names_those_that_are_left_again() {
        let (mut notices, now) = (Notices::default(), Instant::now());
        (0..6).for_each(|nth| drop(notices.tell(failed(&nth.to_string()), now)));
        assert_eq!(shown(&notices.due(now + WINDOW)), [&Key::Several(Kind::Failure)]);
        assert_eq!(notices.withdraw(&failed("3").key), [Say::Withdraw(failed("3").key)]);
        // Two of the three are left, and three more come.
        let later = now + WINDOW * 3;
        (6..12).for_each(|nth| drop(notices.tell(failed(&nth.to_string()), later)));
        let says = notices.due(later + WINDOW);
        let told = |count| Notice { key: Key::Several(Kind::Failure), about: About::Several(Kind::Failure, count) };
        assert_eq!(says.last(), Some(&Say::Show(Box::new(told(5)))));
        for nth in ["4", "5", "9", "10"] {
            assert_eq!(notices.withdraw(&failed(nth).key).len(), 1);
        }
        assert!(notices.withdraw(&failed("11").key).contains(&Say::Withdraw(Key::Several(Kind::Failure))));

        let says = notices.missed(vec![failed("x"), failed("y")], later);
        assert_eq!(shown(&says), [&Key::Sum]);
        assert_eq!(notices.seen_all_failures(), [Say::Withdraw(Key::Sum)]);
    }

    #[test]
    fn who_is_new_in_quiet_hours_is_told_by_name_afterwards() {
        let (mut notices, now) = (Notices::default(), Instant::now());
        notices.quiet(true, now);
        for new in [client("Cursor"), client("Claude Code"), failed("a"), failed("b")] {
            assert_eq!(notices.tell(new, now), []);
        }
        let says = notices.quiet(false, now);
        assert_eq!(shown(&says), [&client("Cursor").key, &client("Claude Code").key, &Key::Sum]);
        let sum = Sum { failed: 2, ..Sum::default() };
        assert_eq!(says.last(), Some(&Say::Show(Box::new(Notice { key: Key::Sum, about: About::Sum(sum) }))));
    }

    #[test]
    fn another_workspace_takes_all_of_it_away() {
        let (mut notices, now) = (Notices::default(), Instant::now());
        notices.missed(vec![failed("b"), failed("c")], now);
        notices.tell(failed("a"), now);
        let gone = [failed("a"), failed("b"), failed("c")].map(|gone| Say::Withdraw(gone.key));
        assert_eq!(notices.forget(), gone.into_iter().chain([Say::Withdraw(Key::Sum)]).collect::<Vec<_>>());
        assert_eq!(shown(&notices.tell(failed("a"), now)).len(), 1);
    }
}
