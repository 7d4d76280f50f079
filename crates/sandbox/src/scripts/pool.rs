//! The server's side: workers that are started when a script needs one, kept warm for a while, and killed with their script.

use std::{
    path::PathBuf,
    pin::pin,
    process::Stdio,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use agentruntime_graph::{GraphError, lua};
use agentruntime_lifecycle::owned;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    runtime::Handle,
    sync::Semaphore,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::task::AbortOnDropHandle;

use super::{Job, ScriptError, WORKER_ARGUMENT, wire};

/// Most scripts that run at the same time; more wait, and their time begins when they do. Each has a process, and the app's own
/// program brings its libraries along.
const MOST: usize = 8;
/// How long a script has a processor's turn. Most end within it, and few workers that are warm do more than many; what takes
/// longer lets others begin beside it.
const TURN: Duration = Duration::from_millis(50);
/// How long a worker without work is kept.
const KEPT: Duration = Duration::from_secs(10);
/// How long a worker may take to begin, on a busy machine.
const BEGINNING: Duration = Duration::from_secs(30);
/// A worker opens no window of its own (Windows' process creation flag `CREATE_NO_WINDOW`).
#[cfg(windows)]
const NO_WINDOW: u32 = 0x0800_0000;
/// A script ends itself when its time is up. What has not ended so long after that never will.
const GRACE: Duration = Duration::from_secs(5);

/// The workers of one server.
pub(super) struct Pool {
    program: PathBuf,
    places: Semaphore,
    /// One for each processor.
    turns: Semaphore,
    idle: Mutex<Idlers>,
    /// Whether it was said that the system does not hold the workers.
    warned: AtomicBool,
}

#[derive(Default)]
struct Idlers {
    /// The one that worked last is at the end, so that those that are too many grow old.
    workers: Vec<Idle>,
    /// Ends them when they have grown old; there is one as long as there are any.
    watcher: Option<AbortOnDropHandle<()>>,
}

struct Idle {
    worker: Worker,
    until: Instant,
}

impl Pool {
    /// Workers of this program. None is started yet.
    pub(super) fn new(program: PathBuf) -> Self {
        Self {
            program,
            places: Semaphore::new(MOST),
            turns: Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from).min(MOST)),
            idle: Mutex::default(),
            warned: AtomicBool::new(false),
        }
    }

    /// Runs a script in a worker. Whoever drops the future kills the worker with it.
    pub(super) async fn run(self: &Arc<Self>, job: &Job) -> Result<Value, ScriptError> {
        let _place = self.places.acquire().await;
        let turn = self.turns.acquire().await;
        let mut work = pin!(self.run_in_one(job));
        match timeout(TURN, &mut work).await {
            Ok(done) => done,
            Err(_) => {
                drop(turn);
                work.await
            }
        }
    }

    async fn run_in_one(self: &Arc<Self>, job: &Job) -> Result<Value, ScriptError> {
        let limit = lua::time_limit(job.timeout);
        let bytes = wire::job(job, limit).map_err(ScriptError::NoWorker)?;
        // A worker that waited may have been ended by somebody else meanwhile: then it takes no job.
        let mut warm = self.take_idle();
        if let Some(worker) = &mut warm
            && !worker.takes(&bytes, limit).await
        {
            warm = None;
        }
        let mut worker = match warm {
            Some(worker) => worker,
            None => {
                let mut worker = self.begin().await?;
                if !worker.takes(&bytes, limit).await {
                    return Err(worker.ended(&std::io::ErrorKind::BrokenPipe.into()).await);
                }
                worker
            }
        };
        match worker.run(limit).await {
            Ok(outcome) => self.settle(worker, outcome),
            Err(error) => Err(worker.ended(&error).await),
        }
    }

    /// Keeps the worker, unless it had to be given up.
    fn settle(self: &Arc<Self>, worker: Worker, outcome: Outcome) -> Result<Value, ScriptError> {
        match outcome {
            Outcome::Answer(answer) => {
                self.keep(worker);
                answer.map_err(ScriptError::Failed)
            }
            Outcome::Overdue(limit) => Err(GraphError::LuaTimeout { limit }.into()),
        }
    }

    async fn begin(&self) -> Result<Worker, ScriptError> {
        let (worker, confined) = match timeout(BEGINNING, Worker::start(&self.program)).await {
            Ok(started) => started?,
            Err(_) => return Err(ScriptError::NoWorker(std::io::ErrorKind::TimedOut.into())),
        };
        if cfg!(target_os = "linux") && !confined && !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!("this system does not let scripts be confined further; they run in processes of their own");
        }
        Ok(worker)
    }

    fn take_idle(&self) -> Option<Worker> {
        self.idle().workers.pop().map(|idle| idle.worker)
    }

    fn keep(self: &Arc<Self>, worker: Worker) {
        let mut idle = self.idle();
        idle.workers.push(Idle { worker, until: Instant::now() + KEPT });
        // One that broke off has finished as well.
        if idle.watcher.as_ref().is_none_or(AbortOnDropHandle::is_finished) {
            idle.watcher = Some(owned(let_go(Arc::downgrade(self))));
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idlers> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends those that have waited for long enough, and says when to look again.
    fn thin_out(&self) -> Option<Instant> {
        let mut idle = self.idle();
        let now = Instant::now();
        idle.workers.retain(|idle| idle.until > now);
        let next = idle.workers.iter().map(|idle| idle.until).min();
        if next.is_none() {
            // Under the lock: whoever keeps one after this sees that nobody watches. It is at its end, and asks for it.
            idle.watcher = None;
        }
        next
    }
}

async fn let_go(pool: Weak<Pool>) {
    while let Some(next) = pool.upgrade().and_then(|pool| pool.thin_out()) {
        sleep_until(next).await;
    }
}

/// What came of a job.
enum Outcome {
    /// The worker has answered.
    Answer(Result<Value, String>),
    /// It has not, so long after this limit that it never will.
    Overdue(Duration),
}

/// One process. Dropped, it is killed.
struct Worker {
    /// There until the worker is dropped.
    child: Option<Child>,
    jobs: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts one and waits for its greeting; says whether the system holds it.
    ///
    /// # Errors
    /// [`ScriptError::NoWorker`], and [`ScriptError::Ended`] where it ends before it has said anything.
    async fn start(program: &PathBuf) -> Result<(Self, bool), ScriptError> {
        let mut command = Command::new(program);
        command.arg(WORKER_ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        // What it would say could be a script's own words.
        command.stderr(Stdio::null());
        // The environment may hold a token.
        command.env_clear();
        #[cfg(windows)]
        command.envs(std::env::vars_os().filter(|(name, _)| name.eq_ignore_ascii_case("SystemRoot")));
        #[cfg(unix)]
        command.current_dir("/").arg0("agentruntime-script-worker");
        #[cfg(windows)]
        command.creation_flags(NO_WINDOW);
        let mut child = command.spawn().map_err(ScriptError::NoWorker)?;
        let (Some(jobs), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(ScriptError::NoWorker(std::io::ErrorKind::BrokenPipe.into()));
        };
        let mut worker = Self { child: Some(child), jobs, answers: BufReader::new(answers) };
        match worker.greeted().await {
            Ok(Some(confined)) => Ok((worker, confined)),
            Ok(None) => {
                let other = "it is another version of the program; start the app anew";
                Err(ScriptError::NoWorker(std::io::Error::other(other)))
            }
            Err(error) => Err(worker.ended(&error).await),
        }
    }

    /// What it says first: whether the system holds it; nothing where it is no worker of this version.
    async fn greeted(&mut self) -> std::io::Result<Option<bool>> {
        let mut greeting = vec![0; wire::GREETING.len()];
        self.answers.read_exact(&mut greeting).await?;
        if greeting != wire::GREETING {
            return Ok(None);
        }
        Ok(Some(self.answers.read_u8().await? == 1))
    }

    /// Gives it a job; says whether it took it.
    async fn takes(&mut self, job: &[u8], limit: Duration) -> bool {
        let giving = async {
            self.jobs.write_all(job).await?;
            self.jobs.flush().await
        };
        matches!(timeout(limit + GRACE, giving).await, Ok(Ok(())))
    }

    /// Has it run the script that it took.
    ///
    /// # Errors
    /// When it ends before it has answered, or answers what no worker does.
    async fn run(&mut self, limit: Duration) -> std::io::Result<Outcome> {
        match timeout(limit + GRACE, self.answer()).await {
            Ok(answer) => Ok(Outcome::Answer(answer?)),
            Err(_) => Ok(Outcome::Overdue(limit)),
        }
    }

    async fn answer(&mut self) -> std::io::Result<Result<Value, String>> {
        let is_result = self.answers.read_u8().await?;
        let mut length = [0; 8];
        self.answers.read_exact(&mut length).await?;
        let mut content = vec![0; wire::checked(length, wire::LARGEST_ANSWER)?];
        self.answers.read_exact(&mut content).await?;
        wire::read_answer(is_result, &content)
    }

    /// Why it has ended, in words.
    async fn ended(mut self, error: &std::io::Error) -> ScriptError {
        let Some(child) = &mut self.child else { return ScriptError::Ended(error.to_string()) };
        let ended = timeout(GRACE, child.wait()).await;
        ScriptError::Ended(match ended {
            Ok(Ok(status)) => status.to_string(),
            _ => error.to_string(),
        })
    }
}

impl Drop for Worker {
    /// Kills it, and sees that nothing of it is left: tokio's own way waits for another child to end where this is the first.
    fn drop(&mut self) {
        if let (Some(mut child), Ok(runtime)) = (self.child.take(), Handle::try_current()) {
            let _ended_already = child.start_kill();
            #[expect(clippy::disallowed_methods, reason = "it ends with the child that was just killed")]
            runtime.spawn(async move { child.wait().await });
        }
    }
}
