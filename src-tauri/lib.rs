//! The shell: it puts the desk (`crates/desk`) into a tray and a window. The only code that knows Tauri.

mod alert;
mod autostart;
mod commands;
mod end;
mod heed;
mod logs;
#[cfg(target_os = "macos")]
mod menu_bar;
mod notice;
mod tray;
mod window;

use std::{process::ExitCode, sync::Arc, time::Duration};

use agentruntime_desk::{self as desk, Desk, Face};
use agentruntime_lifecycle::asked_to_end;
use agentruntime_serving::Folders;
use agentruntime_settings::Preference as _;
use tauri::{AppHandle, Emitter as _, Manager as _, RunEvent};
use tokio::{
    sync::{Mutex, broadcast::error::RecvError, mpsc},
    time::Instant,
};

/// Between two accounts of what has changed.
const BREATH: Duration = Duration::from_millis(100);

/// Where the program was started as a worker of the sandbox: its exit code. To be asked first in `main`.
pub use agentruntime_sandbox::script_worker;

/// Tauri's handler of the commands: a name without a function in `commands` does not compile.
macro_rules! handler {
    ($($name:ident),* $(,)?) => {
        tauri::generate_handler![$(commands::$name),*]
    };
}

/// Runs the app until it is quit.
#[must_use]
pub fn run() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the app ends");
            // An installer waits for such a start, and nobody for its words.
            if !quits() {
                alert::no_start(&*error);
            }
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<(), Box<dyn std::error::Error>> {
    let folders = Folders::of_this_person()?;
    folders.make().map_err(|(folder, error)| format!("The folder {} cannot be used: {error}.", folder.display()))?;
    let logs = Arc::new(logs::begin(&folders.logs())?);
    agentruntime_lifecycle::log_panics();
    let quits = quits();
    if !has_display() {
        if quits {
            return Err("without a display no other start can be asked to end; send it SIGTERM".into());
        }
        tracing::warn!("there is no display: serving without tray and window");
        return tauri::async_runtime::block_on(headless(folders, &logs));
    }
    #[expect(clippy::disallowed_methods, reason = "Tauri's macro reads its assets on a thread that it waits for")]
    let context = tauri::generate_context!();
    let end = end::End::default();
    let ending = end.clone();
    // First, so that a second start hands over before it touches anything.
    let single = tauri_plugin_single_instance::init(move |app, arguments, _| {
        let has = |word: &str| arguments.iter().any(|argument| argument == word);
        if has(end::QUIT) {
            ending.for_good(app);
        } else if !has(autostart::HIDDEN) {
            // Else the system starts an app at login that a person may have started before.
            opened(app, &ending);
        }
    });
    let app = notice::plugged(tauri::Builder::default().plugin(single))
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        // Its "Quit" would end the app without a word to the desk; ours comes with the desk, and speaks its language.
        .enable_macos_default_menu(false)
        .invoke_handler(desk::with_commands!(handler))
        .setup(move |app| {
            if quits {
                // There was no other one to end.
                app.handle().exit(0);
                return Ok(());
            }
            set_up(app, folders, &logs).inspect_err(|error| alert::no_start(&**error))
        });
    #[cfg(target_os = "macos")]
    // At login it must not take the keyboard from whoever has begun to type.
    let app = app.activate_ignoring_other_apps(!is_hidden());
    #[cfg_attr(not(target_os = "macos"), expect(unused_mut, reason = "only macOS has a Dock"))]
    let mut app = app.build(context)?;
    #[cfg(target_os = "macos")]
    app.set_activation_policy(tauri::ActivationPolicy::Accessory);
    app.run(move |app, event| match event {
        // The last window closed; the tray stays.
        RunEvent::ExitRequested { api, code: None, .. } => api.prevent_exit(),
        RunEvent::ExitRequested { api, code: Some(code), .. } if end.is_to_wait(app, code) => api.prevent_exit(),
        // Opened from the Finder, the Dock or Spotlight while it runs.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => opened(app, &end),
        RunEvent::Exit => end.at_last(app),
        _ => {}
    });
    Ok(())
}

