//! `token reveal`: the one place where a token's text is shown, and only to a person.

use std::io::{IsTerminal as _, Write as _};

use clap::Args;
use secrecy::ExposeSecret as _;

use super::Which;
use crate::exit::Exit;

/// Show a workspace's token, on a terminal only.
#[derive(Debug, Args)]
pub(super) struct Reveal {
    #[command(flatten)]
    which: Which,
}

impl Reveal {
    pub(super) async fn run(self, json: bool) -> anyhow::Result<()> {
        let mut out = std::io::stdout();
        if json || !out.is_terminal() {
            return Err(Exit::Usage
                .told("a token is shown on a terminal only, so that it lands in no file and no log by accident"));
        }
        let tokens = super::open().await?;
        let profile = self.which.find(&tokens)?;
        let token = tokens.text(profile.id).await?;
        writeln!(out, "{}", token.expose_secret())?;
        Ok(())
    }
}
