//! Live streams of the workflows that have active runs: opened, listened to, and opened again by themselves.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use agentruntime_bff::{Heard, LiveStream};
use agentruntime_lifecycle::owned;
use backon::{BackoffBuilder as _, ExponentialBuilder};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use crate::{
    budget::{RESERVE, Turnstile},
    followed::Followed,
    model::RunEvent,
    pace::asks_for_rest,
};

/// How many live streams there are, and when one is given up.
#[derive(Debug, Clone, Copy)]
pub struct StreamOptions {
    /// The most streams at a time. The workflows with most active runs have them, after the one that is looked at. 16.
    pub most: usize,
    /// How often a quiet stream is asked for a sign of life. 15 s.
    pub ping_every: Duration,
    /// Without a sign for so long a stream is dead, though nobody closed it. 25 s.
    pub silence: Duration,
    /// How long a stream stays open after its workflow's last active run: another may follow. 30 s.
    pub linger: Duration,
    /// The longest wait before a stream that broke is opened again. 15 s.
    pub longest_wait: Duration,
}

impl Default for StreamOptions {
    fn default() -> Self {
        Self {
            most: 16,
            ping_every: Duration::from_secs(15),
            silence: Duration::from_secs(25),
            linger: Duration::from_secs(30),
            longest_wait: Duration::from_secs(15),
        }
    }
}

/// What a stream says.
#[derive(Debug)]
pub(crate) enum Said {
    /// It is open: whatever happens from now on comes over it.
    Open(String),
    /// Something happened in a run of its workflow.
    Event(RunEvent),
    /// A frame that nobody understands: only the logs of the workflow's runs tell what it meant.
    Riddle(String),
}

/// Frames that may wait to be taken in.
const BACKLOG: usize = 1024;
/// The first wait before a stream that broke is opened again.
const FIRST_WAIT: Duration = Duration::from_millis(300);
/// So long an unwanted stream keeps its place from one that is wanted: workflows that change ranks would open and close
/// streams all the time.
const GRACE: Duration = Duration::from_secs(5);
/// A deployment without streams is not asked for one again for so long.
const WITHOUT: Duration = Duration::from_secs(600);

/// The streams that are opened with one token.
#[derive(Debug)]
pub(crate) struct Streams {
    account: Followed,
    options: StreamOptions,
    open: HashMap<String, Stream>,
    saying: mpsc::Sender<Said>,
    said: mpsc::Receiver<Said>,
    way_in: WayIn,
}

/// What opening a stream passes.
#[derive(Debug, Clone)]
struct WayIn {
    turnstile: Arc<Turnstile>,
    /// Before then no stream is opened: one was refused with that wish, which need not hold for other questions.
    rest: Arc<Mutex<Option<Instant>>>,
}

impl WayIn {
    async fn pass(&self) {
        loop {
            let rest = *self.rest.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(until) = rest.filter(|until| *until > Instant::now()) else { break };
            tokio::time::sleep_until(until).await;
        }
        self.turnstile.pass(RESERVE).await;
    }

    fn rest(&self, lasts: Duration) {
        *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + lasts);
    }
}

#[derive(Debug)]
struct Stream {
    wanted: Instant,
    is_open: bool,
    _task: AbortOnDropHandle<()>,
}

impl Streams {
    pub(crate) fn new(account: Followed, options: StreamOptions, turnstile: Arc<Turnstile>) -> Self {
        let (saying, said) = mpsc::channel(BACKLOG);
        let way_in = WayIn { turnstile, rest: Arc::default() };
        Self { account, options, open: HashMap::new(), saying, said, way_in }
    }

    /// Waits until streams say something, and takes the most of it. Nothing is lost where it is not awaited to its end.
    pub(crate) async fn hear(&mut self, said: &mut Vec<Said>, most: usize) {
        self.said.recv_many(said, most).await;
    }

