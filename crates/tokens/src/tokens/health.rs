//! Whether a workspace works: its token is at hand, and its BFF takes it.

use std::time::{Duration, Instant};

use agentruntime_bff::{Client, Pat, workflows};
use agentruntime_settings::{Account, ProfileId};
use jiff::Timestamp;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::Tokens;
use crate::Error;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// `ok`, or the code of the error that stood in the way.
    pub code: &'static str,
    /// For people: empty where all is well, else what happened and what to do.
    pub text: String,
    /// How long the BFF took to answer, where it answered well.
    pub latency: Option<Duration>,
    pub checked_at: Timestamp,
}

impl Health {
    /// Whether all is well.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.code == "ok"
    }
}

/// For the whole of a check: shorter than a tool call may take, since a person waits for it.
const LIMIT: Duration = Duration::from_secs(15);

impl Tokens {
    /// Checks a workspace now. What stands in the way is the result, not an error.
    pub async fn check(&self, id: ProfileId) -> Health {
        let checked = async {
            let pat = self.pat(id).await?;
            let (_, latency) = try_out(&self.profile(id)?.account(), &pat).await?;
            Ok::<_, Error>(latency)
        };
        let result = checked.await;
        let checked_at = Timestamp::now();
        match result {
            Ok(latency) => Health { code: "ok", text: String::new(), latency: Some(latency), checked_at },
            Err(error) => Health { code: error.code(), text: error.to_string(), latency: None, checked_at },
        }
    }
}

/// Whether the BFF takes a token: reads one workflow, the least that Platform MCP is good for. Gives the client and how long
/// it took.
pub(super) async fn try_out(account: &Account, pat: &Pat) -> Result<(Client, Duration), Error> {
    let mut config = account.bff_config();
    config.overall_timeout = LIMIT;
    let client = Client::new(config)?;
    let begun = Instant::now();
    let list = workflows::List { limit: Some(1), offset: None };
    client.call(pat, &list, &CancellationToken::new()).await?;
    Ok((client, begun.elapsed()))
}
