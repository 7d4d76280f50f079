//! What the person is told by notifications, and when: nothing of a kind that is switched off, never two for one thing,
//! gathered when there are many, held back when they do not want to be disturbed, withdrawn when there is nothing to do any
//! more. Whatever interrupts the person passes here. Pure: time is given.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use crate::notice::{About, Key, Kind, Notice, Say, Sum, Word};

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
pub(crate) struct Notices {
    /// Kinds that are switched off.
    unwanted: BTreeSet<Kind>,
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
    /// Decides what comes of a word.
    pub(crate) fn hear(&mut self, word: Word, now: Instant) -> Vec<Say> {
        match word {
            Word::Tell(notice) => self.tell(*notice, now),
            Word::Missed(notices) => self.missed(notices, now),
            Word::Withdraw(key) => self.withdraw(&key),
            Word::OnlyTasks(ids) => self.retain(|key| !matches!(key, Key::Task(id) if !ids.contains(id))),
            Word::OnlyQuestions(ids) => self.retain(|key| !matches!(key, Key::Question(id) if !ids.contains(id))),
            Word::SeenAllFailures => self.seen_all_failures(),
            Word::Forget => self.forget(),
        }
    }

    /// Of these kinds nothing is told from now on, nor what is held back or gathered.
    pub(crate) fn switch_off(&mut self, unwanted: BTreeSet<Kind>) -> Vec<Say> {
        for kind in &unwanted {
            self.recent.remove(kind);
        }
        for of in self.gathered.values_mut() {
            of.retain(|_, kind| !unwanted.contains(kind));
        }
        self.unwanted = unwanted;
        self.withdraw_empty()
    }

    /// Takes away what speaks of several things and has none left to speak of.
    fn withdraw_empty(&mut self) -> Vec<Say> {
        let empty = self.gathered.iter().filter(|(_, of)| of.is_empty()).map(|(several, _)| several.clone());
        let empty = empty.collect::<Vec<_>>();
        empty.into_iter().flat_map(|several| self.withdraw_gathered(several)).collect()
    }

    fn is_wanted(&self, notice: &Notice) -> bool {
        notice.about.kind().is_none_or(|kind| !self.unwanted.contains(&kind))
    }

    /// Says something new.
    fn tell(&mut self, notice: Notice, now: Instant) -> Vec<Say> {
        if !self.is_wanted(&notice)
            || self.shown.contains(&notice.key)
            || self.held.iter().any(|held| held.key == notice.key)
        {
            return Vec::new();
        }
        if self.quiet && !notice.about.breaks_quiet() {
            self.held.push(notice);
            return Vec::new();
        }
        let Some(kind) = notice.about.kind() else { return self.show(notice) };
        let recent = self.recent.entry(kind).or_default();
        recent.times.retain(|(_, at)| now.duration_since(*at) < WINDOW);
        // What an agent asks has an end of its own and is never put off.
        let many = recent.times.len() >= ONE_BY_ONE || !recent.more.is_empty();
        if many && notice.about.may_wait() {
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
            // These come once: their notification need not be remembered, but to be taken away with its workspace.
            self.shown.retain(|key| !matches!(key, Key::Run(_) | Key::News(_) | Key::Answer(_)));
        }
        self.shown.insert(notice.key.clone());
        vec![Say::Show(Box::new(notice))]
    }

