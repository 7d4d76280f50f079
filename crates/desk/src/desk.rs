//! The one value that holds everything, from the start of the program to its end.

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicBool},
};

use agentruntime_lifecycle::keep;
use agentruntime_platform_mcp::{
    activity::ActivityLog,
    catalogue::{Group, Switches},
    platform::{Credentials, Platform},
};
use agentruntime_serving::{Folders, Host};
use agentruntime_tokens::{Keychain, ProfileId, Settings, SettingsStore, Tokens};
use arc_swap::ArcSwapOption;
use tokio::sync::{Notify, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    api::{Health, KeychainTrouble, ServerState},
    care,
    failure::Failed,
    health, heed,
    mouth::{self, Mouth},
    network,
    notices::{About, Key},
    power, profiles, runs, sandbox,
    server::{self, Wish},
};

/// Everything the app holds; one for its whole life.
pub struct Desk {
    /// Where things are kept.
    pub folders: Folders,
    /// What people can set, and their profiles.
    pub settings: SettingsStore,
    /// Profiles and their tokens.
    pub tokens: Tokens,
    /// The active workspace's runs.
    pub runs: runs::Runs,
    /// What the person is told.
    pub mouth: Mouth,
    /// Every tool call of the last thirty days.
    pub activity: ActivityLog,
    /// A settings file that could not be read was set aside here.
    pub(crate) set_aside: Option<PathBuf>,
    pub(crate) platform: ArcSwapOption<Platform>,
    pub(crate) upstream: Mutex<profiles::Behind>,
    /// One at a time decides what stands behind the server, so that an older decision does not come last.
    pub(crate) refreshing: tokio::sync::Mutex<()>,
    /// The sandbox, behind whichever workspace is one.
    pub(crate) sandbox: Host,
    pub(crate) known: Mutex<Known>,
    pub(crate) wish: watch::Sender<Wish>,
    pub(crate) changed: watch::Sender<()>,
    /// Wakes whenever the keychain was asked for the active profile's token.
    pub(crate) troubled: watch::Sender<()>,
    /// Says that what was begun with tokens may go better now.
    pub(crate) settle: Arc<Notify>,
    /// Whether there is a screen, and somebody before it.
    pub(crate) screen: AtomicBool,
    /// The settings that are in force.
    pub(crate) heeded: watch::Sender<Option<Arc<Settings>>>,
    /// Whether the window is there.
    pub(crate) seen: watch::Sender<bool>,
    pub(crate) tasks: TaskTracker,
    pub(crate) shutdown: CancellationToken,
}

/// What is known of the world beyond this process, and forgotten with it.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) server: Option<ServerState>,
    pub(crate) health: HashMap<ProfileId, Health>,
    /// How often each profile's health was asked for or doubted: what an earlier question finds does not count.
    pub(crate) questions: HashMap<ProfileId, u64>,
    pub(crate) trouble: HashMap<ProfileId, KeychainTrouble>,
}

