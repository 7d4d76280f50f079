//! The settings of a running process.

use std::{
    collections::BTreeSet,
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use agentruntime_lifecycle::Locks;
use notify::Watcher as _;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{Settings, SettingsError, Trouble, file};

/// Holds the settings, writes every change to the file, and tells who watches. Cheap to clone.
///
/// Several processes may hold one file: a change is made to what stands in it then, under a lock, so that none is lost.
/// [`SettingsStore::follow`] has the changes of others seen without one of our own. Nobody ever sees half a file.
#[derive(Clone)]
pub struct SettingsStore(Arc<Inner>);

struct Inner {
    path: PathBuf,
    locks: Locks,
    /// Held from the copy that is changed until it is written, so that no change is lost.
    changing: Mutex<()>,
    current: watch::Sender<Arc<Settings>>,
}

/// What opening gave.
#[derive(Debug)]
pub struct Opened {
    pub store: SettingsStore,
    /// What was wrong with the file, if it could not be used. To be told to the person: workspaces may be missing.
    pub trouble: Option<Trouble>,
}

impl fmt::Debug for SettingsStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettingsStore").field("path", &self.0.path).field("current", &self.get()).finish()
    }
}

impl SettingsStore {
    /// Opens the settings in `folder`, which is made if it is not there. Blocks.
    ///
    /// # Errors
    /// [`SettingsError::Unreadable`] where the folder or file is there and cannot be read, and
    /// [`SettingsError::Unwritable`] where a broken file cannot be moved: neither is answered with defaults, which the next
    /// change would write over what is there.
    pub fn open(folder: &Path) -> Result<Opened, SettingsError> {
        let path = folder.join(file::NAME);
        let unreadable =
            |error: std::io::Error| SettingsError::Unreadable { path: path.clone(), problem: error.to_string() };
        file::prepare(folder).map_err(unreadable)?;
        let (settings, trouble) = match file::read(&path) {
            Ok(settings) => (settings.unwrap_or_default(), None),
            Err(problem @ SettingsError::Invalid { .. }) => {
                let kept_at = file::keep_aside(&path)
                    .map_err(|error| SettingsError::Unwritable { path: path.clone(), problem: error.to_string() })?;
                tracing::warn!(%problem, kept_at = %kept_at.display(), "the settings cannot be used, defaults are in force");
                (Settings::default(), Some(Trouble { kept_at, problem }))
            }
            Err(error) => return Err(error),
        };
        Ok(Opened { store: Self::of(path, settings), trouble })
    }

    /// As [`SettingsStore::open`], for a program that comes second: what cannot be used is an error, and stays where it is.
    ///
    /// # Errors
    /// As [`SettingsStore::open`], and [`SettingsError::Invalid`].
    pub fn open_as_it_is(folder: &Path) -> Result<Self, SettingsError> {
        let path = folder.join(file::NAME);
        file::prepare(folder)
            .map_err(|error| SettingsError::Unreadable { path: path.clone(), problem: error.to_string() })?;
        let settings = file::read(&path)?.unwrap_or_default();
        Ok(Self::of(path, settings))
    }

    fn of(path: PathBuf, settings: Settings) -> Self {
        let locks = Locks::within(&path.with_file_name("locks"));
        let current = watch::Sender::new(Arc::new(settings));
        Self(Arc::new(Inner { path, locks, changing: Mutex::new(()), current }))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// The settings now.
    #[must_use]
    pub fn get(&self) -> Arc<Settings> {
        Arc::clone(&self.0.current.borrow())
    }

    /// Tells of every change.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Arc<Settings>> {
        self.0.current.subscribe()
    }

