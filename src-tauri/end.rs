//! How the app ends: the desk closes while the shell's own loop goes on. What the desk waits for may want something of that loop,
//! as everything does that touches the tray; it would wait for ever for a loop that waits for the desk.

use std::{
    process::Command,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use agentruntime_desk::Desk;
use agentruntime_lifecycle::caught;
use tauri::{AppHandle, Manager as _};

/// The argument with which a second start has the first one end in order. An installer does that before it replaces the program.
pub const QUIT: &str = "--quit";

/// The longest that the end waits for what is under way: a token that is being revoked waits for the platform and for locks.
const LONGEST: Duration = Duration::from_mins(3);
/// The same where the loop has ended already.
const LAST: Duration = Duration::from_secs(30);

/// How far the end is, and whether it is one.
#[derive(Clone, Default)]
pub struct End {
    stage: Arc<Mutex<Stage>>,
    wanted_again: Arc<AtomicBool>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Runs,
    Closes,
    Closed,
}

impl End {
    /// Whether the program must not end yet: the desk closes first, and then asks again.
    pub fn is_to_wait(&self, app: &AppHandle, code: i32) -> bool {
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, Some(desk)) = (*stage, app.try_state::<Arc<Desk>>()) else { return false };
        if before == Stage::Runs {
            *stage = Stage::Closes;
            app.webview_windows().into_values().for_each(|window| {
                if let Err(error) = window.destroy() {
                    tracing::warn!(%error, "the window stays to the end");
                }
            });
            let (app, desk, stage) = (app.clone(), desk.inner().clone(), self.stage.clone());
            #[expect(
                clippy::disallowed_methods,
                reason = "it closes the owner of all tasks, and the loop waits for it"
            )]
            tauri::async_runtime::spawn(async move {
                let closing = tokio::time::timeout(LONGEST, caught(desk.close())).await;
                if !matches!(closing, Ok(Ok(()))) {
                    tracing::error!("something did not end, and is cut off");
                }
                *stage.lock().unwrap_or_else(PoisonError::into_inner) = Stage::Closed;
                app.exit(code);
            });
        }
        before != Stage::Closed
    }

    /// Has the app started anew when it has ended: somebody opened it meanwhile, and would see nothing come of it.
    pub fn then_begin_again(&self) {
        self.wanted_again.store(true, Ordering::Relaxed);
    }

    /// Has it end for good, whoever opened it meanwhile: an installer is about to replace the program.
    pub fn for_good(&self, app: &AppHandle) {
        self.wanted_again.store(false, Ordering::Relaxed);
        app.exit(0);
    }

    /// The last that happens. Closes the desk where nobody asked before the loop ended: at a restart, and on macOS whenever the
    /// system itself ends the app, as it does at a logout and from the Dock.
    pub fn at_last(&self, app: &AppHandle) {
        let is_closed = *self.stage.lock().unwrap_or_else(PoisonError::into_inner) == Stage::Closed;
        if !is_closed && let Some(desk) = app.try_state::<Arc<Desk>>() {
            let closing = async { tokio::time::timeout(LAST, desk.close()).await };
            if tauri::async_runtime::block_on(closing).is_err() {
                tracing::error!("something did not end, and is cut off");
            }
        }
        if self.wanted_again.load(Ordering::Relaxed) {
            begin_again(app);
        }
    }
}

fn begin_again(app: &AppHandle) {
    // It would hand over to this one.
    tauri_plugin_single_instance::destroy(app);
    let begun = tauri::process::current_binary(&app.env()).and_then(|program| {
        let mut again = Command::new(program);
        // macOS ends the whole group of an app that it started at login, when that app ends (launchd.plist(5)).
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut again, 0);
        again.spawn()
    });
    match begun {
        Ok(_) => tracing::info!("the app was opened while it ended, and begins again"),
        Err(error) => tracing::error!(%error, "the app was opened while it ended, and does not begin again"),
    }
}