/// Whether this start is to end another one.
fn quits() -> bool {
    std::env::args().any(|argument| argument == end::QUIT)
}

/// Whether the app is to start into the tray.
fn is_hidden() -> bool {
    std::env::args().any(|argument| argument == autostart::HIDDEN)
}

/// Shows the window to who opened the app although it runs; one that ends already begins again afterwards.
fn opened(app: &AppHandle, end: &end::End) {
    let Some(desk) = app.try_state::<Arc<Desk>>() else {
        // One that begins shows its window by itself, unless it was to begin without.
        if is_hidden() {
            window::show(app);
        }
        return;
    };
    if desk.ending().is_cancelled() {
        return end.then_begin_again();
    }
    let (app, ending) = (app.clone(), desk.ending());
    // Not here, where the other process waits: Windows makes no web view while it answers one.
    desk.supervisor.run_once("a second start", async move {
        ending.run_until_cancelled(async { window::show(&app) }).await;
    });
}

/// Opens the desk and puts it into the tray and, where the person wants to see it, the window.
fn set_up(app: &tauri::App, folders: Folders, logs: &Arc<logs::Logs>) -> Result<(), Box<dyn std::error::Error>> {
    let hidden = is_hidden();
    let face = if hidden { Face::Tray } else { Face::Window };
    let desk = tauri::async_runtime::block_on(Desk::open(folders, face))?;
    let (levels, logged) = (logs.clone(), desk.clone());
    desk.supervisor.keep("log level", move || heed::keep_the_log(levels.clone(), logged.clone()));
    #[cfg(not(target_os = "linux"))]
    autostart::follow();
    tauri::async_runtime::block_on(heed::take_note_of_the_login(&desk));
    let login = desk.clone();
    desk.supervisor.keep("start at login", move || heed::keep_the_login(login.clone()));
    // Held to the end: the log is written until nobody holds it.
    app.manage(logs.clone());
    app.manage(tray::Pressed::default());
    app.manage(desk.clone());
    let snapshot = tauri::async_runtime::block_on(desk.snapshot());
    let shown = tray::Shown::of(&desk, snapshot);
    tray::put(app.handle(), &shown)?;
    let notifications = notice::Shown::default();
    notice::listen(app.handle(), notifications.clone())?;
    tracing::info!("the tray is ready");
    if !hidden {
        window::show(app.handle());
    }
    let signals = app.handle().clone();
    let ending = desk.ending();
    desk.supervisor.run_once("signals", async move {
        if ending.run_until_cancelled(asked_to_end()).await.is_some() {
            signals.exit(0);
        }
    });
    keep_telling(app.handle(), &desk, tray::Tray::new(shown), notifications);
    Ok(())
}

/// Serves without a window until the process is told to end.
async fn headless(folders: Folders, logs: &Arc<logs::Logs>) -> Result<(), Box<dyn std::error::Error>> {
    let desk = Desk::open(folders, Face::None).await?;
    let (levels, logged) = (logs.clone(), desk.clone());
    desk.supervisor.keep("log level", move || heed::keep_the_log(levels.clone(), logged.clone()));
    asked_to_end().await;
    desk.close().await;
    Ok(())
}

/// Tells tray and page of what changes, as long as the app runs; `tray` is as it was put.
fn keep_telling(app: &AppHandle, desk: &Arc<Desk>, tray: tray::Tray, notifications: notice::Shown) {
    let Some(says) = desk.mouth.says() else { return };
    // Held apart from the task, which must find it again should it break off.
    let teller = Arc::new(Mutex::new(Teller {
        says,
        tray,
        #[cfg(target_os = "macos")]
        menu_bar: menu_bar::MenuBar::default(),
    }));
    let (app, watched) = (app.clone(), desk.clone());
    desk.supervisor.keep("tray", move || {
        let telling = tell(app.clone(), watched.clone(), teller.clone(), notifications.clone());
        let ending = watched.ending();
        async move { _ = ending.run_until_cancelled(telling).await }
    });
}

