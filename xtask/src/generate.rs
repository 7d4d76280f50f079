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
    /// Write nothing; fail when docs/tools.md is not what the code says (the page's files have tests of their own)
    #[arg(long)]
    pub check: bool,
}

/// The page of tools, from the catalogue.
const PAGE: &str = "docs/tools.md";
/// The page's types, from the desk's, and what its fake backend shows of the desk.
const UI_FILES: [&str; 4] = [
    "ui/src/lib/backend/types.ts",
    "ui/src/lib/backend/fake/tools.json",
    "ui/src/lib/backend/fake/ides.json",
    "ui/src/lib/backend/fake/settings.json",
];
/// In the names of the desk's tests that compare them, one for each, and write them where they are told to.
const UI_TESTS: &str = "are_written";
/// Tells them to.
pub const UPDATE_TYPES: &str = "UPDATE_TYPES";

impl Generate {
    /// Writes or checks every generated file.
    ///
    /// # Errors
    /// Fails when server or desk do not build, a file cannot be written, or (with `--check`) one is stale.
    pub fn run(self, workspace: &Workspace) -> anyhow::Result<()> {
        self.tools(workspace, Build::Alone)?;
        if self.check { Ok(()) } else { ui_files(workspace) }
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

/// Writes the page's types and the fake's files.
fn ui_files(workspace: &Workspace) -> anyhow::Result<()> {
    let read = || UI_FILES.map(|file| std::fs::read(workspace.root.join(file)).ok());
    let before = read();
    let test = workspace.cargo().args(["test", "--package", DESK, "--lib", UI_TESTS]).env(UPDATE_TYPES, "1");
    let told = test.ignore_status().read()?;
    if passed(&told) != UI_FILES.len() {
        say(told);
        bail!("the page's files could not be written: not all of the desk's tests `…{UI_TESTS}` passed");
    }
    for ((file, before), now) in UI_FILES.iter().zip(before).zip(read()) {
        say(format_args!("{file} is {}", if before == now { "up to date" } else { "written" }));
    }
    Ok(())
}

/// How many tests have passed; a filter that fits no test is content with none, and where one failed, none counts.
fn passed(told: &str) -> usize {
    let passed = told.lines().filter_map(|line| line.strip_prefix("test result: ok. ")?.split_once(" passed"));
    passed.filter_map(|(number, _)| number.parse::<usize>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_does_not_exist_has_not_passed() {
        assert_eq!(passed("\nrunning 3 tests\n...\ntest result: ok. 3 passed; 0 failed; 0 ignored"), 3);
        assert_eq!(passed("\nrunning 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored"), 0);
        assert_eq!(passed("test result: FAILED. 2 passed; 1 failed"), 0);
        assert_eq!(passed(""), 0);
    }
}
