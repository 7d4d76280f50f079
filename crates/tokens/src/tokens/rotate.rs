//! Rotation: a successor is made, stored, read back and tried out before the workspace changes to it, and the old token dies
//! only after the last call that went with it.
//!
//! The platform has no call for it: create, reveal (once) and delete are all there is (BFF API, "Everything else"). Every step
//! is written down before it is taken, so that a process that dies at any moment leaves either the old token in force and a
//! successor that [`Tokens::settle`] finds, or the new one in force and an old one that it revokes.

use agentruntime_bff::pats;
use agentruntime_settings::{EntryId, Hitch, JobId, Profile, ProfileId, Rotation, Stage, TokenPlace};
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;

use super::{Tokens, outcome::Advance, rows::Listing};
use crate::Error;

/// What a rotation is to do other than usual.
#[derive(Debug, Clone, Default)]
pub struct Rotate {
    /// Which of the account's tokens is the one in use, where a person had to say so ([`Error::WhichToken`]).
    pub own: Option<String>,
    /// The successor's scopes; `None` for those of the old one.
    pub scopes: Option<Vec<String>>,
}

/// A rotation after which the workspace has its new token.
#[derive(Debug, Clone)]
pub struct Rotated {
    pub profile: Profile,
    /// Why the old token lives still, if it does: it is tried again by itself.
    pub left: Option<Hitch>,
}

impl Tokens {
    /// Gives a workspace a new token in place of its old one, which is revoked. Calls under way finish with the old one.
    ///
    /// If the future is dropped midway, or the process dies, [`Tokens::settle`] ends what was begun.
    ///
    /// # Errors
    /// [`Error::Busy`]; [`Error::WhichToken`] where a person must say which row is the token in use;
    /// [`Error::NotInKeychain`]; [`Error::Unfinished`] where it can be neither finished nor undone now; [`Error::Bff`] and the
    /// keychain's. Then the old token is in force.
    pub async fn rotate(&self, id: ProfileId, how: Rotate) -> Result<Rotated, Error> {
        let _alone = self.alone_with(id).await?;
        let begun = self.settings().get().journal.rotation_of(id).cloned();
        let advance = match begun {
            Some(rotation) => {
                let as_wished = how.scopes.as_ref().is_none_or(|scopes| rotation.asks_for(scopes));
                match self.advance(rotation, None).await? {
                    Advance::Undone(revocation, _) => {
                        self.revoke_if(revocation).await?;
                        self.begin_rotation(id, how).await?
                    }
                    // A successor of an earlier try is as good as a new one, unless it may do something else.
                    Advance::Switched(revocation) if !as_wished => {
                        self.revoke_if(Some(revocation)).await?;
                        self.begin_rotation(id, Rotate { own: None, ..how }).await?
                    }
                    advance => advance,
                }
            }
            None => self.begin_rotation(id, how).await?,
        };
        match advance {
            Advance::Switched(revocation) => {
                let left = self.carry_out(revocation).await?.left();
                Ok(Rotated { profile: self.profile(id)?, left })
            }
            Advance::Undone(revocation, error) => {
                self.revoke_if(revocation).await?;
                Err(error)
            }
            Advance::Stuck(stuck) => {
                let name = self.profile(id)?.name;
                Err(Error::Unfinished { name, problem: stuck.error.to_string(), code: stuck.hitch.code })
            }
        }
    }

    /// Asks the platform for a successor, and goes on with it.
    async fn begin_rotation(&self, id: ProfileId, how: Rotate) -> Result<Advance, Error> {
        let profile = self.profile(id)?;
        match profile.token {
            TokenPlace::Keychain => {}
            TokenPlace::Memory => return Err(Error::NotInKeychain { name: profile.name }),
            TokenPlace::None => return Err(Error::NoToken { name: profile.name }),
        }
        let pat = self.pat(id).await?;
        let client = self.client(&profile)?;
        let listing = Listing::ask(&client, &pat).await?;
        let old = listing.own(&profile, how.own.as_deref())?.clone();
        self.none_shares(&profile, &old.id).await?;
        let scopes = how.scopes.unwrap_or_else(|| old.scopes.clone());
        if scopes.is_empty() {
            let problem = "the platform does not say what the token may do; choose the scopes of the new one";
            return Err(Error::invalid("scopes", problem));
        }
        let rotation = Rotation {
            id: JobId::new(),
            profile: id,
            account: profile.account(),
            old: old.id,
            old_entry: profile.entry,
            display_name: old.display_name.unwrap_or_else(|| profile.name.clone()),
            scopes,
            entry: EntryId::new(),
            known: listing.ids(),
            stage: Stage::Creating,
            begun_at: Timestamp::now(),
            hitch: None,
        };
        let begun = rotation.clone();
        self.settings().update(move |settings| settings.journal.rotations.push(begun)).await?;
        let create = pats::Create { display_name: rotation.display_name.clone(), scopes: rotation.scopes.clone() };
        match client.call(&pat, &create, &CancellationToken::new()).await {
            Ok(pats::Created { id: successor, token }) => {
                let rotation = self.reach(rotation, Stage::Storing { successor }).await?;
                self.advance(rotation, Some(token)).await
            }
            Err(error) if error.changed_nothing() => {
                self.drop_rotation(rotation.id).await?;
                Err(error.into())
            }
            // There may be a successor or not.
            Err(error) => {
                tracing::info!(code = error.code(), "it is not clear whether a successor was made");
                self.advance(rotation, None).await
            }
        }
    }

    /// Refuses to go on where another workspace here has the same token: it would be dead for that one.
    async fn none_shares(&self, profile: &Profile, pat_id: &str) -> Result<(), Error> {
        let settings = self.settings().get();
        let own = self.text(profile.id).await?;
        for other in settings.profiles.iter().filter(|other| other.id != profile.id && other.url == profile.url) {
            let same_id = other.pat_id() == Some(pat_id);
            let same_text = other.token == TokenPlace::Keychain
                && self.text(other.id).await.is_ok_and(|text| text.expose_secret() == own.expose_secret());
            if same_id || same_text {
                return Err(Error::Shared { name: other.name.clone() });
            }
        }
        Ok(())
    }

    /// Revokes what a rotation left, where it left something.
    async fn revoke_if(&self, revocation: Option<JobId>) -> Result<(), Error> {
        if let Some(id) = revocation {
            // What it meets stands in the journal.
            _ = self.carry_out(id).await?;
        }
        Ok(())
    }
}
