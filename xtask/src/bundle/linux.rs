//! Archives for a Linux without dpkg: the app with a script that installs it, and the headless program alone.

use std::{env::consts::ARCH, fs, path::PathBuf};

use super::{archives, made, made::Making};
use crate::workspace::{APP, SERVER};

/// The sizes of the app's icon, and the files in `icons/` that have them.
const ICONS: [(&str, &str); 4] =
    [("32x32", "32x32.png"), ("128x128", "128x128.png"), ("256x256", "128x128@2x.png"), ("512x512", "icon.png")];

/// What lies in `packages/linux` for the archive.
const SCRIPT: &str = "install.sh";

/// The app, the headless program, and the script that installs both.
///
/// # Errors
/// Fails when a program is not built, or a tool cannot be had.
pub fn app(making: &Making<'_>) -> anyhow::Result<PathBuf> {
    let stage = making.stage(&format!("{APP}-{}-linux-{ARCH}", making.version))?;
    for program in [APP, SERVER] {
        made::copy(&making.programs.join(program), &stage.join("bin").join(program), true)?;
    }
    let (icons, ours) = (making.workspace.root.join("icons"), making.workspace.root.join("packages").join("linux"));
    for (size, file) in ICONS {
        made::copy(&icons.join(file), &stage.join("icons").join(format!("{size}.png")), false)?;
    }
    let entry = format!("{APP}.desktop");
    made::copy(&ours.join(&entry), &stage.join(&entry), false)?;
    made::copy(&ours.join(SCRIPT), &stage.join(SCRIPT), true)?;
    making.papers(&stage, "linux/README.txt")?;
    fs::write(stage.join("VERSION"), format!("{}\n", making.version))?;
    // As `uname -m` calls it, which is Rust's name for it on the machines that there are packages for.
    fs::write(stage.join("MACHINE"), format!("{ARCH}\n"))?;
    archives::sums(making, &stage)?;
    archives::tar_xz(making, &stage)
}

/// The headless program alone.
///
/// # Errors
/// As [`app`].
pub fn headless(making: &Making<'_>) -> anyhow::Result<PathBuf> {
    let stage = making.stage(&format!("{SERVER}-{}-linux-{ARCH}", making.version))?;
    made::copy(&making.programs.join(SERVER), &stage.join(SERVER), true)?;
    making.papers(&stage, "headless.txt")?;
    archives::tar_xz(making, &stage)
}
