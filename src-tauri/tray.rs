//! The icon in the tray and its menu: the whole app for who never opens the window.

mod runs;
mod signs;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use agentruntime_desk::{
    self as desk, Desk, Standing,
    api::{GroupView, ServerState, Snapshot, runs::RunCommand, settings::QuietFor},
    failure::Failed,
    words::{Words, filled},
};
use tauri::{
    AppHandle, Manager as _, Wry,
    image::Image,
    menu::{CheckMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu},
    tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent},
};
use tauri_plugin_clipboard_manager::ClipboardExt as _;
use tokio::sync::Notify;

use crate::{autostart, window};
use runs::MenuRuns;
use signs::{Sign, picture};

const ID: &str = "main";

/// The sign and the line at the top of the menu.
fn reading(snapshot: &Snapshot) -> (Sign, String) {
    let words = Words::of(snapshot.settings.language);
    match Standing::of(snapshot) {
        Standing::Starting => (Sign::Off, words.starting.to_owned()),
        Standing::Paused => (Sign::Paused, words.paused.to_owned()),
        Standing::NoWorkspace => (Sign::Off, words.serving_nothing.to_owned()),
        Standing::Checking(name) => (Sign::Off, filled(words.checking, name)),
        Standing::Serving(name) => (Sign::Serving, filled(words.serving, name)),
        Standing::Needs(need) => (Sign::Attention, words.need(&need)),
    }
}

/// What the icon shows: trouble first, then what waits for the person, what failed, what runs.
fn sign(state: Sign, runs: &MenuRuns) -> Sign {
    match state {
        Sign::Serving | Sign::Paused if runs.waiting() > 0 => Sign::Waiting,
        Sign::Serving if runs.failed() > 0 => Sign::Failed,
        Sign::Serving if runs.running() > 0 => Sign::Running,
        state => state,
    }
}

/// What the tray shows.
#[derive(Debug, Clone)]
pub struct Shown {
    snapshot: Snapshot,
    runs: MenuRuns,
}

impl Shown {
    /// What there is to show now.
    pub fn of(desk: &Desk, snapshot: Snapshot) -> Self {
        let runs = MenuRuns::of(desk, &snapshot.watch, snapshot.settings.language);
        Self { snapshot, runs }
    }

    /// What the icon says to who rests on it.
    fn tooltip(&self) -> String {
        let (_, line) = reading(&self.snapshot);
        let more = self.runs.line().map(|line| format!("\n{line}")).unwrap_or_default();
        let said = format!("AgentRuntime: {line}{more}");
        if cfg!(windows) { cut(said) } else { said }
    }

    fn icon(&self, app: &AppHandle) -> Image<'static> {
        picture(app, sign(reading(&self.snapshot).0, &self.runs))
    }

    /// What is shown without delay: everything but runs that come and go, and ages.
    fn pressing(&self) -> impl PartialEq {
        (self.base(), self.runs.clone().pressing())
    }

    /// What the menu is made of. A menu that is open is not replaced for the sake of a counter.
    fn parts(&self) -> impl PartialEq {
        (self.base(), self.runs.clone())
    }

    fn base(&self) -> impl PartialEq {
        let snapshot = &self.snapshot;
        let profiles =
            snapshot.profiles.iter().map(|profile| (profile.id.clone(), profile.name.clone())).collect::<Vec<_>>();
        let groups = snapshot.groups.iter().map(|group| (group.id.clone(), group.on)).collect::<Vec<_>>();
        (
            Words::of(snapshot.settings.language),
            reading(snapshot),
            profiles,
            snapshot.active_profile.clone(),
            groups,
            snapshot.risk,
            snapshot.settings.start_at_login,
            snapshot.failing.is_empty(),
        )
    }
}

/// Puts the icon into the tray and keeps it and its menu true.
///
/// # Errors
/// As Tauri's.
pub fn put(app: &AppHandle, shown: &Shown) -> tauri::Result<()> {
    let tray = TrayIconBuilder::with_id(ID)
        .icon(shown.icon(app))
        .icon_as_template(cfg!(target_os = "macos"))
        .tooltip(shown.tooltip())
        .menu(&menu(app, shown)?)
        // On Windows, the one button opens the app and the other its menu.
        .show_menu_on_left_click(!cfg!(windows))
        .on_tray_icon_event(|tray, event| {
            if cfg!(windows) && is_press(&event) {
                chosen(tray.app_handle(), "open");
            }
        })
        .on_menu_event(|app, event| chosen(app, event.id().as_ref()))
        .build(app)?;
    drop(tray);
    Ok(())
}

fn is_press(event: &TrayIconEvent) -> bool {
    matches!(event, TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. })
}

