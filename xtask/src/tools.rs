//! Have or install: each tool a command needs is looked for, and installed where it is missing and that is possible.
//!
//! On Debian and its kin that is done with apt, as root or through a sudo that asks nothing. Elsewhere, and where that
//! fails, the error is the exact command to type.

pub mod compiler;
pub mod nextest;
pub mod node;
pub mod packers;
pub mod programs;
pub mod python;
pub mod webkit;

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::workspace::{Workspace, say};

/// Whether a program starts and answers with success.
pub fn answers(workspace: &Workspace, program: impl AsRef<Path>, args: &[&str]) -> bool {
    workspace.shell.cmd(program).args(args).quiet().ignore_stdout().ignore_stderr().run().is_ok()
}

fn is_root(workspace: &Workspace) -> bool {
    workspace.shell.cmd("id").arg("-u").quiet().read().is_ok_and(|id| id.trim() == "0")
}

/// Whether packages may be installed here without asking anybody.
pub fn may_install(workspace: &Workspace) -> bool {
    is_root(workspace) || answers(workspace, "sudo", &["-n", "true"])
}

/// Installs Debian packages because `missing` is not there.
///
/// # Errors
/// Fails with the command to type where apt is not there or may not be used; on other systems with `elsewhere`, which
/// says what to do there.
pub(crate) fn apt(workspace: &Workspace, missing: &str, packages: &[&str], elsewhere: &str) -> anyhow::Result<()> {
    let list = packages.join(" ");
    if !cfg!(target_os = "linux") || !answers(workspace, "apt-get", &["--version"]) {
        bail!("{missing} is missing; {elsewhere}");
    }
    let shell = &workspace.shell;
    let root = is_root(workspace);
    if !may_install(workspace) {
        bail!("{missing} is missing; install it with `sudo apt-get install -y {list}` and try again");
    }
    say(format_args!("{missing} is missing; installing {list}"));
    let command = |args: &[&str]| {
        let command = if root { shell.cmd("env") } else { shell.cmd("sudo").args(["-n", "env"]) };
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(args)
    };
    // Old lists are the usual reason why an install fails, and a new machine has none at all.
    command(&["update", "--quiet"]).run().context("the lists of packages cannot be fetched")?;
    // Nobody has agreed to lose what conflicts with it, such as their own Rust.
    command(&["install", "--yes", "--quiet", "--no-install-recommends", "--no-remove"])
        .args(packages)
        .run()
        .with_context(|| format!("{missing} could not be installed; try `sudo apt-get install -y {list}` by hand"))
}
