//! The sandbox behind a workspace of its kind, kept alive: opened when somebody first needs it, served until the program ends,
//! and started again when it ends by itself. Until then whoever asks for it hears what is wrong.

use std::{
    net::Ipv4Addr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use agentruntime_bff::Pat;
use agentruntime_lifecycle::caught;
use agentruntime_sandbox::{Sandbox, SandboxOptions};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use url::Url;

/// The pause before a sandbox that is away is started again. It doubles with each time in a row.
const SHORTEST: Duration = Duration::from_millis(250);
/// The longest such pause.
const LONGEST: Duration = Duration::from_secs(60);
/// A sandbox that has served for so long has recovered: its next end is the first again.
const RECOVERED: Duration = Duration::from_secs(600);

/// Where a sandbox lives, and whose it is.
#[derive(Debug, Clone)]
pub struct Place {
    /// The folder of its database, its key and its lock.
    pub folder: PathBuf,
    /// The port that webhook URLs are made with, if it is free; else any other.
    pub port: u16,
    /// The name of the program's own token in the sandbox. Made anew at each start, so that an older one dies with its process.
    pub token_name: &'static str,
}

/// A sandbox that serves.
#[derive(Debug, Clone)]
pub struct Serving {
    /// Of its API, on 127.0.0.1; the port is another than the place's where that was taken.
    pub url: Url,
    /// Where files lie that could not be opened; this is a new sandbox in their place then.
    pub set_aside: Option<PathBuf>,
    token: SecretString,
    /// Counts the times that it was opened: each has a token of its own.
    opening: u64,
}

impl Serving {
    /// The program's own token, which has every scope.
    ///
    /// # Errors
    /// As [`Pat`]'s; the sandbox makes none that is malformed.
    pub fn pat(&self) -> Result<Pat, agentruntime_bff::Error> {
        self.token.expose_secret().parse()
    }
}

/// A sandbox that does not serve, and is tried again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Away {
    /// When it was first found away; tries that failed since then change nothing.
    pub since: Timestamp,
    /// What the last try met, for people.
    pub problem: String,
}

/// How a sandbox stands.
#[derive(Debug, Clone)]
pub enum State {
    /// Nobody has needed it yet, or it is being opened.
    Unopened,
    /// It answers at its URL.
    Serving(Serving),
    /// It could not be opened, or has ended by itself.
    Away(Away),
}

/// What tells one stand of a sandbox from the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stand {
    /// It serves, since it was opened for the nth time.
    Serving(u64),
    /// It is away, for this reason.
    Away(String),
}

impl From<&Serving> for Stand {
    fn from(serving: &Serving) -> Self {
        Self::Serving(serving.opening)
    }
}

impl From<&Away> for Stand {
    fn from(away: &Away) -> Self {
        Self::Away(away.problem.clone())
    }
}

/// Keeps one sandbox alive. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Host(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    place: Place,
    state: watch::Sender<State>,
    needed: watch::Sender<bool>,
    hurry: Notify,
    openings: AtomicU64,
}

impl Host {
    /// A sandbox that nobody has needed yet.
    #[must_use]
    pub fn new(place: Place) -> Self {
        let (state, needed) = (watch::Sender::new(State::Unopened), watch::Sender::new(false));
        Self(Arc::new(Inner { place, state, needed, hurry: Notify::new(), openings: AtomicU64::new(0) }))
    }

    /// The sandbox, opened if it is not yet: for this [`Host::run`] must be under way.
    ///
    /// # Errors
    /// [`Away`] while it does not serve.
    pub async fn serving(&self) -> Result<Serving, Away> {
        self.0.needed.send_replace(true);
        let mut states = self.0.state.subscribe();
        match states.wait_for(|state| !matches!(state, State::Unopened)).await.as_deref() {
            Ok(State::Serving(serving)) => Ok(serving.clone()),
            Ok(State::Away(away)) => Err(away.clone()),
            // The sender lives as long as this host.
            Ok(State::Unopened) | Err(_) => Err(Away { since: Timestamp::now(), problem: "it ends".to_owned() }),
        }
    }

    /// How it stands, once somebody has needed it.
    pub(crate) fn stand(&self) -> Option<Stand> {
        match &*self.0.state.borrow() {
            State::Unopened => None,
            State::Serving(serving) => Some(serving.into()),
            State::Away(away) => Some(away.into()),
        }
    }

