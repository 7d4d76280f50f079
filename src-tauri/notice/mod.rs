//! A word to a person who does not look: once for each time they are needed while the window is closed, news of their
//! tokens whenever there are any, and of runs, which they can answer from where they are.

mod shown;

use agentruntime_desk::{
    Desk, News,
    api::{Language, Snapshot},
};
use agentruntime_run_watch::RunKey;
use agentruntime_tokens::Notice;
use serde_json::json;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_notification::NotificationExt as _;

use crate::{
    tray,
    words::{Words, filled, runs::RunWords},
};

pub use shown::{Board, listen};

/// What the person has been told.
#[derive(Debug, Default)]
pub struct Notices {
    told: Option<String>,
}

impl Notices {
    /// Tells the person if they are needed for another reason than before.
    pub fn tell(&mut self, app: &AppHandle, snapshot: &Snapshot) {
        let reason = tray::attention(snapshot);
        if reason == self.told {
            return;
        }
        self.told = reason;
        let Some(reason) = &self.told else { return };
        // An open window says it already.
        if !app.webview_windows().is_empty() {
            return;
        }
        show(app, Words::of(snapshot.settings.language).needed, reason);
    }
}

/// Tells the person of their tokens.
pub fn tell_news(app: &AppHandle, language: Language, news: &News) {
    let words = Words::of(language);
    let (title, body) = match news {
        News::Token(Notice::Old, name) => (words.token_old, filled(words.token_old_why, name)),
        News::Token(Notice::EndsWithinAWeek, name) => (words.token_ends, filled(words.token_ends_week, name)),
        News::Token(Notice::EndsWithinADay, name) => (words.token_ends, filled(words.token_ends_day, name)),
        News::Token(Notice::Ended, name) => (words.token_ended, filled(words.token_ended_why, name)),
        News::Rotated(name) => (words.rotated, filled(words.rotated_why, name)),
        News::Undone(name) => (words.undone, filled(words.undone_why, name)),
        News::Revoked => (words.revoked, words.revoked_why.to_owned()),
        News::Left => (words.left, words.left_why.to_owned()),
        News::NotRotated(name) => (words.not_rotated, filled(words.not_rotated_why, name)),
    };
    show(app, title, &body);
}

fn show(app: &AppHandle, title: &str, body: &str) {
    if let Err(error) = app.notification().builder().title(title).body(body).show() {
        tracing::warn!(%error, "the person could not be told");
    }
}

/// Answers a task from a notification or the tray. That somebody else was faster, or that it failed, is said.
pub async fn answer(app: &AppHandle, desk: &Desk, run: RunKey, task: &str, approved: bool) {
    let answered = desk.answer_task(run, task, approved, json!({})).await;
    let Err(failed) = answered else { return };
    tracing::info!(%failed, "an answer was not taken");
    let words = RunWords::of(Language::of(&desk.settings.get()));
    let why = if failed.code() == "conflict" { words.answered_before.to_owned() } else { failed.to_string() };
    show(app, words.not_answered, &why);
}
