//! `check`: what can be said of the code without running it.

use std::io::Write as _;

use anyhow::Context as _;

use crate::{
    app,
    parts::{Parts, Verdict},
    workspace::{Members, Workspace},
};

/// Runs all checks, one failed or not, and prints a summary.
///
/// # Errors
/// Fails when a check failed. One whose tool is not installed is skipped, and the summary says how to install it.
pub fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let mut parts = Parts::default();
    parts.run("format", || format(workspace));
    parts.run("clippy", || {
        app::ensure(workspace)?;
        clippy(workspace, Members::All)
    });
    // Advisories are left out: they need the network, and change while the code does not.
    parts.run("deny", || {
        optional(workspace, "deny", &["check", "--hide-inclusion-graph", "bans", "licenses", "sources"])
    });
    parts.run("unused", || optional(workspace, "machete", &[]));
    write!(std::io::stdout().lock(), "\nSummary\n{}", parts.summary())?;
    parts.finish()
}

/// Whether all code is formatted.
///
/// # Errors
/// Fails when `cargo fmt` would change something.
pub fn format(workspace: &Workspace) -> anyhow::Result<Verdict> {
    let files = workspace.cargo().args(["fmt", "--all", "--", "--check", "-l"]);
    files.run().context("the files named above are not formatted; run `cargo fmt --all`")?;
    Ok(Verdict::Passed)
}

/// Whether clippy and the compiler have nothing to say.
///
/// # Errors
/// Fails at any warning.
pub fn clippy(workspace: &Workspace, members: Members) -> anyhow::Result<Verdict> {
    let clippy = workspace.cargo().arg("clippy").args(members.args()).args(["--all-targets", "--", "-D", "warnings"]);
    clippy.run().context("see above what the compiler and clippy say")?;
    Ok(Verdict::Passed)
}

/// Runs a cargo command that not everybody has.
fn optional(workspace: &Workspace, command: &str, args: &[&str]) -> anyhow::Result<Verdict> {
    if workspace.cargo().args([command, "--version"]).quiet().ignore_stdout().ignore_stderr().run().is_err() {
        return Ok(Verdict::Skipped(format!("install it with `cargo install cargo-{command} --locked`")));
    }
    workspace.cargo().arg(command).args(args).run()?;
    Ok(Verdict::Passed)
}
