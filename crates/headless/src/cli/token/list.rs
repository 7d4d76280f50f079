//! `token list`: the workspaces, or with `--profile` the tokens of one's account.

use clap::Args;
use serde_json::json;

use super::{Which, show};
use crate::profiles;

/// Show the workspaces, their tokens, and what is left to do.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    which: Which,
}

impl List {
    pub(super) async fn run(self, json: bool) -> anyhow::Result<()> {
        // Nothing yet is an answer too.
        let tokens = super::tokens(profiles::open_or_make().await?);
        let settings = tokens.settings().get();
        if self.which.profile.is_some() {
            let profile = self.which.find(&tokens)?;
            let rows = tokens.rows(profile.id).await?;
            let own = profile.facts.as_ref().and_then(|facts| facts.pat_id.as_deref());
            let lines = rows.iter().map(|row| {
                let mark = if own == Some(row.id.as_str()) { "*" } else { " " };
                format!("{mark} {}", show::row(row))
            });
            let text = lines.collect::<Vec<_>>().join("\n");
            return show::print(json, &json!({ "own": own, "tokens": rows }), &text);
        }
        let profiles = settings.profiles.iter().map(|profile| show::profile(profile, &settings)).collect::<Vec<_>>();
        let mut text =
            settings.profiles.iter().map(|profile| show::profile_text(profile, &settings)).collect::<Vec<_>>();
        if text.is_empty() {
            text.push("There is no workspace yet: add one with `token add`, or in the app.".to_owned());
        }
        if !settings.journal.is_empty() {
            text.push(format!("Left to do (`token settle` tries again):{}", show::jobs_text(&settings.journal)));
        }
        // A list is worth something without the keychain too.
        let orphans = tokens.orphans().await.unwrap_or_default();
        if !orphans.is_empty() {
            let number = orphans.len();
            text.push(format!(
                "The keychain has {number} more of this app's entries that no workspace names, of settings that were lost \
                 (`token settle --delete-orphans` deletes them)."
            ));
        }
        let value = json!({ "profiles": profiles, "left": show::jobs(&settings.journal), "orphans": orphans });
        show::print(json, &value, &text.join("\n"))
    }
}