/// What is told, and what was told last.
struct Teller {
    says: mpsc::UnboundedReceiver<desk::Say>,
    tray: tray::Tray,
    #[cfg(target_os = "macos")]
    menu_bar: menu_bar::MenuBar,
}

async fn tell(app: AppHandle, desk: Arc<Desk>, teller: Arc<Mutex<Teller>>, notifications: notice::Shown) {
    let (mut changes, mut calls, mut rows) = (desk.watch(), desk.activity.entries(), desk.runs.rows());
    let pressed = app.state::<tray::Pressed>();
    let mut teller = teller.lock().await;
    #[cfg(not(target_os = "macos"))]
    let Teller { says, tray } = &mut *teller;
    #[cfg(target_os = "macos")]
    let Teller { says, tray, menu_bar } = &mut *teller;
    // What changed before anybody listened is news as well.
    changes.mark_changed();
    let mut tray_due = None::<std::time::Instant>;
    let mut last = Instant::now();
    loop {
        tokio::select! {
            changed = changes.changed() => {
                if changed.is_err() {
                    return;
                }
                // A busy client changes something with every call; nobody sees more than a few changes a second.
                tokio::time::sleep_until(last + BREATH).await;
                changes.mark_unchanged();
                let snapshot = desk.snapshot().await;
                last = Instant::now();
                tray_due = tray.refresh(&app, tray::Shown::of(&desk, snapshot.clone()));
                #[cfg(target_os = "macos")]
                menu_bar.keep(&app, snapshot.settings.language);
                emit(&app, "snapshot", snapshot);
            }
            () = pressed.0.notified() => {
                let snapshot = desk.snapshot().await;
                tray.renew(&app, tray::Shown::of(&desk, snapshot));
                tray_due = None;
            }
            () = sleep_until_some(tray_due) => {
                let snapshot = desk.snapshot().await;
                tray_due = tray.refresh(&app, tray::Shown::of(&desk, snapshot));
            }
            heard = says.recv() => match heard {
                Some(say) => notifications.say(&app, desk.settings.get().language.view(), say),
                None => return,
            },
            changed = rows.recv() => match changed {
                Ok(rows) => emit(&app, "runs", rows),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            call = calls.recv() => match call {
                Ok(entry) => emit(&app, "call", desk::call_view(entry)),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }
}

/// Waits for ever where there is nothing to wait for.
async fn sleep_until_some(at: Option<std::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

fn emit(app: &AppHandle, event: &str, payload: impl serde::Serialize + Clone) {
    // Without a window nobody listens, and nothing need be written out for nobody.
    if app.webview_windows().is_empty() {
        return;
    }
    if let Err(error) = app.emit(event, payload) {
        tracing::warn!(event, %error, "the page was not told");
    }
}

/// Whether there is a screen to put a tray on: one that is named may still not be there.
#[cfg(target_os = "linux")]
fn has_display() -> bool {
    gtk::init().is_ok()
}

/// Whether there is a screen to put a tray on.
#[cfg(not(target_os = "linux"))]
const fn has_display() -> bool {
    true
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::desk::api::COMMANDS;

    #[test]
    fn the_page_may_hear_events_and_call_each_command_and_nothing_else() {
        // As the app is compiled with it: what Tauri has made of what the build script wrote.
        let capabilities = include_str!(concat!(env!("OUT_DIR"), "/capabilities.json"));
        let mut capabilities = serde_json::from_str::<Value>(capabilities).unwrap();
        let events = ["core:event:allow-listen", "core:event:allow-unlisten"].map(str::to_owned);
        let commands = COMMANDS.iter().map(|name| format!("allow-{}", name.replace('_', "-")));
        let permissions = events.into_iter().chain(commands).collect::<Vec<_>>();
        let main = json!({ "identifier": "main", "local": true, "windows": ["main"], "permissions": permissions });
        capabilities.pointer_mut("/main").and_then(Value::as_object_mut).unwrap().remove("description");
        assert_eq!(capabilities, json!({ "main": main }));
    }
}
