//! `cross`: the other systems, as far as this one can show them.
//!
//! Windows' programs are built, linked and run (under Wine); for macOS the code is read by compiler and clippy, as far as linking,
//! which wants Apple's SDK. Debian's own packages bring all that is needed.

mod macos;
mod toolchain;
mod windows;
pub mod wine;
pub mod wrappers;

use std::io::Write as _;

use clap::{Args, ValueEnum};

use crate::{
    page,
    parts::{Parts, Verdict},
    workspace::{Workspace, say},
};

/// Build and check for Windows and macOS, and run under Wine what runs there.
#[derive(Debug, Args)]
pub struct Cross {
    /// Only these systems
    #[arg(value_enum)]
    systems: Vec<System>,
    /// Look at the code only: nothing is linked or run
    #[arg(long)]
    check: bool,
}

/// A system that this is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum System {
    Windows,
    Macos,
}

impl Cross {
    /// Does what this machine can do for each system, one failed or not, and prints a summary.
    ///
    /// # Errors
    /// Fails when a part failed. One whose tools cannot be had here is skipped, and the summary says why.
    pub fn run(self, workspace: &Workspace) -> anyhow::Result<()> {
        let mut parts = Parts::default();
        if let Some(why) = toolchain::missing_for_good(workspace) {
            say(format_args!("Nothing is built for other systems here: {why}"));
            return Ok(());
        }
        // The app is compiled with its page in it.
        parts.run("page", || page::build(workspace).map(|()| Verdict::Passed));
        if self.wants(System::Windows) {
            windows::parts(workspace, &mut parts, self.check);
        }
        if self.wants(System::Macos) {
            macos::parts(workspace, &mut parts);
        }
        write!(std::io::stdout().lock(), "\nSummary\n{}", parts.summary())?;
        parts.finish()
    }

    fn wants(&self, system: System) -> bool {
        self.systems.is_empty() || self.systems.contains(&system)
    }
}
