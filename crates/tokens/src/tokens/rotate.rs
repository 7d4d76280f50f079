//! Rotation: a successor is made, stored, read back and tried out before the profile changes to it, and the old token dies
//! only after the last call that went with it.
//!
//! The platform has no call for it: create, reveal (once) and delete are all there is (BFF API, "Everything else"). Every step
//! is written down before it is taken, so that a process that dies at any moment leaves either the old token in force and a
//! successor that [`Tokens::settle`] finds, or the new one in force and an old one that it revokes.

use agentruntime_bff::{Client, pats};
use backon::{ExponentialBuilder, Retryable as _};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{Held, Tokens, facts, health, pasted, retire::Stuck, rows};
use crate::{
    EntryId, Error, Hitch, KeychainError, PatRow, Profile, ProfileId, Reason, Revocation, Rotation, Settings, Stage,
    TaskId, TokenFacts, TokenPlace,
};

/// What a rotation is to do other than usual.
#[derive(Debug, Clone, Default)]
pub struct Rotate {
    /// Which of the account's tokens is the one in use, where a person had to say so ([`Error::WhichToken`]).
    pub own: Option<String>,
    /// The successor's scopes; `None` for those of the old one.
    pub scopes: Option<Vec<String>>,
}

/// A rotation after which the profile has its new token.
#[derive(Debug, Clone)]
pub struct Rotated {
    /// The profile.
    pub profile: Profile,
    /// Why the old token lives still, if it does: it is tried again by itself.
    pub left: Option<Hitch>,
}

/// How a rotation under way goes on.
pub(super) enum Advance {
    /// The profile has the successor; the old token is to be revoked by this task.
    Switched(TaskId),
    /// There is no successor, or it is to be revoked by this task.
    Undone(Option<TaskId>, Error),
    /// It cannot be known yet, or not be done.
    Stuck(Stuck),
}

impl Tokens {
    /// The account's tokens, with the profile's own one first known by its id where that is known.
    ///
    /// # Errors
    /// As [`Tokens::pat`], and the BFF's.
    pub async fn rows(&self, id: ProfileId) -> Result<Vec<PatRow>, Error> {
        let pat = self.pat(id).await?;
        rows::list(&self.client(&self.profile(id)?)?, &pat).await
    }

