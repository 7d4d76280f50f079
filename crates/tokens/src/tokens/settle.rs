//! What was begun and has not ended is taken up again: after a crash, when the network is back, when the keychain is open.

use std::{
    collections::BTreeSet,
    sync::{Arc, MutexGuard, PoisonError},
    time::Duration,
};

use agentruntime_settings::{Hitch, JobId, ProfileId, Reason, Revocation, Settings};
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{
    Tokens,
    outcome::{Advance, Retired},
};
use crate::Error;

/// The shortest wait between two tries of what is overdue, because somebody else is at it.
const LEAST_WAIT: Duration = Duration::from_secs(5);

/// The longest wait between two looks at what is left.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

async fn sleep_or_for_ever(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

/// What is to be taken up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of it, but for what has ended the program before.
    All,
    /// All of it, because a person says so.
    Asked,
    /// What is to be tried again by now.
    Due,
    /// One thing.
    One(JobId),
}

/// What came of a thing that was taken up again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub job: JobId,
    /// Whose token.
    pub profile: ProfileId,
    pub how: SettledAs,
}

/// See [`Settled`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettledAs {
    /// The rotation was finished: the workspace has its new token. What is left of the old one is a revocation.
    Rotated,
    /// The rotation was undone: the workspace has its old token. What is left of the successor is a revocation.
    Undone,
    /// The token is dead.
    Revoked(Reason),
    /// It is as it was.
    Left(Hitch),
}

impl Which {
    /// Whether a thing is one of these at `now`.
    fn has(self, job: JobId, next_try: Timestamp, now: Timestamp) -> bool {
        match self {
            Self::All | Self::Asked => true,
            Self::Due => next_try <= now,
            Self::One(one) => one == job,
        }
    }

    /// Whether a person asks for them.
    const fn are_asked_for(self) -> bool {
        matches!(self, Self::Asked | Self::One(_))
    }
}

/// Whether a thing may be taken up.
enum TakenUp {
    /// It is, and that is written down.
    Now,
    /// It has ended too many processes. What is to be told of that, the first time.
    Stalled(Option<Hitch>),
}

impl Tokens {
    /// Takes up what was begun and has not ended, but for what somebody else is at. To be called after start, and whenever the
    /// journal's [`next_try`](agentruntime_settings::Journal::next_try) has come, the network is back, or the keychain was
    /// unlocked.
    ///
    /// # Errors
    /// The settings': everything else that stands in the way is written down with the thing it is about.
    pub async fn settle(&self, which: Which) -> Result<Vec<Settled>, Error> {
        let now = Timestamp::now();
        let mut settled = Vec::new();
        let mut left_now = Vec::new();
        for rotation in self.settings().get().journal.rotations.clone() {
            let (job, profile) = (rotation.id, rotation.profile);
            if which.has(job, rotation.next_try(), now) {
                let how = self.settle_rotation(job, profile, which, &mut left_now).await?;
                settled.extend(how.map(|how| Settled { job, profile, how }));
            }
        }
        for revocation in self.settings().get().journal.revocations.clone() {
            let (job, profile) = (revocation.id, revocation.profile);
            if left_now.contains(&job) || which.has(job, revocation.next_try(), now) {
                let how = self.settle_revocation(&revocation, which).await?;
                settled.extend(how.map(|how| Settled { job, profile, how }));
            }
        }
        Ok(settled)
    }

    /// Takes a rotation up; `None` where there is nothing to tell. What it leaves to be revoked goes into `left`.
    async fn settle_rotation(
        &self,
        job: JobId,
        profile: ProfileId,
        which: Which,
        left: &mut Vec<JobId>,
    ) -> Result<Option<SettledAs>, Error> {
        let Ok(_alone) = self.alone_with(profile).await else { return Ok(None) };
        // It may have ended, or gone on, until we had it alone.
        let Some(rotation) = self.settings().get().journal.rotation(job).cloned() else { return Ok(None) };
        if let TakenUp::Stalled(hitch) = self.take_up(job, which).await? {
            return Ok(hitch.map(SettledAs::Left));
        }
        let advanced = self.advance(rotation, None).await;
        self.put_down(job).await?;
        Ok(Some(match advanced? {
            Advance::Switched(revocation) => {
                left.push(revocation);
                SettledAs::Rotated
            }
            Advance::Undone(revocation, error) => {
                tracing::info!(code = error.code(), "a rotation was undone");
                left.extend(revocation);
                SettledAs::Undone
            }
            Advance::Stuck(stuck) => SettledAs::Left(stuck.hitch),
        }))
    }

    /// Takes a revocation up; `None` where there is nothing to tell.
    async fn settle_revocation(&self, revocation: &Revocation, which: Which) -> Result<Option<SettledAs>, Error> {
        let job = revocation.id;
        // Somebody else may be at it: then it is theirs, and no process's death is waited for.
        let Some(alone) = self.alone_at(job).await? else {
            return Ok(Some(SettledAs::Left(Hitch::after(None, Error::Busy.code()))));
        };
        if let TakenUp::Stalled(hitch) = self.take_up(job, which).await? {
            return Ok(hitch.map(SettledAs::Left));
        }
        let retired = self.carry_out_alone(job).await;
        self.put_down(job).await?;
        Ok(Some(match retired? {
            Retired::Dead => {
                self.forget_lock(job, alone);
                SettledAs::Revoked(revocation.reason)
            }
            Retired::Stuck(stuck) => SettledAs::Left(stuck.hitch),
        }))
    }

