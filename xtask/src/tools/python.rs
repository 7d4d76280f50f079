//! A Python environment of its own for the clients that are written in it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::{answers, apt};
use crate::{
    files::{self, Stamp},
    workspace::Workspace,
};

/// Says whether a Python is new enough (3.10) by its exit code.
const NEW_ENOUGH: &str = "import sys; sys.exit(sys.version_info < (3, 10))";
/// Fails where Debian has split off what an environment needs.
const CAN_MAKE: &str = "import venv, ensurepip";

/// Makes an environment in `folder` with what `requirements` lists, where that has changed since the last time.
/// Returns its Python.
///
/// # Errors
/// Fails when there is no Python from 3.10 on, or what is listed cannot be installed.
pub fn install(workspace: &Workspace, requirements: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let listed = files::read(requirements)?;
    let base = ensure(workspace)?;
    let version = workspace.shell.cmd(base).arg("--version").quiet().read()?;
    let python = if cfg!(windows) { folder.join("Scripts").join("python.exe") } else { folder.join("bin/python") };
    Stamp::new(folder, &[&listed, &version]).unless_fresh(|| {
        workspace.shell.cmd(base).args(["-m", "venv", "--clear"]).arg(folder).run()?;
        let pip = workspace.shell.cmd(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        pip.arg("--requirement").arg(requirements).run().context("pip could not install what is listed")
    })?;
    Ok(python)
}

/// The name of a Python that can make environments.
fn ensure(workspace: &Workspace) -> anyhow::Result<&'static str> {
    let base = if cfg!(windows) { "python" } else { "python3" };
    let elsewhere = "install Python 3.10 or newer";
    if !answers(workspace, base, &["--version"]) {
        apt(workspace, "Python", &["python3", "python3-venv"], elsewhere)?;
    }
    if !answers(workspace, base, &["-c", NEW_ENOUGH]) {
        bail!("Python is too old; {elsewhere}");
    }
    if !answers(workspace, base, &["-c", CAN_MAKE]) {
        apt(workspace, "Python's venv module", &["python3-venv"], elsewhere)?;
    }
    Ok(base)
}
