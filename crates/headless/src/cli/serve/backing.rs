//! What this program does with the news of what stands behind the server: it logs them. It writes nothing into the settings.
//!
//! A workspace's settings are followed while the server runs. When the app rotates the token or moves the workspace to another
//! BFF, the next call goes with what is new, and what was replaced is let go, so that it can be revoked.

use std::{future::ready, sync::Arc};

use agentruntime_lifecycle::Supervisor;
use agentruntime_serving::{Backing, Error, Observed, Overrides, Why};
use agentruntime_tokens::KeychainError;

/// Waits until calls can go where they are meant to. A keychain that is locked is waited for; one that is not there is an
/// error, and so is a sandbox that cannot be opened.
pub(super) async fn is_ready(backing: &Backing) -> anyhow::Result<()> {
    let mut said = None;
    loop {
        let error = match backing.refresh().await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let Error::Token(agentruntime_tokens::Error::Keychain(trouble)) = &error else { return Err(told(error)) };
        if !trouble.may_heal() || matches!(trouble, KeychainError::NoService { .. }) {
            return Err(told(error));
        }
        if said != Some(trouble.code()) {
            tracing::warn!(code = trouble.code(), "waiting for the keychain: {trouble}");
            said = Some(trouble.code());
        }
        backing.healed().await;
    }
}

/// The error as the program ends with it.
fn told(error: Error) -> anyhow::Error {
    match error {
        Error::Away(away) => anyhow::anyhow!("the sandbox cannot be opened: {away}"),
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
    let (ending, name) = (supervisor.shutdown().clone(), Arc::<str>::from(name));
    let (kept, served) = (backing.clone(), name.clone());
    supervisor.keep("workspace", move || {
        let (backing, ending, name) = (kept.clone(), ending.clone(), served.clone());
        async move {
            let decided = |why, outcome| {
                log(&name, why, outcome);
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

fn log(name: &str, why: Why, outcome: Result<(), Error>) {
    match outcome {
        Ok(()) => tracing::info!(workspace = name, ?why, "calls go with what is new"),
        Err(error) => tracing::warn!(
            workspace = name,
            ?why,
            code = error.code(),
            "calls cannot go where they are meant to: {error}"
        ),
    }
}
