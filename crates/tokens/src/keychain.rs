//! The system's keychain, safe to call from async code.
//!
//! A keychain may answer in a millisecond, after a person has answered a dialog, or never. So every call
//! - runs on a thread of its own, which belongs to nobody's pool: one that hangs keeps no runtime from ending;
//! - has a time limit, and what a write did after that is taken back;
//! - looks first whether the keychain is locked, because a locked one would open a dialog and answer nothing until then;
//! - has a connection of its own. A Secret Service that was restarted forgets its sessions, and a connection that outlived
//!   one would fail for ever; a service that dies within the call is connected to once more.

mod error;
mod native;
mod platform;
#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(target_os = "linux")]
mod service_error;
mod store;
#[cfg(any(target_os = "windows", test))]
mod windows_error;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use agentruntime_lifecycle::detached;
use futures_util::StreamExt;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Semaphore, oneshot};

pub use error::KeychainError;
pub use platform::{Aim, Hints, Platform, Session};

/// How long and how much.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For one call, the wait for a free thread included. 10 s.
    pub call: Duration,
    /// Threads at once. When so many hang, further calls wait for one, and are [`KeychainError::Slow`]. 4.
    pub threads: usize,
    /// The longest time between two looks of [`Keychain::wait_unlocked`]. 5 s.
    pub poll: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { call: Duration::from_secs(10), threads: 4, poll: Duration::from_secs(5) }
    }
}

/// The shortest time between two looks of [`Keychain::wait_unlocked`], however many hints come.
const BREATH: Duration = Duration::from_millis(200);

/// A keychain. Cheap to clone; connects to nothing between calls.
#[derive(Clone)]
pub struct Keychain {
    platform: Arc<dyn Platform>,
    threads: Arc<Semaphore>,
    limits: Limits,
}

impl fmt::Debug for Keychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keychain").field("platform", &self.platform).field("limits", &self.limits).finish()
    }
}

/// Puts back what stood there before a write.
type Undo = Box<dyn FnOnce() + Send>;

impl Keychain {
    /// The system's own: the Secret Service on Linux, the login keychain on macOS, the Credential Manager on Windows.
    #[must_use]
    pub fn system() -> Self {
        Self::with(native::platform(), Limits::default())
    }

    /// Another one, or other limits.
    #[must_use]
    pub fn with(platform: Arc<dyn Platform>, limits: Limits) -> Self {
        Self { platform, threads: Arc::new(Semaphore::new(limits.threads)), limits }
    }

    /// The same keychain with other limits.
    #[must_use]
    pub fn limited(&self, limits: Limits) -> Self {
        Self::with(Arc::clone(&self.platform), limits)
    }

