//! Starting at login: whether it can be offered, whether it is set, and setting it.

#[cfg(target_os = "linux")]
mod entry;
#[cfg(not(target_os = "linux"))]
mod plugin;

use std::path::{Component, Path};

use tauri::{AppHandle, Builder, Wry};

#[cfg(target_os = "linux")]
use entry as system;
#[cfg(not(target_os = "linux"))]
use plugin as system;

use agentruntime_desk::failure::Failed;

/// The argument with which the system starts the app at login: into the tray, without its window.
pub const HIDDEN: &str = "--hidden";

/// What an app needs that starts at login on this system.
pub fn plugged(builder: Builder<Wry>) -> Builder<Wry> {
    system::plugged(builder)
}

/// The system would be told the path of the running program: that of a build folder is gone with the next clean build.
pub fn is_possible() -> bool {
    std::env::current_exe().is_ok_and(|program| stays(&program))
}

fn stays(program: &Path) -> bool {
    let folders = program.parent().map(Path::components).into_iter().flatten();
    !folders.filter_map(name).any(|name| matches!(name, "debug" | "release" | "target"))
}

fn name(part: Component<'_>) -> Option<&str> {
    part.as_os_str().to_str()
}

/// Whether the system will start the app at login.
pub fn is_set(app: &AppHandle) -> bool {
    system::is_set(app).unwrap_or_else(|error| {
        tracing::warn!(error, "whether the app starts at login is not known");
        false
    })
}

/// Has the system start the app at login, or no longer.
///
/// # Errors
/// [`Failed`] with the code `no_autostart`; all is as before then.
pub fn set(app: &AppHandle, on: bool) -> Result<(), Failed> {
    let failed = |why: &str| Failed::new("no_autostart", why).of("startAtLogin");
    if on && !is_possible() {
        return Err(failed("Only an installed app can start at login: this one runs from a build folder."));
    }
    system::set(app, on).map_err(|error| failed(&format!("Starting at login cannot be set: {error}.")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::stays;

    #[test]
    fn a_build_folder_is_none_to_start_from() {
        assert!(!stays(Path::new("/home/me/agentruntime/target/debug/agentruntime-desktop")));
        assert!(!stays(Path::new("/cache/release/agentruntime-desktop")));
        assert!(stays(Path::new("/usr/bin/agentruntime-desktop")));
        assert!(stays(Path::new("/home/me/My Apps/target")));
    }
}
