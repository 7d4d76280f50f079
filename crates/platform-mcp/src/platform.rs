//! The running server's shared state, and the one gate every call goes through.
//!
//! Group on? → risk? → the token's scopes → arguments → the effective request (in [`crate::call::Call::send`]) → send → fit → audit.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use agentruntime_bff::Pat;
use agentruntime_lifecycle::caught;
use arc_swap::ArcSwap;
use rmcp::model::{CallToolResult, ContentBlock, JsonObject};
use tokio::sync::{broadcast, watch};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use crate::{
    answer::Fitted,
    audit::{Begun, Record},
    call::{Call, Progress, Upstream, WAITING},
    catalogue,
    clients::Clients,
    consent::Consents,
    effect::Effect,
    error::ToolError,
    policy::{Scopes, Switches},
    subscriptions::Subscriptions,
    switchboard::Switchboard,
    tool::ToolEntry,
};

/// Calls that a slow listener may fall behind before it misses some.
const AUDIT_BACKLOG: usize = 1024;
/// How often a client that asked for progress hears of a call that takes long.
const PROGRESS_EVERY: Duration = Duration::from_secs(2);

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
    /// Wakes whenever another upstream is in force.
    exchanged: watch::Sender<()>,
    /// Held while the upstream and the list that fits it are exchanged, so that they are always of one token.
    exchanging: Mutex<()>,
    audit: broadcast::Sender<Record>,
    effects: broadcast::Sender<Effect>,
    /// Runs that clients have subscribed to.
    pub subscriptions: Subscriptions,
    consents: Option<Arc<Consents>>,
    calls: TaskTracker,
    tasks: TaskTracker,
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
            exchanged: watch::Sender::new(()),
            exchanging: Mutex::default(),
            audit: broadcast::Sender::new(AUDIT_BACKLOG),
            effects: broadcast::Sender::new(AUDIT_BACKLOG),
            subscriptions: Subscriptions::default(),
            consents: None,
            calls: TaskTracker::new(),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
        }
    }

    /// The same, with a person who is asked before a task is answered in their name.
    #[must_use]
    pub fn asking(self, consents: Arc<Consents>) -> Self {
        Self { consents: Some(consents), ..self }
    }

    /// Hears of what calls do to runs from now on.
    #[must_use]
    pub fn effects(&self) -> broadcast::Receiver<Effect> {
        self.effects.subscribe()
    }

    /// Hears of every call that ends from now on.
    #[must_use]
    pub fn audited(&self) -> broadcast::Receiver<Record> {
        self.audit.subscribe()
    }

    /// Counts a call as under way until the token is dropped, so that a shutdown can wait for it.
    pub fn in_flight(&self) -> TaskTrackerToken {
        self.calls.token()
    }

    /// Waits until no call is under way.
    pub async fn calls_done(&self) {
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
    pub const fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// Takes another BFF or token for the next call of every client. Calls under way keep theirs, and with it
    /// [`Upstream::in_use`], until they have ended. Clients are told if the token's scopes change what is listed.
    pub fn set_upstream(&self, upstream: Upstream) {
        let _exchanging = self.exchanging.lock().unwrap_or_else(PoisonError::into_inner);
        let scopes = scopes_that_bind(self.credentials, &upstream);
        // First what calls go with: who hears of another list and calls at once is to find it in force.
        self.upstream.store(Arc::new(upstream));
        self.exchanged.send_replace(());
        self.switchboard.bind(scopes);
    }

    /// Wakes whenever [`Platform::upstream_for`] has another answer.
    #[must_use]
    pub fn upstream_changes(&self) -> watch::Receiver<()> {
        self.exchanged.subscribe()
    }

    /// As [`Platform::set_upstream`], if `before` is still the one in force; says whether it was.
    pub fn exchange_upstream(&self, before: &Arc<Upstream>, upstream: Upstream) -> bool {
        let _exchanging = self.exchanging.lock().unwrap_or_else(PoisonError::into_inner);
        let is_in_force = Arc::ptr_eq(&self.upstream.load(), before);
        if is_in_force {
            let scopes = scopes_that_bind(self.credentials, &upstream);
            self.upstream.store(Arc::new(upstream));
            self.exchanged.send_replace(());
            self.switchboard.bind(scopes);
        }
        is_in_force
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

    /// Answers one call. `None`: there is no tool of that name.
    pub async fn answer(&self, name: &str, arguments: JsonObject, caller: Caller) -> Option<CallToolResult> {
        Some(self.answer_with(catalogue::find(name)?, arguments, caller).await)
    }

    async fn answer_with(&self, entry: &'static ToolEntry, arguments: JsonObject, caller: Caller) -> CallToolResult {
        let begun = Begun::now(&arguments);
        // A fault of ours costs this call. What it held, a request under way included, is dropped by then.
        let outcome = caught(self.run(entry, arguments, &caller))
            .await
            .unwrap_or(Err(ToolError::Fault { tool: entry.spec.name }));
        let code = outcome.as_ref().map_or_else(ToolError::code, |_| "ok");
        let record = begun.ended(&entry.spec, caller.client, code);
        tracing::info!(
            target: "audit",
            tool = record.tool,
            client = record.client,
            arguments = record.arguments.join(","),
            code,
            ms = record.duration_ms,
            "tool call"
        );
        // Headless, nobody but the log line listens.
        let _unheard = self.audit.send(record);
        match outcome {
            Ok(fitted) => success(fitted),
            Err(error) => CallToolResult::error(vec![ContentBlock::text(error.to_json().to_string())]),
        }
    }

    async fn run(
        &self,
        entry: &'static ToolEntry,
        arguments: JsonObject,
        caller: &Caller,
    ) -> Result<Fitted, ToolError> {
        let spec = &entry.spec;
        let switches = self.switchboard.switches();
        if !switches.is_on(spec.group) {
            return Err(ToolError::GroupOff { tool: spec.name, group: spec.group });
        }
        if !switches.admit(spec) {
            return Err(ToolError::RiskOff { what: format!("`{}`", spec.name) });
        }
        // Held until this returns, whatever way the call ends: by then its request is answered, or aborted with it.
        let upstream = self.upstream_for(caller);
        let scopes = upstream.token.scopes.as_ref();
        ToolError::unless_missing(spec, scopes.map(|scopes| scopes.missing(spec)).unwrap_or_default())?;
        let call = Call {
            spec,
            switches,
            upstream,
            cancel: caller.cancel.child_token(),
            progress: caller.progress.clone(),
            client: caller.client.clone(),
            consents: self.consents.clone(),
            effects: self.effects.clone(),
            doing: Mutex::new(WAITING.into()),
        };
        // Whatever way the call ends, a request of its still under way is aborted with it.
        let _abort = call.cancel.clone().drop_guard();
        let answer = tokio::select! {
            biased;
            () = caller.cancel.cancelled() => Err(ToolError::Cancelled),
            done = tokio::time::timeout(spec.limit, (entry.run)(&call, arguments)) => {
                done.unwrap_or(Err(ToolError::TimedOut { seconds: spec.limit.as_secs() }))
            }
            never = keep_informed(&call) => match never {},
        };
        Ok(answer.map_err(|error| error.about(spec))?.fit())
    }
}

/// The scopes by which tools are listed: each client's own token is not known before it calls.
fn scopes_that_bind(credentials: Credentials, upstream: &Upstream) -> Option<Scopes> {
    match credentials {
        Credentials::Held => upstream.token.scopes.clone(),
        Credentials::PassThrough => None,
    }
}

/// Reports that the call is still under way, as long as it is polled.
async fn keep_informed(call: &Call) -> std::convert::Infallible {
    if call.progress.is_none() {
        return std::future::pending().await;
    }
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(PROGRESS_EVERY);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let seconds = begun.elapsed().as_secs_f64();
        call.report(seconds, Some(call.spec.limit.as_secs_f64()), &call.doing()).await;
    }
}

