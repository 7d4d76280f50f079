//! The start: what is kept is opened, and every long task begins.

use std::sync::{Arc, Mutex};

use agentruntime_platform_mcp::activity::ActivityLog;
use agentruntime_serving::{Folders, Host};
use agentruntime_tokens::{Keychain, SettingsStore, Tokens};
use arc_swap::ArcSwapOption;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Desk, Face, behind::Behind, care, failure::Failed, health, heed, mouth::Mouth, network, power, profiles, runs,
    sandbox, server, speak, wish::Wish,
};

impl Desk {
    /// Opens the folders' content and begins to serve.
    ///
    /// # Errors
    /// [`Failed`] when a folder cannot be used.
    pub async fn open(folders: Folders, face: Face) -> Result<Arc<Self>, Failed> {
        let config = folders.config.clone();
        let opened = tokio::task::spawn_blocking(move || SettingsStore::open(&config));
        let opened = opened.await.map_err(|error| Failed::new("settings_unreadable", error.to_string()))??;
        if let Some(trouble) = &opened.trouble {
            tracing::warn!(problem = %trouble.problem, kept_at = %trouble.kept_at.display(), "the settings could not be read and begin anew");
        }
        let settings = opened.store;
        let tokens = Tokens::new(Keychain::system(), settings.clone());
        let activity = ActivityLog::open(&folders.state.join("activity.db")).await?;
        let wish = Wish { port: settings.get().port, paused: false, attempt: 0 };
        let (tasks, shutdown) = (TaskTracker::new(), CancellationToken::new());
        let runs = runs::Runs::new(settings.get().ask_before_answers, &tasks, shutdown.clone());
        let sandbox = Host::new(sandbox::place(&folders));
        let desk = Arc::new(Self {
            folders,
            settings,
            tokens,
            runs,
            mouth: Mouth::default(),
            activity,
            set_aside: opened.trouble.map(|trouble| trouble.kept_at),
            platform: ArcSwapOption::empty(),
            upstream: Mutex::new(Behind::nothing()?),
            refreshing: tokio::sync::Mutex::default(),
            sandbox,
            known: Mutex::default(),
            wish: watch::Sender::new(wish),
            changed: watch::Sender::new(()),
            troubled: watch::Sender::new(()),
            settle: Arc::default(),
            screen: face != Face::None,
            chosen: Mutex::default(),
            heeded: watch::Sender::new(None),
            seen: watch::Sender::new(face == Face::Window),
            tasks,
            shutdown,
        });
        if !desk.screen {
            // Nobody sees what is shown: what is told once is kept for a start with a screen.
            drop(desk.mouth.says());
        }
        desk.keep("server", |desk| server::run(desk.clone(), desk.wish.subscribe()));
        desk.keep("sandbox", |desk| desk.sandbox.clone().run(desk.shutdown.clone()));
        desk.keep("sandbox's news", sandbox::heed);
        desk.keep("health", health::keep_checking);
        desk.keep("network", network::check_after_changes);
        desk.keep("workspaces", profiles::keep_up);
        desk.keep("settings", heed::follow_the_file);
        desk.keep("preferences", heed::keep_to_settings);
        desk.keep("workspace", heed::keep_to_workspace);
        desk.keep("settling", care::keep_settling);
        desk.keep("rotation", care::keep_young);
        desk.keep("refusals", care::notice_refusals);
        desk.keep("notices", speak::speak);
        desk.keep("runs", runs::follow);
        desk.keep("power", power::heed);
        Ok(desk)
    }
}
