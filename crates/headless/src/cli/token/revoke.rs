//! `token revoke`: the end of a token.

use agentruntime_tokens::When;
use clap::Args;
use serde_json::json;

use super::{Which, show};
use crate::exit::Exit;

/// Revoke a workspace's token, after which it has none; or another one of the account's.
#[derive(Debug, Args)]
pub(super) struct Revoke {
    #[command(flatten)]
    which: Which,
    /// The id of the token in use, where it cannot be told from the account's others
    #[arg(long, value_name = "ID", conflicts_with = "other")]
    own: Option<String>,
    /// Another token of the account, by its id; the workspace keeps its own
    #[arg(long, value_name = "ID", conflicts_with = "at_once")]
    other: Option<String>,
    /// Take it out of use here before the platform is asked, and if that cannot be reached, all the same
    #[arg(long)]
    at_once: bool,
}

impl Revoke {
    pub(super) async fn run(self, json: bool) -> anyhow::Result<()> {
        let tokens = super::open().await?;
        let profile = self.which.find(&tokens)?;
        if let Some(other) = self.other {
            tokens.revoke_other(profile.id, other.clone()).await.map_err(super::explained)?;
            return show::print(json, &json!({ "revoked": other, "left": null }), &format!("Revoked {other}."));
        }
        let when = if self.at_once { When::AtOnce } else { When::AfterThePlatform };
        let id = self.own.clone().or_else(|| profile.facts.as_ref()?.pat_id.clone());
        let revoked = tokens.revoke(profile.id, self.own, when).await.map_err(super::explained)?;
        let text = format!("“{}” has no token any more.", profile.name);
        show::print(json, &json!({ "revoked": id, "left": revoked.left }), &text)?;
        match revoked.left {
            None => Ok(()),
            Some(hitch) => Err(Exit::Leftover.told(format!(
                "no call goes with the token any more, and it lives still at the platform ({}). AgentRuntime Desktop tries \
                 again by itself; so does `agentruntime-platform-mcp token settle`",
                hitch.code
            ))),
        }
    }
}
