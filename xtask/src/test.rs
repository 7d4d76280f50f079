//! `test`: everything that must pass before a change lands.

use std::{io::Write as _, path::Path};

use anyhow::Context as _;
use clap::Args;

use crate::{
    check, clients, conformance, files,
    generate::Generate,
    parts::{Parts, Verdict},
    tools::{compiler, nextest},
    workspace::{Build, Workspace},
};

/// Run every test there is.
#[derive(Debug, Args)]
pub struct Test {
    /// Leave out the real clients and the conformance suite, which need node and python
    #[arg(long)]
    quick: bool,
}

/// Where nextest leaves its figures (`.config/nextest.toml`).
const FIGURES: &str = "target/nextest/default/junit.xml";

impl Test {
    /// Runs all parts, one failed or not, and prints a summary.
    ///
    /// # Errors
    /// Fails when a part failed or a tool that is needed cannot be had.
    pub fn run(self, workspace: &Workspace) -> anyhow::Result<()> {
        compiler::ensure(workspace)?;
        nextest::ensure(workspace)?;
        let figures = workspace.root.join(FIGURES);
        // Figures of an earlier run must not speak for this one.
        _ = std::fs::remove_file(&figures);

        let mut parts = Parts::default();
        parts.run("format", || check::format(workspace));
        parts.run("clippy", || check::clippy(workspace));
        parts.run("tests", || tests(workspace));
        parts.run("doc tests", || doc_tests(workspace));
        parts.run("generated", || {
            Generate { check: true }.with(workspace, Build::WithTests)?;
            Ok(Verdict::Passed)
        });
        if !self.quick {
            parts.run("clients", || {
                clients::with(workspace, Build::WithTests)?;
                Ok(Verdict::Passed)
            });
            parts.run("conformance", || {
                conformance::with(workspace, Build::WithTests)?;
                Ok(Verdict::Passed)
            });
        }
        let mut out = std::io::stdout().lock();
        write!(out, "\nSummary\n{}", parts.summary())?;
        if let Some(figures) = Figures::read(&figures) {
            writeln!(out, "tests: {} passed, {} failed", figures.run.saturating_sub(figures.failed), figures.failed)?;
        }
        parts.finish()
    }
}

fn tests(workspace: &Workspace) -> anyhow::Result<Verdict> {
    workspace
        .cargo()
        .args(["nextest", "run", "--workspace", "--all-targets"])
        // A snapshot that differs or is new fails; nothing is written for somebody to accept by accident.
        .env("INSTA_UPDATE", "no")
        .env_remove("INSTA_FORCE_PASS")
        .run()
        .context("nextest")?;
    Ok(Verdict::Passed)
}

fn doc_tests(workspace: &Workspace) -> anyhow::Result<Verdict> {
    workspace.cargo().args(["test", "--workspace", "--doc", "--quiet"]).run().context("doc tests")?;
    Ok(Verdict::Passed)
}

/// What nextest counted.
#[derive(Debug, PartialEq, Eq)]
struct Figures {
    run: u32,
    failed: u32,
}

impl Figures {
    fn read(path: &Path) -> Option<Self> {
        Self::parse(&files::read(path).ok()?)
    }

    /// Reads the attributes of the report's first element: `<testsuites … tests="3" failures="0" errors="0" …>`.
    fn parse(report: &str) -> Option<Self> {
        let element = report.split_once("<testsuites ")?.1.split_once('>')?.0;
        let attribute = |name: &str| -> Option<u32> {
            element.split_once(&format!("{name}=\""))?.1.split_once('"')?.0.parse().ok()
        };
        Some(Self { run: attribute("tests")?, failed: attribute("failures")? + attribute("errors")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_the_report() {
        let report = "<?xml version=\"1.0\"?>\n<testsuites name=\"nextest-run\" tests=\"30\" failures=\"2\" errors=\"1\" \
                      uuid=\"x\">\n<testsuite name=\"a\" tests=\"1\" failures=\"0\" errors=\"0\"/></testsuites>";
        assert_eq!(Figures::parse(report), Some(Figures { run: 30, failed: 3 }));
        assert_eq!(Figures::parse("<testsuites tests=\"\">"), None);
    }
}
