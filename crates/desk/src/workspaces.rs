//! The workspaces: which one is in use, what is known of each, and what the person does with them.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use agentruntime_bff::{Client, Config, workflows};
use agentruntime_serving::{Backing, Decision, Error, Host, Observed, State};
use agentruntime_settings::{Backend, NewProfile, ProfileId};
use agentruntime_tokens::{IfKeychainFails, Keep, Tokens};
use jiff::Timestamp;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::{
    api::{self, Health},
    changed::Changed,
    failure::Failed,
};

mod view;

/// The workspaces, and what stands behind the server.
pub struct Workspaces {
    /// Their tokens.
    pub tokens: Tokens,
    pub(crate) backing: Backing,
    /// The sandbox, behind whichever workspace is one.
    pub(crate) sandbox: Host,
    pub(crate) settings: Observed,
    pub(crate) changed: Changed,
    pub(crate) shutdown: CancellationToken,
    pub(crate) checks: Mutex<HashMap<ProfileId, Check>>,
}

/// What was asked of a workspace's health, and answered.
#[derive(Default)]
pub(crate) struct Check {
    /// What is known; nothing before the first question.
    health: Option<Health>,
    /// How often it was asked for or doubted: what an earlier question finds does not count.
    question: u64,
}

impl Workspaces {
    /// Makes the active workspace anew what the next call of every client goes to, and asks whether it works. A call under way
    /// keeps what it began with.
    pub async fn refresh(&self) {
        self.take_note(&self.backing.refresh().await);
        self.check_active().await;
    }

    pub(crate) fn take_note(&self, decision: &Decision) {
        if let Err(error) = &decision.outcome {
            tracing::warn!(code = error.code(), %error, "the workspace cannot be reached");
            if let Some(id) = decision.workspace {
                self.checks().entry(id).or_default().health = Some(bad(error.code(), error.to_string()));
            }
        }
        self.changed.tell();
    }

    pub(crate) async fn check_active(&self) {
        if let Some(active) = self.settings.get().active_profile {
            self.check(active).await;
        }
    }

    /// Asks whether a workspace works, because somebody wants to know now: a sandbox that is away is tried again at once.
    pub async fn check_now(&self, id: ProfileId) {
        if self.settings.get().profile(id).is_some_and(|profile| profile.backend == Backend::Sandbox) {
            self.sandbox.hurry();
        }
        self.check(id).await;
    }

    /// Asks whether a workspace works, and remembers the answer.
    pub(crate) async fn check(&self, id: ProfileId) {
        let Some(backend) = self.settings.get().profile(id).map(|profile| profile.backend) else { return };
        let question = self.doubt(id);
        let health = if backend == Backend::Sandbox {
            match self.check_sandbox().await {
                Ok(latency_ms) => Health::Ok { at: Timestamp::now(), latency_ms },
                Err(error) => bad(error.code(), error.to_string()),
            }
        } else {
            let health = self.tokens.check(id).await;
            if health.is_ok() {
                let latency = health.latency.unwrap_or_default().as_millis();
                Health::Ok { at: health.checked_at, latency_ms: u64::try_from(latency).unwrap_or(u64::MAX) }
            } else {
                Health::Bad { at: health.checked_at, code: health.code.to_owned(), message: health.text }
            }
        };
        let is_well = matches!(health, Health::Ok { .. });
        if !self.answer(id, question, health) {
            return;
        }
        // The keychain gave what it had refused: a person has allowed it. Clients are to have it too.
        if is_well && self.backing.trouble(id).is_some() && self.settings.get().active_profile == Some(id) {
            self.take_note(&self.backing.refresh().await);
        }
    }

    /// Remembers what a question found. Whoever doubted it since then, or removed it, does not want to hear what was true before.
    fn answer(&self, id: ProfileId, question: u64, health: Health) -> bool {
        let mut checks = self.checks();
        let Some(check) = checks.get_mut(&id).filter(|check| check.question == question) else { return false };
        check.health = Some(health);
        drop(checks);
        self.changed.tell();
        true
    }

    /// Takes back what was known of a workspace's health until it is checked. Gives the number of the question.
    pub(crate) fn doubt(&self, id: ProfileId) -> u64 {
        let mut checks = self.checks();
        let check = checks.entry(id).or_default();
        check.health = Some(Health::Checking);
        check.question += 1;
        let question = check.question;
        drop(checks);
        self.changed.tell();
        question
    }

