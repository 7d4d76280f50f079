//! `token`: the app's workspaces and their tokens, from a terminal or a script.
//!
//! What is said goes to stdout, as text or with `--json` as one object; errors and logs go to stderr. A token's text is read
//! from standard input and shown by `reveal` alone, on a terminal.

mod add;
mod list;
mod reveal;
mod revoke;
mod rotate;
mod settle;
mod show;

use agentruntime_settings::{Profile, SettingsStore};
use agentruntime_tokens::{Error, Keychain, Tokens};
use anyhow::Context as _;
use clap::{Args, Subcommand};

use crate::{exit, profiles};

/// Keep the tokens of AgentRuntime Desktop's workspaces: add, list, rotate, revoke.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct Token {
    #[command(subcommand)]
    command: Command,
    /// Answer with one JSON object
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a workspace with a token read from standard input
    Add(add::Add),
    /// Show the workspaces, their tokens, and what is left to do
    List(list::List),
    /// Give a workspace a new token in place of its old one, which is revoked
    Rotate(rotate::Rotate),
    /// Revoke a workspace's token
    Revoke(revoke::Revoke),
    /// Show a workspace's token, on a terminal only
    Reveal(reveal::Reveal),
    /// Take up again what a crash, a locked keychain or a lost network left
    Settle(settle::Settle),
}

/// A workspace by its name or id.
#[derive(Debug, Args)]
struct Which {
    /// The workspace, by name or id [default: the active one]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

impl Token {
    /// Does what is asked of the token.
    pub fn run(self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the async runtime could not start")?;
        runtime.block_on(async {
            match self.command {
                Command::Add(add) => add.run(self.json).await,
                Command::List(list) => list.run(self.json).await,
                Command::Rotate(rotate) => rotate.run(self.json).await,
                Command::Revoke(revoke) => revoke.run(self.json).await,
                Command::Reveal(reveal) => reveal.run(self.json).await,
                Command::Settle(settle) => settle.run(self.json).await,
            }
        })
    }
}

impl Which {
    fn find(&self, tokens: &Tokens) -> anyhow::Result<Profile> {
        profiles::find(&tokens.settings().get(), self.profile.as_deref())
    }
}

/// The tokens of the settings that are there.
async fn open() -> anyhow::Result<Tokens> {
    Ok(tokens(profiles::open().await?))
}

fn tokens(settings: SettingsStore) -> Tokens {
    Tokens::new(Keychain::system(), settings)
}

/// An error with what a person at a terminal does about it.
fn explained(error: Error) -> anyhow::Error {
    match &error {
        Error::WhichToken { rows } => {
            let rows = rows.iter().map(|row| format!("\n  {}", show::row(row))).collect::<String>();
            anyhow::Error::from(error).context(format!("name the token in use with --own ID:{rows}"))
        }
        Error::Unfinished { .. } => {
            anyhow::Error::from(error).context("run `agentruntime-platform-mcp token settle` to try again now")
        }
        _ => error.into(),
    }
}
