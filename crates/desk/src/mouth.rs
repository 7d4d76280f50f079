//! The one mouth: whoever has something to tell the person says it here, and here it is decided whether and when it is shown.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use agentruntime_tokens::Notifications;
use jiff::{Timestamp, Zoned};
use tokio::sync::{mpsc, watch};

use crate::{
    Desk,
    news::News,
    notices::{About, Key, Kind, Notice, Notices, Say, Word},
    standing::{Need, Standing},
};

/// How often it is looked whether quiet hours begin or end.
const LOOK: Duration = Duration::from_secs(20);

/// What the desk's parts speak through.
pub struct Mouth {
    words: mpsc::UnboundedSender<Word>,
    /// Held by the one task that decides, which finds it again should it break off.
    heard: tokio::sync::Mutex<mpsc::UnboundedReceiver<Word>>,
    says: mpsc::UnboundedSender<Say>,
    /// Until whoever shows it takes it: what comes before that waits.
    says_to_show: Mutex<Option<mpsc::UnboundedReceiver<Say>>>,
    quiet_until: watch::Sender<Option<Timestamp>>,
    /// Whether the person is not to be disturbed now.
    quiet: watch::Sender<bool>,
    /// Counts what comes once.
    last: AtomicU64,
}

impl Default for Mouth {
    fn default() -> Self {
        let (words, heard) = mpsc::unbounded_channel();
        let (says, says_to_show) = mpsc::unbounded_channel();
        Self {
            words,
            heard: tokio::sync::Mutex::new(heard),
            says,
            says_to_show: Mutex::new(Some(says_to_show)),
            quiet_until: watch::Sender::new(None),
            quiet: watch::Sender::new(false),
            last: AtomicU64::new(0),
        }
    }
}

impl Mouth {
    /// What the person is to be told, for the one who shows it.
    pub fn says(&self) -> Option<mpsc::UnboundedReceiver<Say>> {
        self.says_to_show.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Holds notifications back until then.
    pub fn do_not_disturb(&self, until: Option<Timestamp>) {
        self.quiet_until.send_replace(until);
    }

    /// Until when the person asked not to be disturbed, if that is to come.
    pub(crate) fn quiet_until(&self) -> Option<Timestamp> {
        self.quiet_until.borrow().filter(|until| *until > Timestamp::now())
    }

    /// Says a word. Without a screen nobody hears it.
    pub(crate) fn say(&self, word: Word) {
        // The other end lives as long as this one.
        _ = self.words.send(word);
    }

    /// Tells something new.
    pub(crate) fn tell(&self, key: Key, about: About) {
        self.say(Word::Tell(Box::new(Notice { key, about })));
    }

    /// Tells that the person's answer was not taken.
    pub(crate) fn tell_not_taken(&self, code: &'static str, message: String) {
        self.tell(Key::Answer(self.next()), About::NotTaken { code, message });
    }

    /// Tells news of a token; says whether somebody hears it. A reminder is not told in quiet hours: it comes again, and
    /// would be lost with the program.
    pub(crate) fn tell_news(&self, news: News) -> bool {
        tracing::info!(?news, "the person is told");
        let waits = matches!(news, News::Token(..)) && *self.quiet.borrow();
        if waits || self.says.is_closed() {
            return false;
        }
        self.tell(Key::News(self.next()), About::Token(news));
        true
    }

    fn next(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed)
    }
}

/// Decides what is shown until the desk shuts down.
pub(crate) async fn speak(desk: Arc<Desk>) {
    let mouth = &desk.mouth;
    let mut heard = mouth.heard.lock().await;
    let mut settings = desk.settings.subscribe();
    let mut asked = mouth.quiet_until.subscribe();
    let mut changes = desk.watch();
    let mut looks = tokio::time::interval(LOOK);
    let mut speaker = Speaker { desk: &desk, notices: Notices::default(), need: None, asked: None };
    settings.mark_changed();
    loop {
        let due = speaker.notices.next_due().unwrap_or_else(|| Instant::now() + LOOK);
        let says = tokio::select! {
            () = desk.shutdown.cancelled() => return,
            word = heard.recv() => match word {
                Some(word) => speaker.notices.hear(word, Instant::now()),
                None => return,
            },
            changed = settings.changed() => {
                if changed.is_err() {
                    return;
                }
                let off = switched_off(&settings.borrow_and_update().notifications);
                speaker.notices.switch_off(off);
                speaker.quiet()
            }
            changed = asked.changed() => {
                if changed.is_err() {
                    return;
                }
                speaker.quiet()
            }
            changed = changes.changed() => {
                if changed.is_err() {
                    return;
                }
                speaker.need()
            }
            _ = looks.tick() => speaker.quiet(),
            () = tokio::time::sleep_until(due.into()) => speaker.notices.due(Instant::now()),
        };
        for say in says {
            // Without a screen nobody shows it.
            _ = mouth.says.send(say);
        }
    }
}

struct Speaker<'a> {
    desk: &'a Desk,
    notices: Notices,
    /// What the person was last needed for.
    need: Option<Need>,
    /// Until when the person did not want to be disturbed when it was last looked.
    asked: Option<Timestamp>,
}

impl Speaker<'_> {
    /// Whether the person wants to be disturbed now.
    fn quiet(&mut self) -> Vec<Say> {
        let asked = self.desk.mouth.quiet_until();
        if asked != std::mem::replace(&mut self.asked, asked) {
            // Its end comes by itself: tray and window say so.
            self.desk.change();
        }
        let hours = self.desk.settings.get().notifications.quiet_hours.clone();
        let quiet = asked.is_some() || hours.is_some_and(|hours| hours.hold(Zoned::now().time()));
        self.desk.mouth.quiet.send_replace(quiet);
        self.notices.quiet(quiet, Instant::now())
    }

    /// Tells the person once for each thing they are needed for, unless the window says it already.
    fn need(&mut self) -> Vec<Say> {
        let need = match self.desk.standing() {
            Standing::Needs(need) => Some(need),
            // It is being looked at again: what was told may be so still.
            Standing::Checking(_) | Standing::Starting => return Vec::new(),
            _ => None,
        };
        if need == self.need {
            return Vec::new();
        }
        self.need.clone_from(&need);
        let mut says = self.notices.hear(Word::Withdraw(Key::Need), Instant::now());
        if let Some(need) = need
            && !*self.desk.seen.borrow()
        {
            let notice = Notice { key: Key::Need, about: About::Needed(need) };
            says.extend(self.notices.hear(Word::Tell(Box::new(notice)), Instant::now()));
        }
        says
    }
}

/// The kinds of which the person wants to hear nothing.
fn switched_off(wanted: &Notifications) -> BTreeSet<Kind> {
    let switches = [
        (Kind::Approval, wanted.approvals),
        (Kind::Failure, wanted.failures),
        (Kind::Finish, wanted.finished),
        (Kind::Token, wanted.tokens),
        (Kind::Client, wanted.clients),
    ];
    switches.into_iter().filter(|(_, on)| !on).map(|(kind, _)| kind).collect()
}
