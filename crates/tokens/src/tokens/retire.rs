//! The end of a token: nobody uses it any more, the platform forgets it, and then so does the keychain.

use agentruntime_bff::{Client, Pat, pats};
use agentruntime_lifecycle::Lock;
use tokio_util::sync::CancellationToken;

use super::{
    Tokens, health, lease, pasted,
    rotate::{is_definite, own_row},
    rows, unlockable,
};
use crate::{EntryId, Error, Hitch, KeychainError, PatRow, Reason, Revocation, Settings, TaskId, TokenPlace};

/// What keeps a task from its end.
#[derive(Debug)]
pub(super) struct Stuck {
    /// As the journal has it.
    pub(super) hitch: Hitch,
    /// The error itself.
    pub(super) error: Error,
}

/// A token with which a revocation may be asked for.
struct Credential {
    pat: Pat,
    /// Whether it is the very token that is to die.
    own: bool,
}

/// The name of the lock of whoever is at a task.
pub(super) fn task_lock(id: TaskId) -> String {
    format!("task-{id}")
}

impl Tokens {
    /// Takes a revocation as far as it goes. `Ok(Err(_))` says what it met; the journal says it too.
    pub(super) async fn carry_out(&self, id: TaskId) -> Result<Result<(), Stuck>, Error> {
        // Somebody else may be at it, in this process or another: then it may have ended when we have it alone.
        let Some(alone) = self.alone_at(id).await? else {
            return Ok(Err(Stuck { hitch: Hitch::after(None, Error::Busy.code()), error: Error::Busy }));
        };
        let done = self.carry_out_alone(id).await?;
        drop(alone);
        if done.is_ok() {
            self.forget_lock(id);
        }
        Ok(done)
    }

    /// Removes the lock of a task that has ended.
    pub(super) fn forget_lock(&self, id: TaskId) {
        self.settings().locks().forget(&task_lock(id));
    }

    /// The only hold on a task, among all processes.
    pub(super) async fn alone_at(&self, id: TaskId) -> Result<Option<Lock>, Error> {
        let lock = self.settings().locks().wait_at_most(&task_lock(id), self.0.patience.others).await;
        let lock = lock.map_err(|error| unlockable(self.settings(), &error))?;
        self.settings().refresh().await;
        Ok(lock)
    }

    /// As [`Tokens::carry_out`], for whoever has the task alone.
    pub(super) async fn carry_out_alone(&self, id: TaskId) -> Result<Result<(), Stuck>, Error> {
        let Some(revocation) = self.settings().get().journal.revocation(id).cloned() else { return Ok(Ok(())) };
        match self.revoke_at_platform(&revocation).await {
            Ok(()) => {
                self.forget(&revocation).await?;
                Ok(Ok(()))
            }
            Err(error) => {
                let hitch = Hitch::after(revocation.hitch.as_ref(), error.code());
                tracing::info!(code = error.code(), task = %id, "a token lives still");
                let noted = hitch.clone();
                let note = move |settings: &mut Settings| {
                    let found = settings.journal.revocations.iter_mut().find(|revocation| revocation.id == id);
                    if let Some(revocation) = found {
                        revocation.hitch = Some(noted);
                    }
                };
                self.settings().update(note).await?;
                Ok(Err(Stuck { hitch, error }))
            }
        }
    }

    /// Has the platform revoke a token, and sees that it is dead.
    async fn revoke_at_platform(&self, revocation: &Revocation) -> Result<(), Error> {
        if let (Reason::Rotated, Some(entry)) = (revocation.reason, revocation.entry) {
            let lock = self.settings().locks().wait_at_most(&lease::lock_name(entry), self.0.patience.drain).await;
            if lock.map_err(|error| unlockable(self.settings(), &error))?.is_none() {
                return Err(Error::InUse);
            }
        }
        let (credentials, mut met) = self.credentials(revocation).await;
        let client = Client::new(revocation.account.bff_config())?;
        let (mut dead, mut acknowledged) = (false, false);
        for credential in &credentials {
            let id = match &revocation.pat_id {
                Some(id) => id.clone(),
                None => match self.find_own(revocation, &client, credential).await {
                    Ok(id) => id,
                    Err(error) => {
                        met = Some(error);
                        continue;
                    }
                },
            };
            let delete = pats::Delete { id };
            match client.call(&credential.pat, &delete, &CancellationToken::new()).await {
                Ok(_) => (dead, acknowledged) = (true, true),
                Err(error) => match error.status() {
                    Some(404 | 410) => dead = true,
                    // A token that is refused is dead already.
                    Some(401) if credential.own => dead = true,
                    // If the token that took its place is refused, this may be the last one that works.
                    Some(401) if revocation.reason == Reason::Rotated => return Err(error.into()),
                    // Another one may be allowed to.
                    Some(401 | 403) => met = Some(error.into()),
                    _ if is_definite(&error) => return Err(error.into()),
                    // It may have been done: what the token itself is told says so.
                    _ if credential.own => {
                        return match self.is_dead(revocation, &credential.pat).await {
                            Ok(()) => Ok(()),
                            Err(_) => Err(error.into()),
                        };
                    }
                    _ => return Err(error.into()),
                },
            }
            if dead {
                break;
            }
        }
        if !dead {
            let name = revocation.display_name.clone().unwrap_or_default();
            return Err(met.unwrap_or(Error::NoToken { name }));
        }
        // A row that was taken for this token's, and was not, would leave it alive and another one dead.
        match credentials.iter().find(|credential| credential.own) {
            Some(own) => match self.is_dead(revocation, &own.pat).await {
                // The platform's word is enough where the token itself cannot be tried now; "no such token" is not.
                Err(error) if !acknowledged || matches!(error, Error::StillWorks) => Err(error),
                _ => Ok(()),
            },
            None => Ok(()),
        }
    }

