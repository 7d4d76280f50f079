//! The sandbox as its callers hold it: opened on a folder, served on a listener, shut down by a token.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::serve::ListenerExt as _;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    auth::{self, NewPat, Role, Scope},
    db::Db,
    demo_mcp,
    engine::Engine,
    error::{Error, Result},
    routes,
    sealer::Sealer,
    seed,
};

/// Where a sandbox lives, and how it begins.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    folder: PathBuf,
    examples: bool,
}

impl SandboxOptions {
    /// A sandbox in this folder, which is made if there is none. A new one is given the examples.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), examples: true }
    }

    /// Without the examples.
    #[must_use]
    pub fn empty(self) -> Self {
        Self { examples: false, ..self }
    }
}

/// An open sandbox. Its folder is its own until it is dropped.
pub struct Sandbox {
    app: Arc<App>,
    /// Held for its lock.
    _lock: File,
}

impl Sandbox {
    /// Opens the sandbox, making it if its folder is new.
    ///
    /// # Errors
    /// [`Error::InUse`] when another process has the folder; [`Error::Io`], [`Error::Database`] or [`Error::Migration`] when it
    /// cannot be used.
    pub async fn open(options: SandboxOptions) -> Result<Self> {
        let lock = claim(&options.folder)?;
        let sealer = Arc::new(Sealer::open(&options.folder)?);
        let file = options.folder.join("sandbox.db");
        touch_private(&file)?;
        let db = Db::open(&file).await?;
        if options.examples {
            db.write(seed::plant).await?;
        }
        let engine = Engine::new(db.clone(), sealer.clone());
        Ok(Self { app: Arc::new(App { db, engine, sealer, shutdown: CancellationToken::new() }), _lock: lock })
    }

    /// A token with every scope for a program on this computer, in place of the one of the same name before it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn issue_local_pat(&self, name: &str) -> Result<SecretString> {
        let name = name.to_owned();
        self.app.db.write(move |transaction| auth::issue_local(transaction, &name)).await
    }

    /// A token with these scopes, in this role.
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

/// The database is its owner's alone even in a folder that others may read; SQLite gives its other files the same rights.
fn touch_private(file: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(file).map(drop);
    made.map_err(|cause| Error::Io { what: format!("the file {} cannot be used", file.display()), cause })
}

/// Takes the folder for this process.
fn claim(folder: &Path) -> Result<File> {
    let failed = |cause| Error::Io { what: format!("the folder {} cannot be used", folder.display()), cause };
    make_private(folder).map_err(failed)?;
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("sandbox.lock"))
        .map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(folder.display().to_string())),
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

/// The folder is its owner's alone; one that is there already keeps the rights it has.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
