//! The activity log: every tool call in one SQLite file, for thirty days.

mod query;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use agentruntime_lifecycle::files;
use jiff::{Timestamp, ToSpan as _};
use rusqlite_migration::{M, Migrations};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_rusqlite::Connection;
use tokio_util::sync::CancellationToken;

pub use query::{Entry, Found, Query, Summary};

use crate::audit::Record;

/// How long a call is kept, in days.
const KEPT_DAYS: i64 = 30;
/// How often what is older is dropped.
const SWEEP: Duration = Duration::from_hours(1);
/// The most calls that are written at a time.
const BATCH: usize = 256;

/// Why the log cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the activity log {what}: {cause}")]
pub struct ActivityError {
    what: &'static str,
    cause: tokio_rusqlite::Error<rusqlite::Error>,
}

impl ActivityError {
    /// The stable snake_case code, which `docs/ERRORS.md` lists.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "activity_log"
    }

    /// Whether the file itself is at fault, for good.
    fn is_damage(&self) -> bool {
        let tokio_rusqlite::Error::Error(cause) = &self.cause else { return false };
        let code = cause.sqlite_error_code();
        matches!(code, Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase))
    }
}

/// Moves the log's files to names of their own beside it: first the journals, which the next log must not find. Where the log is
/// now.
fn set_aside(path: &Path) -> std::io::Result<PathBuf> {
    let now = Timestamp::now().strftime("%Y-%m-%dT%H-%M-%S%.3fZ");
    let named = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    for end in ["-wal", "-shm", ""] {
        match files::rename(&named(end), &named(&format!(".broken-{now}{end}"))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(named(&format!(".broken-{now}")))
}

/// The log. Clones share it.
#[derive(Clone)]
pub struct ActivityLog {
    connection: Connection,
    written: broadcast::Sender<Entry>,
}

impl ActivityLog {
    /// Opens the file, making it if there is none. One that is damaged is set aside beside it, and the log begins anew: no app
    /// stays away for want of its history.
    ///
    /// # Errors
    /// [`ActivityError`] when it cannot be opened or brought up to date.
    pub async fn open(path: &Path) -> Result<Self, ActivityError> {
        let error = match Self::open_file(path).await {
            Err(error) if error.is_damage() => error,
            opened => return opened,
        };
        match set_aside(path) {
            Ok(kept_at) => {
                tracing::warn!(%error, kept_at = %kept_at.display(), "the activity log is set aside and begins anew")
            }
            Err(problem) => {
                tracing::warn!(%problem, "the activity log cannot be set aside");
                return Err(error);
            }
        }
        Self::open_file(path).await
    }

    async fn open_file(path: &Path) -> Result<Self, ActivityError> {
        let failed = |cause| ActivityError { what: "cannot be opened", cause };
        let connection = Connection::open(path).await.map_err(|error| failed(tokio_rusqlite::Error::Error(error)))?;
        let opened = connection.call(|connection| {
            connection
                .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;")?;
            migrations().to_latest(connection).map_err(|error| match error {
                rusqlite_migration::Error::RusqliteError { err, .. } => err,
                other => rusqlite::Error::ToSqlConversionFailure(Box::new(other)),
            })
        });
        if let Err(error) = opened.await {
            // Whoever sets the file aside must find it closed.
            let _unclosed = connection.close().await;
            return Err(failed(error));
        }
        Ok(Self { connection, written: broadcast::Sender::new(256) })
    }

    /// The entries that are written from now on, each once it is in the log.
    #[must_use]
    pub fn entries(&self) -> broadcast::Receiver<Entry> {
        self.written.subscribe()
    }

    /// Writes down a platform's calls ([`Platform::records`]) until the platform is gone or `ending`; what was heard by then is
    /// written.
    ///
    /// [`Platform::records`]: crate::platform::Platform::records
    pub async fn follow(self, mut calls: broadcast::Receiver<Record>, ending: CancellationToken) {
        let mut sweep = tokio::time::interval(SWEEP);
        loop {
            let mut batch = Vec::new();
            tokio::select! {
                _ = sweep.tick() => {
                    if let Err(error) = self.sweep().await {
                        tracing::warn!(%error, "old activity stays");
                    }
                }
                heard = calls.recv() => match heard {
                    Ok(record) => batch.push(record),
                    Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "the activity log missed calls"),
                    Err(RecvError::Closed) => return,
                },
                () = ending.cancelled(), if calls.is_empty() => return,
            }
            while batch.len() < BATCH
                && let Ok(record) = calls.try_recv()
            {
                batch.push(record);
            }
            if let Err(error) = self.write(batch).await {
                tracing::warn!(%error, "calls are missing from the activity log");
            }
        }
    }

    /// Writes calls in one transaction.
    ///
    /// # Errors
    /// [`ActivityError`]; then none of them is written.
    pub async fn write(&self, records: Vec<Record>) -> Result<(), ActivityError> {
        if records.is_empty() {
            return Ok(());
        }
        let written = self.connection.call(move |connection| {
            let transaction = connection.transaction()?;
            let mut entries = Vec::with_capacity(records.len());
            for record in records {
                entries.push(query::insert(&transaction, record)?);
            }
            transaction.commit()?;
            Ok::<_, rusqlite::Error>(entries)
        });
        let entries = written.await.map_err(|cause| ActivityError { what: "cannot be written", cause })?;
        for entry in entries {
            // Nobody may be listening, which is no fault.
            let _unheard = self.written.send(entry);
        }
        Ok(())
    }

    /// The calls that match a query, the latest first.
    ///
    /// # Errors
    /// [`ActivityError`].
    pub async fn find(&self, asked: Query) -> Result<Found, ActivityError> {
        let page = self.connection.call(move |connection| query::find(connection, &asked));
        page.await.map_err(|cause| ActivityError { what: "cannot be read", cause })
    }

    /// What happened since `from`.
    ///
    /// # Errors
    /// [`ActivityError`].
    pub async fn since(&self, from: Timestamp) -> Result<Summary, ActivityError> {
        let summary = self.connection.call(move |connection| query::summary(connection, from));
        summary.await.map_err(|cause| ActivityError { what: "cannot be read", cause })
    }

    /// Forgets everything.
    ///
    /// # Errors
    /// [`ActivityError`].
    pub async fn clear(&self) -> Result<(), ActivityError> {
        let cleared = self.connection.call(|connection| {
            // Forgotten means gone from the file as well.
            connection.execute_batch("PRAGMA secure_delete = ON; DELETE FROM calls; VACUUM;")
        });
        cleared.await.map_err(|cause| ActivityError { what: "cannot be cleared", cause })
    }

    async fn sweep(&self) -> Result<(), ActivityError> {
        let oldest = Timestamp::now().checked_sub((24 * KEPT_DAYS).hours()).unwrap_or(Timestamp::MIN);
        let swept = self.connection.call(move |connection| query::forget_before(connection, oldest));
        swept.await.map_err(|cause| ActivityError { what: "cannot be swept", cause })
    }
}

fn migrations() -> Migrations<'static> {
    Migrations::new(vec![M::up(
        "CREATE TABLE calls (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, client TEXT NOT NULL, tool TEXT NOT NULL, tool_group TEXT NOT NULL,
            target TEXT, arguments TEXT NOT NULL, code TEXT NOT NULL, duration_ms INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX calls_by_time ON calls (at);",
    )])
}

#[cfg(test)]
mod tests;
