//! With which tokens a revocation may be asked for.

use agentruntime_bff::{Client, Pat};
use agentruntime_settings::{EntryId, JobId, Reason, Revocation, TokenPlace};

use super::{Tokens, pasted, rows::Listing};
use crate::{Error, KeychainError, PatRow};

/// A token with which a revocation may be asked for.
pub(super) struct Credential {
    pub(super) pat: Pat,
    /// Whether it is the very token that is to die.
    pub(super) own: bool,
}

/// All of them.
pub(super) struct Credentials {
    /// The likeliest first.
    pub(super) found: Vec<Credential>,
    /// What stood in the way of having more.
    pub(super) missing: Option<Error>,
}

impl Tokens {
    /// The tokens of the account that a revocation is about, for a person who has to say which one it is.
    ///
    /// # Errors
    /// [`Error::NothingLeft`]; [`Error::NoToken`] where none of the account's tokens is at hand; the BFF's and the keychain's.
    pub async fn rows_of_job(&self, job: JobId) -> Result<Vec<PatRow>, Error> {
        let revocation = self.settings().get().journal.revocation(job).cloned().ok_or(Error::NothingLeft)?;
        let Credentials { found, missing } = self.credentials(&revocation).await;
        let client = Client::new(revocation.account.bff_config())?;
        let mut met = missing.unwrap_or(Error::NoToken { name: revocation.display_name.unwrap_or_default() });
        for credential in found {
            match Listing::ask(&client, &credential.pat).await {
                Ok(listing) => return Ok(listing.into_rows()),
                Err(error) => met = error,
            }
        }
        Err(met)
    }

    /// The tokens that may revoke it.
    pub(super) async fn credentials(&self, revocation: &Revocation) -> Credentials {
        let own = match revocation.entry {
            Some(entry) => self.own_token(entry).await,
            None => Ok(None),
        };
        let of_profile = self.token_of_profile(revocation).await;
        let mut missing = None;
        let mut credential = |found: Result<Option<Pat>, Error>, own| match found {
            Ok(pat) => pat.map(|pat| Credential { pat, own }),
            Err(error) => {
                missing = Some(error);
                None
            }
        };
        let (own, of_profile) = (credential(own, true), credential(of_profile, false));
        let found = match revocation.reason {
            Reason::Asked => [own, of_profile],
            Reason::Rotated | Reason::Undone => [of_profile, own],
        };
        Credentials { found: found.into_iter().flatten().collect(), missing }
    }

    /// The token of an entry, where it is there.
    async fn own_token(&self, entry: EntryId) -> Result<Option<Pat>, Error> {
        if let Some(held) = self.in_memory().get(&entry) {
            return Ok(Some(held.pat.clone()));
        }
        match self.keychain().read(&entry.to_string()).await {
            Ok(token) => Ok(pasted(&token).ok()),
            Err(KeychainError::Missing) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The token that the revocation's workspace has now, where it is another one of the same account.
    async fn token_of_profile(&self, revocation: &Revocation) -> Result<Option<Pat>, Error> {
        let settings = self.settings().get();
        let profile = settings.profile(revocation.profile).filter(|profile| {
            profile.token != TokenPlace::None
                && Some(profile.entry) != revocation.entry
                && profile.account() == revocation.account
        });
        match profile {
            Some(profile) => self.pat(profile.id).await.map(Some),
            None => Ok(None),
        }
    }
}