    /// Gives a profile a new token in place of its old one, which is revoked. Calls under way finish with the old one.
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
                let as_wished = how.scopes.as_ref().is_none_or(|scopes| same(scopes, &rotation.scopes));
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
                let left = self.carry_out(revocation).await?.err().map(|stuck| stuck.hitch);
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
        let found = rows::list(&client, &pat).await?;
        let old = own_row(&profile, how.own.as_deref(), &found)?.clone();
        self.none_shares(&profile, &old.id).await?;
        let scopes = how.scopes.unwrap_or_else(|| old.scopes.clone());
        if scopes.is_empty() {
            let problem = "the platform does not say what the token may do; choose the scopes of the new one";
            return Err(Error::invalid("scopes", problem));
        }
        let rotation = Rotation {
            id: TaskId::new(),
            profile: id,
            account: profile.account(),
            old: old.id,
            old_entry: profile.entry,
            display_name: old.display_name.unwrap_or_else(|| profile.name.clone()),
            scopes,
            entry: EntryId::new(),
            known: found.into_iter().map(|row| row.id).collect(),
            stage: Stage::Creating,
            begun_at: Timestamp::now(),
            hitch: None,
        };
        let begun = rotation.clone();
        self.settings().update(move |settings| settings.journal.rotations.push(begun)).await?;
        let create = pats::Create { display_name: rotation.display_name.clone(), scopes: rotation.scopes.clone() };
        match client.call(&pat, &create, &CancellationToken::new()).await {
            Ok(answer) => match created(answer) {
                Some((successor, token)) => {
                    let rotation = self.reach(rotation, Stage::Storing { successor }).await?;
                    self.advance(rotation, Some(token)).await
                }
                None => self.advance(rotation, None).await,
            },
            Err(error) if is_definite(&error) => {
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

    /// Takes a rotation from where it stands as far as it goes. `token` is the successor's, where it is at hand.
    pub(super) async fn advance(
        &self,
        mut rotation: Rotation,
        mut token: Option<SecretString>,
    ) -> Result<Advance, Error> {
        loop {
            let replaced = self.profile(rotation.profile).is_ok_and(|profile| profile.entry != rotation.old_entry);
            let next = match rotation.stage.clone() {
                // The profile was given another token meanwhile: this successor is nobody's.
                Stage::Storing { .. } | Stage::Trying { .. } if replaced => Err(Next::Undo(Error::NothingLeft)),
                Stage::Creating => self.find_successor(&rotation).await,
                Stage::Storing { successor } => self.store_successor(&rotation, successor, &mut token).await,
                Stage::Trying { successor } => match self.try_successor(&rotation, &successor, &mut token).await {
                    Ok(facts) => return self.switch(&rotation, facts, token).await,
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
                    let hitch = Hitch::after(rotation.hitch.as_ref(), error.code());
                    let (id, noted) = (rotation.id, hitch.clone());
                    let note = move |settings: &mut Settings| {
                        if let Some(rotation) = rotation_mut(settings, id) {
                            rotation.hitch = Some(noted);
                        }
                    };
                    self.settings().update(note).await?;
                    return Ok(Advance::Stuck(Stuck { hitch, error }));
                }
            }
        }
    }

    /// Looks for a successor that may have been made: a token that was not there before, of the same name and scopes, never
    /// used, and known to nothing else here.
    async fn find_successor(&self, rotation: &Rotation) -> Result<Stage, Next> {
        let rows = self.rows(rotation.profile).await.map_err(Next::Later)?;
        let settings = self.settings().get();
        let ours = settings.profiles.iter().filter_map(|profile| profile.facts.as_ref()?.pat_id.as_ref());
        let begun = settings.journal.revocations.iter().filter_map(|revocation| revocation.pat_id.as_ref());
        let others = settings.journal.rotations.iter().filter_map(|other| other.stage.successor());
        let known: Vec<_> = ours.chain(begun).chain(&rotation.known).map(String::as_str).chain(others).collect();
        let mut found = rows.iter().filter(|row| {
            !known.contains(&row.id.as_str())
                && row.last_used_at.is_none()
                && row.display_name.as_deref().is_none_or(|name| name == rotation.display_name)
                && (row.scopes.is_empty() || same(&row.scopes, &rotation.scopes))
        });
        match (found.next(), found.next()) {
            (Some(only), None) => Ok(Stage::Storing { successor: only.id.clone() }),
            (Some(_), Some(_)) => Err(Next::Later(Error::WhichToken { rows: rows.clone() })),
            (None, _) => {
                let age = Timestamp::now().duration_since(rotation.begun_at);
                let interrupted = Error::Bff(agentruntime_bff::Error::InvalidResponse {
                    problem: "it did not say whether a token was made".to_owned(),
                });
                // A request that was under way may arrive yet; and a list without the old token is not the whole list.
                let whole = rows.iter().any(|row| row.id == rotation.old);
                Err(if age < self.0.patience.appear || !whole {
                    Next::Later(interrupted)
                } else {
                    Next::Never(interrupted)
                })
            }
        }
    }

    /// Puts the successor into the keychain, after a look whether it stands there already.
    async fn store_successor(
        &self,
        rotation: &Rotation,
        successor: String,
        token: &mut Option<SecretString>,
    ) -> Result<Stage, Next> {
        if token.is_none() {
            match self.keychain().read(&rotation.entry.to_string()).await {
                Ok(stored) => {
                    *token = Some(stored);
                    return Ok(Stage::Trying { successor });
                }
                Err(KeychainError::Missing) => *token = Some(self.reveal(rotation, &successor).await?),
                Err(error) => return Err(Next::Later(error.into())),
            }
        }
        if let Some(token) = token {
            self.keychain()
                .store(&rotation.entry.to_string(), token)
                .await
                .map_err(|error| Next::Undo(error.into()))?;
        }
        Ok(Stage::Trying { successor })
    }

    /// Asks the platform for the successor's text. It gives it once, or not at all.
    async fn reveal(&self, rotation: &Rotation, successor: &str) -> Result<SecretString, Next> {
        let pat = self.pat(rotation.profile).await.map_err(Next::Later)?;
        let client = self.profile(rotation.profile).and_then(|profile| self.client(&profile)).map_err(Next::Later)?;
        let reveal = pats::Reveal { id: successor.to_owned() };
        match client.call(&pat, &reveal, &CancellationToken::new()).await {
            Ok(answer) => token_of(answer).ok_or_else(|| {
                let problem = "it has no token in it".to_owned();
                Next::Undo(agentruntime_bff::Error::InvalidResponse { problem }.into())
            }),
            Err(error) if is_definite(&error) && error.status().is_some() => Err(Next::Undo(error.into())),
            Err(error) => Err(Next::Later(error.into())),
        }
    }

    /// Tries the successor out, as the keychain has it, and gathers what may be shown of it.
    async fn try_successor(
        &self,
        rotation: &Rotation,
        successor: &str,
        token: &mut Option<SecretString>,
    ) -> Result<TokenFacts, Next> {
        let stored = match self.keychain().read(&rotation.entry.to_string()).await {
            Ok(stored) => stored,
            // Somebody deleted it there, and it can be had from nowhere.
            Err(error @ KeychainError::Missing) => return Err(Next::Undo(error.into())),
            Err(error) => return Err(Next::Later(error.into())),
        };
        let (pat, stored) = pasted(&stored).map_err(Next::Undo)?;
        let account = self.profile(rotation.profile).map_err(Next::Undo)?.account();
        let (client, _) = self.try_new(&account, &pat).await.map_err(|error| match &error {
            Error::Bff(refused) if is_definite(refused) && refused.status().is_some() => Next::Undo(error),
            _ => Next::Later(error),
        })?;
        let rows = rows::list(&client, &pat).await.unwrap_or_default();
        let row = rows.into_iter().find(|row| row.id == successor);
        let row = row.unwrap_or_else(|| PatRow {
            id: successor.to_owned(),
            display_name: Some(rotation.display_name.clone()),
            scopes: rotation.scopes.clone(),
            created_at: Some(rotation.begun_at),
            last_used_at: None,
            expires_at: None,
        });
        let facts = facts::of(Some(&row), &stored, Timestamp::now());
        *token = Some(stored);
        Ok(facts)
    }

    /// As a check of any token; but one that is seconds old is given time to become known everywhere.
    async fn try_new(
        &self,
        account: &crate::Account,
        pat: &agentruntime_bff::Pat,
    ) -> Result<(Client, std::time::Duration), Error> {
        let waits = ExponentialBuilder::default().with_min_delay(self.0.patience.known).with_max_times(2);
        let refused = |error: &Error| matches!(error, Error::Bff(error) if error.status() == Some(401));
        (|| health::try_out(account, pat)).retry(waits).when(refused).await
    }

    /// The profile's change from the old token to the new one, and the journal's, at one stroke.
    async fn switch(
        &self,
        rotation: &Rotation,
        facts: TokenFacts,
        token: Option<SecretString>,
    ) -> Result<Advance, Error> {
        if let Some((pat, _)) = token.as_ref().map(pasted).transpose()? {
            self.held().insert(rotation.entry, Held { pat, stored: true });
        }
        let (entry, begun) = (rotation.entry, rotation);
        let (rotation, revocation) = (rotation.clone(), TaskId::new());
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
                self.held().remove(&entry);
                Ok(Advance::Undone(self.undo(begun).await?, Error::NothingLeft))
            }
        }
    }