fn success(fitted: Fitted) -> CallToolResult {
    let mut content = vec![ContentBlock::text(fitted.json)];
    content.extend(fitted.note.map(ContentBlock::text));
    CallToolResult::success(content)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use agentruntime_bff::{Client, Config};
    use serde_json::{Map, Value};

    use super::{Caller, Credentials, Platform};
    use crate::{
        call::Upstream,
        catalogue,
        policy::{Group, Switches},
        tool::ToolEntry,
    };

    #[tokio::test]
    async fn a_tool_that_breaks_off_is_answered_and_audited_and_lets_its_token_go() {
        let client = Client::new(Config::new("http://127.0.0.1:1".parse().unwrap())).unwrap();
        let switches = Switches::new(Group::ALL, false);
        let platform = Platform::new(switches, Credentials::Held, Upstream::new(client, None));
        let mut audited = platform.audited();
        let broken: &'static ToolEntry = Box::leak(Box::new(ToolEntry {
            run: |_, _| Box::pin(async { panic!("a fault of ours") }),
            ..*catalogue::find("workflows_list").unwrap()
        }));
        let result = platform.answer_with(broken, Map::new(), Caller::default()).await;
        assert_eq!(result.is_error, Some(true));
        let text = result.content.first().and_then(|block| block.as_text()).unwrap().text.clone();
        let said: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(said.pointer("/error/code").unwrap(), "internal", "{said}");
        assert!(!text.contains("a fault of ours"), "what it panicked with stays inside: {text}");
        assert_eq!(audited.try_recv().unwrap().code, "internal");
        // Nothing of the call is left.
        platform.calls_done().await;
        let fine = platform.answer("workflows_list", Map::new(), Caller::default()).await.unwrap();
        assert_eq!(fine.is_error, Some(true), "there is no token, which is another story");
    }
}
