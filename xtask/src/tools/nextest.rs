//! cargo-nextest, which runs the tests.

use anyhow::Context as _;

use crate::workspace::{Workspace, say};

/// The version that is installed where there is none; any version that is there is used.
const PINNED: &str = "cargo-nextest@0.9.143";

/// Makes sure of `cargo nextest`.
///
/// # Errors
/// Fails when it is missing and does not build.
pub fn ensure(workspace: &Workspace) -> anyhow::Result<()> {
    let present = workspace.cargo().args(["nextest", "--version"]).quiet().ignore_stdout().ignore_stderr();
    if present.run().is_ok() {
        return Ok(());
    }
    say("cargo-nextest, which runs the tests, is missing; building it, once. This takes some minutes.");
    workspace
        .cargo()
        .args(["install", PINNED, "--locked"])
        .run()
        .with_context(|| format!("try `cargo install {PINNED} --locked` by hand"))
}