    /// What the last check said.
    pub(crate) fn health(&self, id: ProfileId) -> Health {
        self.checks().get(&id).and_then(|check| check.health.clone()).unwrap_or(Health::Unknown)
    }

    async fn check_sandbox(&self) -> Result<u64, Error> {
        let sandbox = self.sandbox.serving().await?;
        let client = Client::new(Config::new(sandbox.url.clone()))?;
        let begun = Timestamp::now();
        let probe = workflows::List { limit: Some(1), ..Default::default() };
        client.call(&sandbox.pat()?, &probe, &self.shutdown).await?;
        Ok(u64::try_from(Timestamp::now().duration_since(begun).as_millis()).unwrap_or(0))
    }

    /// Adds a workspace and makes it the active one.
    ///
    /// # Errors
    /// [`Failed`] as [`Tokens::add`]; nothing is left behind then.
    pub async fn add(&self, new: api::NewProfile) -> Result<ProfileId, Failed> {
        let backend = backend(new.backend);
        let keep = new.keep.into();
        let wanted =
            NewProfile { name: new.name, backend, url: new.url, tenant_id: new.tenant_id, project_id: new.project_id };
        let profile = match (backend, new.token) {
            (Backend::Sandbox, _) => {
                let sandbox = self.sandbox.serving().await.map_err(Error::from)?;
                self.tokens.add_without_token(NewProfile { url: Some(sandbox.url.to_string()), ..wanted }).await?
            }
            (_, Some(token)) => self.tokens.add(wanted, &token, keep).await?,
            (_, None) => return Err(Failed::new("invalid_profile", "paste an access token").of("token")),
        };
        self.activate(profile.id).await?;
        Ok(profile.id)
    }

    /// Makes a workspace the active one.
    ///
    /// # Errors
    /// [`Failed`] when there is none of this id, or the settings cannot be written.
    pub async fn activate(&self, id: ProfileId) -> Result<(), Failed> {
        self.tokens.activate(id).await?;
        self.refresh().await;
        Ok(())
    }

    /// Gives a workspace another name.
    ///
    /// # Errors
    /// [`Failed`] for a name that cannot be, when there is no such workspace, or the settings cannot be written.
    pub async fn rename(&self, id: ProfileId, name: String) -> Result<(), Failed> {
        self.tokens.rename(id, name).await?;
        self.changed.tell();
        Ok(())
    }

    /// Gives a workspace another token that its owner made.
    ///
    /// # Errors
    /// [`Failed`] as [`Tokens::replace`]; then the workspace has the token it had.
    pub async fn replace_token(&self, id: ProfileId, token: &SecretString, keep: Keep) -> Result<(), Failed> {
        self.tokens.replace(id, token, keep).await?;
        self.refresh().await;
        Ok(())
    }

    /// Forgets a workspace and its token. The token itself stays valid on the platform.
    ///
    /// # Errors
    /// [`Failed`] when the keychain does not let go of the token; then the workspace stays as well.
    pub async fn remove(&self, id: ProfileId) -> Result<(), Failed> {
        self.tokens.remove(id, IfKeychainFails::KeepProfile).await?;
        self.checks().remove(&id);
        self.refresh().await;
        Ok(())
    }

    /// Where the sandbox's files lie that could not be opened.
    pub(crate) fn sandbox_set_aside(&self) -> Option<std::path::PathBuf> {
        match &*self.sandbox.watch().borrow() {
            State::Serving(serving) => serving.set_aside.clone(),
            State::Unopened | State::Away(_) => None,
        }
    }

    fn checks(&self) -> MutexGuard<'_, HashMap<ProfileId, Check>> {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The contract's word for a backend.
pub(crate) const fn backend(kind: api::BackendKind) -> Backend {
    match kind {
        api::BackendKind::Production => Backend::Production,
        api::BackendKind::Development => Backend::Development,
        api::BackendKind::Custom => Backend::Custom,
        api::BackendKind::Sandbox => Backend::Sandbox,
    }
}

fn bad(code: &str, message: String) -> Health {
    Health::Bad { at: Timestamp::now(), code: code.to_owned(), message }
}
