//! `soak`: what is tested on every commit, for as long as is asked.

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use crate::{
    tools::{compiler, nextest, webkit},
    workspace::{HEADLESS, TESTS, Workspace},
};

/// Test one thing for a long time.
#[derive(Debug, Args)]
pub struct Soak {
    /// What
    #[arg(value_enum, default_value_t = What::Passthrough)]
    what: What,
    /// For how long; the crashes have a number of their own
    #[arg(long, default_value_t = 10)]
    minutes: u32,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Random requests at the passthrough
    Passthrough,
    /// Hundreds of rotations of a token that are killed at every step; a quarter of an hour
    Tokens,
    /// The follower over an outage of as many minutes, and a thousand runs at once
    Runs,
}

impl Soak {
    /// Runs the ignored test, which nextest gives all the time it wants.
    ///
    /// # Errors
    /// Fails when the test fails or there is none of this name.
    pub fn run(self, workspace: &Workspace) -> anyhow::Result<()> {
        compiler::ensure(workspace)?;
        nextest::ensure(workspace)?;
        let (package, test) = match self.what {
            What::Passthrough => (TESTS, "test(passthrough_soak)"),
            What::Runs => (TESTS, "test(run_watch_soak)"),
            What::Tokens => {
                webkit::ensure_for_tests(workspace, Some("crates"))?;
                (HEADLESS, "test(token_crash_soak)")
            }
        };
        workspace
            .cargo()
            .args(["nextest", "run", "--package", package, "--run-ignored", "only", "--no-capture", "-E", test])
            .env("SOAK_MINUTES", self.minutes.to_string())
            .run()
            .context("the soak failed")
    }
}
