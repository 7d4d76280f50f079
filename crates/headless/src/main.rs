//! Platform MCP without a window: `agentruntime-platform-mcp serve`.

mod cli;
mod exit;
mod profiles;

use std::process::ExitCode;

use clap::Parser;

use exit::Exit;

// A server that answers thousands of small requests a second spends much of its time in the allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Some(worked) = agentruntime_sandbox::script_worker() {
        return worked;
    }
    match cli::Cli::parse().run() {
        Ok(()) => Exit::Ok.into(),
        Err(error) => {
            cli::complain(&error);
            Exit::of(&error).into()
        }
    }
}
