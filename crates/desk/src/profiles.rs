//! From the active profile to what the server calls.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use agentruntime_bff::{Client, Config};
use agentruntime_platform_mcp::call::{TokenKnown, Upstream};
use agentruntime_tokens::{Backend, Error, KeychainError, NewProfile, Profile, ProfileId, TokenPlace};
use jiff::Timestamp;

use crate::{Desk, behind::Behind};
use crate::{
    api::{self, Health, KeychainTrouble},
    failure::Failed,
};

/// Least time between two looks at a keychain that was there and failed all the same.
const BREATH: Duration = Duration::from_secs(5);

/// Gives the server its upstream after the start, and again whenever a keychain that was locked, away or slow is there.
pub(crate) async fn keep_up(desk: Arc<Desk>) {
    let mut troubles = desk.troubled.subscribe();
    desk.refresh().await;
    desk.tidy().await;
    loop {
        let active = desk.settings.get().active_profile;
        let trouble = active.and_then(|id| desk.known().trouble.get(&id).copied());
        // A token that is not in the keychain does not come by waiting.
        let Some(trouble) = trouble.filter(|trouble| heals(*trouble)) else {
            tokio::select! {
                () = desk.shutdown.cancelled() => return,
                changed = troubles.changed() => if changed.is_err() { return },
            }
            continue;
        };
        tokio::select! {
            () = desk.shutdown.cancelled() => return,
            () = desk.tokens.keychain().wait_unlocked() => {}
            // Another workspace may be chosen meanwhile.
            changed = troubles.changed() => {
                if changed.is_err() {
                    return;
                }
                continue;
            }
        }
        if trouble != KeychainTrouble::Locked {
            tokio::select! {
                () = desk.shutdown.cancelled() => return,
                () = tokio::time::sleep(BREATH) => {}
            }
        }
        desk.refresh().await;
        desk.tidy().await;
    }
}

/// Whether trouble with the keychain may pass by itself.
const fn heals(trouble: KeychainTrouble) -> bool {
    matches!(
        trouble,
        KeychainTrouble::Locked | KeychainTrouble::NoService | KeychainTrouble::Slow | KeychainTrouble::Vanished
    )
}

impl Desk {
    /// Ends what a crash left half done in the keychain.
    async fn tidy(&self) {
        if let Err(error) = self.tokens.tidy().await {
            tracing::warn!(code = error.code(), "what a crash left half done stays for now");
        }
        self.settle.notify_one();
    }

    /// Makes the active profile what the next call of every client goes to. A call under way keeps what it began with.
    pub async fn refresh(&self) {
        let active = {
            let _refreshing = self.refreshing.lock().await;
            let active = self.settings.get().active().cloned();
            if let Err(failed) = self.put(active.as_ref()).await {
                tracing::warn!(%failed, "the workspace cannot be reached");
                if let Some(profile) = &active {
                    self.known().health.insert(profile.id, bad(&failed));
                }
            }
            active
        };
        self.change();
        if let Some(profile) = active {
            self.check(profile.id).await;
        }
    }

    /// Puts what is behind this profile behind the server.
    async fn put(&self, active: Option<&Profile>) -> Result<(), Failed> {
        if let Some(profile) = active.filter(|profile| profile.backend == Backend::Sandbox)
            && let Err(away) = self.sandbox.serving().await
        {
            self.put_behind(Behind::away(Some(profile.id), &away)?);
            return Err(away.into());
        }
        let upstream = match active {
            None => Behind::nothing().map(|behind| behind.upstream),
            Some(profile) => self.upstream_of(profile).await,
        };
        let profile = active.map(|profile| profile.id);
        match upstream {
            Ok(upstream) => {
                self.put_behind(Behind { upstream, profile });
                Ok(())
            }
            Err(failed) => {
                // A token that was replaced lives as long as calls go with it: better it than none, until the keychain gives
                // the new one. A token that was revoked is let go.
                let replaced = failed.code().starts_with("keychain_")
                    && active.is_some_and(|profile| profile.token == TokenPlace::Keychain)
                    && self.upstream.lock().unwrap_or_else(PoisonError::into_inner).profile == profile;
                if !replaced {
                    self.put_behind(Behind::nothing()?);
                }
                Err(failed)
            }
        }
    }

    /// Puts another upstream in the place of the one before, which is let go: whoever retires its token waits for that.
    fn put_behind(&self, behind: Behind) {
        let mut stands = self.upstream.lock().unwrap_or_else(PoisonError::into_inner);
        // One that is away comes back as it was: its runs are not forgotten.
        if behind.upstream.away.is_none() || behind.profile != stands.profile {
            self.runs.follow(&behind.upstream, behind.profile);
        }
        // Within the lock: a server that is about to begin takes what stands here.
        if let Some(platform) = self.platform.load_full() {
            platform.set_upstream(behind.upstream.clone());
        }
        *stands = behind;
    }

