//! A rotation on its way: from where it stands as far as it goes, each step written down before it is taken. After a crash it is
//! the same way: there is no other one in.

use agentruntime_bff::Pat;
use agentruntime_settings::{JobId, Reason, Revocation, Rotation, Settings, Stage, TokenFacts, TokenPlace};
use jiff::Timestamp;

use super::{TokenInMemory, Tokens, outcome::Advance, successor::Next};
use crate::Error;

impl Tokens {
    /// Takes a rotation from where it stands as far as it goes. `token` is the successor's, where it is at hand.
    pub(super) async fn advance(&self, mut rotation: Rotation, mut token: Option<Pat>) -> Result<Advance, Error> {
        loop {
            let replaced = self.profile(rotation.profile).is_ok_and(|profile| profile.entry != rotation.old_entry);
            let next = match rotation.stage.clone() {
                // The workspace was given another token meanwhile: this successor is nobody's.
                Stage::Storing { .. } | Stage::Trying { .. } if replaced => Err(Next::Undo(Error::NothingLeft)),
                Stage::Creating => self.find_successor(&rotation).await,
                Stage::Storing { successor } => self.store_successor(&rotation, successor, token.take()).await,
                Stage::Trying { successor } => match self.try_successor(&rotation, &successor).await {
                    Ok((pat, facts)) => return self.switch(&rotation, pat, facts).await,
                    Err(next) => Err(next),
                },
            };
            match next {
                Ok(stage) => rotation = self.reach(rotation, stage).await?,
                Err(Next::Never(error)) => {
                    self.drop_rotation(rotation.id).await?;
                    return Ok(Advance::Undone(None, error));
                }
                Err(Next::Undo(error)) => return Ok(Advance::Undone(self.undo(&rotation).await?, error)),
                Err(Next::Later(error)) => {
                    return Ok(Advance::Stuck(self.stuck(rotation.id, rotation.hitch.as_ref(), error).await?));
                }
            }
        }
    }

    /// The workspace's change from the old token to the new one, and the journal's, at one stroke.
    async fn switch(&self, rotation: &Rotation, pat: Pat, facts: TokenFacts) -> Result<Advance, Error> {
        self.in_memory().insert(rotation.entry, TokenInMemory { pat, stored: true });
        let (entry, begun) = (rotation.entry, rotation);
        let (rotation, revocation) = (rotation.clone(), JobId::new());
        let switch = move |settings: &mut Settings| {
            settings.journal.rotation(rotation.id)?;
            // Its owner may have revoked or replaced the token while the successor was tried out.
            let profile =
                settings.profile_mut(rotation.profile).filter(|profile| profile.entry == rotation.old_entry)?;
            let old = Revocation {
                id: revocation,
                account: profile.account(),
                profile: profile.id,
                pat_id: Some(rotation.old),
                display_name: Some(rotation.display_name),
                entry: Some(profile.entry),
                reason: Reason::Rotated,
                begun_at: Timestamp::now(),
                hitch: None,
            };
            (profile.entry, profile.facts, profile.token) = (rotation.entry, Some(facts), TokenPlace::Keychain);
            profile.told.clear();
            settings.journal.rotations.retain(|other| other.id != rotation.id);
            settings.journal.revocations.push(old);
            Some(revocation)
        };
        match self.settings().update(switch).await? {
            Some(id) => Ok(Advance::Switched(id)),
            None => {
                self.in_memory().remove(&entry);
                Ok(Advance::Undone(self.undo(begun).await?, Error::NothingLeft))
            }
        }
    }

    /// Makes a successor's revocation of a rotation; `None` where the rotation has ended in another way.
    async fn undo(&self, rotation: &Rotation) -> Result<Option<JobId>, Error> {
        let (rotation, id) = (rotation.clone(), JobId::new());
        let undo = move |settings: &mut Settings| {
            settings.journal.rotation(rotation.id)?;
            settings.journal.rotations.retain(|other| other.id != rotation.id);
            // What a workspace goes with is not to be revoked, whatever a journal says.
            if settings.profiles.iter().any(|profile| profile.entry == rotation.entry) {
                return None;
            }
            let revocation = Revocation {
                id,
                account: rotation.account,
                profile: rotation.profile,
                pat_id: rotation.stage.successor().map(str::to_owned),
                display_name: Some(rotation.display_name),
                entry: Some(rotation.entry),
                reason: Reason::Undone,
                begun_at: Timestamp::now(),
                hitch: None,
            };
            settings.journal.revocations.push(revocation);
            Some(id)
        };
        Ok(self.settings().update(undo).await?)
    }

    /// Writes down that a step is about to be taken.
    pub(super) async fn reach(&self, mut rotation: Rotation, stage: Stage) -> Result<Rotation, Error> {
        rotation.stage = stage;
        let reached = rotation.clone();
        let note = move |settings: &mut Settings| {
            if let Some(rotation) = settings.journal.rotation_mut(reached.id) {
                *rotation = reached;
            }
        };
        self.settings().update(note).await?;
        Ok(rotation)
    }

    /// There is no successor, and nothing is left to do.
    pub(super) async fn drop_rotation(&self, id: JobId) -> Result<(), Error> {
        let drop = move |settings: &mut Settings| settings.journal.rotations.retain(|rotation| rotation.id != id);
        Ok(self.settings().update(drop).await?)
    }
}
