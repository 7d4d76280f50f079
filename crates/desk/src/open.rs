//! The start: what is kept is opened, and every long task begins.

use std::sync::{Arc, Mutex};

use agentruntime_lifecycle::Supervisor;
use agentruntime_platform_mcp::activity::ActivityLog;
use agentruntime_serving::{Backing, Folders, Host, Observed, Place, Source, Which};
use agentruntime_settings::SettingsStore;
use agentruntime_tokens::{Keychain, Tokens};
use tokio::{runtime::Handle, sync::watch};

use crate::{
    Desk, Face,
    care::TokenCare,
    changed::Changed,
    failing,
    failure::Failed,
    health, heed, keeping,
    mouth::Mouth,
    network, power,
    runs::{self, Runs},
    serve,
    server::Server,
    speak, tending,
    workspaces::Workspaces,
};

/// The port that the sandbox's webhook URLs are made with, if it is free.
const SANDBOX_PORT: u16 = 8341;
/// The name of the app's own token in the sandbox.
const SANDBOX_TOKEN: &str = "AgentRuntime Desktop";

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
        let set_aside = opened.trouble.map(|trouble| trouble.kept_at);
        let activity = ActivityLog::open(&folders.state.join("activity.db")).await?;
        let desk = Arc::new(Self::of(folders, face, opened.store, set_aside, activity)?);
        if !desk.screen {
            // Nobody sees what is shown: what is told once is kept for a start with a screen.
            drop(desk.mouth.says());
        }
        desk.begin();
        Ok(desk)
    }

    fn of(
        folders: Folders,
        face: Face,
        store: SettingsStore,
        set_aside: Option<std::path::PathBuf>,
        activity: ActivityLog,
    ) -> Result<Self, Failed> {
        // The shell hands over tasks from threads of its own.
        let supervisor = Supervisor::on(Handle::current());
        let (changed, mouth) = (Changed::default(), Arc::new(Mouth::default()));
        let tokens = Tokens::new(Keychain::system(), store.clone());
        let place = Place { folder: folders.sandbox(), port: SANDBOX_PORT, token_name: SANDBOX_TOKEN };
        let sandbox = Host::new(place);
        let source = Source::Workspace { tokens: tokens.clone(), which: Which::Active, sandbox: sandbox.clone() };
        let backing = Backing::new(source)?;
        let runs = Runs::new(backing.followed(), store.clone(), mouth.clone(), changed.clone(), &supervisor);
        let settings = Observed::new(store, supervisor.shutdown().clone());
        Ok(Self {
            workspaces: Workspaces {
                tokens: tokens.clone(),
                backing,
                sandbox,
                settings: settings.clone(),
                changed: changed.clone(),
                shutdown: supervisor.shutdown().clone(),
                checks: Mutex::default(),
            },
            care: TokenCare::new(tokens, changed.clone()),
            server: Server::new(settings.get().port, changed.clone()),
            folders,
            settings,
            runs,
            mouth,
            activity,
            supervisor,
            set_aside,
            changed,
            screen: face != Face::None,
            seen: watch::Sender::new(face == Face::Window),
        })
    }

    fn begin(self: &Arc<Self>) {
        self.keep("server", serve::run);
        self.keep("sandbox", |desk| desk.workspaces.sandbox.clone().run(desk.ending()));
        self.keep("sandbox's news", keeping::show_the_sandbox);
        self.keep("workspace", keeping::keep_backing);
        self.keep("health", health::keep_checking);
        self.keep("network", network::check_after_changes);
        self.keep("settings", heed::follow_the_file);
        self.keep("preferences", heed::keep_to_settings);
        self.keep("settling", tending::keep_settling);
        self.keep("rotation", tending::keep_young);
        self.keep("refusals", tending::notice_refusals);
        self.keep("notices", speak::speak);
        self.keep("runs", runs::follow);
        self.keep("power", power::heed);
        self.keep("failing", failing::show);
    }
}
