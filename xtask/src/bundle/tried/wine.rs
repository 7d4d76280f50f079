//! The packages for Windows, under Wine: nobody is asked anything, and the registry is read by Wine's own `reg`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail};

use super::{
    listing::{Listing, below, left},
    person::{self, free_port, ran},
    served::Served,
};
use crate::{
    bundle::{made::Making, windows},
    cross::wine::LEFT_OUT,
    tools::packers,
    workspace::{APP, SERVER, Workspace},
};

/// The app's name, which its folder, its shortcut and its start at login have.
const NAME: &str = "AgentRuntime Desktop";
const UNINSTALL: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\io.agentruntime.desktop";
const RUN: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";
const SHORTCUT: &str = "Roaming/Microsoft/Windows/Start Menu/Programs/AgentRuntime Desktop.lnk";
/// How the installer ends while a program of ours runs.
const STILL_RUNS: i32 = 3;
/// What is installed.
const FILES: [&str; 8] = [
    "LICENSE-APACHE.txt",
    "LICENSE-MIT.txt",
    "README.txt",
    "WebView2Loader.dll",
    "agentruntime-desktop.exe",
    "agentruntime-platform-mcp.exe",
    "icon.ico",
    "uninstall.exe",
];

/// A Windows of Wine's.
pub struct Wine<'a> {
    workspace: &'a Workspace,
    prefix: PathBuf,
    /// A person's folder for what programs keep.
    data: PathBuf,
}

impl<'a> Wine<'a> {
    /// The Windows in this prefix, without anything of ours in it.
    pub fn new(workspace: &'a Workspace, prefix: &Path) -> anyhow::Result<Self> {
        let mut wine = Self { workspace, prefix: prefix.to_owned(), data: PathBuf::new() };
        let (_, named) = ran(workspace, wine.command().args(["cmd", "/c", "echo %LOCALAPPDATA%"]))?;
        let (_, path) = named.trim().split_once(':').with_context(|| format!("Wine names no folder: {named}"))?;
        let local = path.split('\\').fold(prefix.join("drive_c"), |folder, part| folder.join(part));
        local.parent().context("a folder without a folder")?.clone_into(&mut wine.data);
        // Of a run that was cut off.
        if wine.installed().join("uninstall.exe").exists() {
            wine.uninstall(&["/PURGE"])?;
        }
        for data in ["Local", "Roaming"] {
            _ = fs::remove_dir_all(wine.data.join(data).join(APP));
        }
        fs::create_dir_all(wine.installed().parent().unwrap_or(&wine.data))?;
        Ok(wine)
    }

    /// Installs an older self, updates it with a workspace in it, serves, and removes it with its data and without.
    pub fn tried(&self, making: &Making<'_>, new: &Path, older: &str) -> anyhow::Result<()> {
        let old = windows::installer(&Making { version: older, ..*making })?;
        let nothing = self.below()?;
        self.install(&old, &["/LOGIN"], 0)?;
        self.is_installed(older)?;
        let config = self.data.join("Local").join(APP);
        let settings = person::settle(&config, free_port()?)?;

        // Nothing is replaced under a program that runs, and nothing is ended by force.
        let running = self.server(&self.installed().join(format!("{SERVER}.exe")), making.into)?;
        let before = self.below()?;
        self.install(new, &[], STILL_RUNS)?;
        self.is_installed(older)?;
        same("an installer that has changed nothing", &before, &self.below()?)?;
        running.end("-INT")?;

        let before = self.below()?;
        self.install(new, &[], 0)?;
        self.is_installed(making.version)?;
        same("an update", &before, &self.below()?)?;
        if crate::files::read(&config.join("settings.json"))? != settings {
            bail!("an update changes the settings");
        }
        let program = self.installed().join(format!("{SERVER}.exe"));
        let listed = self.command().arg(&program).args(["token", "list", "--json"]).output()?;
        person::is_listed(&String::from_utf8_lossy(&listed.stdout))?;
        self.server(&program, making.into)?.end("-INT")?;

        self.uninstall(&[])?;
        self.is_gone()?;
        person::is_settled(&config, &settings)?;
        let data = [format!("Local/{APP}/sandbox/"), format!("Local/{APP}/")];
        left("the installer with data kept", &nothing, &self.below()?, &data.each_ref().map(String::as_str))?;

        // Without a word about the login, it is not started there.
        self.install(new, &[], 0)?;
        if self.registry(RUN)?.contains_key(NAME) {
            bail!("it starts at login although nobody asked for that");
        }
        self.uninstall(&["/PURGE"])?;
        self.is_gone()?;
        left("the installer", &nothing, &self.below()?, &[])
    }

    /// Unpacks the headless program's archive and serves with it.
    pub fn headless_tried(&self, making: &Making<'_>, archive: &Path) -> anyhow::Result<()> {
        packers::ensure(self.workspace, &packers::UNZIP)?;
        self.workspace.shell.cmd("unzip").args(["-q", "-o", "-d"]).arg(making.into).arg(archive).run()?;
        let name = archive.file_stem().context("an archive without a name")?;
        let nothing = self.below()?;
        self.server(&making.into.join(name).join(format!("{SERVER}.exe")), making.into)?.end("-INT")?;
        let data = format!("Local/{APP}/");
        left("the headless program", &nothing, &self.below()?, &[data.as_str()])?;
        Ok(fs::remove_dir_all(self.data.join("Local").join(APP))?)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("wine");
        command.env("WINEPREFIX", &self.prefix).env("WINEARCH", "win64").env("WINEDEBUG", "-all").env_remove("DISPLAY");
        command.env("WINEDLLOVERRIDES", LEFT_OUT);
        command
    }