    /// Makes a successor's revocation of a rotation; `None` where the rotation has ended in another way.
    async fn undo(&self, rotation: &Rotation) -> Result<Option<TaskId>, Error> {
        let (rotation, id) = (rotation.clone(), TaskId::new());
        let undo = move |settings: &mut Settings| {
            settings.journal.rotation(rotation.id)?;
            settings.journal.rotations.retain(|other| other.id != rotation.id);
            // What a profile goes with is not to be revoked, whatever a journal says.
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
        self.settings().update(undo).await
    }

    /// Refuses to go on where another profile here has the same token: it would be dead for that one.
    async fn none_shares(&self, profile: &Profile, pat_id: &str) -> Result<(), Error> {
        let settings = self.settings().get();
        let own = self.text(profile.id).await?;
        for other in settings.profiles.iter().filter(|other| other.id != profile.id && other.url == profile.url) {
            let same_id = other.facts.as_ref().is_some_and(|facts| facts.pat_id.as_deref() == Some(pat_id));
            let same_text = other.token == TokenPlace::Keychain
                && self.text(other.id).await.is_ok_and(|text| text.expose_secret() == own.expose_secret());
            if same_id || same_text {
                return Err(Error::Shared { name: other.name.clone() });
            }
        }
        Ok(())
    }

    async fn revoke_if(&self, revocation: Option<TaskId>) -> Result<(), Error> {
        if let Some(id) = revocation {
            // What it meets stands in the journal.
            _ = self.carry_out(id).await?;
        }
        Ok(())
    }

    /// Writes down that a step is about to be taken.
    async fn reach(&self, mut rotation: Rotation, stage: Stage) -> Result<Rotation, Error> {
        rotation.stage = stage;
        let reached = rotation.clone();
        let note = move |settings: &mut Settings| {
            if let Some(rotation) = rotation_mut(settings, reached.id) {
                *rotation = reached;
            }
        };
        self.settings().update(note).await?;
        Ok(rotation)
    }

    async fn drop_rotation(&self, id: TaskId) -> Result<(), Error> {
        let drop = move |settings: &mut Settings| settings.journal.rotations.retain(|rotation| rotation.id != id);
        self.settings().update(drop).await
    }
}

/// How a step ended that did not lead to the next.
enum Next {
    /// There is no successor and there will be none.
    Never(Error),
    /// The successor is of no use.
    Undo(Error),
    /// Nobody can say yet.
    Later(Error),
}

fn rotation_mut(settings: &mut Settings, id: TaskId) -> Option<&mut Rotation> {
    settings.journal.rotations.iter_mut().find(|rotation| rotation.id == id)
}

/// The row of the token in use: the one a person chose, the one it is known to be, or the one that it can only be.
pub(super) fn own_row<'a>(profile: &Profile, chosen: Option<&str>, rows: &'a [PatRow]) -> Result<&'a PatRow, Error> {
    let known = chosen.or_else(|| profile.facts.as_ref()?.pat_id.as_deref());
    let row = match known {
        Some(id) => rows.iter().find(|row| row.id == id),
        None => rows::own(rows, Timestamp::now()),
    };
    row.ok_or_else(|| Error::WhichToken { rows: rows.to_vec() })
}

