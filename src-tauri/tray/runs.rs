//! What the tray's menu holds of runs: what waits for the person, with its answers, and what runs.

use agentruntime_desk::{
    self as desk, Desk,
    api::{Language, runs::WatchView},
    words::runs::{RunWords, counted, filled},
};
use agentruntime_run_watch::{Run, RunKey, RunStatus, Task};
use jiff::Timestamp;
use tauri::{
    AppHandle, Wry,
    menu::{CheckMenuItem, MenuItem, PredefinedMenuItem, Submenu},
};

/// Tasks and runs that a menu names; the window has the others.
const NAMED: usize = 10;
/// Between the parts of an entry's name: no id holds it.
const BETWEEN: char = '\u{1f}';

/// A task in the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Waiting {
    run: RunKey,
    task: String,
    label: String,
    /// For how long it waits. That a minute has passed is no reason to replace a menu that is open.
    age: Option<String>,
    /// Whether it can be approved without filling anything in.
    at_once: bool,
}

/// An agent's question in the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Question {
    id: String,
    label: String,
    /// Whether all that would be sent is the decision.
    plain: bool,
}

/// A run in the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Running {
    run: RunKey,
    label: String,
    paused: bool,
}

/// What the menu says of runs. Two that are equal look the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MenuRuns {
    language: Option<&'static RunWords>,
    waiting: Vec<Waiting>,
    waiting_count: usize,
    questions: Vec<Question>,
    running: Vec<Running>,
    running_count: usize,
    failed: usize,
    quiet: bool,
}

impl MenuRuns {
    /// What there is to say now.
    pub fn of(desk: &Desk, watch: &WatchView, language: Language) -> Self {
        let board = desk.runs.watch.board().borrow().clone();
        let words = RunWords::of(language);
        let now = Timestamp::now();
        Self {
            language: Some(words),
            waiting: board.waiting.iter().take(NAMED).map(|task| waiting(words, task, now)).collect(),
            waiting_count: board.waiting.len() + watch.questions.len(),
            questions: watch.questions.iter().take(NAMED).map(|question| question_entry(words, question)).collect(),
            running: board.active.iter().take(NAMED).map(|run| running(words, run, now)).collect(),
            running_count: board.active.len(),
            failed: watch.failures.len(),
            quiet: watch.do_not_disturb.is_some(),
        }
    }

    /// The same, but for runs that come and go, and for how long things wait; whether there are any stays.
    pub fn pressing(mut self) -> Self {
        self.waiting.iter_mut().for_each(|task| task.age = None);
        self.running.clear();
        self.running_count = self.running_count.min(1);
        self
    }

    /// How many things wait for the person.
    pub const fn waiting(&self) -> usize {
        self.waiting_count
    }

    /// How many runs have not ended.
    pub const fn running(&self) -> usize {
        self.running_count
    }

    /// How many runs failed that nobody has looked at.
    pub const fn failed(&self) -> usize {
        self.failed
    }

    /// The line under the state: what waits, what failed, what runs. Nothing where there is nothing.
    pub fn line(&self) -> Option<String> {
        let words = self.language?;
        let parts = [
            (words.state_waiting, self.waiting_count),
            (words.state_failed, self.failed),
            (words.state_running, self.running_count),
        ];
        let parts = parts.into_iter().filter(|(_, count)| *count > 0).map(|(texts, count)| counted(texts, count));
        let parts = parts.collect::<Vec<_>>();
        (!parts.is_empty()).then(|| words.row(&parts))
    }

    /// The menu's parts about runs; those that would be empty are left out.
    pub fn submenus(&self, app: &AppHandle) -> tauri::Result<Vec<Submenu<Wry>>> {
        let Some(words) = self.language else { return Ok(Vec::new()) };
        let item = |id: String, text: &str| MenuItem::with_id(app, id, text, true, None::<&str>);
        let mut menus = Vec::new();
        if self.waiting_count > 0 {
            let menu = Submenu::with_id(app, "waiting", filled(words.waiting, [&self.waiting_count]), true)?;
            for question in &self.questions {
                let entry = Submenu::with_id(app, format!("asked:{}", question.id), &question.label, true)?;
                if question.plain {
                    entry.append(&item(format!("allow:{}", question.id), words.allow)?)?;
                }
                entry.append(&item(format!("decline:{}", question.id), words.decline)?)?;
                entry.append(&item(format!("go:approvals/question/{}", question.id), words.review)?)?;
                menu.append(&entry)?;
            }
            for waiting in &self.waiting {
                let named = |what: &str| format!("{what}:{}", joined(&waiting.run, Some(&waiting.task)));
                let text = [Some(waiting.label.as_str()), waiting.age.as_deref()];
                let text = text.into_iter().flatten().collect::<Vec<_>>().join(BETWEEN_PARTS);
                let entry = Submenu::with_id(app, named("task"), text, true)?;
                if waiting.at_once {
                    entry.append(&item(named("approve"), words.approve)?)?;
                }
                entry.append(&item(named("reject"), words.reject)?)?;
                entry.append(&item(format!("go:{}", desk::place_of_task(&waiting.task)), words.review)?)?;
                menu.append(&entry)?;
            }
            menu.append(&PredefinedMenuItem::separator(app)?)?;
            menu.append(&item("go:approvals".to_owned(), words.all_approvals)?)?;
            menus.push(menu);
        }
        if self.running_count > 0 {
            let menu = Submenu::with_id(app, "running", filled(words.running, [&self.running_count]), true)?;
            for running in &self.running {
                let named = |what: &str| format!("{what}:{}", joined(&running.run, None));
                let entry = Submenu::with_id(app, named("run"), &running.label, true)?;
                entry.append(&item(format!("go:{}", desk::place_of_run(&running.run)), words.open)?)?;
                let (what, text) = if running.paused { ("resume", words.resume) } else { ("hold", words.pause) };
                entry.append(&item(named(what), text)?)?;
                // Two steps, so that no slip of the hand ends a run.
                let stop = Submenu::with_id(app, named("end"), words.stop, true)?;
                stop.append(&item(named("drain"), words.stop_gently)?)?;
                stop.append(&item(named("stop"), words.stop_now)?)?;
                entry.append(&stop)?;
                menu.append(&entry)?;
            }
            menu.append(&PredefinedMenuItem::separator(app)?)?;
            menu.append(&item("go:runs".to_owned(), words.all_runs)?)?;
            menus.push(menu);
        }
        Ok(menus)
    }

