//! `token settle`: what was begun and has not ended is taken up again.

use agentruntime_tokens::{SettledAs, Which};
use clap::Args;
use serde_json::json;

use super::show;
use crate::exit::Exit;

/// Take up again what a crash, a locked keychain or a lost network left.
#[derive(Debug, Args)]
pub(super) struct Settle {
    /// Delete the keychain's entries that no workspace names, of settings that were lost; at the platform their tokens live on
    #[arg(long)]
    delete_orphans: bool,
}

impl Settle {
    pub(super) async fn run(self, json: bool) -> anyhow::Result<()> {
        let tokens = super::open().await?;
        let settled = tokens.settle(Which::Asked).await?;
        let tidied = tokens.tidy().await;
        if self.delete_orphans {
            let orphans = tokens.orphans().await?;
            tokens.delete_orphans(&orphans).await?;
        }
        let settings = tokens.settings().get();
        let name = |settled: &agentruntime_tokens::Settled| {
            settings
                .profile(settled.profile)
                .map_or_else(|| "a removed workspace".to_owned(), |found| found.name.clone())
        };
        let lines = settled.iter().map(|settled| {
            let what = match &settled.how {
                SettledAs::Rotated => "the rotation was finished".to_owned(),
                SettledAs::Undone => "the rotation was undone; the old token is in force".to_owned(),
                SettledAs::Revoked(_) => "a token was revoked".to_owned(),
                SettledAs::Left(hitch) => format!("not yet: met {}", hitch.code),
            };
            format!("{}: {what}", name(settled))
        });
        let text =
            if settled.is_empty() { "Nothing was left.".to_owned() } else { lines.collect::<Vec<_>>().join("\n") };
        show::print(json, &json!({ "left": show::jobs(&settings.journal) }), &text)?;
        tidied?;
        if settings.journal.is_empty() {
            Ok(())
        } else {
            let left = show::jobs_text(&settings.journal);
            Err(Exit::Leftover.told(format!("something is left to do:{left}")))
        }
    }
}
