//! What is followed, and with what.

use std::{any::Any, sync::Arc};

use agentruntime_bff::{Client, Pat};

/// A workspace whose runs are followed, and what its platform is asked with.
#[derive(Debug, Clone)]
pub struct Followed {
    /// Tells one workspace from another: with the same id and another token, what is known still holds.
    pub id: String,
    /// Leads to the platform, or to the sandbox.
    pub client: Client,
    /// What everything is asked with.
    pub pat: Pat,
    /// Kept alive as long as the token is used: whoever retires it waits for that.
    pub in_use: Option<Arc<dyn Any + Send + Sync>>,
}
