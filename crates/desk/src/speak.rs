//! The long task behind the one mouth: hears every word, and what else decides, and says what is to be shown.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use agentruntime_settings::Notifications;

use crate::{
    Desk,
    mouth::{Deciding, Judge},
    news::News,
    notice::{About, Key, Kind, Notice, Say, Word},
    standing::Standing,
};

/// How often it is looked whether quiet hours begin or end.
const LOOK: Duration = Duration::from_secs(20);

/// Decides what is shown until the desk shuts down.
pub(crate) async fn speak(desk: Arc<Desk>) {
    let mouth = &desk.mouth;
    let mut deciding = mouth.deciding.lock().await;
    let Deciding { heard, judge } = &mut *deciding;
    let mut settings = desk.settings.store().subscribe();
    let mut asked = mouth.quiet_until.subscribe();
    let mut changes = desk.watch();
    let mut looks = tokio::time::interval(LOOK);
    // Before anything is heard: what is told at the start meets the switches and the hours that hold then.
    let mut says = judge.heed(&desk);
    loop {
        for say in says {
            // Without a screen nobody shows it.
            _ = mouth.says.send(say);
        }
        let due = judge.notices.next_due().unwrap_or_else(|| Instant::now() + LOOK);
        says = tokio::select! {
            () = desk.supervisor.shutdown().cancelled() => return,
            word = heard.recv() => match word {
                Some(word) => judge.notices.hear(word, Instant::now()),
                None => return,
            },
            changed = settings.changed() => {
                if changed.is_err() {
                    return;
                }
                judge.heed(&desk)
            }
            changed = asked.changed() => {
                if changed.is_err() {
                    return;
                }
                judge.quiet(&desk)
            }
            changed = changes.changed() => {
                if changed.is_err() {
                    return;
                }
                judge.need(&desk)
            }
            _ = looks.tick() => judge.quiet(&desk),
            () = tokio::time::sleep_until(due.into()) => judge.notices.due(Instant::now()),
        };
    }
}

impl Judge {
    /// What the settings say.
    fn heed(&mut self, desk: &Desk) -> Vec<Say> {
        let mut says = self.notices.switch_off(switched_off(&desk.settings.get().notifications));
        says.extend(self.quiet(desk));
        says
    }

    /// Whether the person wants to be disturbed now.
    fn quiet(&mut self, desk: &Desk) -> Vec<Say> {
        let asked = desk.mouth.quiet_until();
        if asked != std::mem::replace(&mut self.asked, asked) {
            // Its end comes by itself: tray and window say so.
            desk.changed.tell();
        }
        let quiet = desk.mouth.is_quiet(&desk.settings.get().notifications);
        self.notices.quiet(quiet, Instant::now())
    }

    /// Tells the person once for each thing they are needed for, unless the window says it already.
    fn need(&mut self, desk: &Desk) -> Vec<Say> {
        let need = match desk.standing() {
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
            && !*desk.seen.borrow()
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
    /// As [`crate::Mouth::tell_news`], with the hours of the settings.
    pub(crate) fn tell_news(&self, news: News) -> bool {
        self.mouth.tell_news(news, &self.settings.get().notifications)
    }

    /// How it stands now.
    pub(crate) fn standing(&self) -> Standing {
        let settings = self.settings.get();
        let active = settings.active().map(|profile| self.workspaces.view_of(profile));
        Standing::new(&self.server.state(), active.as_ref())
    }
}
