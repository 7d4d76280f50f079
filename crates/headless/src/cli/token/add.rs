//! `token add`: checked at the BFF, stored in the keychain, read back, and only then a workspace.

use std::io::{IsTerminal as _, Read as _};

use agentruntime_settings::{Backend, NewProfile};
use agentruntime_tokens::Keep;
use anyhow::Context as _;
use clap::Args;
use secrecy::SecretString;

use super::show;
use crate::{exit::Exit, profiles};

/// Add a workspace with a token read from standard input.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// The new workspace's name
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// Its BFF
    #[arg(long, value_name = "URL", default_value_t = Backend::Production.url().unwrap_or_default().to_owned())]
    bff_url: String,
    /// Sent as X-Tenant-Id, where the deployment asks for it
    #[arg(long, value_name = "ID")]
    tenant_id: Option<String>,
    /// Sent as X-Project-Id, where the deployment asks for it
    #[arg(long, value_name = "ID")]
    project_id: Option<String>,
    /// Make it the active workspace
    #[arg(long)]
    activate: bool,
}

/// The most that is read: a longer text is no token.
const LONGEST: u64 = 16 * 1024;

impl Add {
    pub(super) async fn run(self, json: bool) -> anyhow::Result<()> {
        let token = tokio::task::spawn_blocking(read).await.context("standard input could not be read")??;
        let tokens = super::tokens(profiles::open_or_make().await?);
        let names = tokens.settings().get();
        if names.profiles.iter().any(|profile| profile.name == self.profile.trim()) {
            return Err(Exit::Usage.told(format!("there is a workspace “{}” already; give another name", self.profile)));
        }
        let backend = [Backend::Production, Backend::Development]
            .into_iter()
            .find(|backend| backend.url() == Some(self.bff_url.trim_end_matches('/')))
            .unwrap_or(Backend::Custom);
        let new = NewProfile {
            name: self.profile,
            backend,
            url: Some(self.bff_url),
            tenant_id: self.tenant_id,
            project_id: self.project_id,
        };
        let profile = tokens.add(new, &token, Keep::Keychain).await?;
        if self.activate {
            tokens.activate(profile.id).await?;
        }
        let settings = tokens.settings().get();
        show::print(
            json,
            &show::profile(&profile, &settings),
            &format!("Added.\n{}", show::profile_text(&profile, &settings)),
        )
    }
}

/// The token on standard input, without the end of its line.
fn read() -> anyhow::Result<SecretString> {
    let mut input = std::io::stdin().lock();
    if input.is_terminal() {
        return Err(Exit::Usage.told(
            "the token is read from standard input, where no history keeps it: pipe it in, such as from a password manager",
        ));
    }
    let mut text = String::new();
    _ = input.by_ref().take(LONGEST).read_to_string(&mut text).context("standard input is no text")?;
    Ok(text.into())
}
