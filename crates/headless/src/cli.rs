//! The command line: parse, then one file a command.

mod serve;
mod token;
mod tools;

use std::io::Write as _;

use clap::{Parser, Subcommand};

use crate::exit;

/// Platform MCP: AgentRuntime's workflows, runs and approvals as MCP tools.
#[derive(Debug, Parser)]
#[command(name = "agentruntime-platform-mcp", version, after_help = exit::HELP)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve MCP on http://127.0.0.1:8340/mcp until interrupted
    Serve(Box<serve::Serve>),
    /// Keep the tokens of AgentRuntime Desktop's workspaces: add, list, rotate, revoke
    Token(token::Token),
    /// Print the catalogue of tools
    Tools(tools::Tools),
}

impl Cli {
    /// Runs the command that was asked for.
    pub fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Serve(serve) => serve.run(),
            Command::Token(token) => token.run(),
            Command::Tools(tools) => tools.run(),
        }
    }
}

/// One clear line on stderr: what happened, and what to do.
pub fn complain(error: &anyhow::Error) {
    // Nothing is left to do where stderr is closed; the exit code still tells.
    let _ = writeln!(std::io::stderr(), "error: {error:#}");
}
