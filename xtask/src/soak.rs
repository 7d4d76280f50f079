//! `soak`: random requests at the passthrough, for as long as is asked.

use anyhow::Context as _;
use clap::Args;

use crate::{
    tools::{compiler, nextest},
    workspace::{TESTS, Workspace},
};

/// Send random requests at the passthrough for a long time.
#[derive(Debug, Args)]
pub struct Soak {
    /// For how long
    #[arg(long, default_value_t = 10)]
    minutes: u32,
}

impl Soak {
    /// Runs the ignored test `passthrough_soak`, which nextest gives all the time it wants.
    ///
    /// # Errors
    /// Fails when the test fails or there is none of this name.
    pub fn run(self, workspace: &Workspace) -> anyhow::Result<()> {
        compiler::ensure(workspace)?;
        nextest::ensure(workspace)?;
        workspace
            .cargo()
            .args(["nextest", "run", "--package", TESTS, "--run-ignored", "only", "--no-capture"])
            .args(["-E", "test(passthrough_soak)"])
            .env("SOAK_MINUTES", self.minutes.to_string())
            .run()
            .context("the soak failed")
    }
}