    /// Changes the settings: checked, written and synced first, then seen by everybody. A change, once begun, is made even
    /// if the future is dropped.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] for a change that does not fit, [`SettingsError::Unwritable`]; then nothing was changed.
    pub async fn update<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Settings) -> T + Send + 'static,
    ) -> Result<T, SettingsError> {
        let store = self.clone();
        let unwritable = |problem: tokio::task::JoinError| SettingsError::Unwritable {
            path: self.0.path.clone(),
            problem: problem.to_string(),
        };
        tokio::task::spawn_blocking(move || store.update_blocking(change)).await.map_err(unwritable)?
    }

    /// As [`SettingsStore::update`], for a thread that may block.
    ///
    /// # Errors
    /// As [`SettingsStore::update`].
    pub fn update_blocking<T>(&self, change: impl FnOnce(&mut Settings) -> T) -> Result<T, SettingsError> {
        let inner = &*self.0;
        let unwritable =
            |error: io::Error| SettingsError::Unwritable { path: inner.path.clone(), problem: error.to_string() };
        let _changing = inner.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let _alone = inner.locks.wait(LOCK).map_err(unwritable)?;
        match self.reload() {
            // A later version of the app, which knows better what stands in it.
            Err(problem @ SettingsError::Invalid { .. }) if problem.is_of_another_version() => {
                return Err(problem);
            }
            // Somebody made it unusable by hand: it is not to be written over.
            Err(problem @ SettingsError::Invalid { .. }) => {
                let kept_at = file::keep_aside(&inner.path).map_err(unwritable)?;
                tracing::warn!(%problem, kept_at = %kept_at.display(), "the settings file became unusable and is replaced");
            }
            reloaded => reloaded?,
        }
        let mut settings = Settings::clone(&self.get());
        let done = change(&mut settings);
        if settings != **inner.current.borrow() {
            settings.check()?;
            file::replace(&inner.path, &settings).map_err(unwritable)?;
            inner.current.send_replace(Arc::new(settings));
        }
        Ok(done)
    }

    /// Sees what other processes wrote until now: for whoever has waited for one of them, and decides by what stands there. A
    /// file that cannot be used changes nothing.
    pub async fn refresh(&self) {
        let store = self.clone();
        let reload = move || {
            let _changing = store.0.changing.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = store.reload() {
                tracing::warn!(code = error.code(), "what somebody wrote into the settings file cannot be used");
            }
        };
        // It ends early only with the runtime.
        _ = tokio::task::spawn_blocking(reload).await;
    }

    /// Takes over what another process wrote. A file that is not there changes nothing: the next change writes it.
    fn reload(&self) -> Result<(), SettingsError> {
        if let Some(settings) = file::read(&self.0.path)? {
            self.0.current.send_if_modified(|current| {
                let other = **current != settings;
                if other {
                    *current = Arc::new(settings);
                }
                other
            });
        }
        Ok(())
    }

    /// Sees the changes that other processes make, until `end`: when the system tells of one, and now and then in any case,
    /// since not every file system tells.
    pub async fn follow(&self, end: CancellationToken) {
        let (sender, mut changes) = watch::channel(());
        let watcher = self.watcher(sender);
        if let Err(error) = &watcher {
            tracing::warn!(%error, "what other processes change is seen late");
        }
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = end.cancelled() => return,
                _ = looks.tick() => {}
                // Without a watcher there is nobody to tell.
                changed = changes.changed(), if watcher.is_ok() => if changed.is_err() { return },
            }
            self.refresh().await;
        }
    }

    /// Watches the folders rather than the file, because that is replaced and not written; where it is a link, the folder of
    /// what it points to as well.
    fn watcher(&self, changed: watch::Sender<()>) -> notify::Result<notify::RecommendedWatcher> {
        let target = fs::canonicalize(&self.0.path).unwrap_or_else(|_| self.0.path.clone());
        let files = [self.0.path.clone(), target];
        let names = files.clone().map(|file| file.file_name().map(ToOwned::to_owned));
        let heard = move |event: notify::Result<notify::Event>| {
            let ours = |path: &PathBuf| names.iter().any(|name| path.file_name() == name.as_deref());
            // What cannot be told may have been ours.
            if !event.is_ok_and(|event| event.kind.is_access() || !event.paths.iter().any(ours)) {
                changed.send_replace(());
            }
        };
        let mut watcher = notify::recommended_watcher(heard)?;
        // One folder may have two names: on Windows the second is always another.
        let folders = files.iter().filter_map(|file| file.parent());
        let folders: BTreeSet<_> =
            folders.map(|folder| fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())).collect();
        for folder in folders {
            watcher.watch(&folder, notify::RecursiveMode::NonRecursive)?;
        }
        Ok(watcher)
    }

    /// The locks beside the file, by name: for what several processes must not do with its workspaces at once.
    #[must_use]
    pub fn locks(&self) -> &Locks {
        &self.0.locks
    }
}

/// How often the file is looked at where nothing tells of a change.
const LOOK: Duration = Duration::from_secs(30);
/// The lock under which the file is changed.
const LOCK: &str = "settings";