    /// Where it lives.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// Wakes whenever it comes or goes.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<State> {
        self.0.state.subscribe()
    }

    /// Cuts the pause short before the next try: somebody asks for it now.
    pub fn hurry(&self) {
        self.0.hurry.notify_one();
    }

    /// Opens the sandbox once it is needed, and keeps it serving until `shutdown`.
    ///
    /// # Errors
    /// [`Away`], where it did not end in order at the shutdown.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), Away> {
        self.run_with(shutdown, |sandbox, listener, shutdown| sandbox.serve(listener, shutdown)).await
    }

    pub(crate) async fn run_with<S, F>(self, shutdown: CancellationToken, serve: S) -> Result<(), Away>
    where
        S: Fn(Sandbox, TcpListener, CancellationToken) -> F,
        F: Future<Output = Result<(), agentruntime_sandbox::Error>>,
    {
        let _ends = Ends { host: &self, shutdown: &shutdown };
        let mut needed = self.0.needed.subscribe();
        let is_needed = needed.wait_for(|needed| *needed);
        if shutdown.run_until_cancelled(is_needed).await.is_some() {
            return self.keep(&shutdown, serve).await;
        }
        Ok(())
    }

    async fn keep<S, F>(&self, shutdown: &CancellationToken, serve: S) -> Result<(), Away>
    where
        S: Fn(Sandbox, TcpListener, CancellationToken) -> F,
        F: Future<Output = Result<(), agentruntime_sandbox::Error>>,
    {
        let (mut pause, mut port) = (SHORTEST, self.0.place.port);
        loop {
            // Cut off at the end, in order: files that end a program while it opens them are set aside.
            let Some(opened) = shutdown.run_until_cancelled(caught(self.open(port))).await else { return Ok(()) };
            let problem = match opened.unwrap_or_else(|panicked| Err(panicked.to_string())) {
                Ok((sandbox, listener, serving)) => {
                    // Where clients and webhooks know it from now on.
                    port = serving.url.port().unwrap_or(port);
                    tracing::info!(url = %serving.url, folder = %self.0.place.folder.display(), "the sandbox is serving");
                    self.0.state.send_replace(State::Serving(serving));
                    let begun = Instant::now();
                    let ended = caught(serve(sandbox, listener, shutdown.clone())).await;
                    if begun.elapsed() > RECOVERED {
                        pause = SHORTEST;
                    }
                    let problem = match ended {
                        Ok(Ok(())) if shutdown.is_cancelled() => return Ok(()),
                        Ok(Ok(())) => "it ended by itself".to_owned(),
                        Ok(Err(error)) => error.to_string(),
                        Err(panicked) => panicked.to_string(),
                    };
                    if shutdown.is_cancelled() {
                        return Err(Away { since: Timestamp::now(), problem });
                    }
                    problem
                }
                Err(problem) => problem,
            };
            tracing::error!(
                problem,
                again_in_ms = pause.as_millis(),
                "the sandbox does not serve, and is started again"
            );
            self.is_away(problem);
            tokio::select! {
                () = shutdown.cancelled() => return Ok(()),
                () = tokio::time::sleep(pause) => {}
                () = self.0.hurry.notified() => {}
            }
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// Says so, once for each problem: whoever watches need not look at every try.
    fn is_away(&self, problem: String) {
        self.0.state.send_if_modified(|state| {
            let since = match state {
                State::Away(away) if away.problem == problem => return false,
                State::Away(away) => away.since,
                State::Unopened | State::Serving(_) => Timestamp::now(),
            };
            *state = State::Away(Away { since, problem });
            true
        });
    }

    async fn open(&self, port: u16) -> Result<(Sandbox, TcpListener, Serving), String> {
        let place = &self.0.place;
        let workers = agentruntime_sandbox::own_program().map_err(|error| error.to_string())?;
        let options = SandboxOptions::new(&place.folder).workers(workers);
        let sandbox = Sandbox::open(options).await.map_err(|error| error.to_string())?;
        let set_aside = sandbox.was_set_aside().map(|aside| aside.kept_at.clone());
        let token = sandbox.issue_local_pat(place.token_name).await.map_err(|error| error.to_string())?;
        let listener = listen(port).await.map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let url = format!("http://{address}").parse().map_err(|error: url::ParseError| error.to_string())?;
        let opening = self.0.openings.fetch_add(1, Ordering::Relaxed);
        Ok((sandbox, listener, Serving { url, set_aside, token, opening }))
    }
}

/// The end of what keeps a sandbox alive, whichever way it comes.
struct Ends<'a> {
    host: &'a Host,
    shutdown: &'a CancellationToken,
}

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        let is_over = self.shutdown.is_cancelled();
        let problem = match *self.host.0.state.borrow() {
            // Whoever waits for it, or asks from now on, is not to wait for ever.
            State::Unopened if is_over => "the program ends",
            // The address of one that is gone is not to be handed out.
            State::Serving(_) if !is_over => "what kept it alive broke off; it is started again",
            _ => return,
        };
        self.host.is_away(problem.to_owned());
    }
}

/// The wished-for port, so that webhook URLs last; any free one if it is taken.
async fn listen(port: u16) -> std::io::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => Ok(listener),
        Err(error) => {
            tracing::warn!(port, %error, "the sandbox's port is taken; webhook URLs change until it is free again");
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await
        }
    }
}

#[cfg(test)]
mod tests;
