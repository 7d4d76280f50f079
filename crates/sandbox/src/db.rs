//! The one SQLite file: opened, brought up to date, and used from one thread of its own.

mod schema;

use std::path::Path;

use agentruntime_lifecycle::caught_now;
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, Transaction, TransactionBehavior};
use tokio_rusqlite::Error as CallError;

use crate::error::{Error, Result};

/// A handle on the database; clones share the connection.
#[derive(Clone)]
pub(crate) struct Db {
    connection: tokio_rusqlite::Connection,
}

impl Db {
    /// Opens the file, making it if there is none, and brings its schema up to date.
    pub(crate) async fn open(path: &Path) -> Result<Self> {
        let connection = tokio_rusqlite::Connection::open(path).await.map_err(flat)?;
        let db = Self { connection };
        let ready = db.call(|connection| {
            // FULL: an acknowledged write outlives a power cut, not only a killed process.
            connection.execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;",
            )?;
            connection.set_prepared_statement_cache_capacity(128);
            schema::migrations().to_latest(connection)?;
            // Read by every start: a file in which it cannot be read is one that cannot be opened.
            connection.query_row("SELECT count(*) FROM runs WHERE status = 'running'", [], |_| Ok(()))?;
            Ok(())
        });
        match ready.await {
            Ok(()) => Ok(db),
            Err(error) => {
                // Whoever sets the file aside must find it closed.
                db.close().await;
                Err(error)
            }
        }
    }

    pub(crate) async fn read<T, F>(&self, reading: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.call(|connection| reading(connection)).await
    }

    /// Writes in one transaction: all of it, durably, or nothing.
    pub(crate) async fn write<T, F>(&self, writing: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.call(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let written = writing(&transaction)?;
            transaction.commit()?;
            Ok(written)
        })
        .await
    }

    /// Closes the file for every clone; whoever asks after this hears [`Error::Closed`].
    pub(crate) async fn close(&self) {
        if let Err(error) = self.connection.clone().close().await {
            tracing::warn!(%error, "the database did not close cleanly");
        }
    }

    async fn call<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    {
        // A panic must not end the one thread that all share. A transaction it was in is rolled back when it is dropped.
        let work = move |connection: &mut Connection| {
            caught_now(|| work(connection)).unwrap_or_else(|fault| Err(fault.into()))
        };
        self.connection.call(work).await.map_err(|error| match error {
            CallError::Error(error) => error,
            _ => Error::Closed,
        })
    }
}

fn flat(error: rusqlite::Error) -> Error {
    Error::Database(error)
}

/// Short ways to ask, with statements prepared once.
pub(crate) trait Ask {
    fn all<T>(
        &self,
        sql: &str,
        params: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>>;
    /// The first row, if there is one.
    fn one<T>(
        &self,
        sql: &str,
        params: &[&dyn ToSql],
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>>;
    /// Changes rows; how many.
    fn run(&self, sql: &str, params: &[&dyn ToSql]) -> Result<usize>;
}

impl Ask for Connection {
    fn all<T>(
        &self,
        sql: &str,
        params: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.prepare_cached(sql)?;
        let rows = statement.query_map(params, read)?;
        Ok(rows.collect::<rusqlite::Result<Vec<T>>>()?)
    }

    fn one<T>(
        &self,
        sql: &str,
        params: &[&dyn ToSql],
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.prepare_cached(sql)?.query_row(params, read).optional()?)
    }

    fn run(&self, sql: &str, params: &[&dyn ToSql]) -> Result<usize> {
        Ok(self.prepare_cached(sql)?.execute(params)?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::{Ask as _, Db};
    use crate::error::Error;

    #[tokio::test]
    async fn a_fault_in_a_transaction_writes_nothing_and_ends_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("sandbox.db")).await.unwrap();
        let insert = "INSERT INTO workspace (key, value) VALUES ('half', 'written')";
        let broken = db.write::<(), _>(move |transaction| {
            transaction.run(insert, &[])?;
            panic!("a fault of ours");
        });
        assert!(matches!(broken.await, Err(Error::Fault(_))));
        let read = db.read(|connection| connection.one("SELECT 1 FROM workspace WHERE key = 'half'", &[], |_| Ok(())));
        assert_eq!(read.await.unwrap(), None, "it was rolled back");
        db.write(move |transaction| transaction.run(insert, &[])).await.unwrap();
        db.close().await;
    }
}
