//! The one value that holds everything, from the start of the program to its end.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use agentruntime_lifecycle::keep;
use agentruntime_platform_mcp::{
    activity::ActivityLog,
    catalogue::{Group, Switches},
    platform::Platform,
};
use agentruntime_serving::{Folders, Host};
use agentruntime_tokens::{EntryId, ProfileId, Settings, SettingsStore, TokenPlace, Tokens};
use arc_swap::ArcSwapOption;
use tokio::sync::{Notify, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    api::{Health, KeychainTrouble, ServerState},
    behind::Behind,
    failure::Failed,
    mouth::Mouth,
    runs,
    wish::Wish,
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
    pub(crate) upstream: Mutex<Behind>,
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
    pub(crate) screen: bool,
    /// The token that the server's upstream was last chosen by.
    pub(crate) chosen: Mutex<Option<InForce>>,
    /// The settings that are in force.
    pub(crate) heeded: watch::Sender<Option<Arc<Settings>>>,
    /// Whether the window is there.
    pub(crate) seen: watch::Sender<bool>,
    pub(crate) tasks: TaskTracker,
    pub(crate) shutdown: CancellationToken,
}

/// Where the person sees what they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// In a window that is about to open, and in the tray.
    Window,
    /// In the tray.
    Tray,
    /// Nowhere: there is no screen, and nobody who could be asked.
    None,
}

/// Which token calls go with, and whose.
pub(crate) type InForce = Option<(ProfileId, EntryId, TokenPlace)>;

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
        switches(&self.settings.get())
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

/// The switches as the settings have them.
pub(crate) fn switches(settings: &Settings) -> Switches {
    let on = Group::ALL.into_iter().filter(|group| !settings.groups_off.contains(group.name()));
    Switches::new(on, settings.risk)
}