/// Whether it is certain that a request changed nothing.
pub(super) fn is_definite(error: &agentruntime_bff::Error) -> bool {
    use agentruntime_bff::Error as Bff;
    match error {
        Bff::Refused { status, .. } => (400..500).contains(status) && *status != 408,
        Bff::Unreachable { .. } | Bff::InvalidArgument { .. } | Bff::InsecureTransport { .. } => true,
        _ => false,
    }
}

/// A created token's id and text (BFF API, "Everything else": 201 `id`, `token`, once).
fn created(answer: Value) -> Option<(String, SecretString)> {
    let id = answer.get("id")?.as_str()?.to_owned();
    Some((id, token_of(answer)?))
}

/// The token's text, moved out of the answer.
fn token_of(mut answer: Value) -> Option<SecretString> {
    match answer.get_mut("token").map(Value::take) {
        Some(Value::String(token)) if !token.is_empty() => Some(token.into()),
        _ => None,
    }
}

fn same(one: &[String], other: &[String]) -> bool {
    one.iter().all(|scope| other.contains(scope)) && other.iter().all(|scope| one.contains(scope))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;
    use serde_json::json;

    use super::{created, same};

    #[test]
    fn a_created_token_has_an_id_and_a_text() {
        let (id, token) = created(json!({ "id": "p-1", "token": "pat_x", "scopes": [] })).unwrap();
        assert_eq!((id.as_str(), token.expose_secret()), ("p-1", "pat_x"));
        for bad in [json!({ "id": "p-1" }), json!({ "token": "pat_x" }), json!({ "id": "p-1", "token": "" }), json!(1)]
        {
            assert!(created(bad).is_none());
        }
    }

    #[test]
    fn scopes_are_a_set() {
        let set = |scopes: &[&str]| scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>();
        assert!(same(&set(&["a", "b"]), &set(&["b", "a", "a"])));
        assert!(!same(&set(&["a"]), &set(&["a", "b"])));
    }
}
