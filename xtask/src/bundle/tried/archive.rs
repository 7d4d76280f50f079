//! The archive for Linux: its script installs, updates and removes, in a home of its own and with nobody to ask.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail};

use super::{
    listing::{below, left},
    person::{self, free_port, ran},
    served::Served,
};
use crate::{
    bundle::{linux, made::Making},
    workspace::{APP, SERVER},
};

/// A home with nothing in it, and what is done there.
pub(super) struct Home {
    pub folder: PathBuf,
    logs: PathBuf,
}

impl Home {
    /// One with the folders that every desktop has. Its name has a blank in it, as people's have.
    pub fn new(within: &Path) -> anyhow::Result<Self> {
        let folder = within.join("a home of its öwn");
        for everyones in [".cache", ".config", ".local/share"] {
            fs::create_dir_all(folder.join(everyones))?;
        }
        Ok(Self { folder, logs: within.to_owned() })
    }

    /// A program as this person starts it: without a screen, a bus and a keyring.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("HOME", &self.folder).env("PATH", path).env("LC_ALL", "C.UTF-8");
        // Without a word about them, the bus of whoever runs this would be found, and behind it their own keyring.
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent").env("XDG_RUNTIME_DIR", &self.logs);
        command
    }

    /// Where the app keeps its settings.
    pub fn config(&self) -> PathBuf {
        self.folder.join(".config").join(APP)
    }

    /// Starts the app, which serves without a window where there is no screen.
    pub fn app(&self, program: impl AsRef<Path>, port: u16) -> anyhow::Result<Served> {
        Served::start(self.command(program), port, &self.logs.join("app.log"), None).context("the app")
    }

    /// Starts the headless program with the sandbox.
    pub fn server(&self, program: impl AsRef<Path>) -> anyhow::Result<Served> {
        let (port, sandbox) = (free_port()?, free_port()?);
        let mut command = self.command(program);
        command.args(["serve", "--sandbox", "--port", &port.to_string(), "--sandbox-port", &sandbox.to_string()]);
        Served::start(command, port, &self.logs.join("server.log"), None).context("the headless program")
    }
}

/// Tries out the app's archive.
pub fn tried(making: &Making<'_>, archive: &Path, older: &str) -> anyhow::Result<()> {
    let (workspace, within) = (making.workspace, making.into);
    let old = unpacked(making, &linux::app(&Making { version: older, ..*making })?)?;
    let new = unpacked(making, archive)?;
    let home = Home::new(within)?;
    let script = |folder: &Path, arguments: &[&str]| {
        ran(workspace, home.command("sh").arg(folder.join("install.sh")).args(arguments))
    };
    let (local, port) = (home.folder.join(".local"), free_port()?);
    let (app, server, ours) =
        (local.join("bin").join(APP), local.join("bin").join(SERVER), local.join("lib").join(APP));
    let has = |version: &str| -> anyhow::Result<()> {
        let readme = crate::files::read(&local.join("share").join("doc").join(APP).join("README.txt"))?;
        if readme.contains(version) { Ok(()) } else { bail!("it is not version {version}: {readme}") }
    };
    let nothing = below(&home.folder)?;

    done(script(&old, &[])?, &["is installed in", older])?;
    has(older)?;
    let entry = local.join("share").join("applications").join(format!("{APP}.desktop"));
    let starts = format!("Exec=\"{}\"", app.display());
    if !crate::files::read(&entry)?.lines().any(|line| line == starts) {
        bail!("the entry of menus does not say {starts}");
    }
    let settings = person::settle(&home.config(), port)?;

    let running = home.app(&app, port)?;
    done(script(&new, &[])?, &["is now version", making.version, "running as it was before"])?;
    has(making.version)?;
    ended_well(running.end("-TERM")?)?;
    person::is_settled(&home.config(), &settings)?;
    is_listed(&home, &server)?;

    // Half of an archive is none: as it was, all that is installed stays.
    let before = below(&home.folder)?;
    fs::write(old.join("bin").join(SERVER), "half")?;
    let (code, said) = script(&old, &[])?;
    if code != Some(1) || !said.contains("Nothing has been changed") || below(&home.folder)? != before {
        bail!("a broken archive is installed ({code:?}): {said}");
    }
    has(making.version)?;

    let mut running = home.app(&app, port)?;
    done(script(&ours, &["--uninstall"])?, &["I ask it to end", "is no longer in", "are kept in"])?;
    ended_well(running.ended()?)?;
    person::is_settled(&home.config(), &settings)?;
    let data = [&format!(".config/{APP}/"), &format!(".local/share/{APP}/")].map(|place| place.to_owned());
    left("the archive with data kept", &nothing, &below(&home.folder)?, &data.each_ref().map(String::as_str))?;

    done(script(&new, &[])?, &["is installed in"])?;
    done(script(&ours, &["--uninstall", "--purge"])?, &["is no longer in", "are deleted"])?;
    left("the archive", &nothing, &below(&home.folder)?, &[])
}

/// Tries out the headless program's archive.
pub fn headless_tried(making: &Making<'_>, archive: &Path) -> anyhow::Result<()> {
    let folder = unpacked(making, archive)?;
    let home = Home::new(making.into)?;
    ended_well(home.server(folder.join(SERVER))?.end("-INT")?)
}

/// Fails where `token list` of a program does not show the workspace.
pub(super) fn is_listed(home: &Home, server: &Path) -> anyhow::Result<()> {
    let listed = home.command(server).args(["token", "list", "--json"]).output()?;
    person::is_listed(&String::from_utf8_lossy(&listed.stdout))
}

/// Fails where a command did not end well, or did not say all of this.
pub(super) fn done((code, said): (Option<i32>, String), says: &[&str]) -> anyhow::Result<()> {
    if code != Some(0) || !says.iter().all(|text| said.contains(text)) {
        bail!("it ended with {code:?} and not as expected ({says:?}): {said}");
    }
    Ok(())
}

pub(super) fn ended_well(ended: std::process::ExitStatus) -> anyhow::Result<()> {
    if ended.success() { Ok(()) } else { bail!("a program that was asked to end did so badly: {ended}") }
}

fn unpacked(making: &Making<'_>, archive: &Path) -> anyhow::Result<PathBuf> {
    let tar = making.workspace.shell.cmd("tar").arg("--extract").arg("--file").arg(archive);
    tar.arg("--directory").arg(making.into).run()?;
    // `name.tar.xz` holds a folder of that name.
    let name = archive.file_name().and_then(|name| name.to_str()?.strip_suffix(".tar.xz"));
    Ok(making.into.join(name.context("an archive without a name")?))
}
