//! The long task behind the one mouth: hears every word, and what else decides, and says what is to be shown.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use agentruntime_tokens::Notifications;
use jiff::{Timestamp, Zoned};

use crate::{
    Desk,
    api::ServerState,
    notice::{About, Key, Kind, Notice, Say, Word},
    notices::Notices,
    standing::{Need, Standing},
};

/// How often it is looked whether quiet hours begin or end.
const LOOK: Duration = Duration::from_secs(20);

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

impl Desk {
    /// How it stands now.
    pub(crate) fn standing(&self) -> Standing {
        let settings = self.settings.get();
        let active = settings.active().map(|profile| self.profile_view(profile));
        let server = self.known().server.clone().unwrap_or(ServerState::Starting);
        Standing::new(&server, active.as_ref())
    }
}
