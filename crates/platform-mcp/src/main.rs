//! Platform MCP without a window: `agentruntime-platform-mcp serve`.

mod cli;

use std::process::ExitCode;

use clap::Parser;

// A server that answers thousands of small requests a second spends much of its time in the allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            cli::complain(&error);
            ExitCode::FAILURE
        }
    }
}
