//! The Debian package, by dpkg itself in a root of its own; who is not root has it unpacked only.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

use super::{
    archive::{Home, ended_well},
    listing::{below, left},
    person::{self, free_port},
};
use crate::{
    bundle::made::Making,
    workspace::{APP, Workspace, say},
};

/// Installs an older self of the package, updates it, starts what is installed, and removes it.
pub fn tried(making: &Making<'_>, package: &Path, older: &str) -> anyhow::Result<()> {
    let workspace = making.workspace;
    let within = making.into.join("deb");
    let root = Root::new(workspace, within.join("root"))?;
    let (name, version) = (field(workspace, package, "Package")?, field(workspace, package, "Version")?);
    let old = aged(workspace, package, &within, older)?;
    let home = Home::new(&within)?;
    let (app, port) = (root.folder.join("usr").join("bin").join(APP), free_port()?);
    let nothing = below(&root.folder.join("usr"))?;

    root.install(&old)?;
    root.has(&name, older)?;
    let installed = below(&root.folder.join("usr"))?;
    let settings = person::settle(&home.config(), port)?;
    ended_well(home.app(&app, port)?.end("-TERM")?)?;
    root.install(package)?;
    root.has(&name, &version)?;
    if below(&root.folder.join("usr"))? != installed {
        bail!("an update leaves other files than it found");
    }
    ended_well(home.app(&app, port)?.end("-TERM")?)?;
    person::is_settled(&home.config(), &settings)?;
    root.remove(&name)?;
    left("the Debian package", &nothing, &below(&root.folder.join("usr"))?, &[])?;
    person::is_settled(&home.config(), &settings)
}

/// A root for dpkg.
struct Root<'a> {
    workspace: &'a Workspace,
    folder: PathBuf,
    /// Only root can have dpkg give files to root.
    by_dpkg: bool,
}

impl<'a> Root<'a> {
    fn new(workspace: &'a Workspace, folder: PathBuf) -> anyhow::Result<Self> {
        let admin = folder.join("var").join("lib").join("dpkg");
        for needed in [admin.join("info"), admin.join("updates"), folder.join("usr")] {
            fs::create_dir_all(needed)?;
        }
        fs::write(admin.join("status"), "")?;
        let by_dpkg = workspace.shell.cmd("id").arg("-u").quiet().read()?.trim() == "0";
        if !by_dpkg {
            say("Not root: the Debian package is unpacked, not installed.");
        }
        Ok(Self { workspace, folder, by_dpkg })
    }

    fn dpkg(&self, arguments: &[&str], package: &Path) -> anyhow::Result<()> {
        let root = format!("--root={}", self.folder.display());
        // What it depends on is this system's, which the new root does not know of.
        let dpkg = self.workspace.shell.cmd("dpkg").args([&root, "--force-depends", "--log=/dev/null"]);
        dpkg.args(arguments).arg(package).ignore_stdout().ignore_stderr().run().context("dpkg")
    }

    fn install(&self, package: &Path) -> anyhow::Result<()> {
        if self.by_dpkg {
            return self.dpkg(&["--install"], package);
        }
        Ok(self.workspace.shell.cmd("dpkg-deb").arg("--extract").args([package, &self.folder]).run()?)
    }

    /// Fails where another version is installed.
    fn has(&self, name: &str, version: &str) -> anyhow::Result<()> {
        let admin = format!("--admindir={}", self.folder.join("var").join("lib").join("dpkg").display());
        let query = self.workspace.shell.cmd("dpkg-query").args([&admin, "--show", "--showformat=${Version}", name]);
        if self.by_dpkg && query.quiet().read()? != version {
            bail!("version {version} of {name} is not installed");
        }
        Ok(())
    }

    fn remove(&self, name: &str) -> anyhow::Result<()> {
        if self.by_dpkg {
            return self.dpkg(&["--remove"], Path::new(name));
        }
        fs::remove_dir_all(self.folder.join("usr"))?;
        Ok(fs::create_dir(self.folder.join("usr"))?)
    }
}

fn field(workspace: &Workspace, package: &Path, field: &str) -> anyhow::Result<String> {
    Ok(workspace.shell.cmd("dpkg-deb").arg("--field").arg(package).arg(field).quiet().read()?)
}

/// The same package under an older version.
fn aged(workspace: &Workspace, package: &Path, within: &Path, version: &str) -> anyhow::Result<PathBuf> {
    let (folder, aged) = (within.join("older"), within.join("older.deb"));
    workspace.shell.cmd("dpkg-deb").arg("--raw-extract").args([package, &folder]).run()?;
    let control = folder.join("DEBIAN").join("control");
    let lines = crate::files::read(&control)?;
    let lines = lines.lines().map(|line| match line.starts_with("Version:") {
        true => format!("Version: {version}\n"),
        false => format!("{line}\n"),
    });
    fs::write(&control, lines.collect::<String>())?;
    // It is unpacked again at once.
    let build = workspace.shell.cmd("dpkg-deb").args(["-Znone", "--root-owner-group", "--build"]);
    build.args([&folder, &aged]).ignore_stdout().run()?;
    Ok(aged)
}