    /// Opens the streams of these workflows, the most important first, as far as the cap allows, and closes those that
    /// nobody has wanted for a while.
    pub(crate) fn want<'a>(&mut self, workflows: impl Iterator<Item = &'a str>) {
        let now = Instant::now();
        let wanted = workflows.take(self.options.most).collect::<HashSet<_>>();
        for (workflow, stream) in &mut self.open {
            if wanted.contains(workflow.as_str()) {
                stream.wanted = now;
            }
        }
        let linger = self.options.linger;
        self.open.retain(|_, stream| now.duration_since(stream.wanted) <= linger);
        for workflow in wanted {
            if self.open.contains_key(workflow) {
                continue;
            }
            if self.open.len() >= self.options.most && !self.give_way(now) {
                return;
            }
            let (account, saying) = (self.account.clone(), self.saying.clone());
            let task = follow(account, workflow.to_owned(), self.options, saying, self.way_in.clone());
            let stream = Stream { wanted: now, is_open: false, _task: owned(task) };
            self.open.insert(workflow.to_owned(), stream);
        }
    }

    /// Closes the stream that was unwanted for longest. Whether there was one.
    fn give_way(&mut self, now: Instant) -> bool {
        let unwanted = self.open.iter().filter(|(_, stream)| now.duration_since(stream.wanted) > GRACE);
        let Some(oldest) = unwanted.min_by_key(|(_, stream)| stream.wanted).map(|(workflow, _)| workflow.clone())
        else {
            return false;
        };
        self.open.remove(&oldest);
        true
    }

    /// Says this, as a stream would.
    #[cfg(test)]
    pub(crate) fn say(&self, said: Said) {
        self.saying.try_send(said).unwrap();
    }

    /// Closes all: what they lead to is not what it was. Nothing that they have said, and nobody has heard, is heard any more.
    pub(crate) fn close(&mut self) {
        *self = Self::new(self.account.clone(), self.options, self.way_in.turnstile.clone());
    }

    /// A stream has said that it is open.
    pub(crate) fn mark_open(&mut self, workflow: &str) {
        if let Some(stream) = self.open.get_mut(workflow) {
            stream.is_open = true;
        }
    }

    /// Whether news of this workflow comes by itself.
    pub(crate) fn is_open(&self, workflow: &str) -> bool {
        self.open.get(workflow).is_some_and(|stream| stream.is_open)
    }
}

/// Follows one workflow until it is dropped.
async fn follow(
    account: Followed,
    workflow: String,
    options: StreamOptions,
    saying: mpsc::Sender<Said>,
    way_in: WayIn,
) {
    let never = CancellationToken::new();
    let waits = ExponentialBuilder::new()
        .with_min_delay(FIRST_WAIT)
        .with_max_delay(options.longest_wait)
        .with_jitter()
        .without_max_times();
    let mut wait = waits.build();
    loop {
        way_in.pass().await;
        let pause = match account.client.open_stream(&account.pat, &workflow, None, &never).await {
            Ok(mut stream) => {
                if saying.send(Said::Open(workflow.clone())).await.is_err() {
                    return;
                }
                let lasted = listen(&mut stream, &workflow, options, &saying).await;
                tracing::debug!(workflow, ?lasted, "a live stream ended and is opened again");
                // One that was of use begins with the shortest wait again.
                if lasted > options.longest_wait {
                    wait = waits.build();
                }
                wait.next()
            }
            Err(error) if matches!(error.status(), Some(403 | 404 | 501)) => {
                tracing::info!(workflow, code = error.code(), "this deployment gives no live stream; polling goes on");
                Some(WITHOUT)
            }
            Err(error) => {
                tracing::debug!(workflow, code = error.code(), "a live stream cannot be opened");
                if let Some(rest) = asks_for_rest(&error) {
                    way_in.rest(rest);
                }
                wait.next()
            }
        };
        tokio::time::sleep(pause.unwrap_or(options.longest_wait)).await;
    }
}

/// Passes on what an open stream says; how long it lasted.
async fn listen(
    stream: &mut LiveStream,
    workflow: &str,
    options: StreamOptions,
    saying: &mpsc::Sender<Said>,
) -> Duration {
    let begun = Instant::now();
    let mut heard_at = begun;
    let mut pings = tokio::time::interval_at(begun + options.ping_every, options.ping_every);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            heard = stream.hear() => match heard {
                Ok(Some(heard)) => {
                    heard_at = Instant::now();
                    let Heard::Frame(frame) = heard else { continue };
                    let event = RunEvent::of_frame(workflow, &frame);
                    let said = event.map_or_else(|| Said::Riddle(workflow.to_owned()), Said::Event);
                    if saying.send(said).await.is_err() {
                        break;
                    }
                }
                Ok(None) | Err(_) => break,
            },
            _ = pings.tick() => {
                let asked = tokio::time::timeout(options.ping_every, stream.ping()).await;
                if heard_at.elapsed() > options.silence || !matches!(asked, Ok(Ok(()))) {
                    break;
                }
            }
        }
    }
    begun.elapsed()
}