    /// Writes down that a thing is taken up, so that it is known what was under way should this process end over it.
    async fn take_up(&self, job: JobId, which: Which) -> Result<TakenUp, Error> {
        let asked_for = which.are_asked_for();
        let take = move |settings: &mut Settings| {
            let journal = &mut settings.journal;
            if journal.is_stalled(job) && !asked_for {
                return TakenUp::Stalled(journal.stall(job, Error::Stalled.code()));
            }
            let before = if asked_for { 0 } else { journal.taken_up.get(&job).copied().unwrap_or_default() };
            journal.taken_up.insert(job, before + 1);
            TakenUp::Now
        };
        let taken_up = self.settings().update(take).await?;
        if matches!(taken_up, TakenUp::Now) {
            self.under_way().insert(job);
        }
        Ok(taken_up)
    }

    /// Writes down that this process has outlived it.
    async fn put_down(&self, job: JobId) -> Result<(), Error> {
        self.settings().update(move |settings| settings.journal.taken_up.remove(&job)).await?;
        self.under_way().remove(&job);
        Ok(())
    }

    /// The same for all that this process is at.
    async fn put_all_down(&self) -> Result<(), Error> {
        let all = std::mem::take(&mut *self.under_way());
        if all.is_empty() {
            return Ok(());
        }
        let put_down = move |settings: &mut Settings| settings.journal.taken_up.retain(|job, _| !all.contains(job));
        Ok(self.settings().update(put_down).await?)
    }

    fn under_way(&self) -> MutexGuard<'_, BTreeSet<JobId>> {
        self.0.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes everything up now, and each thing again when its time has come, until `end`. `nudge` says that all of it may go
    /// better now: the network is back, the keychain was unlocked. `tell` hears of everything that came of it.
    pub async fn keep_settling(&self, nudge: Arc<Notify>, end: CancellationToken, tell: impl Fn(Settled) + Send) {
        let mut settings = self.settings().subscribe();
        let mut which = Which::All;
        loop {
            settings.mark_unchanged();
            let settled = tokio::select! {
                () = end.cancelled() => {
                    // An end in order is no death: what was under way did not cause it.
                    if let Err(error) = self.put_all_down().await {
                        tracing::warn!(code = error.code(), "the next start takes what was under way for a cause of this end");
                    }
                    return;
                }
                settled = self.settle(which) => settled,
            };
            match settled {
                Ok(settled) => settled.into_iter().for_each(&tell),
                Err(error) => tracing::warn!(code = error.code(), "what was begun could not be taken up again"),
            }
            let due = settings.borrow().journal.next_try().map(|next| next.duration_since(Timestamp::now()));
            // No longer than an hour: the clock may be set.
            let due = due.map(|wait| Duration::try_from(wait).unwrap_or_default().clamp(LEAST_WAIT, LONGEST_WAIT));
            which = tokio::select! {
                () = end.cancelled() => return,
                () = nudge.notified() => Which::All,
                () = sleep_or_for_ever(due) => Which::Due,
                changed = settings.changed() => match changed {
                    Ok(()) => Which::Due,
                    Err(_) => return,
                },
            };
        }
    }

    /// Says which of the account's tokens a revocation is about, and tries it again.
    ///
    /// # Errors
    /// [`Error::NothingLeft`], [`Error::Shared`] for the token of a workspace, and the settings'.
    pub async fn identify(&self, job: JobId, pat_id: String) -> Result<Vec<Settled>, Error> {
        let settings = self.settings().get();
        if let Some(other) = settings.profiles.iter().find(|profile| profile.pat_id() == Some(pat_id.as_str())) {
            return Err(Error::Shared { name: other.name.clone() });
        }
        let name = move |settings: &mut Settings| {
            let found = settings.journal.revocation_mut(job);
            found.map(|revocation| revocation.pat_id = Some(pat_id)).ok_or(Error::NothingLeft)
        };
        self.settings().update(name).await??;
        self.settle(Which::One(job)).await
    }

    /// Ends a thing because a person says that they have seen to the token themselves, in the Console. The keychain's entry
    /// goes; the platform is not asked.
    ///
    /// # Errors
    /// [`Error::NothingLeft`], [`Error::Busy`], and the settings'.
    pub async fn dismiss(&self, job: JobId) -> Result<(), Error> {
        self.settings().refresh().await;
        self.put_down(job).await?;
        let journal = self.settings().get().journal.clone();
        if let Some(revocation) = journal.revocation(job) {
            return self.forget(revocation).await;
        }
        let rotation = journal.rotation(job).ok_or(Error::NothingLeft)?;
        let _alone = self.alone_with(rotation.profile).await?;
        let entry = rotation.entry;
        let drop = move |settings: &mut Settings| {
            settings.journal.rotation(job).ok_or(Error::NothingLeft)?;
            settings.journal.rotations.retain(|rotation| rotation.id != job);
            settings.unfinished.insert(entry);
            Ok::<_, Error>(())
        };
        self.settings().update(drop).await??;
        self.take_back(entry).await;
        Ok(())
    }
}
