//! What stands behind the server, and whose it is.

use agentruntime_bff::{Client, Config};
use agentruntime_platform_mcp::call::Upstream;
use agentruntime_tokens::{Backend, ProfileId};

use crate::failure::Failed;

/// What stands behind the server.
pub(crate) struct Behind {
    /// What calls go to.
    pub(crate) upstream: Upstream,
    /// Whose it is.
    pub(crate) profile: Option<ProfileId>,
}

impl Behind {
    /// What stands behind a server without a workspace: calls are refused with `no_token`.
    pub(crate) fn nothing() -> Result<Self, Failed> {
        let url = Backend::Production.url().unwrap_or_default();
        let url = url.parse().map_err(|_| Failed::new("invalid_url", "the production URL cannot be read"))?;
        Ok(Self { upstream: Upstream::new(Client::new(Config::new(url))?, None), profile: None })
    }
}
