//! Starting at login: whether it can be offered, whether it is set, and setting it. Each system has its own way, and none is
//! Tauri's plugin: on Linux it does not look at `XDG_CONFIG_HOME`, and it quotes nowhere what it writes, so that an app in a folder
//! with a space in its name would not start, or another program in its place.

#[cfg(any(target_os = "macos", test))]
mod agent;
#[cfg(target_os = "linux")]
mod entry;
#[cfg(windows)]
mod run_key;

use std::path::{Component, Path};

#[cfg(target_os = "macos")]
use agent as system;
#[cfg(target_os = "linux")]
use entry as system;
#[cfg(windows)]
use run_key as system;

use agentruntime_desk::failure::Failed;

/// The argument with which the system starts the app at login: into the tray, without its window.
pub const HIDDEN: &str = "--hidden";

/// The system would be told the path of the running program: that of a build folder is gone with the next clean build, and that of
/// a disk image when it is ejected.
pub fn is_possible() -> bool {
    std::env::current_exe().is_ok_and(|program| stays(&program))
}

fn stays(program: &Path) -> bool {
    let folders = program.parent().map(Path::components).into_iter().flatten();
    !folders.filter_map(name).any(|name| matches!(name, "debug" | "release" | "target")) && !is_lent(program)
}

/// Whether macOS runs it from a disk image, or from the copy that it makes of an app which was loaded and never moved.
fn is_lent(program: &Path) -> bool {
    cfg!(any(target_os = "macos", test))
        && (program.starts_with("/Volumes")
            || program.components().filter_map(name).any(|name| name == "AppTranslocation"))
}

fn name(part: Component<'_>) -> Option<&str> {
    part.as_os_str().to_str()
}

/// Whether the system will start the app at login.
pub fn is_set() -> bool {
    system::is_set().unwrap_or_else(|error| {
        tracing::warn!(error, "whether the app starts at login is not known");
        false
    })
}

/// Has the system start the app at login, or no longer.
///
/// # Errors
/// [`Failed`] with the code `no_autostart`; all is as before then.
pub fn set(on: bool) -> Result<(), Failed> {
    let failed = |why: &str| Failed::new("no_autostart", why).of("startAtLogin");
    if on && !is_possible() {
        return Err(failed("Only an installed app can start at login: this one runs from a build folder."));
    }
    system::set(on).map_err(|error| failed(&format!("Starting at login cannot be set: {error}.")))
}

/// Has the system start the program that runs, where it would start one at the place from which the app was moved.
#[cfg(not(target_os = "linux"))]
pub fn follow() {
    if !is_possible() {
        return;
    }
    match system::follow() {
        Ok(true) => tracing::info!("the app was moved; the system starts it from its new place at login"),
        Ok(false) => {}
        Err(error) => tracing::warn!(error, "the system may start the app from its old place at login"),
    }
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

    #[test]
    fn a_disk_image_and_the_copy_of_an_app_that_was_not_moved_are_none_either() {
        let program = "AgentRuntime Desktop.app/Contents/MacOS/agentruntime-desktop";
        assert!(!stays(&Path::new("/Volumes/AgentRuntime Desktop").join(program)));
        assert!(!stays(&Path::new("/private/var/folders/x/y/d/AppTranslocation/5F0C/d").join(program)));
        assert!(stays(&Path::new("/Applications").join(program)));
        assert!(stays(&Path::new("/Users/me/Applications").join(program)));
    }
}