/// As much of a text as Windows has room for beside an icon: 128 units of UTF-16, of which one is the end.
fn cut(text: String) -> String {
    const ROOM: usize = 127;

    let mut units = 0;
    let fits = text.char_indices().find(|(_, letter)| {
        units += letter.len_utf16();
        units > ROOM - 1
    });
    match fits {
        Some((at, _)) if text.encode_utf16().count() > ROOM => format!("{}…", text.get(..at).unwrap_or_default()),
        _ => text,
    }
}

/// Tells that an entry was pressed and what it stands for is done, or failed: the desktop turns an entry's mark as it is
/// chosen, whatever comes of it.
#[derive(Debug, Default)]
pub struct Pressed(pub Notify);

/// The tray as it was last shown.
pub struct Tray {
    shown: Shown,
    menu_at: Instant,
}

/// Between two menus: each takes the place of one that may be open.
const MENU_RESTS: Duration = Duration::from_millis(1500);
/// After Windows' taskbar has taken no icon.
const TASKBAR_RESTS: Duration = Duration::from_secs(5);

impl Tray {
    /// What was put.
    pub fn new(shown: Shown) -> Self {
        Self { shown, menu_at: Instant::now() }
    }

    /// Shows the desk as it is now, whatever was shown before: an entry was pressed, and has turned its mark by itself.
    pub fn renew(&mut self, app: &AppHandle, now: Shown) {
        let Some(tray) = app.tray_by_id(ID) else { return };
        match update(app, &tray, &now) {
            Ok(()) => *self = Self { shown: now, menu_at: Instant::now() },
            Err(error) => tracing::warn!(%error, "the tray shows a mark that may not be so"),
        }
    }

    /// Shows the desk as it is now, if anything about it is another than before: at once what the person has to know,
    /// counters when the last menu has stood for a while. Says when to come again, if there is more to show.
    pub fn refresh(&mut self, app: &AppHandle, now: Shown) -> Option<Instant> {
        if self.shown.parts() == now.parts() {
            return None;
        }
        let tray = app.tray_by_id(ID)?;
        let rested = self.menu_at + MENU_RESTS;
        // Another state, or another thing that waits, is worth a menu at any time.
        let urgent = self.shown.pressing() != now.pressing();
        if !urgent && Instant::now() < rested {
            return Some(rested);
        }
        if let Err(error) = update(app, &tray, &now) {
            tracing::warn!(%error, "the tray shows old news");
            // Windows' taskbar may not be there yet at a login, or may just begin again.
            return cfg!(windows).then(|| Instant::now() + TASKBAR_RESTS);
        }
        *self = Self { shown: now, menu_at: Instant::now() };
        None
    }
}

fn update(app: &AppHandle, tray: &TrayIcon, shown: &Shown) -> tauri::Result<()> {
    tray.set_menu(Some(menu(app, shown)?))?;
    tray.set_icon_with_as_template(Some(shown.icon(app)), cfg!(target_os = "macos"))?;
    tray.set_tooltip(Some(shown.tooltip()))
}

fn menu(app: &AppHandle, shown: &Shown) -> tauri::Result<Menu<Wry>> {
    let Shown { snapshot, runs } = shown;
    let words = Words::of(snapshot.settings.language);
    let (_, line) = reading(snapshot);
    let paused = matches!(snapshot.server, ServerState::Paused { .. });
    let item = |id: &str, text: &str| MenuItem::with_id(app, id, text, true, None::<&str>);
    let check = |id: String, text: &str, on: bool| CheckMenuItem::with_id(app, id, text, true, on, None::<&str>);
    let login = snapshot.settings.start_at_login;
    // What cannot be set is greyed out, unless it is to be taken back.
    let settable = login || autostart::is_possible();
    let login = CheckMenuItem::with_id(app, "login", words.login, settable, login, None::<&str>)?;
    let rule = || PredefinedMenuItem::separator(app);
    let menu = Menu::with_items(app, &[&MenuItem::with_id(app, "state", line, false, None::<&str>)?])?;
    if !snapshot.failing.is_empty() {
        menu.append(&item("go:home", words.failing)?)?;
    }
    if let Some(line) = runs.line() {
        menu.append(&MenuItem::with_id(app, "runs", line, false, None::<&str>)?)?;
    }
    menu.append(&rule()?)?;
    let about_runs = runs.submenus(app)?;
    for submenu in &about_runs {
        menu.append(submenu)?;
    }
    if !about_runs.is_empty() {
        menu.append(&rule()?)?;
    }

    let workspaces = Submenu::with_id(app, "workspaces", words.workspace, true)?;
    for profile in &snapshot.profiles {
        let active = Some(&profile.id) == snapshot.active_profile.as_ref();
        workspaces.append(&check(format!("profile:{}", profile.id), &profile.name, active)?)?;
    }
    if snapshot.profiles.is_empty() {
        workspaces.append(&item("open", words.add_workspace)?)?;
    }
    let groups = Submenu::with_id(app, "groups", words.groups, true)?;
    let (sensitive, plain): (Vec<&GroupView>, Vec<&GroupView>) =
        snapshot.groups.iter().partition(|group| group.sensitive);
    for group in plain {
        groups.append(&check(format!("group:{}", group.id), words.group(&group.id), group.on)?)?;
    }
    groups.append(&rule()?)?;
    for group in sensitive {
        groups.append(&check(format!("group:{}", group.id), words.group(&group.id), group.on)?)?;
    }
    groups.append(&rule()?)?;
    groups.append(&check("risk".to_owned(), words.risk, snapshot.risk)?)?;

    // Two steps, so that no slip of the hand revokes a token.
    let emergency =
        Submenu::with_id_and_items(app, "emergency", words.emergency, true, &[&item("panic", words.panic)?])?;

    let parts: [&dyn IsMenuItem<Wry>; 11] = [
        &workspaces,
        &groups,
        &item("copy", words.copy)?,
        &item("pause", if paused { words.resume } else { words.pause })?,
        &emergency,
        &runs.quiet(app)?,
        &rule()?,
        &item("open", words.open)?,
        &login,
        &rule()?,
        &item("quit", words.quit)?,
    ];
    menu.append_items(&parts)?;
    Ok(menu)
}

