//! The sandbox behind a workspace of its kind: opened when it is first needed, served until the app ends.

use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
};

use agentruntime_bff::Pat;
use agentruntime_sandbox::{Sandbox, SandboxOptions};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use crate::failure::Failed;

/// The port that webhook URLs are made with, if it is free.
const PORT: u16 = 8341;
/// The name of the app's own token in the sandbox.
const TOKEN_NAME: &str = "AgentRuntime Desktop";

/// A sandbox that serves.
#[derive(Clone)]
pub struct Running {
    /// Where.
    pub url: Url,
    /// Where files lie that could not be opened; this is a new sandbox in their place then.
    pub set_aside: Option<PathBuf>,
    token: SecretString,
}

impl Running {
    /// Opens the sandbox in this folder and serves it.
    ///
    /// # Errors
    /// [`Failed`] with the code `sandbox_unavailable` when its folder or a port cannot be used.
    pub async fn start(folder: &Path, tasks: &TaskTracker, shutdown: CancellationToken) -> Result<Self, Failed> {
        let unavailable = |error: &dyn std::fmt::Display| {
            Failed::new("sandbox_unavailable", format!("The sandbox cannot start: {error}."))
        };
        let workers = agentruntime_sandbox::own_program().map_err(|error| unavailable(&error))?;
        let options = SandboxOptions::new(folder).workers(workers);
        let sandbox = Sandbox::open(options).await.map_err(|error| unavailable(&error))?;
        let set_aside = sandbox.set_aside().map(|aside| aside.kept_at.clone());
        let token = sandbox.issue_local_pat(TOKEN_NAME).await.map_err(|error| unavailable(&error))?;
        let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|error| unavailable(&error))?,
        };
        let address = listener.local_addr().map_err(|error| unavailable(&error))?;
        let url = format!("http://{address}").parse().map_err(|error| unavailable(&error))?;
        tasks.spawn(async move {
            if let Err(error) = sandbox.serve(listener, shutdown).await {
                tracing::error!(%error, "the sandbox ended by itself");
            }
        });
        Ok(Self { url, set_aside, token })
    }

    /// The app's token.
    ///
    /// # Errors
    /// As [`Pat`]'s; the sandbox makes none that is malformed.
    pub fn pat(&self) -> Result<Pat, agentruntime_bff::Error> {
        self.token.expose_secret().parse()
    }
}
