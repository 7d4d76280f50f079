//! Has the platform delete a token that nobody uses any more, and sees that it is dead.

use agentruntime_bff::{Client, Pat, pats};
use agentruntime_settings::{Account, Reason, Revocation};
use tokio_util::sync::CancellationToken;

use super::{
    Tokens,
    credentials::{Credential, Credentials},
    health, lease,
    rows::Listing,
    unlockable,
};
use crate::Error;

/// What one credential brought about.
enum Verdict {
    /// The platform has deleted the token.
    Deleted,
    /// The platform knows no such token, or refuses the very token that is to die.
    Unknown,
    /// The reply was lost, and the token is seen to be refused.
    SeenDead,
    /// Nothing; another one may be allowed to.
    Nothing(Error),
}

impl Tokens {
    /// Has the platform delete a token, and sees that it is dead.
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::StillWorks`], [`Error::WhichToken`], [`Error::NoToken`]; the BFF's and the keychain's. Then it
    /// may live still.
    pub(super) async fn delete_at_platform(&self, revocation: &Revocation) -> Result<(), Error> {
        self.wait_for_calls(revocation).await?;
        let Credentials { found, missing: mut met } = self.credentials(revocation).await;
        let client = Client::new(revocation.account.bff_config())?;
        let own = found.iter().find(|credential| credential.own).map(|own| &own.pat);
        for credential in &found {
            match self.delete_with(credential, revocation, &client).await? {
                Verdict::Deleted => {
                    return match confirm(&revocation.account, own).await {
                        // The platform's word is enough where the token itself cannot be tried now.
                        Err(error) if !matches!(error, Error::StillWorks) => Ok(()),
                        confirmed => confirmed,
                    };
                }
                // "No such token" is not enough.
                Verdict::Unknown => return confirm(&revocation.account, own).await,
                Verdict::SeenDead => return Ok(()),
                Verdict::Nothing(error) => met = Some(error),
            }
        }
        let name = revocation.display_name.clone().unwrap_or_default();
        Err(met.unwrap_or(Error::NoToken { name }))
    }

    /// Waits until no call goes with a token that was replaced.
    async fn wait_for_calls(&self, revocation: &Revocation) -> Result<(), Error> {
        let (Reason::Rotated, Some(entry)) = (revocation.reason, revocation.entry) else { return Ok(()) };
        let lock = self.settings().locks().wait_at_most(&lease::lock_name(entry), self.0.patience.drain).await;
        match lock.map_err(|error| unlockable(self.settings(), &error))? {
            Some(_) => Ok(()),
            None => Err(Error::InUse),
        }
    }

    /// Asks with one credential. An error ends it: no other credential is to be tried.
    async fn delete_with(
        &self,
        credential: &Credential,
        revocation: &Revocation,
        client: &Client,
    ) -> Result<Verdict, Error> {
        let id = match &revocation.pat_id {
            Some(id) => id.clone(),
            None => match self.find_dying(credential, revocation, client).await {
                Ok(id) => id,
                Err(error) => return Ok(Verdict::Nothing(error)),
            },
        };
        let delete = pats::Delete { id };
        let Err(error) = client.call(&credential.pat, &delete, &CancellationToken::new()).await else {
            return Ok(Verdict::Deleted);
        };
        match error.status() {
            Some(404 | 410) => Ok(Verdict::Unknown),
            // A token that is refused is dead already.
            Some(401) if credential.own => Ok(Verdict::Unknown),
            // If the token that took its place is refused, this may be the last one that works.
            Some(401) if revocation.reason == Reason::Rotated => Err(error.into()),
            Some(401 | 403) => Ok(Verdict::Nothing(error.into())),
            // It may have been done: what the token itself is told says so.
            _ if !error.changed_nothing() && credential.own => {
                match see_dead(&revocation.account, &credential.pat).await {
                    Ok(()) => Ok(Verdict::SeenDead),
                    Err(_) => Err(error.into()),
                }
            }
            _ => Err(error.into()),
        }
    }

    /// The id of a token that must be told by itself.
    async fn find_dying(
        &self,
        credential: &Credential,
        revocation: &Revocation,
        client: &Client,
    ) -> Result<String, Error> {
        let listing = Listing::ask(client, &credential.pat).await?;
        if !credential.own {
            return Err(listing.unclear());
        }
        listing.dying(revocation, &self.settings().get()).map(|row| row.id.clone())
    }
}

/// A row that was taken for this token's, and was not, would leave it alive and another one dead: so the token is tried, where it
/// is at hand.
async fn confirm(account: &Account, own: Option<&Pat>) -> Result<(), Error> {
    match own {
        Some(own) => see_dead(account, own).await,
        None => Ok(()),
    }
}

/// Sees that a token is refused. Anything else that is met leaves it open.
async fn see_dead(account: &Account, own: &Pat) -> Result<(), Error> {
    match health::try_out(account, own).await {
        Err(Error::Bff(error)) if error.status() == Some(401) => Ok(()),
        Err(Error::Bff(error)) if error.status() != Some(403) => Err(error.into()),
        // Too small a scope is a token's that is known.
        Ok(_) | Err(Error::Bff(_)) => Err(Error::StillWorks),
        Err(error) => Err(error),
    }
}
