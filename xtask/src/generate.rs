//! `generate`: files that are written from the code, committed, and proved fresh.

use anyhow::{Context as _, bail};
use clap::Args;

use crate::{
    files,
    workspace::{Build, SERVER, Workspace, say},
};

/// Write the files that are generated from the code.
#[derive(Debug, Args)]
pub struct Generate {
    /// Write nothing; fail when a file is not what the code says
    #[arg(long)]
    pub check: bool,
}

/// The page of tools, from the catalogue.
const PAGE: &str = "docs/tools.md";

impl Generate {
    /// Writes or checks every generated file.
    ///
    /// # Errors
    /// Fails when the server does not build, a file cannot be written, or (with `--check`) one is stale.
    pub fn run(self, workspace: &Workspace) -> anyhow::Result<()> {
        self.with(workspace, Build::Alone)
    }

    /// As [`Generate::run`], with a server that is built in this way.
    ///
    /// # Errors
    /// As [`Generate::run`].
    pub fn with(self, workspace: &Workspace, build: Build) -> anyhow::Result<()> {
        let server = workspace.build(SERVER, SERVER, build)?;
        let output = workspace.shell.cmd(server).args(["tools", "--format", "markdown"]).output()?;
        let wanted = String::from_utf8(output.stdout).context("the page of tools is no text")?;
        let path = workspace.root.join(PAGE);
        let fresh = std::fs::read_to_string(&path).is_ok_and(|present| present == wanted);
        match (fresh, self.check) {
            (true, _) => say(format_args!("{PAGE} is up to date")),
            (false, true) => bail!("{PAGE} is not what the catalogue says; run `cargo xtask generate` and commit it"),
            (false, false) => {
                files::replace(&path, &wanted)?;
                say(format_args!("{PAGE} is written"));
            }
        }
        Ok(())
    }
}
