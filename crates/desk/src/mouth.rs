//! The one mouth: whoever has something to tell the person says it here, and here it is decided whether and when it is shown.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use agentruntime_settings::Notifications;
use jiff::{Timestamp, Zoned};
use tokio::sync::{mpsc, watch};

use crate::{
    news::News,
    notice::{About, Key, Notice, Say, Word},
    notices::Notices,
    standing::Need,
};

/// What the desk's parts speak through.
pub struct Mouth {
    words: mpsc::UnboundedSender<Word>,
    /// Held by the one task that decides, which finds it again should it break off.
    pub(crate) deciding: tokio::sync::Mutex<Deciding>,
    pub(crate) says: mpsc::UnboundedSender<Say>,
    /// Until whoever shows it takes it: what comes before that waits.
    says_to_show: Mutex<Option<mpsc::UnboundedReceiver<Say>>>,
    pub(crate) quiet_until: watch::Sender<Option<Timestamp>>,
    /// Counts what comes once.
    last: AtomicU64,
}

/// What is heard, and what was decided.
pub(crate) struct Deciding {
    pub(crate) heard: mpsc::UnboundedReceiver<Word>,
    pub(crate) judge: Judge,
}

/// What was decided so far.
#[derive(Default)]
pub(crate) struct Judge {
    pub(crate) notices: Notices,
    /// What the person was last needed for.
    pub(crate) need: Option<Need>,
    /// Until when the person did not want to be disturbed when it was last looked.
    pub(crate) asked: Option<Timestamp>,
}

impl Default for Mouth {
    fn default() -> Self {
        let (words, heard) = mpsc::unbounded_channel();
        let (says, says_to_show) = mpsc::unbounded_channel();
        Self {
            words,
            deciding: tokio::sync::Mutex::new(Deciding { heard, judge: Judge::default() }),
            says,
            says_to_show: Mutex::new(Some(says_to_show)),
            quiet_until: watch::Sender::new(None),
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

    /// Tells something new. What has the same key as something that is shown is not shown a second time.
    pub(crate) fn tell(&self, key: Key, about: About) {
        self.say(Word::Tell(Box::new(Notice { key, about })));
    }

    /// Tells that the person's answer was not taken.
    pub(crate) fn tell_not_taken(&self, code: &'static str, message: String) {
        self.tell(Key::Answer(self.next()), About::NotTaken { code, message });
    }

    /// Whether the person is not to be disturbed now.
    pub(crate) fn is_quiet(&self, wanted: &Notifications) -> bool {
        let in_hours = || wanted.quiet_hours.as_ref().is_some_and(|hours| hours.hold(Zoned::now().time()));
        self.quiet_until().is_some() || in_hours()
    }

    /// Tells news of a token; says whether somebody hears it. A reminder is not told in quiet hours: it comes again, and
    /// would be lost with the program.
    pub(crate) fn tell_news(&self, news: News, wanted: &Notifications) -> bool {
        if self.says.is_closed() || matches!(news, News::Token(..)) && self.is_quiet(wanted) {
            return false;
        }
        tracing::info!(?news, "the person is told");
        self.tell(Key::News(self.next()), About::Token(news));
        true
    }

    fn next(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed)
    }
}
