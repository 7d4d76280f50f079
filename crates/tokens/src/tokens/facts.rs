//! What may be shown of a token.

use agentruntime_bff::{Client, Pat};
use agentruntime_settings::TokenFacts;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use super::rows::Listing;
use crate::PatRow;

/// Of a shorter token, four characters would tell much.
const LONG_ENOUGH: usize = 16;

/// The facts of a token that was used a moment ago. A platform that does not tell, or not clearly, leaves them empty: it is
/// better to show nothing than another token's name.
pub(super) async fn gather(client: &Client, pat: &Pat) -> TokenFacts {
    let listing = Listing::ask(client, pat).await.inspect_err(|error| {
        tracing::debug!(code = error.code(), "the token's own row cannot be read");
    });
    of(listing.as_ref().ok().and_then(Listing::asking), pat, Timestamp::now())
}

/// The facts of a token whose row is known, or is not.
pub(super) fn of(row: Option<&PatRow>, pat: &Pat, now: Timestamp) -> TokenFacts {
    let token = pat.as_secret().expose_secret();
    let tail = token.len().checked_sub(4).filter(|_| token.len() >= LONG_ENOUGH);
    TokenFacts {
        pat_id: row.map(|row| row.id.clone()),
        display_name: row.and_then(|row| row.display_name.clone()),
        last_four: tail.and_then(|tail| token.get(tail..)).map(str::to_owned),
        scopes: row.map(|row| row.scopes.clone()).unwrap_or_default(),
        created_at: row.and_then(|row| row.created_at),
        expires_at: row.and_then(|row| row.expires_at),
        added_at: now,
    }
}