    /// Its name for people.
    #[must_use]
    pub fn describe(&self) -> &'static str {
        self.platform.describe()
    }

    /// Stores a secret under `name` and reads it back. It stands there when this returns `Ok`; otherwise, and when the
    /// future is dropped, what stood there before stands there again, or nothing, as far as the keychain lets that be done.
    ///
    /// # Errors
    /// [`KeychainError::TooLarge`] before anything is touched, [`KeychainError::Mismatch`], and all others but `Missing`.
    pub async fn store(&self, name: &str, secret: &SecretString) -> Result<(), KeychainError> {
        self.store_tracked(name, secret).await.map_err(|(error, _)| error)
    }

    /// As [`Keychain::store`]; with the error it says whether the entry may be other than it was.
    pub(crate) async fn store_tracked(&self, name: &str, secret: &SecretString) -> Result<(), (KeychainError, bool)> {
        let touched = Arc::new(AtomicBool::new(false));
        let stored = self.write(name, secret, &touched).await;
        stored.map_err(|error| {
            // A call that is slow may still write, and take it back, or not.
            let unclear = touched.load(Ordering::SeqCst) || matches!(error, KeychainError::Slow { .. });
            (error, unclear)
        })
    }

    async fn write(&self, name: &str, secret: &SecretString, touched: &Arc<AtomicBool>) -> Result<(), KeychainError> {
        let (bytes, limit) = (secret.expose_secret().len(), self.platform.longest_secret());
        if bytes > limit {
            return Err(KeychainError::TooLarge { bytes, limit });
        }
        let (name, secret, touched) = (name.to_owned(), secret.clone(), Arc::clone(touched));
        self.call(move |session| {
            session.look(Aim::Entry(&name)).or_else(|error| match error {
                KeychainError::Missing => session.look(Aim::Keychain),
                error => Err(error),
            })?;
            let before = match session.get(&name) {
                Ok(before) => Some(before),
                Err(KeychainError::Missing) => None,
                Err(error) => return Err(error),
            };
            touched.store(true, Ordering::SeqCst);
            let written = session.set(&name, &secret).and_then(|()| {
                let same = session.get(&name)?.expose_secret() == secret.expose_secret();
                if same { Ok(()) } else { Err(KeychainError::Mismatch) }
            });
            let (name, undone, touched) = (name.clone(), Arc::clone(session), Arc::clone(&touched));
            let undo: Undo = Box::new(move || {
                let done = put_back(&*undone, &name, before.as_ref());
                touched.store(!done, Ordering::SeqCst);
            });
            match written {
                Ok(()) => Ok(((), Some(undo))),
                Err(error) => {
                    undo();
                    Err(error)
                }
            }
        })
        .await
    }

    /// The secret stored under `name`.
    ///
    /// # Errors
    /// [`KeychainError::Missing`] where there is none, and all others but `TooLarge` and `Mismatch`.
    pub async fn read(&self, name: &str) -> Result<SecretString, KeychainError> {
        let name = name.to_owned();
        self.call(move |session| {
            session.look(Aim::Entry(&name))?;
            Ok((session.get(&name)?, None))
        })
        .await
    }

    /// Deletes the entry `name`.
    ///
    /// # Errors
    /// As [`Keychain::read`].
    pub async fn delete(&self, name: &str) -> Result<(), KeychainError> {
        let name = name.to_owned();
        self.call(move |session| {
            session.look(Aim::Entry(&name))?;
            Ok((session.delete(&name)?, None))
        })
        .await
    }

    /// The names of all entries of this app, sorted.
    ///
    /// # Errors
    /// As [`Keychain::state`].
    pub async fn names(&self) -> Result<Vec<String>, KeychainError> {
        self.call(|session| {
            session.look(Aim::Entries)?;
            let mut names = session.names()?;
            names.sort_unstable();
            Ok((names, None))
        })
        .await
    }

    /// Whether it is there and unlocked. Opens no dialog on Linux; elsewhere the system alone knows, and this says yes.
    ///
    /// # Errors
    /// What stands in the way: `NoService`, `Locked`, `Denied`, `Vanished`, `Slow`, `Failed`.
    pub async fn state(&self) -> Result<(), KeychainError> {
        self.call(|session| Ok((session.look(Aim::Keychain)?, None))).await
    }

    /// Has the keychain show its own dialog for unlocking. Returns at once: what comes of it, [`Keychain::wait_unlocked`]
    /// tells. For an answer to a person's click, never on the app's own account.
    ///
    /// # Errors
    /// As [`Keychain::state`].
    pub async fn ask_to_unlock(&self) -> Result<(), KeychainError> {
        self.call(|session| Ok((session.ask_to_unlock()?, None))).await
    }

    /// Waits until the keychain is there and unlocked. Looks when the platform hints at a change (on Linux a signal of the
    /// Secret Service, or its coming and going), and every [`Limits::poll`] in any case. Drop it to stop waiting.
    pub async fn wait_unlocked(&self) {
        // Listens before the first look, so that nothing is missed between the two.
        let mut hints = tokio::time::timeout(self.limits.call, self.platform.hints()).await.unwrap_or_default();
        while let Err(error) = self.state().await {
            tracing::debug!(code = error.code(), "the keychain is not ready");
            tokio::time::sleep(BREATH.min(self.limits.poll)).await;
            let hint = async {
                match &mut hints {
                    Some(stream) => stream.next().await,
                    None => std::future::pending().await,
                }
            };
            if let Ok(None) = tokio::time::timeout(self.limits.poll, hint).await {
                // The bus is gone: from here on by the clock.
                hints = None;
            }
        }
    }

    /// Runs `job` on a thread of its own within the time limit, with a new connection, and again with another one if the
    /// keychain vanished. Calls `undo` if nobody waits for the answer any more.
    async fn call<T: Send + 'static>(
        &self,
        job: impl Fn(&Arc<dyn Session>) -> Result<(T, Option<Undo>), KeychainError> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let limit = self.limits.call;
        let answered = async {
            let permit = Arc::clone(&self.threads).acquire_owned().await.map_err(KeychainError::failed)?;
            let (sender, receiver) = oneshot::channel();
            let platform = Arc::clone(&self.platform);
            let work = move || {
                let _permit = permit;
                let attempt = || job(&Arc::from(platform.open()?));
                let mut answer = attempt();
                if matches!(answer, Err(KeychainError::Vanished { .. })) && !sender.is_closed() {
                    tracing::debug!("the keychain vanished, trying once more");
                    answer = attempt();
                }
                let (answer, undo) = match answer {
                    Ok((value, undo)) => (Ok(value), undo),
                    Err(error) => (Err(error), None),
                };
                if let (Err(_), Some(undo)) = (sender.send(answer), undo) {
                    undo();
                }
            };
            detached("keychain", work).map_err(KeychainError::failed)?;
            receiver.await.unwrap_or_else(|_| Err(KeychainError::failed("its thread ended early")))
        };
        tokio::time::timeout(limit, answered).await.unwrap_or(Err(KeychainError::Slow { limit }))
    }
}

/// Puts the entry back as it was; whether it is. A failure is logged by its code.
fn put_back(session: &dyn Session, name: &str, before: Option<&SecretString>) -> bool {
    // A keychain that was locked meanwhile would open a dialog.
    let done = session.look(Aim::Entry(name)).and_then(|()| match before {
        Some(before) => session.set(name, before),
        None => session.delete(name),
    });
    match done {
        Ok(()) => true,
        Err(KeychainError::Missing) => before.is_none(),
        Err(error) => {
            tracing::warn!(code = error.code(), entry = name, "an unfinished write could not be taken back yet");
            false
        }
    }
}
