//! Wine, which runs programs for Windows; with a Windows of this project's own, apart from the person's.

use std::{fs, path::PathBuf};

use anyhow::Context as _;

use crate::{files::Stamp, workspace::Workspace};

/// A library of Windows' that Rust's own asks for random numbers, and that Wine 8 lacks.
const RANDOM: &str = include_str!("bcryptprimitives.c");

/// Parts of Wine that are not begun: neither a browser's engine nor .NET is offered for download, and no shortcut gets into the menu
/// of the person's own desktop.
pub const LEFT_OUT: &str = "mscoree=;mshtml=;winemenubuilder.exe=";

/// A Windows to run programs in.
pub struct Wine {
    /// Where its files are.
    pub prefix: PathBuf,
}

impl Wine {
    /// Makes one, where there is none.
    ///
    /// # Errors
    /// Fails when Wine cannot make it, or the library does not compile.
    pub fn ensure(workspace: &Workspace) -> anyhow::Result<Self> {
        let folder = workspace.folder("wine")?;
        let wine = Self { prefix: folder.join("prefix") };
        let version = workspace.shell.cmd("wine").arg("--version").envs(wine.variables()).quiet().read()?;
        Stamp::new(&folder, &[&version, RANDOM]).unless_fresh(|| {
            _ = fs::remove_dir_all(&wine.prefix);
            let boot = workspace.shell.cmd("wineboot").arg("--init").envs(wine.variables());
            boot.run().context("Wine could not make its folder")?;
            let source = folder.join("bcryptprimitives.c");
            fs::write(&source, RANDOM)?;
            let library = wine.prefix.join("drive_c/windows/system32/bcryptprimitives.dll");
            let compile = workspace.shell.cmd("x86_64-w64-mingw32-gcc").args(["-shared", "-O2", "-o"]).arg(library);
            compile.arg(source).arg("-ladvapi32").run().context("the library for random numbers does not compile")
        })?;
        Ok(wine)
    }

    /// Has its server stay, whatever ends: of many programs that begin at once, some would meet one that is just going.
    ///
    /// # Errors
    /// Fails when the server cannot be started.
    pub fn stay(&self, workspace: &Workspace) -> anyhow::Result<()> {
        self.end_all(workspace);
        let server = workspace.shell.cmd("wineserver").arg("--persistent").envs(self.variables());
        server.quiet().run().context("Wine's server does not start")?;
        // The services that stay as well are begun by the first program, and hold what it writes to: nobody waits for that here.
        let first = workspace.shell.cmd("wine").args(["cmd", "/c", "exit"]).envs(self.variables());
        first.quiet().ignore_stdout().ignore_stderr().run().context("Wine runs no program")
    }

    /// Ends all programs in it. Where none runs, that is no fault.
    pub fn end_all(&self, workspace: &Workspace) {
        let server = workspace.shell.cmd("wineserver").arg("--kill").envs(self.variables());
        _ = server.quiet().ignore_status().run();
        _ = workspace.shell.cmd("wineserver").arg("--wait").envs(self.variables()).quiet().ignore_status().run();
    }

    /// What its programs find in their environment.
    pub fn variables(&self) -> Vec<(String, String)> {
        vec![
            ("WINEPREFIX".to_owned(), self.prefix.to_string_lossy().into_owned()),
            ("WINEARCH".to_owned(), "win64".to_owned()),
            // Its own remarks are about Wine.
            ("WINEDEBUG".to_owned(), "-all".to_owned()),
            ("WINEDLLOVERRIDES".to_owned(), LEFT_OUT.to_owned()),
            // A test that Wine cannot hold, unlike Windows, knows by this where it is.
            ("AGENTRUNTIME_TEST_WINE".to_owned(), "1".to_owned()),
        ]
    }
}
