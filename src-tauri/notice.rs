//! Notifications as the desktop shows them: which buttons they have, and what comes of pressing one. What is told, and when,
//! is the desk's to decide.

mod texts;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use agentruntime_desk::{
    About, Desk, Key, Kind, Notice, Say, api::Language, place_of_run, place_of_task, words::runs::RunWords,
};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_notification::{Action, ActionType, NotificationExt as _};

use crate::window;

/// The notifications that are shown, by the number that the plugin knows them by.
#[derive(Debug, Clone, Default)]
pub struct Shown(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    last: i32,
    shown: HashMap<i32, Notice>,
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
            state.shown.insert(id, notice.clone());
            id
        };
        let (title, body) = texts::of(language, &notice.about);
        let buttons = register(app, RunWords::of(language), &notice.about);
        tracing::debug!(id, key = ?notice.key, "a notification is shown");
        let shown = app.notification().builder().id(id).title(title).body(body).action_type_id(buttons).show();
        if let Err(error) = shown {
            tracing::warn!(%error, "the person could not be told");
        }
    }

    fn withdraw(&self, app: &AppHandle, key: &Key) {
        let ids = {
            let mut state = self.state();
            let ids = state.shown.iter().filter(|(_, notice)| notice.key == *key).map(|(id, _)| *id);
            let ids = ids.collect::<Vec<_>>();
            ids.iter().for_each(|id| {
                state.shown.remove(id);
            });
            ids
        };
        if ids.is_empty() {
            return;
        }
        // It waits for the desktop's notification service, which may be slow.
        let app = app.clone();
        tauri::async_runtime::spawn_blocking(move || {
            if let Err(error) = app.notification().remove_active(ids) {
                tracing::debug!(%error, "a notification stays though there is nothing to do");
            }
        });
    }

    /// What a notification is about whose button was pressed; an answer is given once.
    fn pressed(&self, id: i32, action: &str) -> Option<Notice> {
        let mut state = self.state();
        match action {
            "approve" | "reject" | "allow" | "decline" => state.shown.remove(&id),
            _ => state.shown.get(&id).cloned(),
        }
    }
}

/// Hears of buttons. To be called before the first notification, or none has any.
///
/// # Errors
/// As Tauri's.
pub fn listen(app: &AppHandle, shown: Shown) -> Result<(), tauri_plugin_notification::Error> {
    let handle = app.clone();
    app.notification().on_action(move |performed| {
        let Some(id) = performed.notification().map(|notification| notification.id()) else { return };
        let action = performed.action_id().to_owned();
        let Some(notice) = shown.pressed(id, &action) else { return };
        let Some(desk) = handle.try_state::<Arc<Desk>>().map(|desk| desk.inner().clone()) else { return };
        let (app, owner, ending) = (handle.clone(), desk.supervisor.clone(), desk.ending());
        owner.run_once("an answer to a notification", async move {
            ending.run_until_cancelled(act(&app, &desk, &notice, &action)).await;
        });
    })
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

/// Makes sure of the buttons that a notification has, in the language of today; their name.
///
/// What only looks comes first: macOS folds several into a menu, and takes a click on that for the first of them.
fn register(app: &AppHandle, words: &RunWords, about: &About) -> &'static str {
    let button = |id: &str, text: &str| Action::builder(id, text).build();
    let (name, buttons) = match about {
        About::Waiting { at_once: true, .. } => (
            "waiting",
            vec![button("review", words.review), button("approve", words.approve), button("reject", words.reject)],
        ),
        About::Waiting { .. } => ("waiting-form", vec![button("review", words.review), button("reject", words.reject)]),
        About::Question { question, .. } if question.question.is_plain() => (
            "question",
            vec![button("review", words.review), button("allow", words.allow), button("decline", words.decline)],
        ),
        // What would be sent besides the decision is to be read first.
        About::Question { .. } => {
            ("question-read", vec![button("review", words.review), button("decline", words.decline)])
        }
        _ => ("open", vec![button("open", words.open)]),
    };
    let buttons = ActionType::builder(name).actions(buttons).build();
    if let Err(error) = app.notification().register_action_types(vec![buttons]) {
        tracing::debug!(%error, "a notification has no buttons");
    }
    name
}
