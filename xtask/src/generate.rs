//! `generate`: files that are written from the code, committed, and proved fresh.

use anyhow::{Context as _, bail};
use clap::Args;

use crate::{
    files,
    workspace::{Build, DESK, HEADLESS, SERVER, Workspace, say},
};

/// Write the files that are generated from the code.
#[derive(Debug, Args)]
pub struct Generate {
    /// Write nothing; fail when docs/tools.md is not what the code says (the page's types have a test of their own)
    #[arg(long)]
    pub check: bool,
}

/// The page of tools, from the catalogue.
const PAGE: &str = "docs/tools.md";
/// The page's types, from the desk's.
const TYPES: &str = "ui/src/lib/backend/types.ts";
/// The desk's test that compares them, and writes them where it is told to.
const TYPES_TEST: &str = "types_are_written";
/// Tells it to.
pub const UPDATE_TYPES: &str = "UPDATE_TYPES";

impl Generate {
    /// Writes or checks every generated file.
    ///
    /// # Errors
    /// Fails when server or desk do not build, a file cannot be written, or (with `--check`) one is stale.
    pub fn run(self, workspace: &Workspace) -> anyhow::Result<()> {
        self.tools(workspace, Build::Alone)?;
        if self.check { Ok(()) } else { types(workspace) }
    }

    /// Writes or checks the page of tools, with a server that is built in this way.
    ///
    /// # Errors
    /// As [`Generate::run`].
    pub fn tools(&self, workspace: &Workspace, build: Build) -> anyhow::Result<()> {
        let server = workspace.build(HEADLESS, SERVER, build)?;
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

/// Writes the page's types.
fn types(workspace: &Workspace) -> anyhow::Result<()> {
    let path = workspace.root.join(TYPES);
    let before = std::fs::read(&path).ok();
    let test = workspace.cargo().args(["test", "--package", DESK, "--lib", TYPES_TEST]).env(UPDATE_TYPES, "1");
    let told = test.ignore_status().read()?;
    if !passed(&told) {
        say(told);
        bail!("{TYPES} could not be written: the test `{TYPES_TEST}` of {DESK} did not pass");
    }
    let written = before != std::fs::read(&path).ok();
    say(format_args!("{TYPES} is {}", if written { "written" } else { "up to date" }));
    Ok(())
}

/// Whether a test has run and passed; a filter that fits no test is content with none.
fn passed(told: &str) -> bool {
    told.lines().filter_map(|line| line.strip_prefix("test result: ok. ")).any(|rest| !rest.starts_with("0 passed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_does_not_exist_has_not_passed() {
        assert!(passed("\nrunning 1 test\n.\ntest result: ok. 1 passed; 0 failed; 0 ignored"));
        assert!(!passed("\nrunning 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored"));
        assert!(!passed("test result: FAILED. 1 passed; 1 failed"));
        assert!(!passed(""));
    }
}
