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

use std::path::PathBuf;

use anyhow::Context as _;

use super::made::Making;

/// The version of the older self.
const OLDER: &str = "0.0.9";

/// The archive with its script, and the Debian packages that were made of the same programs.
pub fn linux(making: &Making<'_>, debs: &[PathBuf]) -> anyhow::Result<()> {
    archive::tried(making, OLDER).context("the archive for Linux")?;
    archive::headless_tried(making).context("the headless program for Linux")?;
    let deb = debs.first().context("there is no Debian package to try out")?;
    deb::tried(making, deb, OLDER).context("the Debian package")
}

/// The installer and the archive for Windows, under Wine.
pub fn windows(making: &Making<'_>, prefix: &std::path::Path) -> anyhow::Result<()> {
    let wine = wine::Wine::new(making.workspace, prefix)?;
    wine.tried(making, OLDER).context("the installer for Windows")?;
    wine.headless_tried(making).context("the headless program for Windows")
}