    /// There is nothing to do any more about this. A notification of several goes with the last thing it speaks of.
    fn withdraw(&mut self, key: &Key) -> Vec<Say> {
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
    fn seen_all_failures(&mut self) -> Vec<Say> {
        let says = self.withdraw_gathered(Key::Several(Kind::Failure));
        for of in self.gathered.values_mut() {
            of.retain(|_, kind| *kind != Kind::Failure);
        }
        says.into_iter().chain(self.withdraw_empty()).collect()
    }

    /// Puts things together under one notification, which takes the place of the one before: what that one spoke of and is
    /// still to be answered or looked at is spoken of again.
    fn gather(&mut self, several: Key, new: impl IntoIterator<Item = (Key, Kind)>) -> &BTreeMap<Key, Kind> {
        let of = self.gathered.entry(several).or_default();
        of.retain(|_, kind| matches!(kind, Kind::Approval | Kind::Failure));
        of.extend(new);
        of
    }

    /// Withdraws all but what is to stay.
    fn retain(&mut self, stays: impl Fn(&Key) -> bool) -> Vec<Say> {
        let keys = self.shown.iter().chain(self.held.iter().map(|held| &held.key));
        let gone = keys.filter(|key| !stays(key)).cloned().collect::<Vec<_>>();
        gone.iter().flat_map(|key| self.withdraw(key)).collect()
    }

    /// What is due by now: several things that came at once are told together.
    pub(crate) fn due(&mut self, now: Instant) -> Vec<Say> {
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
    pub(crate) fn next_due(&self) -> Option<Instant> {
        let since = self.recent.values().filter_map(|recent| recent.since);
        since.min().filter(|_| !self.quiet).map(|since| since + WINDOW)
    }

    /// The person does not want to be disturbed, or may be again: what was held back is then told at one stroke.
    pub(crate) fn quiet(&mut self, quiet: bool, now: Instant) -> Vec<Say> {
        self.quiet = quiet;
        if quiet || self.held.is_empty() {
            return Vec::new();
        }
        let mut held = std::mem::take(&mut self.held);
        // What was switched off in the meantime.
        held.retain(|notice| self.is_wanted(notice));
        self.together(held, Sum::default(), now)
    }

    /// Tells what was missed, at one stroke.
    fn missed(&mut self, notices: Vec<Notice>, now: Instant) -> Vec<Say> {
        let is_new = |notice: &Notice| self.is_wanted(notice) && !self.shown.contains(&notice.key);
        let new = notices.into_iter().filter(is_new).collect::<Vec<_>>();
        if self.quiet {
            self.held.extend(new);
            return Vec::new();
        }
        self.together(new, Sum { away: true, ..Sum::default() }, now)
    }

    fn together(&mut self, notices: Vec<Notice>, mut sum: Sum, now: Instant) -> Vec<Say> {
        // A sum is of runs and tasks; the others have a word of their own.
        let of_runs =
            |notice: &Notice| matches!(notice.about.kind(), Some(Kind::Approval | Kind::Failure | Kind::Finish));
        let (mut notices, mut alone) = notices.into_iter().partition::<Vec<_>, _>(of_runs);
        if notices.len() == 1 {
            alone.append(&mut notices);
        }
        let mut says = alone.into_iter().flat_map(|notice| self.tell(notice, now)).collect::<Vec<_>>();
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
                Kind::Client | Kind::Token | Kind::Need | Kind::Answer => {}
            }
        }
        let notice = Notice { key: Key::Sum, about: About::Sum(sum) };
        says.extend([Say::Withdraw(Key::Sum), Say::Show(Box::new(notice))]);
        says
    }

    /// Another workspace is in use: takes away what is shown of the runs of the one before, and forgets them.
    fn forget(&mut self) -> Vec<Say> {
        self.held.retain(|held| !held.key.is_of_runs());
        self.recent.retain(|kind, _| !kind.is_of_runs());
        let (gone, stays) = std::mem::take(&mut self.shown).into_iter().partition::<BTreeSet<_>, _>(Key::is_of_runs);
        self.shown = stays;
        let of_runs = |(several, _): &(Key, BTreeMap<Key, Kind>)| several.is_of_runs();
        let (gathered, stay) = std::mem::take(&mut self.gathered).into_iter().partition::<BTreeMap<_, _>, _>(of_runs);
        self.gathered = stay;
        gone.into_iter().chain(gathered.into_keys()).map(Say::Withdraw).collect()
    }
}

#[cfg(test)]
mod tests;
