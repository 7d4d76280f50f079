//! What came of a thing that was taken as far as it goes.

use super::Tokens;
use agentruntime_settings::{Hitch, JobId, Settings};

use crate::Error;

/// What keeps a job from its end.
#[derive(Debug)]
pub(super) struct Stuck {
    /// As the journal has it.
    pub(super) hitch: Hitch,
    pub(super) error: Error,
}

/// How a rotation under way went on.
#[must_use]
pub(super) enum Advance {
    /// The workspace has the successor; the old token is to be revoked by this job.
    Switched(JobId),
    /// There is no successor, or it is to be revoked by this job.
    Undone(Option<JobId>, Error),
    /// It cannot be known yet, or not be done.
    Stuck(Stuck),
}

/// How a revocation under way went on.
#[must_use]
pub(super) enum Retired {
    /// The token is dead, and nothing here knows of it any more.
    Dead,
    /// It may live still.
    Stuck(Stuck),
}

impl Retired {
    /// Why the token may live still, if it may.
    pub(super) fn left(self) -> Option<Hitch> {
        match self {
            Self::Dead => None,
            Self::Stuck(stuck) => Some(stuck.hitch),
        }
    }
}

impl Tokens {
    /// Writes down what a job met, after what it had met before.
    pub(super) async fn stuck(&self, job: JobId, before: Option<&Hitch>, error: Error) -> Result<Stuck, Error> {
        let hitch = Hitch::after(before, error.code());
        let noted = hitch.clone();
        let note = move |settings: &mut Settings| {
            if let Some(hitch) = settings.journal.hitch_mut(job) {
                *hitch = Some(noted);
            }
        };
        self.settings().update(note).await?;
        Ok(Stuck { hitch, error })
    }
}
