//! The sandbox as its callers hold it: opened on a folder, served on a listener, shut down by a token.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use agentruntime_lifecycle::{Lock, Locks, files};
use axum::serve::ListenerExt as _;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    auth::{self, NewPat, Role, Scope},
    demo_mcp,
    engine::Engine,
    error::{Error, Result},
    opening::{self, SetAside},
    routes,
    scripts::Scripts,
    seed,
};

/// Where a sandbox lives, and how it begins.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    folder: PathBuf,
    examples: bool,
    workers: Option<PathBuf>,
}

impl SandboxOptions {
    /// A sandbox in this folder, which is made if there is none. A new one is given the examples.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), examples: true, workers: None }
    }

    /// The same, without the examples.
    #[must_use]
    pub fn empty(self) -> Self {
        Self { examples: false, ..self }
    }

    /// The same, with scripts in processes of this program, which begins by asking [`script_worker`](crate::script_worker). Without it
    /// they run on threads of this process.
    #[must_use]
    pub fn workers(self, program: PathBuf) -> Self {
        Self { workers: Some(program), ..self }
    }
}

/// An open sandbox. Its folder is its own until it is dropped.
pub struct Sandbox {
    app: Arc<App>,
    set_aside: Option<SetAside>,
    /// Held for its lock.
    _lock: Lock,
}

impl Sandbox {
    /// Opens the sandbox, making it if its folder is new. Files that are damaged, or that have ended the process twice in a row
    /// while they were opened, are set aside, and a new sandbox begins in their place ([`Sandbox::was_set_aside`]).
    ///
    /// # Errors
    /// [`Error::InUse`] when another process has the folder; [`Error::Io`], [`Error::Database`] or [`Error::Migration`] when it
    /// cannot be used for another reason: its files are left as they are.
    pub async fn open(options: SandboxOptions) -> Result<Self> {
        let lock = claim(&options.folder).await?;
        let (db, sealer, set_aside) = opening::open(&options.folder).await?;
        let sealer = Arc::new(sealer);
        if options.examples {
            db.write(seed::plant).await?;
        }
        let engine = Engine::new(db.clone(), sealer.clone(), Scripts::new(options.workers));
        let app = Arc::new(App { db, engine, sealer, shutdown: CancellationToken::new() });
        Ok(Self { app, set_aside, _lock: lock })
    }

    /// What was in the folder before, if it could not be opened.
    #[must_use]
    pub const fn was_set_aside(&self) -> Option<&SetAside> {
        self.set_aside.as_ref()
    }

    /// Makes a token with every scope for a program on this computer, in place of the one of the same name before it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn issue_local_pat(&self, name: &str) -> Result<SecretString> {
        let name = name.to_owned();
        self.app.db.write(move |transaction| auth::issue_local(transaction, &name)).await
    }

    /// Makes a token with these scopes, in this role. Its text is kept nowhere.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn create_pat(&self, name: &str, scopes: &[Scope], role: Role) -> Result<SecretString> {
        let new = NewPat { display_name: name.to_owned(), scopes: scopes.to_vec(), role, expires_at: None };
        self.app.db.write(move |transaction| Ok(auth::create(transaction, &new)?.1)).await
    }

    /// Serves until `shutdown`, then lets requests end and leaves the runs where they are, to go on at the next start.
    ///
    /// # Errors
    /// [`Error::Io`] when the listener fails.
    pub async fn serve(self, listener: TcpListener, shutdown: CancellationToken) -> Result<()> {
        let failed = |cause| Error::Io { what: "the sandbox cannot serve".to_owned(), cause };
        let address = listener.local_addr().map_err(failed)?;
        // Should this break off, nothing may drive runs that the next one to open the folder drives as well.
        let _ends = (self.app.shutdown.clone().drop_guard(), self.app.engine.ends_with());
        self.app.engine.resume_all(format!("http://{address}{}", demo_mcp::PATH)).await?;
        let router = routes::router(self.app.clone());
        let listener = listener.tap_io(|socket| {
            if let Err(error) = socket.set_nodelay(true) {
                tracing::debug!(%error, "a socket keeps its delay");
            }
        });
        let streams = self.app.shutdown.clone();
        let ending = async move {
            shutdown.cancelled().await;
            // A stream would hold the drain up for as long as its client listens.
            streams.cancel();
        };
        let served = axum::serve(listener, router).with_graceful_shutdown(ending).await;
        self.app.engine.close().await;
        // Before the folder is given back.
        self.app.db.close().await;
        served.map_err(failed)
    }
}

/// Takes the folder for this process.
async fn claim(folder: &Path) -> Result<Lock> {
    let failed = |cause| Error::Io { what: format!("the folder {} cannot be used", folder.display()), cause };
    files::make_private_all(folder).map_err(failed)?;
    let lock = Locks::within(folder).claim("sandbox.lock").await.map_err(failed)?;
    lock.ok_or_else(|| Error::InUse(folder.display().to_string()))
}

#[cfg(test)]
mod tests;
