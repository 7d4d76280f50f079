//! The settings of a running process.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

use super::{Settings, SettingsError, Trouble, file};
use crate::Error;

/// Holds the settings, writes every change to the file, and tells who watches. Cheap to clone.
///
/// It reads the file once, when it is opened. If two processes hold one file, the last that writes wins, with all it knows;
/// neither ever sees half a file.
#[derive(Clone)]
pub struct SettingsStore(Arc<Inner>);

struct Inner {
    path: PathBuf,
    /// Held from the copy that is changed until it is written, so that no change is lost.
    changing: Mutex<()>,
    current: watch::Sender<Arc<Settings>>,
}

/// What opening gave.
#[derive(Debug)]
pub struct Opened {
    /// The settings.
    pub store: SettingsStore,
    /// What was wrong with the file, if it could not be used. To be told to the person: profiles may be missing.
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
    pub fn open(folder: &Path) -> Result<Opened, Error> {
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
            Err(error) => return Err(error.into()),
        };
        let inner = Inner { path, changing: Mutex::new(()), current: watch::Sender::new(Arc::new(settings)) };
        Ok(Opened { store: Self(Arc::new(inner)), trouble })
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
    ) -> Result<T, Error> {
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
    pub fn update_blocking<T>(&self, change: impl FnOnce(&mut Settings) -> T) -> Result<T, Error> {
        let inner = &*self.0;
        let _changing = inner.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut settings = Settings::clone(&self.get());
        let done = change(&mut settings);
        if settings != **inner.current.borrow() {
            settings.check()?;
            file::replace(&inner.path, &settings)
                .map_err(|error| SettingsError::Unwritable { path: inner.path.clone(), problem: error.to_string() })?;
            inner.current.send_replace(Arc::new(settings));
        }
        Ok(done)
    }
}
