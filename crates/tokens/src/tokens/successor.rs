//! A rotation's successor, step by step: found where a reply was lost, stored, tried out.

use agentruntime_bff::{Client, Pat, pats};
use agentruntime_settings::{Account, Rotation, Stage, TokenFacts};
use backon::{ExponentialBuilder, Retryable as _};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{Tokens, facts, health, pasted, rows::Listing};
use crate::{Error, KeychainError, PatRow};

/// How a step ended that did not lead to the next.
pub(super) enum Next {
    /// There is no successor and there will be none.
    Never(Error),
    /// The successor is of no use.
    Undo(Error),
    /// Nobody can say yet.
    Later(Error),
}

impl Tokens {
    /// Looks for a successor that may have been made.
    pub(super) async fn find_successor(&self, rotation: &Rotation) -> Result<Stage, Next> {
        let listing = self.listing(rotation.profile).await.map_err(Next::Later)?;
        if let Some(row) = listing.successor(rotation, &self.settings().get()).map_err(Next::Later)? {
            return Ok(Stage::Storing { successor: row.id.clone() });
        }
        let age = Timestamp::now().duration_since(rotation.begun_at);
        let interrupted = Error::Bff(agentruntime_bff::Error::InvalidResponse {
            problem: "it did not say whether a token was made".to_owned(),
        });
        // A request that was under way may arrive yet; and a list without the old token is not the whole list.
        let whole = listing.with_id(&rotation.old).is_some();
        Err(if age < self.0.patience.appear || !whole { Next::Later(interrupted) } else { Next::Never(interrupted) })
    }

    /// Puts the successor into the keychain, after a look whether it stands there already. `token` is its text, where it is at
    /// hand.
    pub(super) async fn store_successor(
        &self,
        rotation: &Rotation,
        successor: String,
        token: Option<Pat>,
    ) -> Result<Stage, Next> {
        let entry = rotation.entry.to_string();
        let token = match token {
            Some(token) => token,
            None => match self.keychain().read(&entry).await {
                Ok(_) => return Ok(Stage::Trying { successor }),
                Err(KeychainError::Missing) => self.reveal(rotation, &successor).await?,
                Err(error) => return Err(Next::Later(error.into())),
            },
        };
        self.keychain().store(&entry, token.as_secret()).await.map_err(|error| Next::Undo(error.into()))?;
        Ok(Stage::Trying { successor })
    }

    /// Asks the platform for the successor's text. It gives it once, or not at all.
    async fn reveal(&self, rotation: &Rotation, successor: &str) -> Result<Pat, Next> {
        let pat = self.pat(rotation.profile).await.map_err(Next::Later)?;
        let client = self.profile(rotation.profile).and_then(|profile| self.client(&profile)).map_err(Next::Later)?;
        let reveal = pats::Reveal { id: successor.to_owned() };
        match client.call(&pat, &reveal, &CancellationToken::new()).await {
            Ok(pats::Revealed { token }) => token.ok_or_else(|| {
                let problem = "it has no token in it".to_owned();
                Next::Undo(agentruntime_bff::Error::InvalidResponse { problem }.into())
            }),
            Err(error) if is_refused(&error) => Err(Next::Undo(error.into())),
            Err(error) => Err(Next::Later(error.into())),
        }
    }

    /// Tries the successor out, as the keychain has it, and gathers what may be shown of it.
    pub(super) async fn try_successor(&self, rotation: &Rotation, successor: &str) -> Result<(Pat, TokenFacts), Next> {
        let stored = match self.keychain().read(&rotation.entry.to_string()).await {
            Ok(stored) => stored,
            // Somebody deleted it there, and it can be had from nowhere.
            Err(error @ KeychainError::Missing) => return Err(Next::Undo(error.into())),
            Err(error) => return Err(Next::Later(error.into())),
        };
        let pat = pasted(&stored).map_err(Next::Undo)?;
        let account = self.profile(rotation.profile).map_err(Next::Undo)?.account();
        let client = self.try_new(&account, &pat).await.map_err(|error| match &error {
            Error::Bff(refused) if is_refused(refused) => Next::Undo(error),
            _ => Next::Later(error),
        })?;
        let listing = Listing::ask(&client, &pat).await.ok();
        let row = listing.as_ref().and_then(|listing| listing.with_id(successor)).cloned();
        let row = row.unwrap_or_else(|| PatRow {
            id: successor.to_owned(),
            display_name: Some(rotation.display_name.clone()),
            scopes: rotation.scopes.clone(),
            created_at: Some(rotation.begun_at),
            last_used_at: None,
            expires_at: None,
        });
        let facts = facts::of(Some(&row), &pat, Timestamp::now());
        Ok((pat, facts))
    }

    /// As a check of any token; but one that is seconds old is given time to become known everywhere.
    async fn try_new(&self, account: &Account, pat: &Pat) -> Result<Client, Error> {
        let waits = ExponentialBuilder::default().with_min_delay(self.0.patience.known).with_max_times(2);
        let refused = |error: &Error| matches!(error, Error::Bff(error) if error.status() == Some(401));
        let (client, _) = (|| health::try_out(account, pat)).retry(waits).when(refused).await?;
        Ok(client)
    }
}

/// Whether the platform has said no, and will go on saying so.
fn is_refused(error: &agentruntime_bff::Error) -> bool {
    error.changed_nothing() && error.status().is_some()
}
