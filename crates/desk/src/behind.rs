//! What stands behind the server, and whose it is.

use agentruntime_bff::{Client, Config};
use agentruntime_platform_mcp::call::Upstream;
use agentruntime_serving::Away;
use agentruntime_tokens::{Backend, ProfileId};

use crate::failure::Failed;

/// The client of an upstream that no call is sent to.
fn unused_client() -> Result<Client, Failed> {
    let url = Backend::Production.url().unwrap_or_default();
    let url = url.parse().map_err(|_| Failed::new("invalid_url", "the production URL cannot be read"))?;
    Ok(Client::new(Config::new(url))?)
}

/// What stands behind the server.
pub(crate) struct Behind {
    /// What calls go to.
    pub(crate) upstream: Upstream,
    /// Of which workspace; nothing where none is in use.
    pub(crate) profile: Option<ProfileId>,
}

impl Behind {
    /// What stands behind a server without a workspace: calls are refused with `no_token`.
    pub(crate) fn nothing() -> Result<Self, Failed> {
        Ok(Self { upstream: Upstream::new(unused_client()?, None), profile: None })
    }

    /// What stands behind a server whose sandbox does not run: calls say why.
    pub(crate) fn away(profile: Option<ProfileId>, why: &Away) -> Result<Self, Failed> {
        Ok(Self { upstream: Upstream::away(unused_client()?, &why.problem), profile })
    }
}
