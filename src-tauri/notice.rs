//! Notifications as the desktop shows them: which buttons they have, and what comes of pressing one. What is told, and when,
//! is the desk's to decide.

#[cfg(target_os = "macos")]
mod center;
#[cfg(not(target_os = "macos"))]
mod plugin;
mod texts;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use agentruntime_desk::{
    About, Desk, Key, Kind, Notice, Say, api::Language, place_of_run, place_of_task, words::runs::RunWords,
};
use tauri::{AppHandle, Builder, Manager as _, Wry};
use tokio::sync::oneshot;

#[cfg(target_os = "macos")]
use center as system;
#[cfg(not(target_os = "macos"))]
use plugin as system;

use crate::window;

/// The notifications that are shown, by the number that the system knows them by.
#[derive(Debug, Clone, Default)]
pub struct Shown(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    last: i32,
    shown: HashMap<i32, Held>,
}

#[derive(Debug)]
struct Held {
    notice: Notice,
    /// Dropped with it: whoever waits for an answer waits no longer.
    _waited_for: Option<oneshot::Sender<()>>,
}

/// What a notification says.
struct Said {
    title: String,
    body: String,
    /// Their name, and each by the answer that it is.
    buttons: (&'static str, Vec<(&'static str, &'static str)>),
}

/// The most that are remembered: a desktop keeps a few, and buttons of older ones do nothing any more.
const REMEMBERED: usize = 200;

impl Shown {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what the desk says.
    pub fn say(&self, app: &AppHandle, language: Language, say: Say) {
        match say {
            Say::Show(notice) => self.show(app, language, *notice),
            Say::Withdraw(key) => self.withdraw(app, &key),
        }
    }

    fn show(&self, app: &AppHandle, language: Language, notice: Notice) {
        let id = {
            let mut state = self.state();
            state.last = state.last.wrapping_add(1).max(1);
            let id = state.last;
            if state.shown.len() >= REMEMBERED
                && let Some(oldest) = state.shown.keys().min().copied()
            {
                state.shown.remove(&oldest);
            }
            state.shown.insert(id, Held { notice: notice.clone(), _waited_for: None });
            id
        };
        let (title, body) = texts::of(language, &notice.about);
        let buttons = buttons(RunWords::of(language), &notice.about);
        tracing::debug!(id, key = ?notice.key, "a notification is shown");
        system::show(app, self, id, Said { title, body, buttons });
    }

    fn withdraw(&self, app: &AppHandle, key: &Key) {
        let ids = {
            let mut state = self.state();
            let ids = state.shown.iter().filter(|(_, held)| held.notice.key == *key).map(|(id, _)| *id);
            let ids = ids.collect::<Vec<_>>();
            ids.iter().for_each(|id| {
                state.shown.remove(id);
            });
            ids
        };
        if !ids.is_empty() {
            system::withdraw(app, ids);
        }
    }

    /// What a notification is about whose button was pressed; an answer is given once.
    fn pressed(&self, id: i32, action: &str) -> Option<Notice> {
        let mut state = self.state();
        match action {
            "approve" | "reject" | "allow" | "decline" => state.shown.remove(&id).map(|held| held.notice),
            _ => state.shown.get(&id).map(|held| held.notice.clone()),
        }
    }

    /// Waits until a notification is one no more that anybody could answer.
    #[cfg(target_os = "macos")]
    async fn forgotten(&self, id: i32) {
        let (holds, forgotten) = oneshot::channel();
        match self.state().shown.get_mut(&id) {
            Some(held) => held._waited_for = Some(holds),
            None => return,
        }
        _ = forgotten.await;
    }

    /// Whether it has not been taken back meanwhile.
    #[cfg(target_os = "macos")]
    fn is_due(&self, id: i32) -> bool {
        self.state().shown.contains_key(&id)
    }
}

/// What an app needs that tells something on this system.
pub fn plugged(builder: Builder<Wry>) -> Builder<Wry> {
    system::plugged(builder)
}

/// Hears of buttons. To be called before the first notification, and after the desk is there.
///
/// # Errors
/// The system's.
pub fn listen(app: &AppHandle, shown: Shown) -> Result<(), Box<dyn std::error::Error>> {
    system::listen(app, shown)
}

/// Asks the person whether the app may tell them something, where the system wants them to be asked and they never were.
pub fn ask(app: &AppHandle) {
    system::ask(app);
}

/// Whether the system is known to show none of the app's notifications, as the person wants it.
pub async fn are_refused(app: &AppHandle) -> bool {
    system::are_refused(app).await
}

/// Does what the person answered to a notification.
fn answered(app: &AppHandle, shown: &Shown, id: i32, action: &str) {
    let Some(notice) = shown.pressed(id, action) else { return };
    let Some(desk) = app.try_state::<Arc<Desk>>().map(|desk| desk.inner().clone()) else { return };
    let (app, action) = (app.clone(), action.to_owned());
    let (owner, ending) = (desk.supervisor.clone(), desk.ending());
    owner.run_once("an answer to a notification", async move {
        ending.run_until_cancelled(act(&app, &desk, &notice, &action)).await;
    });
}

async fn act(app: &AppHandle, desk: &Desk, notice: &Notice, action: &str) {
    tracing::info!(action, key = ?notice.key, "a notification was answered");
    match (&notice.about, action) {
        (About::Waiting { task, .. }, "approve" | "reject") => {
            desk.runs.answer_from_afar(task.run.clone(), &task.id, action == "approve").await;
        }
        (About::Question { question, .. }, "allow" | "decline") => {
            if let Err(failed) = desk.runs.answer_question(&question.id.to_string(), action == "allow") {
                tracing::info!(%failed, "a decision came too late");
            }
        }
        (about, _) => window::show_at(app, Some(&place(about))),
    }
}

/// Where a notification leads.
fn place(about: &About) -> String {
    match about {
        About::Waiting { task, .. } => place_of_task(&task.id),
        About::Question { question, .. } => format!("approvals/question/{}", question.id),
        About::Failed(run) | About::Finished(run) => place_of_run(&run.key),
        About::NewClient(_) | About::Needed(_) | About::Several(Kind::Client | Kind::Need, _) => "home".to_owned(),
        About::Token(_) | About::Several(Kind::Token, _) => "workspaces".to_owned(),
        About::NotTaken { .. } | About::Several(Kind::Approval | Kind::Answer, _) => "approvals".to_owned(),
        About::Sum(sum) if sum.waiting > 0 => "approvals".to_owned(),
        About::Several(..) | About::Sum(_) => "runs".to_owned(),
    }
}

/// The buttons that a notification has, and their name.
///
/// What only looks comes first: a system that folds several into a menu may take a click on that for the first of them.
fn buttons(words: &RunWords, about: &About) -> (&'static str, Vec<(&'static str, &'static str)>) {
    match about {
        About::Waiting { at_once: true, .. } => {
            ("waiting", vec![("review", words.review), ("approve", words.approve), ("reject", words.reject)])
        }
        About::Waiting { .. } => ("waiting-form", vec![("review", words.review), ("reject", words.reject)]),
        About::Question { question, .. } if question.question.is_plain() => {
            ("question", vec![("review", words.review), ("allow", words.allow), ("decline", words.decline)])
        }
        // What would be sent besides the decision is to be read first.
        About::Question { .. } => ("question-read", vec![("review", words.review), ("decline", words.decline)]),
        _ => ("open", vec![("open", words.open)]),
    }
}
