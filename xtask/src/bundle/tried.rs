//! Packages tried out as a person would: installed, started, updated over an older self with a workspace in it, removed clean.
//!
//! The older self is the same programs under an older version: what an update does to a person's things does not depend on what
//! is in the programs.

mod archive;
mod deb;
mod listing;
mod person;
mod served;
mod wine;

use std::path::Path;

use anyhow::Context as _;

use super::made::Making;

/// The version of the older self.
const OLDER: &str = "0.0.9";

/// The archives. The older self is made as `making` says.
pub fn linux(making: &Making<'_>, app: &Path, headless: &Path) -> anyhow::Result<()> {
    archive::tried(making, app, OLDER).context("the archive for Linux")?;
    archive::headless_tried(making, headless).context("the headless program for Linux")
}

/// The Debian package, which is made of the same programs.
pub fn debian(making: &Making<'_>, deb: &Path) -> anyhow::Result<()> {
    deb::tried(making, deb, OLDER).context("the Debian package")
}

/// The installer and the archive for Windows, under Wine.
pub fn windows(making: &Making<'_>, prefix: &Path, installer: &Path, headless: &Path) -> anyhow::Result<()> {
    let wine = wine::Wine::new(making.workspace, prefix)?;
    wine.tried(making, installer, OLDER).context("the installer for Windows")?;
    wine.headless_tried(making, headless).context("the headless program for Windows")
}
