//! Asks the platform in the name of the workspace whose runs are shown.

use agentruntime_bff::{Client, Endpoint, Pat};
use agentruntime_run_watch::Followed;
use tokio_util::sync::CancellationToken;

use super::held::Runs;
use crate::failure::Failed;

impl Runs {
    /// Whose runs are shown.
    pub(super) fn account(&self) -> Result<Followed, Failed> {
        let account = self.followed.borrow().clone();
        account.ok_or_else(|| Failed::new("no_workspace", "No workspace with a token is in use. Choose one first."))
    }

    pub(super) async fn ask<E: Endpoint + Sync>(&self, endpoint: &E) -> Result<E::Response, Failed> {
        // Held until the reply is there: a token that is to be retired is waited for.
        let account = self.account()?;
        ask(&account.client, &account.pat, endpoint, &self.shutdown).await
    }
}

/// Asks in the name of an account that is held already.
pub(super) async fn ask<E: Endpoint + Sync>(
    client: &Client,
    pat: &Pat,
    endpoint: &E,
    shutdown: &CancellationToken,
) -> Result<E::Response, Failed> {
    Ok(client.call(pat, endpoint, shutdown).await?)
}
