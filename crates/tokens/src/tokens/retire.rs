//! The end of a token: nobody uses it any more, the platform forgets it, and then so does the keychain.

use agentruntime_lifecycle::Lock;
use agentruntime_settings::{Hitch, JobId, Revocation, Settings};

use super::{
    Tokens, lease,
    outcome::{Retired, Stuck},
    unlockable,
};
use crate::Error;

/// The name of the lock of whoever is at a job.
fn job_lock(id: JobId) -> String {
    format!("task-{id}")
}

impl Tokens {
    /// Takes a revocation as far as it goes. What it met, the journal says too, unless somebody else is at it.
    pub(super) async fn carry_out(&self, id: JobId) -> Result<Retired, Error> {
        // Somebody else may be at it, in this process or another: then it may have ended when we have it alone.
        let Some(alone) = self.alone_at(id).await? else {
            let hitch = Hitch::after(None, Error::Busy.code());
            return Ok(Retired::Stuck(Stuck { hitch, error: Error::Busy }));
        };
        let retired = self.carry_out_alone(id).await?;
        if matches!(retired, Retired::Dead) {
            self.forget_lock(id, alone);
        }
        Ok(retired)
    }

    /// Lets go of a job that has ended, and removes its lock.
    pub(super) fn forget_lock(&self, id: JobId, alone: Lock) {
        drop(alone);
        self.settings().locks().forget(&job_lock(id));
    }

    /// The only hold on a job, among all processes; `None` while somebody else has it.
    pub(super) async fn alone_at(&self, id: JobId) -> Result<Option<Lock>, Error> {
        let lock = self.settings().locks().wait_at_most(&job_lock(id), self.0.patience.others).await;
        let lock = lock.map_err(|error| unlockable(self.settings(), &error))?;
        self.settings().refresh().await;
        Ok(lock)
    }

    /// As [`Tokens::carry_out`], for whoever has the job alone.
    pub(super) async fn carry_out_alone(&self, id: JobId) -> Result<Retired, Error> {
        let Some(revocation) = self.settings().get().journal.revocation(id).cloned() else { return Ok(Retired::Dead) };
        match self.delete_at_platform(&revocation).await {
            Ok(()) => {
                self.forget(&revocation).await?;
                Ok(Retired::Dead)
            }
            Err(error) => {
                tracing::info!(code = error.code(), job = %id, "a token lives still");
                Ok(Retired::Stuck(self.stuck(id, revocation.hitch.as_ref(), error).await?))
            }
        }
    }

    /// The token is dead: nothing here needs to know of it any more.
    pub(super) async fn forget(&self, revocation: &Revocation) -> Result<(), Error> {
        let (id, entry) = (revocation.id, revocation.entry);
        let forget = move |settings: &mut Settings| {
            settings.journal.revocations.retain(|revocation| revocation.id != id);
            if let Some(entry) = entry {
                settings.unfinished.insert(entry);
                if let Some(profile) = settings.profiles.iter_mut().find(|profile| profile.entry == entry) {
                    profile.bereave();
                }
            }
        };
        self.settings().update(forget).await?;
        if let Some(entry) = entry {
            self.in_memory().remove(&entry);
            self.take_back(entry).await;
            self.settings().locks().forget(&lease::lock_name(entry));
        }
        Ok(())
    }
}