    async fn upstream_of(&self, profile: &Profile) -> Result<Upstream, Failed> {
        if profile.backend == Backend::Sandbox {
            let sandbox = self.sandbox().await?;
            return Ok(Upstream::new(Client::new(Config::new(sandbox.url.clone()))?, Some(sandbox.pat()?)));
        }
        let lease = self.tokens.lease(profile.id).await;
        let mut known = self.known();
        match &lease {
            Err(Error::Keychain(error)) => known.trouble.insert(profile.id, trouble(error)),
            _ => known.trouble.remove(&profile.id),
        };
        drop(known);
        self.troubled.send_replace(());
        let lease = lease?;
        let token = lease.facts.map(|facts| TokenKnown::new(facts.pat_id, facts.scopes)).unwrap_or_default();
        let upstream = Upstream::new(self.tokens.client(profile)?, Some(lease.pat));
        Ok(upstream.knowing(token).in_use(lease.in_use))
    }

    /// Asks whether a profile works, and remembers the answer.
    pub async fn check(&self, id: ProfileId) {
        let Some(backend) = self.settings.get().profile(id).map(|profile| profile.backend) else { return };
        let question = self.doubt(id);
        let health = if backend == Backend::Sandbox {
            match self.check_sandbox().await {
                Ok(latency_ms) => Health::Ok { at: Timestamp::now(), latency_ms },
                Err(failed) => bad(&failed),
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
        let mut known = self.known();
        // Whoever doubted it since then, or removed it, does not want to hear what was true before.
        if known.questions.get(&id) != Some(&question) {
            return;
        }
        known.health.insert(id, health);
        drop(known);
        self.change();
    }

    /// Takes back what was known of a profile's health until it is checked. Gives the number of the question.
    pub(crate) fn doubt(&self, id: ProfileId) -> u64 {
        let mut known = self.known();
        known.health.insert(id, Health::Checking);
        let question = known.questions.entry(id).or_default();
        *question += 1;
        let question = *question;
        drop(known);
        self.change();
        question
    }

    async fn check_sandbox(&self) -> Result<u64, Failed> {
        let sandbox = self.sandbox().await?;
        let client = Client::new(Config::new(sandbox.url.clone()))?;
        let begun = Timestamp::now();
        let probe = agentruntime_bff::workflows::List { limit: Some(1), ..Default::default() };
        client.call(&sandbox.pat()?, &probe, &self.shutdown).await?;
        Ok(u64::try_from(Timestamp::now().duration_since(begun).as_millis()).unwrap_or(0))
    }

    /// Adds a profile and makes it the active one.
    ///
    /// # Errors
    /// [`Failed`] as [`agentruntime_tokens::Tokens::add`]; nothing is left behind then.
    pub async fn add_profile(&self, new: api::NewProfile) -> Result<ProfileId, Failed> {
        let backend = backend(new.backend);
        let keep = new.keep.into();
        let wanted =
            NewProfile { name: new.name, backend, url: new.url, tenant_id: new.tenant_id, project_id: new.project_id };
        let profile = match (backend, new.token) {
            (Backend::Sandbox, _) => {
                let sandbox = self.sandbox().await?;
                self.tokens.add_without_token(NewProfile { url: Some(sandbox.url.to_string()), ..wanted }).await?
            }
            (_, Some(token)) => self.tokens.add(wanted, &token, keep).await?,
            (_, None) => return Err(Failed::new("invalid_profile", "paste an access token").of("token")),
        };
        self.switch_profile(profile.id).await?;
        Ok(profile.id)
    }

    /// Makes a profile the active one.
    ///
    /// # Errors
    /// [`Failed`] when there is none of this id, or the settings cannot be written.
    pub async fn switch_profile(&self, id: ProfileId) -> Result<(), Failed> {
        self.tokens.activate(id).await?;
        self.refresh().await;
        Ok(())
    }

    /// Forgets a profile and its token. The token itself stays valid on the platform.
    ///
    /// # Errors
    /// [`Failed`] when the keychain does not let go of the token; then the profile stays as well.
    pub async fn remove_profile(&self, id: ProfileId) -> Result<(), Failed> {
        self.tokens.remove(id, agentruntime_tokens::IfKeychainFails::KeepProfile).await?;
        {
            let mut known = self.known();
            known.health.remove(&id);
            known.questions.remove(&id);
            known.trouble.remove(&id);
        }
        self.refresh().await;
        Ok(())
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

fn bad(failed: &Failed) -> Health {
    Health::Bad { at: Timestamp::now(), code: failed.code().to_owned(), message: failed.to_string() }
}

fn trouble(error: &KeychainError) -> KeychainTrouble {
    match error {
        KeychainError::NoService { .. } => KeychainTrouble::NoService,
        KeychainError::Locked => KeychainTrouble::Locked,
        KeychainError::Missing => KeychainTrouble::Missing,
        KeychainError::TooLarge { .. } => KeychainTrouble::TooLarge,
        KeychainError::Slow { .. } => KeychainTrouble::Slow,
        KeychainError::Vanished { .. } => KeychainTrouble::Vanished,
        _ => KeychainTrouble::Denied,
    }
}
