//! What notifications say, in the person's language.

use agentruntime_desk::{
    About, Kind, News, Sum,
    api::Language,
    words::{
        Words,
        runs::{RunWords, counted, filled},
    },
};
use agentruntime_run_watch::{Run, RunStatus};
use agentruntime_settings::Reminder;
use jiff::Timestamp;

/// Title and text.
pub(super) fn of(language: Language, about: &About) -> (String, String) {
    let words = RunWords::of(language);
    match about {
        About::Waiting { task, .. } => {
            let waits = match &task.workflow_name {
                Some(name) => filled(words.waits_in, [name]),
                None => words.waits.to_owned(),
            };
            match task.title() {
                Some(title) => (title.to_owned(), waits),
                None => (waits, String::new()),
            }
        }
        About::Question { question, task } => {
            let asked = &question.question;
            let text = if asked.approve { words.wants_to_approve } else { words.wants_to_reject };
            let title = task.as_ref().and_then(|task| task.title()).unwrap_or(&asked.task_id);
            let workflow = task.as_ref().and_then(|task| task.workflow_name.clone()).unwrap_or_default();
            (filled(text, [&asked.client, &title]), workflow)
        }
        About::Failed(run) => {
            let why = words.failure(run.failure_code.as_deref());
            let step = run.failed_step.as_ref();
            let body = step.map_or_else(|| why.to_owned(), |step| filled(words.failed_in, [step, &why]));
            (filled(words.failed, [&name(run)]), body)
        }
        About::Finished(run) => {
            let text = if run.status == RunStatus::Stopped { words.stopped } else { words.finished };
            let lasted = run.lasted(Timestamp::now());
            let took = lasted.map(|lasted| filled(words.took, [&words.lasted(lasted)])).unwrap_or_default();
            (filled(text, [&name(run)]), took)
        }
        About::NewClient(client) => (filled(words.new_client, [client]), words.new_client_why.to_owned()),
        About::Token(news) => of_token(Words::of(language), news),
        About::Needed(need) => {
            let words = Words::of(language);
            (words.needed.to_owned(), words.need(need))
        }
        About::NotTaken { code, message } => {
            let why = if *code == "conflict" { words.answered_before } else { message };
            (words.not_answered.to_owned(), why.to_owned())
        }
        About::Several(kind, count) => (several(words, *kind, *count), String::new()),
        About::Sum(sum) => {
            let Sum { waiting, failed, finished, away } = *sum;
            let parts = [(Kind::Approval, waiting), (Kind::Failure, failed), (Kind::Finish, finished)];
            let parts = parts.into_iter().filter(|(_, count)| *count > 0);
            let parts = parts.map(|(kind, count)| several(words, kind, count)).collect::<Vec<_>>();
            let title = if away { words.sum_away } else { words.sum_held };
            (title.to_owned(), words.row(&parts))
        }
    }
}

fn of_token(words: &Words, news: &News) -> (String, String) {
    let (title, why, name) = match news {
        News::Token(Reminder::Old, name) => (words.token_old, words.token_old_why, name.as_str()),
        News::Token(Reminder::EndsWithinAWeek, name) => (words.token_ends, words.token_ends_week, name.as_str()),
        News::Token(Reminder::EndsWithinADay, name) => (words.token_ends, words.token_ends_day, name.as_str()),
        News::Token(Reminder::Ended, name) => (words.token_ended, words.token_ended_why, name.as_str()),
        News::Rotated(name) => (words.rotated, words.rotated_why, name.as_str()),
        News::Undone(name) => (words.undone, words.undone_why, name.as_str()),
        News::Revoked => (words.revoked, words.revoked_why, ""),
        News::Left => (words.left, words.left_why, ""),
        News::NotRotated(name) => (words.not_rotated, words.not_rotated_why, name.as_str()),
    };
    (title.to_owned(), agentruntime_desk::words::filled(why, name))
}

fn several(words: &RunWords, kind: Kind, count: usize) -> String {
    let texts = match kind {
        // The other two are told one by one.
        Kind::Approval | Kind::Need | Kind::Answer => words.more_waiting,
        Kind::Failure => words.more_failed,
        Kind::Finish => words.more_finished,
        Kind::Client => words.more_clients,
        Kind::Token => words.more_tokens,
    };
    counted(texts, count)
}

fn name(run: &Run) -> &str {
    run.workflow_name.as_deref().unwrap_or(&run.key.workflow_id)
}