impl Desk {
    /// Opens the folders' content and begins to serve.
    ///
    /// # Errors
    /// [`Failed`] when a folder cannot be used.
    pub async fn open(folders: Folders) -> Result<Arc<Self>, Failed> {
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
            upstream: Mutex::new(profiles::Behind::nothing()?),
            refreshing: tokio::sync::Mutex::default(),
            sandbox,
            known: Mutex::default(),
            wish: watch::Sender::new(wish),
            changed: watch::Sender::new(()),
            troubled: watch::Sender::new(()),
            settle: Arc::default(),
            screen: AtomicBool::new(true),
            heeded: watch::Sender::new(None),
            seen: watch::Sender::new(false),
            tasks,
            shutdown,
        });
        desk.keep("server", |desk| server::run(desk.clone(), desk.wish.subscribe()));
        desk.keep("sandbox", |desk| desk.sandbox.clone().run(desk.shutdown.clone()));
        desk.keep("sandbox's news", sandbox::heed);
        desk.keep("health", health::keep_checking);
        desk.keep("network", network::check_after_changes);
        desk.keep("profiles", profiles::keep_up);
        desk.keep("settings", heed::follow_the_file);
        desk.keep("preferences", heed::keep_to_settings);
        desk.keep("workspace", heed::keep_to_workspace);
        desk.keep("settling", care::keep_settling);
        desk.keep("rotation", care::keep_young);
        desk.keep("refusals", care::notice_refusals);
        desk.keep("notices", mouth::speak);
        desk.keep("runs", runs::follow);
        desk.keep("power", power::heed);
        Ok(desk)
    }

    /// Owns a long task, which is started again should it break off.
    pub(crate) fn keep<F>(self: &Arc<Self>, name: &'static str, task: impl Fn(Arc<Self>) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let desk = self.clone();
        self.tasks.spawn(keep(name, self.shutdown.clone(), move || task(desk.clone())));
    }

    /// Wakes whenever something that views show has changed.
    pub fn watch(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Cancelled when the desk closes.
    pub fn ending(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Lets the server rest, or serve again.
    pub fn pause(&self, paused: bool) {
        self.wish.send_modify(|wish| wish.paused = paused);
    }

    /// Tries to serve once more.
    pub fn retry(&self) {
        self.wish.send_modify(|wish| wish.attempt += 1);
    }

    /// Serves on another port from now on.
    pub(crate) fn move_to(&self, port: u16) {
        self.wish.send_if_modified(|wish| {
            let other = wish.port != port;
            wish.port = port;
            other
        });
    }

    /// Turns the switch of a group.
    ///
    /// # Errors
    /// [`Failed`] with the code `unknown_group`, or when the settings cannot be written.
    pub async fn set_group(&self, name: &str, on: bool) -> Result<(), Failed> {
        let group: Group = name.parse().map_err(|error: agentruntime_platform_mcp::catalogue::UnknownGroup| {
            Failed::new("unknown_group", error.to_string())
        })?;
        let name = group.name().to_owned();
        let change = move |settings: &mut Settings| {
            if on {
                settings.groups_off.remove(&name)
            } else {
                settings.groups_off.insert(name)
            };
        };
        self.settings.update(change).await?;
        self.until_heeded().await;
        Ok(())
    }

    /// Turns the switch of the tools that return or change secrets.
    ///
    /// # Errors
    /// [`Failed`] when the settings cannot be written.
    pub async fn set_risk(&self, on: bool) -> Result<(), Failed> {
        self.settings.update(move |settings| settings.risk = on).await?;
        self.until_heeded().await;
        Ok(())
    }

    /// Lets what is under way end, and then the desk.
    pub async fn close(&self) {
        // A call that waits for the person's word would be waited for.
        self.runs.consents.dismiss();
        self.shutdown.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// The switches as the settings have them.
    pub fn switches(&self) -> Switches {
        heed::switches(&self.settings.get())
    }

    /// A platform for a server that is about to begin, with today's switches and upstream.
    pub(crate) fn new_platform(self: &Arc<Self>) -> Arc<Platform> {
        let platform = {
            // Held until the platform is there to be given another one.
            let behind = self.upstream.lock().unwrap_or_else(PoisonError::into_inner);
            let platform = Platform::new(self.switches(), Credentials::Held, behind.upstream.clone());
            let platform = Arc::new(platform.asking(self.runs.consents.clone()));
            self.platform.store(Some(platform.clone()));
            platform
        };
        let (log, audited, ending) = (self.activity.clone(), platform.clone(), self.shutdown.clone());
        self.keep("activity", move |_| log.clone().follow(audited.audited(), ending.clone()));
        let serving = platform.clone();
        self.keep("clients", move |desk| tell_of_clients(desk, serving.clone()));
        let serving = platform.clone();
        self.keep("calls", move |desk| runs::follow_calls(desk, serving.clone()));
        platform
    }

    pub(crate) fn stands(&self, state: ServerState) {
        tracing::info!(?state, "the server stands elsewhere");
        self.known().server = Some(state);
        self.change();
    }

    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn change(&self) {
        self.changed.send_replace(());
    }
}

/// Passes on who comes and goes, as long as this platform is the one that serves.
async fn tell_of_clients(desk: Arc<Desk>, platform: Arc<Platform>) {
    let mut clients = platform.clients.watch();
    loop {
        tokio::select! {
            () = desk.shutdown.cancelled() => return,
            () = platform.closing().cancelled() => return,
            changed = clients.changed() => {
                if changed.is_err() {
                    return;
                }
                desk.greet(&platform).await;
                desk.change();
            }
        }
    }
}

/// Names that are remembered; a client may call itself anything.
const NAMES: usize = 200;
/// The longest name that is.
const NAME: usize = 80;

impl Desk {
    /// Tells the person of clients that have never connected before.
    pub(crate) async fn greet(&self, platform: &Platform) {
        let known = self.settings.get().known_clients.clone();
        let name =
            |client: agentruntime_platform_mcp::clients::Client| client.name.chars().take(NAME).collect::<String>();
        let connected = platform.clients.connected().into_iter().map(name);
        let new = connected.filter(|name| name != "unknown" && !known.contains(name)).collect::<BTreeSet<_>>();
        if new.is_empty() || known.len() + new.len() > NAMES {
            return;
        }
        let names = new.clone();
        match self.settings.update(move |settings| settings.known_clients.extend(names)).await {
            Ok(()) => {
                new.into_iter().for_each(|name| self.mouth.tell(Key::Client(name.clone()), About::NewClient(name)))
            }
            Err(error) => tracing::warn!(%error, "a new client is greeted another time"),
        }
    }
}
