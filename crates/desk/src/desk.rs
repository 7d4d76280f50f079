//! The one value that holds the app's parts, from the start of the program to its end.

use std::{future::Future, path::PathBuf, sync::Arc};

use agentruntime_lifecycle::{Outcome, Supervisor};
use agentruntime_platform_mcp::{
    activity::ActivityLog,
    catalogue::{Group, Switches, UnknownGroup},
    platform::Platform,
};
use agentruntime_serving::{Folders, Observed, Overrides};
use agentruntime_settings::Settings;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    care::TokenCare, changed::Changed, failure::Failed, mouth::Mouth, runs::Runs, server::Server,
    workspaces::Workspaces,
};

/// Everything the app holds; one for its whole life.
pub struct Desk {
    /// Where things are kept.
    pub folders: Folders,
    /// What people can set.
    pub settings: Observed,
    /// The workspaces, and what stands behind the server.
    pub workspaces: Workspaces,
    /// What is begun with tokens, and their age.
    pub care: TokenCare,
    pub server: Server,
    /// The active workspace's runs.
    pub runs: Runs,
    /// What the person is told.
    pub mouth: Arc<Mouth>,
    /// Every tool call of the last thirty days.
    pub activity: ActivityLog,
    /// The owner of every long task.
    pub supervisor: Supervisor,
    /// A settings file that could not be read was set aside here.
    pub(crate) set_aside: Option<PathBuf>,
    pub(crate) changed: Changed,
    /// Whether there is a screen, and somebody before it.
    pub(crate) screen: bool,
    /// Whether the window is there.
    pub(crate) seen: watch::Sender<bool>,
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

impl Desk {
    /// Owns a long task, which is started again should it end early.
    pub(crate) fn keep<F>(self: &Arc<Self>, name: &'static str, task: impl Fn(Arc<Self>) -> F + Send + 'static)
    where
        F: Future<Output: Outcome> + Send + 'static,
    {
        let desk = self.clone();
        self.supervisor.keep(name, move || task(desk.clone()));
    }

    /// The same for a long task that has done its work when this platform no longer serves.
    pub(crate) fn accompany<F>(
        self: &Arc<Self>,
        name: &'static str,
        platform: &Platform,
        task: impl Fn(Arc<Self>) -> F + Send + 'static,
    ) where
        F: Future<Output: Outcome> + Send + 'static,
    {
        let desk = self.clone();
        self.supervisor.accompany(name, platform.closing().clone(), move || task(desk.clone()));
    }

    /// Owns a short task, which is cut off at the end of the desk.
    pub fn run_once(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let ending = self.ending();
        self.supervisor.run_once(name, async move { _ = ending.run_until_cancelled(work).await });
    }

    /// Wakes whenever something that views show has changed.
    pub fn watch(&self) -> watch::Receiver<()> {
        self.changed.watch()
    }

    /// Cancelled when the desk closes.
    pub fn ending(&self) -> CancellationToken {
        self.supervisor.shutdown().clone()
    }

    /// Turns the switch of a group.
    ///
    /// # Errors
    /// [`Failed`] with the code `unknown_group`, or when the settings cannot be written.
    pub async fn set_group(&self, name: &str, on: bool) -> Result<(), Failed> {
        let unknown = |error: UnknownGroup| Failed::new("unknown_group", error.to_string());
        let name = name.parse::<Group>().map_err(unknown)?.name().to_owned();
        let change = move |settings: &mut Settings| {
            if on {
                settings.groups_off.remove(&name)
            } else {
                settings.groups_off.insert(name)
            };
        };
        Ok(self.settings.update(change).await?)
    }

    /// Turns the switch of the tools that return or change secrets.
    ///
    /// # Errors
    /// [`Failed`] when the settings cannot be written.
    pub async fn set_risk(&self, on: bool) -> Result<(), Failed> {
        Ok(self.settings.update(move |settings| settings.risk = on).await?)
    }

    /// The switches as the settings have them.
    pub fn switches(&self) -> Switches {
        Overrides::default().over(Some(&self.settings.get()))
    }

    /// Lets what is under way end, and then the desk.
    pub async fn close(&self) {
        // A call that waits for the person's word would be waited for.
        self.runs.consents.dismiss();
        self.supervisor.close().await;
    }
}