    /// The menu of when not to disturb.
    pub fn quiet(&self, app: &AppHandle) -> tauri::Result<Submenu<Wry>> {
        let words = self.language.unwrap_or(RunWords::of(Language::System));
        let item = |id: &str, text: &str| MenuItem::with_id(app, id, text, true, None::<&str>);
        let menu = Submenu::with_id(app, "quiet", words.quiet, true)?;
        menu.append(&item("quiet:hour", words.quiet_hour)?)?;
        menu.append(&item("quiet:morning", words.quiet_morning)?)?;
        menu.append(&CheckMenuItem::with_id(app, "quiet:off", words.quiet_off, true, !self.quiet, None::<&str>)?)?;
        Ok(menu)
    }
}

fn waiting(words: &RunWords, task: &Task, now: Timestamp) -> Waiting {
    let title = task.title().or(task.step_id.as_deref()).unwrap_or(&task.id);
    Waiting {
        run: task.run.clone(),
        task: task.id.clone(),
        label: label([Some(title.to_owned()), task.workflow_name.clone()]),
        age: age(words, task.created_at, now),
        at_once: !desk::needs_a_form(task),
    }
}

fn question_entry(words: &RunWords, question: &agentruntime_desk::api::approvals::QuestionView) -> Question {
    let text = if question.approve { words.wants_to_approve } else { words.wants_to_reject };
    let title = question.approval.as_ref().map_or(&question.task_id, |approval| &approval.title);
    let said = filled(text, [&question.client, title]);
    let plain = question.result.as_ref().and_then(|result| result.as_object()).is_none_or(|fields| fields.is_empty());
    Question { id: question.id.clone(), label: label([Some(said), None]), plain }
}

fn running(words: &RunWords, run: &Run, now: Timestamp) -> Running {
    let name = run.workflow_name.clone().unwrap_or_else(|| run.key.workflow_id.clone());
    Running {
        run: run.key.clone(),
        label: label([Some(name), age(words, run.started_at, now)]),
        paused: run.status == RunStatus::Paused,
    }
}

fn age(words: &RunWords, since: Option<Timestamp>, now: Timestamp) -> Option<String> {
    Some(words.age(now.duration_since(since?)))
}

/// Between the parts of an entry.
const BETWEEN_PARTS: &str = " · ";
/// The longest a name in a menu is, in characters.
const LONGEST: usize = 60;

/// One line of a menu.
fn label(parts: [Option<String>; 2]) -> String {
    let short = |text: String| {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('&', "＆");
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
            None => text,
        }
    };
    parts.into_iter().flatten().map(short).collect::<Vec<_>>().join(BETWEEN_PARTS)
}

fn joined(run: &RunKey, task: Option<&str>) -> String {
    let parts = [Some(run.workflow_id.as_str()), Some(run.run_id.as_str()), task];
    parts.into_iter().flatten().collect::<Vec<_>>().join(&BETWEEN.to_string())
}

/// Reads what [`joined`] wrote.
pub fn parted(text: &str) -> Option<(RunKey, Option<String>)> {
    let mut parts = text.split(BETWEEN);
    let run = RunKey::new(parts.next()?, parts.next()?);
    Some((run, parts.next().map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_s_name_says_which_run_and_task_it_is_about() {
        let run = RunKey::new("wf:1", "run:2");
        assert_eq!(parted(&joined(&run, None)), Some((run.clone(), None)));
        assert_eq!(parted(&joined(&run, Some("task:3"))), Some((run, Some("task:3".to_owned()))));
        assert_eq!(parted("nothing"), None);
    }

    #[test]
    fn a_label_is_one_short_line() {
        let long = format!("Publish\n  {}", "a".repeat(100));
        let label = label([Some(long), Some("5 min".to_owned())]);
        assert!(
            label.starts_with("Publish aaa") && label.ends_with("… · 5 min") && label.chars().count() < 75,
            "{label}"
        );
    }
}
