//! The running server's shared state: switches, upstream, clients, and who hears of what. `gate` is what each call goes through.

mod gate;

use std::sync::{Arc, Mutex, PoisonError};

use agentruntime_bff::Pat;
use agentruntime_lifecycle::{Failures, Supervisor};
use arc_swap::ArcSwap;
use tokio::sync::{broadcast, watch};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use crate::{
    audit::Record,
    call::{Progress, TokenKnown, Upstream},
    clients::Clients,
    consent::Consents,
    effect::Effect,
    policy::{Scopes, Switches},
    subscriptions::Subscriptions,
    switchboard::Switchboard,
};

/// Calls that a slow listener may fall behind before it misses some.
const AUDIT_BACKLOG: usize = 1024;

/// Whose token a call goes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// The server holds the token; what clients send in `Authorization` is ignored.
    Held,
    /// Each client sends its own, as with the hosted server.
    PassThrough,
}

/// Everything a running server shares.
#[derive(Debug)]
pub struct Platform {
    /// The group and risk switches.
    pub switchboard: Switchboard,
    /// Whose token calls go with.
    pub credentials: Credentials,
    /// Who is connected.
    pub clients: Arc<Clients>,
    upstream: ArcSwap<Upstream>,
    /// Held while the upstream and the list that fits it are exchanged, so that they are always of one token.
    exchanging: Mutex<()>,
    audit: broadcast::Sender<Record>,
    effects: broadcast::Sender<Effect>,
    /// Which tasks of the program fail.
    failures: watch::Receiver<Failures>,
    /// Runs that clients have subscribed to.
    pub subscriptions: Subscriptions,
    consents: Option<Arc<Consents>>,
    calls: TaskTracker,
    tasks: Supervisor,
    closing: CancellationToken,
}

/// Who calls, as far as the protocol tells.
#[derive(Debug, Default)]
pub struct Caller {
    /// The client's name for itself; for display and logs, never for authorization.
    pub client: Option<String>,
    /// The token the client sent, in pass-through mode.
    pub pat: Option<Pat>,
    /// Cancelled when the client takes the call back or goes away.
    pub cancel: CancellationToken,
    /// Where to report progress.
    pub progress: Option<Progress>,
}

impl Platform {
    /// A server's state.
    #[must_use]
    pub fn new(switches: Switches, credentials: Credentials, upstream: Upstream) -> Self {
        let scopes = scopes_that_bind(credentials, &upstream);
        Self {
            switchboard: Switchboard::new(switches, scopes),
            credentials,
            clients: Arc::default(),
            upstream: ArcSwap::from_pointee(upstream),
            exchanging: Mutex::default(),
            audit: broadcast::Sender::new(AUDIT_BACKLOG),
            effects: broadcast::Sender::new(AUDIT_BACKLOG),
            failures: watch::Sender::default().subscribe(),
            subscriptions: Subscriptions::default(),
            consents: None,
            calls: TaskTracker::new(),
            tasks: Supervisor::new(),
            closing: CancellationToken::new(),
        }
    }

    /// The same, with a person who is asked before a task is answered in their name.
    #[must_use]
    pub fn asking(self, consents: Arc<Consents>) -> Self {
        Self { consents: Some(consents), ..self }
    }

    /// The same, in a program of whose tasks some may fail: `ar_health_summary` says which keep failing.
    #[must_use]
    pub fn watched_by(self, owner: &Supervisor) -> Self {
        Self { failures: owner.failing(), ..self }
    }

    /// Hears of what calls do to runs from now on.
    #[must_use]
    pub fn effects(&self) -> broadcast::Receiver<Effect> {
        self.effects.subscribe()
    }

    /// The records of the calls that end from now on.
    #[must_use]
    pub fn records(&self) -> broadcast::Receiver<Record> {
        self.audit.subscribe()
    }

    /// Counts a call as under way until the token is dropped, so that a shutdown can wait for it.
    pub fn begin_call(&self) -> TaskTrackerToken {
        self.calls.token()
    }

    /// Waits until no call is under way.
    pub async fn wait_for_calls(&self) {
        self.calls.close();
        self.calls.wait().await;
    }

    /// Cancelled when calls have been drained and those who listen are to be sent home.
    #[must_use]
    pub const fn closing(&self) -> &CancellationToken {
        &self.closing
    }

    /// The owner of the tasks that serve sessions besides their calls.
    #[must_use]
    pub const fn tasks(&self) -> &Supervisor {
        &self.tasks
    }

    /// Takes another BFF or token for the next call of every client. Calls under way keep theirs, and with it
    /// [`Upstream::in_use`], until they have ended. Clients are told if the token's scopes change what is listed.
    pub fn set_upstream(&self, upstream: Upstream) {
        self.exchange(|_| Some(upstream));
    }

    /// Takes what has been found out about the token of `upstream`, unless another is in force meanwhile.
    pub fn learn(&self, upstream: &Arc<Upstream>, known: TokenKnown) {
        self.exchange(|in_force| Arc::ptr_eq(in_force, upstream).then(|| Upstream::clone(upstream).knowing(known)));
    }

    fn exchange(&self, next: impl FnOnce(&Arc<Upstream>) -> Option<Upstream>) {
        let _exchanging = self.exchanging.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(upstream) = next(&self.upstream.load()) else { return };
        let scopes = scopes_that_bind(self.credentials, &upstream);
        // First what calls go with: who hears of another list and calls at once is to find it in force.
        self.upstream.store(Arc::new(upstream));
        self.switchboard.bind(scopes);
    }

    /// The BFF and token a call of `caller` goes to.
    #[must_use]
    pub fn upstream_for(&self, caller: &Caller) -> Arc<Upstream> {
        let held = self.upstream.load_full();
        match self.credentials {
            Credentials::Held => held,
            Credentials::PassThrough => Arc::new(Upstream::new(held.client.clone(), caller.pat.clone())),
        }
    }
}

/// The scopes by which tools are listed: each client's own token is not known before it calls.
fn scopes_that_bind(credentials: Credentials, upstream: &Upstream) -> Option<Scopes> {
    match credentials {
        Credentials::Held => upstream.token.scopes.clone(),
        Credentials::PassThrough => None,
    }
}
