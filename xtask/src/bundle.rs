//! `bundle`: the app as packages that people install.
//!
//! Tauri's bundler makes what Debian and macOS install ([`tauri`]); archives and the installer of Windows are our own ([`linux`],
//! [`windows`], `packages/`). What is packed is tried out as a person would: installed, started, updated, removed ([`tried`]).

mod archives;
mod linux;
mod made;
mod tauri;
mod tried;
mod windows;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Args;

use self::{
    made::{Making, VERSION},
    tauri::Packing,
};
use crate::{
    app, tools,
    workspace::{APP, Build, HEADLESS, SERVER, SHIPPED, Workspace, say},
};

pub use self::tauri::packaged_app;

/// Make packages: for Linux a .deb and archives, on macOS a .dmg; for Windows an installer and an archive.
#[derive(Debug, Args)]
pub struct Bundle {
    /// Make an AppImage too (Linux); its tools are fetched from github.com
    #[arg(long)]
    appimage: bool,
    /// Package a build without optimisations, which is made sooner
    #[arg(long)]
    debug: bool,
    /// Package the programs in this folder and build none; for Windows where they were built for it
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["appimage", "debug"])]
    of: Option<PathBuf>,
    /// Install, start, update and remove what was packed, in a place of its own; Windows' under Wine, in the prefix of WINEPREFIX
    #[arg(long)]
    try_out: bool,
}

/// What is told where no AppImage comes of it. No package registry has the tools it is made with.
const NO_APPIMAGE: &str = "\
the AppImage could not be made; the usual packages above are whole.
The bundler takes its tools (AppRun, linuxdeploy) from https://github.com and keeps them in ~/.cache/tauri.
Where github.com is not reached, either copy that folder from a computer on which this command has succeeded, or set
TAURI_BUNDLER_TOOLS_GITHUB_MIRROR to the address of a mirror that answers <address>/https://github.com/….
What failed";

impl Bundle {
    /// Builds page and programs, and packs them.
    ///
    /// # Errors
    /// Fails when a tool cannot be had, something does not build, no package comes of it, or one is not as it should be.
    pub fn run(self, workspace: &Workspace) -> anyhow::Result<()> {
        if let Some(programs) = &self.of {
            return self.pack(workspace, &workspace.root.join(programs));
        }
        if self.appimage && !cfg!(target_os = "linux") {
            bail!("an AppImage is made on Linux only");
        }
        app::ensure(workspace)?;
        let packing = Packing::begin(workspace, self.debug)?;
        let programs = if self.debug {
            workspace.build(HEADLESS, SERVER, Build::Alone)?;
            workspace.build(APP, APP, Build::Alone)?;
            workspace.target.join("debug")
        } else {
            workspace.ship()?
        };
        if let Some(kind) = tauri::usual() {
            packing.pack(kind).context("the app could not be packed")?;
        }
        self.pack(workspace, &programs)?;
        if self.appimage {
            // On its own, so that the usual packages are there whatever becomes of it.
            packing.pack(tauri::APPIMAGE).context(NO_APPIMAGE)?;
        }
        Ok(())
    }

    /// Makes the packages that are our own, of the programs in a folder.
    fn pack(&self, workspace: &Workspace, programs: &Path) -> anyhow::Result<()> {
        if programs.join(format!("{SERVER}.exe")).exists() {
            if !self.try_out {
                return for_windows(workspace, programs).map(drop);
            }
            let prefix = std::env::var_os("WINEPREFIX").context("WINEPREFIX names no folder to try it out in")?;
            tried_on_windows(workspace, programs, Path::new(&prefix))?;
        } else if cfg!(target_os = "linux") {
            if !self.try_out {
                return for_linux(workspace, programs).map(drop);
            }
            tried_on_linux(workspace, programs)?;
        }
        Ok(())
    }
}

/// Packs the programs in a folder for a Linux without dpkg: the app with a script that installs it, and the headless program.
///
/// # Errors
/// Fails when a program is not there, or a tool cannot be had.
pub fn for_linux(workspace: &Workspace, programs: &Path) -> anyhow::Result<[PathBuf; 2]> {
    let into = packages(workspace)?;
    let making = making(workspace, programs, &into);
    Ok([linux::app(&making)?, linux::headless(&making)?])
}

/// Packs the programs in a folder, which were built for Windows: the installer, and the headless program.
///
/// # Errors
/// As [`for_linux`].
pub fn for_windows(workspace: &Workspace, programs: &Path) -> anyhow::Result<[PathBuf; 2]> {
    let into = packages(workspace)?;
    let making = making(workspace, programs, &into);
    Ok([windows::installer(&making)?, windows::headless(&making)?])
}

/// Makes the packages of the programs in a folder and tries them out on this Linux, and the Debian package of what ships, which must have been
/// built ([`Workspace::ship`]).
///
/// # Errors
/// Fails with what is not as a person would expect it.
pub fn tried_on_linux(workspace: &Workspace, programs: &Path) -> anyhow::Result<()> {
    let (own, place) = (for_linux(workspace, programs)?, place_to_try(workspace, "linux")?);
    let [app, headless] = own;
    let making = Making { pressed: false, ..making(workspace, programs, &place) };
    tried::linux(&making, &app, &headless)?;
    if programs != workspace.target.join(SHIPPED) || !tools::answers(workspace, "dpkg-deb", &["--version"]) {
        say("The Debian package is not tried out: it is made of what ships, by dpkg.");
        return Ok(());
    }
    let debs = Packing::begin(workspace, false)?.pack(tauri::DEB)?;
    tried::debian(&making, debs.first().context("the bundler made no package")?)
}

/// Makes the packages of the programs in a folder and tries them out, which were built for Windows, under Wine, in a prefix in which they start.
///
/// # Errors
/// As [`tried_on_linux`].
pub fn tried_on_windows(workspace: &Workspace, programs: &Path, prefix: &Path) -> anyhow::Result<()> {
    let (own, place) = (for_windows(workspace, programs)?, place_to_try(workspace, "windows")?);
    let [installer, headless] = own;
    tried::windows(&Making { pressed: false, ..making(workspace, programs, &place) }, prefix, &installer, &headless)
}

fn making<'a>(workspace: &'a Workspace, programs: &'a Path, into: &'a Path) -> Making<'a> {
    Making { workspace, programs, version: VERSION, into, pressed: true }
}

/// Where the packages go that are our own.
fn packages(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let folder = workspace.target.join(SHIPPED).join("bundle").join("packages");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder)
}

/// An empty folder to try packages out in.
fn place_to_try(workspace: &Workspace, system: &str) -> anyhow::Result<PathBuf> {
    let folder = workspace.folder("tried")?.join(system);
    _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
