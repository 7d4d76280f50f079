//! Revocation: a token dies because its owner says so.

use agentruntime_settings::{EntryId, Hitch, JobId, Profile, ProfileId, Reason, Revocation, Settings, TokenPlace};
use jiff::Timestamp;

use super::{Tokens, outcome::Retired};
use crate::Error;

/// In which order a workspace and the platform lose a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// First the platform. If it cannot be reached, nothing changes.
    AfterThePlatform,
    /// First the workspace. The token stays in the keychain, out of every call's reach, until the platform has revoked it: it
    /// is what its own revocation is asked for with. That is tried again until it is done.
    AtOnce,
}

/// A revocation after which no call goes with the token any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// Why it lives still at the platform, if it does: it is tried again by itself.
    pub left: Option<Hitch>,
}

impl Tokens {
    /// Revokes a workspace's own token, after which it has none.
    ///
    /// `own` says which of the account's tokens it is, where a person had to.
    ///
    /// # Errors
    /// [`Error::NoToken`], [`Error::Busy`]; with [`When::AfterThePlatform`] also [`Error::WhichToken`], the BFF's and the
    /// keychain's. Then nothing has changed, as far as can be known: where the reply was lost, the token was seen to work
    /// still, or could not be asked.
    pub async fn revoke(&self, id: ProfileId, own: Option<String>, when: When) -> Result<Revoked, Error> {
        let _alone = match self.alone_with(id).await {
            // Whatever somebody else does with it, it is not to be used from now on.
            Err(Error::Busy) if when == When::AtOnce => None,
            alone => Some(alone?),
        };
        let profile = self.profile(id)?;
        if profile.token == TokenPlace::None {
            return Err(Error::NoToken { name: profile.name });
        }
        let known = own.or_else(|| profile.pat_id().map(str::to_owned));
        let pat_id = match (known, when) {
            (None, When::AfterThePlatform) => {
                let listing = self.listing(id).await?;
                Some(listing.own(&profile, None)?.id.clone())
            }
            (known, _) => known,
        };
        let display_name = profile.facts.as_ref().and_then(|facts| facts.display_name.clone());
        let revocation = asked(&profile, pat_id, display_name, Some(profile.entry));
        self.ask(revocation, when).await
    }

    /// Revokes another one of the account's tokens.
    ///
    /// # Errors
    /// As [`Tokens::revoke`] with [`When::AfterThePlatform`]; [`Error::InvalidProfile`] for the workspace's own one, and
    /// [`Error::Shared`] for another workspace's.
    pub async fn revoke_other(&self, id: ProfileId, pat_id: String) -> Result<(), Error> {
        let _alone = self.alone_with(id).await?;
        let profile = self.profile(id)?;
        let listing = self.listing(id).await?;
        let row = listing.with_id(&pat_id).ok_or(Error::NothingLeft)?;
        let settings = self.settings().get();
        let in_use = |other: &&Profile| other.id != id && other.pat_id() == Some(row.id.as_str());
        if let Some(other) = settings.profiles.iter().find(in_use) {
            return Err(Error::Shared { name: other.name.clone() });
        }
        // Where it is not known which one is the own one, any may be: that is revoked as such.
        if listing.own(&profile, None).is_ok_and(|own| own.id == row.id) {
            let problem = "it is the token in use; revoke it as the workspace's own";
            return Err(Error::invalid("token", problem));
        }
        let revocation = asked(&profile, Some(pat_id), row.display_name.clone(), None);
        self.ask(revocation, When::AfterThePlatform).await.map(|_| ())
    }

    async fn ask(&self, revocation: Revocation, when: When) -> Result<Revoked, Error> {
        let id = revocation.id;
        let begun = revocation.clone();
        let begin = move |settings: &mut Settings| {
            if when == When::AtOnce
                && let Some(profile) = settings.profile_mut(begun.profile)
            {
                profile.bereave();
            }
            settings.journal.revocations.push(begun);
        };
        // Had until it is decided whether the job stays, so that nobody carries it out after it was said that nothing changed.
        let alone = self.alone_at(id).await?.ok_or(Error::Busy)?;
        self.settings().update(begin).await?;
        let stuck = match self.carry_out_alone(id).await? {
            Retired::Stuck(stuck) => stuck,
            Retired::Dead => {
                self.forget_lock(id, alone);
                return Ok(Revoked { left: None });
            }
        };
        match stuck.error {
            // The platform has heard: the workspace goes without it, whatever the platform makes of it.
            Error::StillWorks => {
                let drop = move |settings: &mut Settings| {
                    let entry = settings.journal.revocation(id).and_then(|revocation| revocation.entry);
                    let profile = settings.profiles.iter_mut().find(|profile| Some(profile.entry) == entry);
                    if let Some(profile) = profile {
                        profile.bereave();
                    }
                };
                self.settings().update(drop).await?;
            }
            error if when == When::AfterThePlatform => {
                let drop = move |settings: &mut Settings| settings.journal.revocations.retain(|other| other.id != id);
                self.settings().update(drop).await?;
                return Err(error);
            }
            _ => {}
        }
        Ok(Revoked { left: Some(stuck.hitch) })
    }
}

/// The revocation of a token because its owner says so.
fn asked(
    profile: &Profile,
    pat_id: Option<String>,
    display_name: Option<String>,
    entry: Option<EntryId>,
) -> Revocation {
    Revocation {
        id: JobId::new(),
        account: profile.account(),
        profile: profile.id,
        pat_id,
        display_name,
        entry,
        reason: Reason::Asked,
        begun_at: Timestamp::now(),
        hitch: None,
    }
}
