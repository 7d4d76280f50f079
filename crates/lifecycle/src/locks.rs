//! Locks between processes: the app and its headless sibling may hold one settings file, one keychain, one sandbox's folder.
//!
//! Each is a lock of the system on an empty file of its own, which nobody else reads: Windows would not let them. A process that dies, however it dies, holds none once
//! the children that it was starting have begun: until then a child has whatever its parent had open.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::{files, owned::detached};

/// How long a lock may outlive the process that had it: long enough for a child to begin on a busy machine.
const AFTER_A_DEATH: Duration = Duration::from_secs(2);

/// Between two looks at such a lock.
const AGAIN: Duration = Duration::from_millis(25);

/// The folder of the locks' files.
#[derive(Debug, Clone)]
pub struct Locks(Arc<Path>);

/// A lock, until it is dropped.
#[derive(Debug)]
pub struct Lock(File);

impl Drop for Lock {
    /// Closing the file would release it too: on Windows some time later, and elsewhere not before a child that is just being
    /// started has let go of it.
    fn drop(&mut self) {
        _ = self.0.unlock();
    }
}

impl Locks {
    /// The locks whose files lie in this folder, which is made when it is needed; what it lies in must be there.
    #[must_use]
    pub fn within(folder: &Path) -> Self {
        Self(folder.into())
    }

    /// Waits for the lock, without an end. Blocks.
    ///
    /// # Errors
    /// The system's, when the file cannot be made or locked: here as in the others.
    pub fn wait(&self, name: &str) -> io::Result<Lock> {
        let file = self.file(name)?;
        file.lock()?;
        Ok(Lock(file))
    }

    /// The lock, or `None` while somebody has it.
    ///
    /// # Errors
    /// As [`Locks::wait`].
    pub fn try_get(&self, name: &str) -> io::Result<Option<Lock>> {
        let file = self.file(name)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The lock, or `None` where a living process has it. One that was killed gives its lock back a moment later, when it was
    /// just starting a child. Looked at again and again, since a thread that waits for a lock can only end by having it: who
    /// tries for as long as another program runs would leave a thread and a file for each try.
    ///
    /// # Errors
    /// As [`Locks::wait`].
    pub async fn claim(&self, name: &str) -> io::Result<Option<Lock>> {
        let until = tokio::time::Instant::now() + AFTER_A_DEATH;
        loop {
            let lock = self.try_get(name)?;
            if lock.is_some() || tokio::time::Instant::now() >= until {
                return Ok(lock);
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// A share of the lock: many may have one, and nobody has the whole meanwhile. Blocks.
    ///
    /// # Errors
    /// As [`Locks::wait`].
    pub fn share(&self, name: &str) -> io::Result<Lock> {
        let file = self.file(name)?;
        file.lock_shared()?;
        Ok(Lock(file))
    }

    /// Waits for the lock on a thread of its own, no longer than `limit`; `None` if somebody has it still. A wait that nobody
    /// waits for any more ends by itself when the lock is free.
    ///
    /// # Errors
    /// As [`Locks::wait`], and the system's when no thread can be had.
    pub async fn wait_at_most(&self, name: &str, limit: Duration) -> io::Result<Option<Lock>> {
        if let Some(lock) = self.try_get(name)? {
            return Ok(Some(lock));
        }
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let (locks, name) = (self.clone(), name.to_owned());
        let wait = move || {
            // Nobody is there to take it: it is released at once.
            _ = sender.send(locks.wait(&name));
        };
        detached("lock", wait)?;
        match tokio::time::timeout(limit, receiver).await {
            Ok(Ok(lock)) => lock.map(Some),
            Ok(Err(_)) => Err(io::Error::other("the thread that waited for a lock ended early")),
            Err(_) => Ok(None),
        }
    }

    /// Deletes a lock's file, if nobody has the lock.
    pub fn forget(&self, name: &str) {
        if let Ok(Some(_lock)) = self.try_get(name) {
            _ = files::remove(&self.path(name));
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn file(&self, name: &str) -> io::Result<File> {
        // This folder only: what it lay in, once gone, is not for a lock to make again.
        files::make_private(&self.0)?;
        files::private().create(true).truncate(false).write(true).open(self.path(name))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods)]

    use std::time::Duration;

    use super::Locks;

    #[tokio::test]
    async fn one_holder_or_many_sharers() {
        let folder = tempfile::tempdir().unwrap();
        let locks = Locks::within(&folder.path().join("locks"));
        let share = (locks.share("a").unwrap(), locks.share("a").unwrap());
        assert!(locks.try_get("a").unwrap().is_none());
        let whole = locks.wait_at_most("b", Duration::from_secs(5)).await.unwrap().unwrap();
        assert!(locks.wait_at_most("b", Duration::from_millis(20)).await.unwrap().is_none());
        let waiting = tokio::spawn({
            let locks = locks.clone();
            async move { locks.wait_at_most("a", Duration::from_secs(30)).await.unwrap().is_some() }
        });
        assert!(locks.claim("a").await.unwrap().is_none(), "who has it lives");
        drop(share);
        assert!(waiting.await.unwrap());
        assert!(locks.claim("a").await.unwrap().is_some());
        drop(whole);
        // The abandoned wait may have it for a moment.
        assert!(locks.wait_at_most("b", Duration::from_secs(5)).await.unwrap().is_some());
        // Not its file, which the abandoned wait may have a moment later.
        drop(locks.wait("c").unwrap());
        locks.forget("c");
        assert!(!folder.path().join("locks/c").exists());
    }
}
