//! `cargo xtask`: the project's commands, the same on Linux, macOS and Windows.
//!
//! Each command sees to what it needs (see [`tools`]) and says what it is doing. No shell scripts stand behind it.

mod app;
mod bench;
mod bundle;
mod check;
mod clients;
mod conformance;
mod cross;
mod desktop;
mod files;
mod generate;
mod page;
mod parts;
mod run;
mod soak;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::{Workspace, say};

/// The project's commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build and start the app in the tray; without a display, Platform MCP serves headless
    Run(run::Run),
    /// Run every test there is
    Test(test::Test),
    /// Look at the code without running it: format, lints, licences, unused dependencies
    Check,
    /// Write the files that are generated from the code
    Generate(generate::Generate),
    /// Build and check for Windows and macOS, and run under Wine what runs there
    Cross(cross::Cross),
    /// Make a package of the app
    Bundle(bundle::Bundle),
    /// Measure, and write docs/PERFORMANCE.md
    Bench(bench::Bench),
    /// Run the suite of real MCP clients
    Clients,
    /// Run the official MCP conformance suite
    Conformance,
    /// Send random requests at the passthrough for a long time
    Soak(soak::Soak),
}

fn main() -> ExitCode {
    if let Some(code) = cross::wrappers::called() {
        return code;
    }
    match work() {
        Ok(code) => code,
        Err(error) => {
            say(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn work() -> anyhow::Result<ExitCode> {
    let command = Xtask::parse().command;
    let workspace = Workspace::find()?;
    match command {
        Command::Run(run) => return run.run(&workspace),
        Command::Test(test) => test.run(&workspace)?,
        Command::Check => check::run(&workspace)?,
        Command::Generate(generate) => generate.run(&workspace)?,
        Command::Cross(cross) => cross.run(&workspace)?,
        Command::Bundle(bundle) => bundle.run(&workspace)?,
        Command::Bench(bench) => bench.run(&workspace)?,
        Command::Clients => clients::run(&workspace)?,
        Command::Conformance => conformance::run(&workspace)?,
        Command::Soak(soak) => soak.run(&workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}