fn chosen(app: &AppHandle, id: &str) {
    let (app, id) = (app.clone(), id.to_owned());
    let desk = app.state::<Arc<Desk>>().inner().clone();
    let (owner, ending) = (desk.supervisor.clone(), desk.ending());
    owner.run_once("a choice in the tray", async move {
        if let Some(Err(failed)) = ending.run_until_cancelled(act(&app, &desk, &id)).await {
            tracing::warn!(id, %failed, "what was chosen in the tray was not done");
            window::show(&app);
        }
        app.state::<Pressed>().0.notify_one();
    });
}

async fn act(app: &AppHandle, desk: &Arc<Desk>, id: &str) -> Result<(), Failed> {
    let settings = desk.settings.get();
    match id.split_once(':').unwrap_or((id, "")) {
        ("open", _) => window::show(app),
        ("quit", _) => app.exit(0),
        ("pause", _) => {
            let paused = matches!(desk.snapshot().await.server, ServerState::Paused { .. });
            desk.server.pause(!paused);
        }
        ("copy", _) => {
            let copied = app.clipboard().write_text(desk::server_url(settings.port));
            copied.map_err(|error| Failed::new("not_copied", error.to_string()))?;
        }
        ("panic", _) => {
            desk.emergency_stop().await;
            // What came of it is to be seen.
            window::show(app);
        }
        ("risk", _) => desk.set_risk(!settings.risk).await?,
        ("group", group) => desk.set_group(group, settings.groups_off.contains(group)).await?,
        ("profile", profile) => {
            let id = profile.parse().map_err(|_| Failed::new("unknown_profile", "there is no such workspace"))?;
            desk.workspaces.activate(id).await?;
        }
        ("login", _) => {
            crate::commands::start_at_login(desk, !settings.start_at_login).await?;
        }
        ("go", place) => window::show_at(app, Some(place)),
        ("allow", question) => desk.runs.answer_question(question, true)?,
        ("decline", question) => desk.runs.answer_question(question, false)?,
        ("quiet", "hour") => desk.mouth.do_not_disturb(desk::quiet_until(QuietFor::Hour)),
        ("quiet", "morning") => desk.mouth.do_not_disturb(desk::quiet_until(QuietFor::Morning)),
        ("quiet", _) => desk.mouth.do_not_disturb(None),
        (what, which) => act_on_run(desk, what, which).await?,
    }
    Ok(())
}

async fn act_on_run(desk: &Desk, what: &str, which: &str) -> Result<(), Failed> {
    let Some((run, task)) = runs::parted(which) else { return Ok(()) };
    let command = match what {
        "approve" | "reject" => {
            if let Some(task) = task {
                desk.runs.answer_from_afar(run, &task, what == "approve").await;
            }
            return Ok(());
        }
        "hold" => RunCommand::Pause,
        "resume" => RunCommand::Resume,
        "drain" => RunCommand::Drain,
        "stop" => RunCommand::Stop,
        _ => return Ok(()),
    };
    desk.runs.command(run, command).await
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn what_windows_has_no_room_for_is_cut_at_a_letter() {
        let fits = "ä".repeat(127);
        assert_eq!(cut(fits.clone()), fits);
        assert_eq!(cut("ä".repeat(128)), format!("{}…", "ä".repeat(126)));
        // Two units each: the 63rd would be the 126th unit, and one more does not fit beside the mark.
        assert_eq!(cut("🦀".repeat(64)), format!("{}…", "🦀".repeat(63)));
    }
}
