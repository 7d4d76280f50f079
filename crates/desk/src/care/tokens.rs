//! What the person does with tokens: rotate, revoke, and see to what has not ended.

use agentruntime_settings::{Care, Hitch, JobId, ProfileId, Reason};
use agentruntime_tokens::{PatRow, Revoked, Rotate, When, Which};

use super::TokenCare;
use crate::{
    api::tokens::{Outcome, PatView, TaskKind, TaskView},
    failure::Failed,
};

impl TokenCare {
    /// The tokens of a workspace's account.
    ///
    /// # Errors
    /// [`Failed`] when the token cannot be had, or the platform does not list them.
    pub async fn account_tokens(&self, id: ProfileId) -> Result<Vec<PatView>, Failed> {
        let rows = self.tokens.rows(id).await?;
        let own = self.tokens.settings().get().profile(id).and_then(|profile| profile.facts.as_ref()?.pat_id.clone());
        Ok(rows.into_iter().map(|row| pat_view(row, own.as_deref())).collect())
    }

    /// Gives a workspace a new token in place of its old one.
    ///
    /// # Errors
    /// [`Failed`] as [`agentruntime_tokens::Tokens::rotate`]; then the old token is in force.
    pub async fn rotate(
        &self,
        id: ProfileId,
        own: Option<String>,
        scopes: Option<Vec<String>>,
    ) -> Result<Outcome, Failed> {
        let rotated = self.tokens.rotate(id, Rotate { own, scopes }).await;
        self.changed.tell();
        Ok(outcome(rotated?.left))
    }

    /// Revokes a workspace's token, after which it has none.
    ///
    /// # Errors
    /// [`Failed`] as [`agentruntime_tokens::Tokens::revoke`].
    pub async fn revoke(&self, id: ProfileId, own: Option<String>, when: When) -> Result<Outcome, Failed> {
        let revoked = self.tokens.revoke(id, own, when).await;
        self.changed.tell();
        let Revoked { left } = revoked?;
        Ok(outcome(left))
    }

    /// Revokes another one of the account's tokens.
    ///
    /// # Errors
    /// [`Failed`] as [`agentruntime_tokens::Tokens::revoke_other`].
    pub async fn revoke_other(&self, id: ProfileId, pat_id: String) -> Result<(), Failed> {
        let revoked = self.tokens.revoke_other(id, pat_id).await;
        self.changed.tell();
        Ok(revoked?)
    }

    /// Says when a workspace's token wants attention.
    ///
    /// # Errors
    /// [`Failed`] when there is no such workspace, or the settings cannot be written.
    pub async fn set_care(&self, id: ProfileId, care: Care) -> Result<(), Failed> {
        self.tokens.set_care(id, care).await?;
        self.changed.tell();
        Ok(())
    }

    /// Tries a token job again.
    ///
    /// # Errors
    /// [`Failed`] when the settings cannot be written.
    pub async fn retry_job(&self, job: JobId) -> Result<(), Failed> {
        let settled = self.tokens.settle(Which::One(job)).await;
        self.changed.tell();
        let is_left = self.jobs().iter().any(|left| left.id == job.to_string());
        match settled?.is_empty() && is_left {
            true => Err(agentruntime_tokens::Error::Busy.into()),
            false => Ok(()),
        }
    }

    /// Says which of the account's tokens a job is about, and tries it again.
    ///
    /// # Errors
    /// [`Failed`] when the job has ended, or the settings cannot be written.
    pub async fn identify_job(&self, job: JobId, pat_id: String) -> Result<(), Failed> {
        let settled = self.tokens.identify(job, pat_id).await;
        self.changed.tell();
        settled?;
        Ok(())
    }

    /// Ends a job because its owner has seen to the token in the Console.
    ///
    /// # Errors
    /// [`Failed`] when the job has ended, or somebody is at it.
    pub async fn dismiss_job(&self, job: JobId) -> Result<(), Failed> {
        let dismissed = self.tokens.dismiss(job).await;
        self.changed.tell();
        Ok(dismissed?)
    }

    /// The tokens among which the one is that a job is about.
    ///
    /// # Errors
    /// [`Failed`] when there is no token left to ask with, or the platform does not list them.
    pub async fn job_tokens(&self, job: JobId) -> Result<Vec<PatView>, Failed> {
        let rows = self.tokens.rows_of_job(job).await?;
        let settings = self.tokens.settings().get();
        let in_use = |row: &PatRow| {
            settings
                .profiles
                .iter()
                .any(|profile| profile.facts.as_ref().is_some_and(|facts| facts.pat_id.as_ref() == Some(&row.id)))
        };
        Ok(rows.into_iter().map(|row| PatView { own: Some(in_use(&row)), ..pat_view(row, None) }).collect())
    }

    /// The token jobs, as they are shown.
    pub(crate) fn jobs(&self) -> Vec<TaskView> {
        let settings = self.tokens.settings().get();
        let name = |id: ProfileId| settings.profile(id).map(|profile| profile.name.clone());
        let rotations = settings.journal.rotations.iter().map(|rotation| TaskView {
            pat_id: rotation.stage.successor().map(str::to_owned),
            display_name: Some(rotation.display_name.clone()),
            ..job(
                rotation.id,
                TaskKind::Rotation,
                rotation.profile,
                name(rotation.profile),
                rotation.begun_at,
                rotation.hitch.as_ref(),
            )
        });
        let revocations = settings.journal.revocations.iter().map(|revocation| {
            let kind = match revocation.reason {
                Reason::Rotated => TaskKind::RevokeOld,
                Reason::Undone => TaskKind::RevokeSuccessor,
                Reason::Asked => TaskKind::RevokeAsked,
            };
            TaskView {
                pat_id: revocation.pat_id.clone(),
                display_name: revocation.display_name.clone(),
                ..job(
                    revocation.id,
                    kind,
                    revocation.profile,
                    name(revocation.profile),
                    revocation.begun_at,
                    revocation.hitch.as_ref(),
                )
            }
        });
        rotations.chain(revocations).collect()
    }
}

fn job(
    id: JobId,
    kind: TaskKind,
    profile: ProfileId,
    profile_name: Option<String>,
    since: jiff::Timestamp,
    hitch: Option<&Hitch>,
) -> TaskView {
    TaskView {
        id: id.to_string(),
        kind,
        profile: profile.to_string(),
        profile_name,
        pat_id: None,
        display_name: None,
        since: since.to_string(),
        code: hitch.map(|hitch| hitch.code.clone()),
        tries: hitch.map_or(0, |hitch| hitch.tries),
        next_try: hitch.map(|hitch| hitch.next_try().to_string()),
    }
}

fn outcome(left: Option<Hitch>) -> Outcome {
    Outcome { left: left.map(|hitch| hitch.code) }
}

fn pat_view(row: PatRow, own: Option<&str>) -> PatView {
    PatView {
        own: own.map(|own| own == row.id),
        id: row.id,
        display_name: row.display_name,
        scopes: row.scopes,
        created_at: row.created_at.map(|at| at.to_string()),
        last_used_at: row.last_used_at.map(|at| at.to_string()),
        expires_at: row.expires_at.map(|at| at.to_string()),
    }
}
