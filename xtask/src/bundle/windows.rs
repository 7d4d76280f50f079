//! Packages for Windows, made there or on Linux of programs that were built for it: an installer, and the headless program alone.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, bail};

use super::{archives, made, made::Making};
use crate::{
    tools::packers,
    workspace::{APP, SERVER},
};

/// What the app's program needs beside it, where it was not built with Microsoft's own linker.
const LOADER: &str = "WebView2Loader.dll";
/// There is one kind of Windows that programs are built for.
const ARCH: &str = "x86_64";

/// The installer. Its name says neither setup, install nor update: Windows asks for an administrator where it does.
///
/// # Errors
/// Fails when a program is not built, or makensis cannot be had or is not content.
pub fn installer(making: &Making<'_>) -> anyhow::Result<PathBuf> {
    packers::ensure(making.workspace, &packers::NSIS)?;
    let root = &making.workspace.root;
    let icon = root.join("icons").join("icon.ico");
    let programs = [APP, SERVER].map(|program| format!("{program}.exe"));
    let loader = (!cfg!(windows)).then(|| LOADER.to_owned());
    let needed = programs.into_iter().chain(loader).map(|file| making.programs.join(file)).chain([icon.clone()]);
    for needed in needed {
        if !needed.exists() {
            bail!("{} is missing for the installer", needed.display());
        }
    }
    fs::create_dir_all(making.into)?;
    let readme = making.into.join("README.txt");
    fs::write(&readme, making.about("windows/README.txt")?.replace('\n', "\r\n"))?;
    let packed = making.into.join(format!("{APP}-{}-windows-{ARCH}.exe", making.version));
    let numbers = numbers(making.version).context("the version has no numbers")?;
    let defined = [
        ("ROOT", root.display().to_string()),
        ("PROGRAMS", making.programs.display().to_string()),
        ("ICON", icon.display().to_string()),
        ("README", readme.display().to_string()),
        ("OUT", packed.display().to_string()),
        ("VERSION", making.version.to_owned()),
        ("NUMBERS", numbers),
    ];
    let script = root.join("packages").join("windows").join("installer.nsi");
    // What makensis warns of is wrong; nobody's own configuration of it counts.
    let make = making.workspace.shell.cmd("makensis").args(["-V2", "-WX", "-NOCONFIG", "-INPUTCHARSET", "UTF8"]);
    let make = if making.pressed { make } else { make.arg("-DQUICK") };
    let make = make.args(defined.map(|(name, value)| format!("-D{name}={value}"))).arg(script);
    make.run().context("the installer could not be made")?;
    fs::remove_file(readme)?;
    made::tell(&packed)?;
    Ok(packed)
}

/// The headless program alone.
///
/// # Errors
/// As [`installer`].
pub fn headless(making: &Making<'_>) -> anyhow::Result<PathBuf> {
    let stage = making.stage(&format!("{SERVER}-{}-windows-{ARCH}", making.version))?;
    let program = format!("{SERVER}.exe");
    made::copy(&making.programs.join(&program), &stage.join(&program), true)?;
    making.papers(&stage, "headless.txt")?;
    archives::zip(making, &stage)
}

/// A version as Windows writes it down in a program: four numbers.
fn numbers(version: &str) -> Option<String> {
    let release = version.split(['-', '+']).next()?;
    let numbers = release.split('.').map(|number| number.parse::<u16>().ok()).collect::<Option<Vec<_>>>()?;
    let [major, minor, patch] = numbers.as_slice() else { return None };
    Some(format!("{major}.{minor}.{patch}.0"))
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn windows_wants_four_numbers() {
        assert_eq!(numbers("0.1.0").as_deref(), Some("0.1.0.0"));
        assert_eq!(numbers("12.3.4-rc.1+build").as_deref(), Some("12.3.4.0"));
        assert_eq!(numbers("1.2"), None);
        assert_eq!(numbers("1.2.x"), None);
    }
}
