//! What the app in the tray is built on, and what its tests drive it with, of which [`programs`] knows more.
//!
//! On Linux that is the system's WebKit; macOS and Windows come with a web view of their own, so there is nothing to do.

use std::path::Path;

use super::{answers, apt, programs};
use crate::workspace::{Workspace, say};

/// What the build looks for, by its names in pkg-config.
const LIBRARIES: [&str; 3] = ["webkit2gtk-4.1", "ayatana-appindicator3-0.1", "librsvg-2.0"];

/// The Debian packages to build with.
const BUILD: [&str; 6] =
    ["libwebkit2gtk-4.1-dev", "libayatana-appindicator3-dev", "librsvg2-dev", "libxdo-dev", "libssl-dev", "pkg-config"];

/// Pythons that may have Debian's modules: the one in the path need not be the system's.
const PYTHONS: [&str; 2] = ["python3", "/usr/bin/python3"];
/// Says whether a Python has the modules that the tests import.
const HAS_MODULES: &str = "import dbus, gi; gi.require_version('Gtk', '3.0')";
/// The packages that bring them.
const MODULES: [&str; 3] = ["python3-dbus", "python3-gi", "gir1.2-gtk-3.0"];

/// Whether the app can be built here.
pub fn is_present(workspace: &Workspace) -> bool {
    !cfg!(target_os = "linux")
        || LIBRARIES.iter().all(|library| answers(workspace, "pkg-config", &["--exists", library]))
}

/// Makes sure of the libraries that the app is built on.
///
/// # Errors
/// Fails with what to do where one is missing and cannot be installed.
pub fn ensure(workspace: &Workspace) -> anyhow::Result<()> {
    if is_present(workspace) {
        return Ok(());
    }
    let elsewhere =
        format!("install pkg-config and what it knows as {} with your system's package manager", LIBRARIES.join(", "));
    apt(workspace, "WebKit, which the app's window is drawn with,", &BUILD, &elsewhere)
}

/// Makes sure of what tests start: those in one folder, or all, those of the page and of the app among them.
///
/// # Errors
/// Fails with what to do where something is missing and cannot be installed.
pub fn ensure_for_tests(workspace: &Workspace, of: Option<&str>) -> anyhow::Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let folder = workspace.folder("programs")?;
    let faults = programs::faults(&folder, of)?;
    let mut packages = programs::packages(&faults);
    if of.is_none() && python(workspace).is_none() {
        packages.extend(MODULES);
    }
    if packages.is_empty() {
        return Ok(());
    }
    for fault in &faults {
        say(fault);
    }
    say(format_args!("The tests need {}", packages.join(", ")));
    let elsewhere = "install the above, as your system's package manager calls them";
    apt(workspace, "a part of what the tests start", &packages, elsewhere)?;
    programs::need_none(&programs::faults(&folder, of)?)
}

/// A Python that can speak to the session bus and show a window.
pub fn python(workspace: &Workspace) -> Option<&'static Path> {
    PYTHONS.into_iter().find(|python| answers(workspace, python, &["-c", HAS_MODULES])).map(Path::new)
}