    /// Whether a token is seen to be refused. Anything else that is met leaves it open.
    async fn is_dead(&self, revocation: &Revocation, own: &Pat) -> Result<(), Error> {
        match health::try_out(&revocation.account, own).await {
            Err(Error::Bff(error)) if error.status() == Some(401) => Ok(()),
            Err(Error::Bff(error)) if error.status() != Some(403) => Err(error.into()),
            // Too small a scope is a token's that is known.
            Ok(_) | Err(Error::Bff(_)) => Err(Error::StillWorks),
            Err(error) => Err(error),
        }
    }

    /// The tokens of the account that a revocation is about, for a person who has to say which one it is.
    ///
    /// # Errors
    /// [`Error::NothingLeft`]; [`Error::NoToken`] where none of the account's tokens is at hand; the BFF's and the keychain's.
    pub async fn rows_of_task(&self, task: TaskId) -> Result<Vec<PatRow>, Error> {
        let revocation = self.settings().get().journal.revocation(task).cloned().ok_or(Error::NothingLeft)?;
        let (credentials, met) = self.credentials(&revocation).await;
        let client = Client::new(revocation.account.bff_config())?;
        let mut met = met.unwrap_or(Error::NoToken { name: revocation.display_name.unwrap_or_default() });
        for credential in credentials {
            match rows::list(&client, &credential.pat).await {
                Ok(rows) => return Ok(rows),
                Err(error) => met = error,
            }
        }
        Err(met)
    }

    /// The row of a token that must be told by itself.
    async fn find_own(&self, revocation: &Revocation, client: &Client, own: &Credential) -> Result<String, Error> {
        let rows = rows::list(client, &own.pat).await?;
        if !own.own {
            return Err(Error::WhichToken { rows });
        }
        let settings = self.settings().get();
        let profile = settings.profile(revocation.profile).filter(|profile| Some(profile.entry) == revocation.entry);
        let found = match profile {
            Some(profile) => own_row(profile, None, &rows).ok(),
            None => rows::own(&rows, jiff::Timestamp::now()),
        };
        // What another profile goes with is not this one, whatever it looks like.
        let in_use = |id: &String| {
            settings.profiles.iter().any(|profile| {
                Some(profile.entry) != revocation.entry
                    && profile.facts.as_ref().is_some_and(|facts| facts.pat_id.as_ref() == Some(id))
            })
        };
        match found.map(|row| row.id.clone()).filter(|id| !in_use(id)) {
            Some(id) => Ok(id),
            None => Err(Error::WhichToken { rows }),
        }
    }

    /// The tokens that may revoke it, the likeliest first, and what stood in the way of having more.
    async fn credentials(&self, revocation: &Revocation) -> (Vec<Credential>, Option<Error>) {
        let mut met = None;
        let own = match revocation.entry {
            None => None,
            Some(entry) => self.own_token(entry).await.unwrap_or_else(|error| {
                met = Some(error);
                None
            }),
        };
        let settings = self.settings().get();
        let profile = settings.profile(revocation.profile);
        let profile = profile.filter(|profile| {
            profile.token != TokenPlace::None
                && Some(profile.entry) != revocation.entry
                && profile.account() == revocation.account
        });
        let of_profile = match profile {
            None => None,
            Some(profile) => match self.pat(profile.id).await {
                Ok(pat) => Some(Credential { pat, own: false }),
                Err(error) => {
                    met = Some(error);
                    None
                }
            },
        };
        let own = own.map(|pat| Credential { pat, own: true });
        let credentials = match revocation.reason {
            Reason::Asked => [own, of_profile],
            Reason::Rotated | Reason::Undone => [of_profile, own],
        };
        (credentials.into_iter().flatten().collect(), met)
    }

    /// The token of an entry, where it is there.
    async fn own_token(&self, entry: EntryId) -> Result<Option<Pat>, Error> {
        if let Some(held) = self.held().get(&entry) {
            return Ok(Some(held.pat.clone()));
        }
        match self.keychain().read(&entry.to_string()).await {
            Ok(token) => Ok(pasted(&token).ok().map(|(pat, _)| pat)),
            Err(KeychainError::Missing) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The token is dead: nothing here needs to know of it any more.
    pub(super) async fn forget(&self, revocation: &Revocation) -> Result<(), Error> {
        let (id, entry) = (revocation.id, revocation.entry);
        let forget = move |settings: &mut Settings| {
            settings.journal.revocations.retain(|revocation| revocation.id != id);
            if let Some(entry) = entry {
                settings.unfinished.insert(entry);
                let of_this = settings.profiles.iter_mut().find(|profile| profile.entry == entry);
                if let Some(profile) = of_this {
                    super::revoke::bereave(profile);
                }
            }
        };
        self.settings().update(forget).await?;
        if let Some(entry) = entry {
            self.held().remove(&entry);
            self.take_back(entry).await;
            self.settings().locks().forget(&lease::lock_name(entry));
        }
        Ok(())
    }
}
