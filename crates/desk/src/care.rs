//! What is done with tokens, and what of it has not ended.

use std::sync::Arc;

use agentruntime_tokens::Tokens;
use tokio::sync::Notify;

use crate::changed::Changed;

mod tokens;

/// Looks after tokens.
pub struct TokenCare {
    pub(crate) tokens: Tokens,
    changed: Changed,
    /// Says that what was begun with tokens may go better now.
    pub(crate) settle: Arc<Notify>,
}

impl TokenCare {
    pub(crate) fn new(tokens: Tokens, changed: Changed) -> Self {
        Self { tokens, changed, settle: Arc::default() }
    }

    /// Takes up soon what was begun with tokens: it may go better now.
    pub(crate) fn settle_soon(&self) {
        self.settle.notify_one();
    }
}
