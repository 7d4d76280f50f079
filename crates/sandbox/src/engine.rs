//! The engine: drives each run from its start to its last event, and takes it up again after a restart.
//!
//! The database is the truth. A run has one driver, a task that owns it; all that happens to the run goes through its inbox
//! and is committed before anyone hears of it, so an acknowledged command is never lost and no two commands race. A driver is
//! made from the database alone, whether the run is a second or a restart old: recovery is the only way in.

mod batch;
mod command;
mod driver;
mod load;
mod outcome;
mod start;
mod status;
mod turn;
mod work;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use agentruntime_lifecycle::{Supervisor, caught};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;

pub(crate) use command::Decision;
pub(crate) use start::start;
pub(crate) use status::Status;

use crate::{
    db::{Ask as _, Db},
    error::Result,
    scripts::Scripts,
    sealer::Sealer,
};
use command::Signal;
use driver::{Begun, Driver, Ended};

/// How long a run that drains may take before it fails with `DRAIN_TIMEOUT`.
const DRAIN_LIMIT: Duration = Duration::from_secs(60);
/// A fault so long after another is the first again.
const RECOVERED: Duration = Duration::from_secs(600);
/// Pause before a driver that the database failed is made anew.
const REVIVAL_PAUSE: Duration = Duration::from_secs(1);

/// The engine of one sandbox; clones share it.
#[derive(Clone)]
pub(crate) struct Engine(Arc<Shared>);

struct Shared {
    db: Db,
    sealer: Arc<Sealer>,
    scripts: Scripts,
    /// One place for steps that may have ended a process.
    suspects: Arc<Semaphore>,
    inboxes: Mutex<HashMap<String, mpsc::Sender<Signal>>>,
    latest: watch::Sender<i64>,
    /// Of the drivers.
    owner: Supervisor,
    demo_url: OnceLock<String>,
}

impl Engine {
    /// An engine that drives nothing yet.
    pub(crate) fn new(db: Db, sealer: Arc<Sealer>, scripts: Scripts) -> Self {
        Self(Arc::new(Shared {
            db,
            sealer,
            scripts,
            suspects: Arc::new(Semaphore::new(1)),
            inboxes: Mutex::default(),
            latest: watch::Sender::new(0),
            owner: Supervisor::new(),
            demo_url: OnceLock::new(),
        }))
    }

    /// Takes up every run that had not ended. `demo_url` is where the demo MCP server answers.
    pub(crate) async fn resume_all(&self, demo_url: String) -> Result<()> {
        self.0.demo_url.get_or_init(|| demo_url);
        let open = self
            .0
            .db
            .read(|connection| {
                let sql = "SELECT id FROM runs WHERE status IN ('queued', 'starting', 'running', 'paused', 'draining') ORDER BY seq";
                connection.all(sql, &[], |row| row.get::<_, String>(0))
            })
            .await?;
        if !open.is_empty() {
            tracing::info!(runs = open.len(), "taking up runs that had not ended");
        }
        open.into_iter().for_each(|run| self.drive(run));
        Ok(())
    }

    /// Gives a run its driver.
    pub(crate) fn drive(&self, run_id: String) {
        if self.inboxes().contains_key(&run_id) {
            tracing::error!(run_id, "a run is given a second driver");
        }
        // There at once, for whoever asks next; made anew with a driver that broke off.
        let mut inbox = Some(self.open_inbox(&run_id));
        let (engine, begun, over) = (self.clone(), Begun::default(), CancellationToken::new());
        let done = over.clone();
        self.0.owner.accompany("run", done, move || {
            let inbox = inbox.take().unwrap_or_else(|| engine.open_inbox(&run_id));
            engine.clone().drive_to_its_end(run_id.clone(), begun.clone(), inbox, over.clone())
        });
    }

    fn open_inbox(&self, run_id: &str) -> mpsc::Receiver<Signal> {
        let (sender, inbox) = mpsc::channel(32);
        self.inboxes().insert(run_id.to_owned(), sender);
        inbox
    }

    /// Drives a run until it has ended, which it says, or the sandbox shuts down.
    async fn drive_to_its_end(
        self,
        run_id: String,
        begun: Begun,
        mut inbox: mpsc::Receiver<Signal>,
        over: CancellationToken,
    ) {
        let mut fault = None::<Instant>;
        loop {
            let driving = async {
                match Driver::load(&self, &run_id, begun.clone()).await {
                    Ok(driver) => driver.run(&mut inbox).await,
                    Err(error) => Ended::Broken(error),
                }
            };
            match caught(driving).await {
                Ok(Ended::Done | Ended::ShuttingDown) => break,
                Ok(Ended::Broken(error)) => {
                    tracing::error!(run_id, %error, "a run could not be recorded; trying again");
                }
                // What was decided and not committed is gone, and is decided anew, once.
                Err(_) if fault.is_none_or(|fault| fault.elapsed() > RECOVERED) => {
                    fault = Some(Instant::now());
                    tracing::error!(run_id, "a run met a fault of ours; trying once more");
                }
                Err(_) => match self.give_up(&run_id).await {
                    Ok(()) => break,
                    Err(error) => tracing::error!(run_id, %error, "a run could not be given up; trying again"),
                },
            }
            tokio::select! {
                () = tokio::time::sleep(REVIVAL_PAUSE) => {}
                () = self.owner().shutdown().cancelled() => break,
            }
        }
        self.inboxes().remove(&run_id);
        over.cancel();
    }

    /// Whose the drivers are.
    pub(crate) fn owner(&self) -> &Supervisor {
        &self.0.owner
    }

    /// Ends a run that cannot be driven, without a driver.
    async fn give_up(&self, run_id: &str) -> Result<()> {
        let id = run_id.to_owned();
        let last = self.0.db.write(move |transaction| batch::give_up(transaction, &id)).await?;
        self.tell(last);
        Ok(())
    }

    /// Wakes whoever reads events, if there is a newer one.
    fn tell(&self, last: Option<i64>) {
        let Some(last) = last else { return };
        self.0.latest.send_if_modified(|latest| {
            let newer = last > *latest;
            *latest = last.max(*latest);
            newer
        });
    }

    /// The number of the latest event; changes whenever one is committed.
    pub(crate) fn latest(&self) -> watch::Receiver<i64> {
        self.0.latest.subscribe()
    }

    /// Ends what drives runs when it is dropped.
    pub(crate) fn ends_with(&self) -> tokio_util::sync::DropGuard {
        self.owner().shutdown().clone().drop_guard()
    }

    /// Ends every driver. Runs stay where they are and go on at the next start; what is under way did not end this process.
    pub(crate) async fn close(&self) {
        self.0.owner.close().await;
        let sql = "UPDATE run_steps SET starts = 0 WHERE state = 'running' AND run_id IN
                   (SELECT id FROM runs WHERE status IN ('queued', 'starting', 'running', 'paused', 'draining'))";
        if let Err(error) = self.0.db.write(|transaction| transaction.run(sql, &[])).await {
            tracing::warn!(%error, "the next start takes what was under way for a cause of this end");
        }
    }

    fn inboxes(&self) -> std::sync::MutexGuard<'_, HashMap<String, mpsc::Sender<Signal>>> {
        self.0.inboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
