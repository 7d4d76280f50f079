//! `test`: everything that must pass before a change lands.

use std::{io::Write as _, path::Path};

use anyhow::Context as _;
use clap::Args;

use crate::{
    app, bundle, check, clients, conformance, desktop, files,
    generate::{self, Generate},
    page,
    parts::{Parts, Verdict},
    tools::{compiler, nextest, webkit},
    workspace::{Build, Members, SERVER, SHIPPED, Workspace},
};

/// Run every test there is.
#[derive(Debug, Args)]
pub struct Test {
    /// Leave out the tests of page and app, the real clients and the conformance suite, and the app itself where WebKit
    /// is not installed
    #[arg(long)]
    quick: bool,
}

/// Where nextest leaves its figures (`.config/nextest.toml`).
const FIGURES: [&str; 2] = ["target/nextest/default/junit.xml", "target/nextest/shipped/junit.xml"];

impl Test {
    /// Runs all parts, one failed or not, and prints a summary.
    ///
    /// # Errors
    /// Fails when a part failed or a tool that is needed cannot be had.
    pub fn run(self, workspace: &Workspace) -> anyhow::Result<()> {
        compiler::ensure(workspace)?;
        nextest::ensure(workspace)?;
        if !self.quick {
            webkit::ensure(workspace).context("`--quick` does without the app")?;
        }
        // Rust's tests start a keyring and a bus, with or without the app.
        webkit::ensure_for_tests(workspace, self.quick.then_some("crates"))?;
        let figures = FIGURES.map(|figures| workspace.root.join(figures));
        // Figures of an earlier run must not speak for this one.
        figures.iter().for_each(|figures| _ = std::fs::remove_file(figures));

        let mut parts = Parts::default();
        parts.run("format", || check::format(workspace));
        let members = if self.quick { app::members_at_hand(workspace) } else { page(workspace, &mut parts)? };
        let build = Build::WithTests(members);
        parts.run("clippy", || check::clippy(workspace, members));
        parts.run("tests", || tests(workspace, members));
        parts.run("doc tests", || doc_tests(workspace, members));
        parts.run("generated", || {
            Generate { check: true }.tools(workspace, build)?;
            Ok(Verdict::Passed)
        });
        if !self.quick {
            parts.run("shipped", || shipped(workspace));
            parts.run("desktop", || desktop::test(workspace, build));
            parts.run("packages", || packages(workspace));
            parts.run("clients", || {
                // Built already, where that went well; a program of an earlier run must not speak for this one.
                workspace.ship()?;
                clients::with(workspace, &workspace.program(SHIPPED, SERVER))?;
                Ok(Verdict::Passed)
            });
            parts.run("conformance", || {
                conformance::with(workspace, build)?;
                Ok(Verdict::Passed)
            });
        }
        let mut out = std::io::stdout().lock();
        write!(out, "\nSummary\n{}", parts.summary())?;
        let figures = figures
            .iter()
            .filter_map(|figures| Figures::read(figures))
            .reduce(|all, more| Figures { run: all.run + more.run, failed: all.failed + more.failed });
        if let Some(figures) = figures {
            writeln!(out, "tests: {} passed, {} failed", figures.run.saturating_sub(figures.failed), figures.failed)?;
        }
        parts.finish()
    }
}

/// Builds and tests the page, and says which members compile: where it does not build, the app does not either, and the
/// rest is tested all the same.
fn page(workspace: &Workspace, parts: &mut Parts) -> anyhow::Result<Members> {
    // Nor may pictures of an earlier run.
    _ = std::fs::remove_dir_all(workspace.shots()?);
    let mut members = Members::AllButApp;
    parts.run("page", || {
        page::build(workspace)?;
        members = Members::All;
        page::check(workspace)?;
        Ok(Verdict::Passed)
    });
    Ok(members)
}

fn tests(workspace: &Workspace, members: Members) -> anyhow::Result<Verdict> {
    workspace
        .cargo()
        .args(["nextest", "run", "--all-targets"])
        .args(members.args())
        // A snapshot that differs or is new fails; nothing is written for somebody to accept by accident.
        .env("INSTA_UPDATE", "no")
        .env_remove("INSTA_FORCE_PASS")
        .env_remove(generate::UPDATE_TYPES)
        .run()
        .context("nextest")?;
    Ok(Verdict::Passed)
}

/// The suites that start a program of ours, with the programs as they ship: another profile, other features, stripped.
const SHIPPED_SUITES: &str = "package(agentruntime-headless) & kind(test) \
    | package(agentruntime-sandbox) & (binary(crash) | binary(stalled))";

fn shipped(workspace: &Workspace) -> anyhow::Result<Verdict> {
    let programs = workspace.ship()?;
    workspace
        .cargo()
        .args(["nextest", "run", "--profile", "shipped", "--tests", "-E", SHIPPED_SUITES])
        // All members, so that what the tests are built of is built already.
        .args(Members::All.args())
        .env("AGENTRUNTIME_TEST_PROGRAMS", programs)
        .run()
        .context("nextest, with what ships")?;
    Ok(Verdict::Passed)
}

/// What people install, tried out as they would.
fn packages(workspace: &Workspace) -> anyhow::Result<Verdict> {
    if !cfg!(target_os = "linux") {
        return Ok(Verdict::Skipped("what is made on Linux is tried out there".to_owned()));
    }
    bundle::tried_on_linux(workspace, &workspace.ship()?)?;
    Ok(Verdict::Passed)
}

fn doc_tests(workspace: &Workspace, members: Members) -> anyhow::Result<Verdict> {
    workspace.cargo().arg("test").args(members.args()).args(["--doc", "--quiet"]).run().context("doc tests")?;
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