    fn installed(&self) -> PathBuf {
        self.data.join("Local").join("Programs").join(NAME)
    }

    fn below(&self) -> anyhow::Result<Listing> {
        below(&self.data)
    }

    fn install(&self, installer: &Path, arguments: &[&str], expected: i32) -> anyhow::Result<()> {
        let (code, said) = ran(self.workspace, self.command().arg(installer).arg("/S").args(arguments))?;
        if code != Some(expected) {
            bail!("{} ends with {code:?}, not {expected}: {said}", installer.display());
        }
        Ok(())
    }

    fn uninstall(&self, arguments: &[&str]) -> anyhow::Result<()> {
        ran(self.workspace, self.command().arg(self.installed().join("uninstall.exe")).arg("/S").args(arguments))?;
        // It goes on in a copy of itself, since it deletes itself; Wine's server ends after the last program.
        let mut server = Command::new("wineserver");
        ran(self.workspace, server.arg("--wait").env("WINEPREFIX", &self.prefix))?;
        Ok(())
    }

    fn server(&self, program: &Path, logs: &Path) -> anyhow::Result<Served> {
        let (port, sandbox) = (free_port()?, free_port()?);
        let mut command = self.command();
        command.arg(program).args(["serve", "--sandbox", "--port", &port.to_string()]);
        command.args(["--sandbox-port", &sandbox.to_string()]);
        let script = "ask.js";
        fs::write(logs.join(script), include_str!("ask.js"))?;
        let mut client = self.command();
        // By its name: a path that begins with a slash is an option to Windows' programs.
        client.current_dir(logs).args(["cscript", "//nologo", script]);
        Served::start(command, port, &logs.join("server.log"), Some(client))
    }

    /// The values of a key, by name; none where there is no such key.
    fn registry(&self, key: &str) -> anyhow::Result<BTreeMap<String, String>> {
        let (_, said) = ran(self.workspace, self.command().args(["reg", "query", key]))?;
        Ok(values(&said))
    }

    /// Fails where not just this version is installed: its files, its entry in the list of programs, its shortcut, its start.
    fn is_installed(&self, version: &str) -> anyhow::Result<()> {
        let files = below(&self.installed())?;
        if files != FILES.into_iter().map(str::to_owned).collect() {
            bail!("it is made of other files: {files:?}");
        }
        let entry = self.registry(UNINSTALL)?;
        let folder = format!(r"C:\users\{}\AppData\Local\Programs\{NAME}", self.user()?);
        let expected = [
            ("DisplayName", NAME.to_owned()),
            ("DisplayVersion", version.to_owned()),
            ("Publisher", "AgentRuntime".to_owned()),
            ("DisplayIcon", format!(r"{folder}\icon.ico")),
            ("InstallLocation", folder.clone()),
            ("UninstallString", format!("\"{folder}\\uninstall.exe\"")),
            ("QuietUninstallString", format!("\"{folder}\\uninstall.exe\" /S")),
            ("NoModify", "0x1".to_owned()),
        ];
        for (name, value) in expected {
            if entry.get(name) != Some(&value) {
                bail!("{name} is not {value} in the list of programs: {entry:?}");
            }
        }
        let size = entry.get("EstimatedSize").and_then(|size| u64::from_str_radix(size.strip_prefix("0x")?, 16).ok());
        let real = fs::metadata(self.installed().join(format!("{SERVER}.exe")))?.len() / 1024;
        if size.is_none_or(|size| size < real) {
            bail!("EstimatedSize is less than the program alone: {entry:?}");
        }
        let run = self.registry(RUN)?;
        if run.get(NAME) != Some(&format!("\"{folder}\\{APP}.exe\" --hidden")) {
            bail!("it does not start at login: {run:?}");
        }
        if !self.data.join(SHORTCUT).exists() {
            bail!("the start menu has no {SHORTCUT}");
        }
        Ok(())
    }

    /// Fails where something of it is left that is not data.
    fn is_gone(&self) -> anyhow::Result<()> {
        let (entry, run) = (self.registry(UNINSTALL)?, self.registry(RUN)?);
        if !entry.is_empty() || run.contains_key(NAME) || self.installed().exists() || self.data.join(SHORTCUT).exists()
        {
            bail!("it is not gone: {entry:?} {run:?} {:?}", below(&self.installed())?);
        }
        Ok(())
    }

    fn user(&self) -> anyhow::Result<String> {
        let user = self.data.parent().and_then(Path::file_name).context("Wine's person has no name")?;
        Ok(user.to_string_lossy().into_owned())
    }
}

/// What `reg query` says: `    name    REG_SZ    value`.
fn values(said: &str) -> BTreeMap<String, String> {
    let lines = said.lines().filter_map(|line| {
        let mut parts = line.trim_end().strip_prefix("    ")?.split("    ");
        Some((parts.next()?.to_owned(), parts.nth(1)?.to_owned()))
    });
    lines.collect()
}

fn same(what: &str, before: &Listing, after: &Listing) -> anyhow::Result<()> {
    let differs = before.symmetric_difference(after).collect::<Vec<_>>();
    if differs.is_empty() { Ok(()) } else { bail!("{what} leaves other files than it found: {differs:?}") }
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn the_registrys_values_are_read_by_name() {
        let said = "\r\nHKEY_CURRENT_USER\\Software\\It\r\n    Its Name    REG_SZ    C:\\a b\\c.exe\r\n    Size    REG_DWORD    0xfb\r\n\r\n";
        let read = values(said);
        assert_eq!(read.get("Its Name").map(String::as_str), Some("C:\\a b\\c.exe"));
        assert_eq!(read.get("Size").map(String::as_str), Some("0xfb"));
        assert_eq!(read.len(), 2);
    }
}
