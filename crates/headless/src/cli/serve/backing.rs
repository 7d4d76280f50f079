//! What this program does with the news of what stands behind the server: it logs them. It writes nothing into the settings.
//!
//! A workspace's settings are followed while the server runs. When the app rotates the token or moves the workspace to another
//! BFF, the next call goes with what is new, and what was replaced is let go, so that it can be revoked.

use std::{
    future::ready,
    sync::{Arc, Mutex, PoisonError},
};

use agentruntime_lifecycle::Supervisor;
use agentruntime_serving::{Backing, Decision, Error, Observed, Overrides, Why};
use agentruntime_tokens::KeychainError;

/// Waits until calls can go where they are meant to. A keychain that is locked is waited for; one that is not there is an
/// error, and so is a sandbox that cannot be opened.
pub(super) async fn is_ready(backing: &Backing) -> anyhow::Result<()> {
    let mut said = None;
    loop {
        let error = match backing.refresh().await.outcome {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let Error::Token(agentruntime_tokens::Error::Keychain(trouble)) = &error else {
            return Err(told(backing, error));
        };
        if !trouble.may_heal() || matches!(trouble, KeychainError::NoService { .. }) {
            return Err(told(backing, error));
        }
        if said != Some(trouble.code()) {
            tracing::warn!(code = trouble.code(), "waiting for the keychain: {trouble}");
            said = Some(trouble.code());
        }
        backing.healed().await;
    }
}

/// The error as the program ends with it.
fn told(backing: &Backing, error: Error) -> anyhow::Error {
    match error {
        Error::Away(away) => {
            let folder = backing.sandbox().map(|host| host.place().folder.display().to_string()).unwrap_or_default();
            anyhow::anyhow!("the sandbox in {folder} cannot be opened: {away}")
        }
        Error::Token(error) => error.into(),
        Error::Bff(error) => error.into(),
    }
}

/// Keeps the server to what stands behind it, and to the switches, until the shutdown.
pub(super) fn keep(
    supervisor: &Supervisor,
    backing: &Backing,
    settings: Option<Observed>,
    overrides: Overrides,
    name: &str,
) {
    let (ending, log) = (supervisor.shutdown().clone(), Arc::new(Log::new(name)));
    let kept = backing.clone();
    supervisor.keep("workspace", move || {
        let (backing, ending, log) = (kept.clone(), ending.clone(), log.clone());
        async move {
            let decided = |why, decision| {
                log.say(why, decision);
                ready(())
            };
            backing.keep(&ending, decided).await;
        }
    });
    let Some(settings) = settings else { return };
    let observed = settings.clone();
    supervisor.keep("settings", move || observed.follow_the_file());
    let (observed, kept) = (settings, backing.clone());
    supervisor.keep("switches", move || {
        let (settings, backing, overrides) = (observed.clone(), kept.clone(), overrides.clone());
        async move {
            let turn = |now: &agentruntime_settings::Settings| {
                if let Some(platform) = backing.platform() {
                    platform.switchboard.turn(|_| overrides.over(Some(now)));
                }
            };
            settings.keep(turn).await;
        }
    });
    let Some(tokens) = backing.tokens() else { return };
    let (tokens, ending) = (tokens.clone(), supervisor.shutdown().clone());
    supervisor.keep("settling", move || {
        let (tokens, ending) = (tokens.clone(), ending.clone());
        // What a crash or a lost network left, whoever began it.
        async move {
            tokens.keep_settling(Arc::default(), ending, |settled| {
                tracing::info!(workspace = %settled.profile, how = ?settled.how, "what was begun with a token was taken up again");
            })
            .await;
        }
    });
}

/// Says what was decided: each trouble once, however often it is met again.
struct Log {
    workspace: String,
    said: Mutex<Option<&'static str>>,
}

impl Log {
    fn new(workspace: &str) -> Self {
        Self { workspace: workspace.to_owned(), said: Mutex::default() }
    }

    fn say(&self, why: Why, decision: Decision) {
        let code = decision.outcome.as_ref().err().map(Error::code);
        let said = std::mem::replace(&mut *self.said.lock().unwrap_or_else(PoisonError::into_inner), code);
        let workspace = &self.workspace;
        match decision.outcome {
            Ok(()) => tracing::info!(workspace, ?why, "calls go with what is new"),
            Err(error) if said != code => {
                tracing::warn!(workspace, ?why, code, "what calls are to go with cannot be had: {error}");
            }
            Err(_) => {}
        }
    }
}
