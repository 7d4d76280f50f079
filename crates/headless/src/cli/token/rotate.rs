//! `token rotate`: a new token in place of the old one.

use clap::Args;
use serde_json::json;

use super::{Which, show};
use crate::exit::Exit;

/// Give a workspace a new token in place of its old one, which is revoked.
#[derive(Debug, Args)]
pub(super) struct Rotate {
    #[command(flatten)]
    which: Which,
    /// The id of the token in use, where it cannot be told from the account's others
    #[arg(long, value_name = "ID")]
    own: Option<String>,
    /// The new token's scopes, comma-separated [default: those of the old one]
    #[arg(long, value_delimiter = ',', value_name = "SCOPE,…")]
    scopes: Option<Vec<String>>,
}

impl Rotate {
    pub(super) async fn run(self, json: bool) -> anyhow::Result<()> {
        let tokens = super::open().await?;
        let profile = self.which.find(&tokens)?;
        let how = agentruntime_tokens::Rotate { own: self.own, scopes: self.scopes };
        let rotated = tokens.rotate(profile.id, how).await.map_err(super::explained)?;
        let settings = tokens.settings().get();
        let value = json!({ "profile": show::profile(&rotated.profile, &settings), "left": rotated.left });
        let text = format!("Rotated.\n{}", show::profile_text(&rotated.profile, &settings));
        show::print(json, &value, &text)?;
        match rotated.left {
            None => Ok(()),
            Some(hitch) => Err(Exit::Leftover.told(format!(
                "the new token is in use, and the old one lives still ({}). AgentRuntime Desktop tries again by itself; \
                 so does `agentruntime-platform-mcp token settle`",
                hitch.code
            ))),
        }
    }
}
