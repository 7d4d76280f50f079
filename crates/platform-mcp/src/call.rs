//! One tool call on its way: what the tool may use, and nothing else.
//!
//! A tool never sees the client, the token or the switches of others. What it sends goes through [`Call::send`],
//! which compares the effective request with what the tool declares.

use std::{
    any::Any,
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};

use agentruntime_bff::{Client, Endpoint, LiveStream, Pat, Reply, Request, StreamBounds, StreamReading, stream};
use agentruntime_lifecycle::Failures;
use rmcp::{
    Peer, RoleServer,
    model::{ProgressNotificationParam, ProgressToken},
};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    consent::{Consents, Question, Verdict},
    effect::Effect,
    error::ToolError,
    passthrough,
    policy::{Routes, Scopes, Switches, ToolSpec},
    result::ToolResult,
};

/// The BFF a call goes to and the token it goes with: one value, so that a call under way keeps both.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// The client, bound to one BFF URL.
    pub client: Client,
    /// The token; without one, calls are refused with `no_token`.
    pub pat: Option<Pat>,
    /// Why nothing answers behind this server just now, where that is known: the sandbox is being started again.
    pub away: Option<Arc<str>>,
    /// What is known of the token.
    pub token: TokenKnown,
    /// Kept alive by every call that goes with this token: whoever retires the token waits until it is dropped.
    pub in_use: Option<Arc<dyn Any + Send + Sync>>,
}

impl Upstream {
    /// A BFF and a token of which nothing is known.
    #[must_use]
    pub fn new(client: Client, pat: Option<Pat>) -> Self {
        Self { client, pat, away: None, token: TokenKnown::default(), in_use: None }
    }

    /// A sandbox that does not run, and why, for people: calls are refused with `sandbox_unavailable`.
    #[must_use]
    pub fn away(client: Client, why: &str) -> Self {
        Self { away: Some(why.into()), ..Self::new(client, None) }
    }

    /// The same, with what is known of the token.
    #[must_use]
    pub fn knowing(self, token: TokenKnown) -> Self {
        Self { token, ..self }
    }

    /// The same, with a value that lives until the last call that goes with this token has ended.
    #[must_use]
    pub fn in_use(self, guard: Arc<dyn Any + Send + Sync>) -> Self {
        Self { in_use: Some(guard), ..self }
    }
}

/// What is known of a token besides its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenKnown {
    /// Its own id at the platform.
    pub pat_id: Option<String>,
    /// What it may do; `None` where that is not known, and then nothing is withheld from it.
    pub scopes: Option<Scopes>,
}

impl TokenKnown {
    /// A token's id and the names of its scopes, as the platform tells them; no names mean that its scopes are not known.
    #[must_use]
    pub fn new<Name: AsRef<str>>(pat_id: Option<String>, scopes: impl IntoIterator<Item = Name>) -> Self {
        Self { pat_id, scopes: Scopes::named(scopes) }
    }
}

/// Where progress of a call is reported, when its client asked for it.
#[derive(Debug, Clone)]
pub struct Progress {
    pub peer: Peer<RoleServer>,
    /// The token it gave (`_meta.progressToken`).
    pub token: ProgressToken,
}

/// What a call is about unless its tool says more.
pub(crate) const WAITING: &str = "Waiting for AgentRuntime";

/// One call under way.
#[derive(Debug)]
pub struct Call {
    pub(crate) spec: &'static ToolSpec,
    pub(crate) switches: Switches,
    pub(crate) upstream: Arc<Upstream>,
    pub(crate) cancel: CancellationToken,
    pub(crate) progress: Option<Progress>,
    /// Who calls, by its own name.
    pub(crate) client: Option<String>,
    /// Who asks the person, where there is somebody.
    pub(crate) consents: Option<Arc<Consents>>,
    pub(crate) effects: broadcast::Sender<Effect>,
    pub(crate) failures: watch::Receiver<Failures>,
    /// What the call is about just now, for its progress.
    pub(crate) doing: Mutex<Cow<'static, str>>,
}

impl Call {
    /// The switches as they were when the call began.
    #[must_use]
    pub const fn switches(&self) -> Switches {
        self.switches
    }

    /// The tasks of this program that keep failing, and what each last failed with.
    #[must_use]
    pub fn failing(&self) -> Vec<(&'static str, String)> {
        let failures = self.failures.borrow();
        let lasting = failures.iter().filter(|(_, failing)| failing.keeps_failing());
        lasting.map(|(task, failing)| (*task, failing.problem.clone())).collect()
    }

    /// The id of the token that the call goes with, where it is known.
    #[must_use]
    pub fn own_pat_id(&self) -> Option<&str> {
        self.upstream.token.pat_id.as_deref()
    }

    /// Sends an endpoint's request and passes its JSON on unread.
    ///
    /// # Errors
    /// As [`Call::send`].
    pub async fn ask<E: Endpoint>(&self, endpoint: &E) -> Result<ToolResult, ToolError> {
        let reply = self.send(&endpoint.request()?).await?;
        Ok(ToolResult::Raw(reply.body))
    }

    /// Sends one request, if the tool declares it, and if the person allows it where the tool declares that they are asked.
    ///
    /// # Errors
    /// [`ToolError::Undeclared`] where it does not, [`ToolError::NoToken`], [`ToolError::NotAllowed`], or what came of the request at the BFF.
    pub async fn send(&self, request: &Request) -> Result<Reply, ToolError> {
        self.check(request)?;
        let pat = self.pat()?;
        // Last, so that nobody is asked about what could not be sent anyway.
        if self.spec.needs_consent {
            self.consent(request).await?;
        }
        Ok(self.upstream.client.send(pat, request, &self.cancel).await?)
    }

    /// Reads a workflow's stream within bounds.
    ///
    /// # Errors
    /// As [`Call::send`].
    pub async fn stream(
        &self,
        workflow_id: &str,
        run_id: Option<&str>,
        bounds: StreamBounds,
    ) -> Result<StreamReading, ToolError> {
        let pat = self.pat_for_streams()?;
        Ok(self.upstream.client.stream(pat, workflow_id, run_id, bounds, &self.cancel).await?)
    }

    /// Opens the live stream of one run.
    ///
    /// # Errors
    /// As [`Call::send`].
    pub async fn follow(&self, workflow_id: &str, run_id: &str) -> Result<LiveStream, ToolError> {
        let pat = self.pat_for_streams()?;
        Ok(self.upstream.client.open_stream(pat, workflow_id, Some(run_id), &self.cancel).await?)
    }

    fn pat_for_streams(&self) -> Result<&Pat, ToolError> {
        let declared = matches!(self.spec.routes, Routes::These(routes) if routes.contains(&stream::ROUTE));
        if !declared {
            return Err(ToolError::Undeclared { tool: self.spec.name, request: stream::ROUTE.to_string() });
        }
        self.pat()
    }

    /// Asks the person whether what this request says may be said in their name, where there is somebody to ask.
    async fn consent(&self, request: &Request) -> Result<(), ToolError> {
        let client = self.client.clone().unwrap_or_else(|| "unknown".to_owned());
        // What cannot be put before a person is never sent for them.
        let question = Question::of(client, request).ok_or_else(|| self.undeclared(request))?;
        let Some(consents) = &self.consents else { return Ok(()) };
        self.set_doing("Waiting for the person to decide");
        let verdict = consents.ask(question).await;
        self.set_doing(WAITING);
        if verdict == Verdict::Allowed { Ok(()) } else { Err(ToolError::NotAllowed { verdict }) }
    }

    /// Says what the call is about from now on.
    pub fn set_doing(&self, doing: impl Into<Cow<'static, str>>) {
        *self.doing.lock().unwrap_or_else(PoisonError::into_inner) = doing.into();
    }

    /// What the call is about.
    pub(crate) fn doing(&self) -> Cow<'static, str> {
        self.doing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells whoever follows runs what the call has done. Nobody need listen.
    pub fn tell_effect(&self, effect: Effect) {
        let _unheard = self.effects.send(effect);
    }

    /// Tells the client how far the call is, if it asked to know. A client that is gone is no error.
    pub async fn report(&self, progress: f64, total: Option<f64>, message: &str) {
        let Some(Progress { peer, token }) = &self.progress else {
            return;
        };
        let mut note = ProgressNotificationParam::new(token.clone(), progress).with_message(message);
        if let Some(total) = total {
            note = note.with_total(total);
        }
        if let Err(error) = peer.notify_progress(note).await {
            tracing::debug!(%error, "progress could not be reported");
        }
    }

    fn pat(&self) -> Result<&Pat, ToolError> {
        self.upstream.pat.as_ref().ok_or_else(|| match &self.upstream.away {
            Some(why) => ToolError::SandboxAway { why: why.to_string() },
            None => ToolError::NoToken,
        })
    }

    fn check(&self, request: &Request) -> Result<(), ToolError> {
        let declared = match self.spec.routes {
            Routes::These(routes) => routes.iter().any(|route| route.matches(request.method(), request.path())),
            Routes::McpPassthrough => {
                passthrough::admit(request.path(), self.switches.risk())?;
                let scopes = self.upstream.token.scopes.as_ref();
                let missing = scopes.map(|scopes| scopes.missing_for(request.method())).unwrap_or_default();
                ToolError::unless_missing(self.spec, missing)?;
                true
            }
        };
        if declared { Ok(()) } else { Err(self.undeclared(request)) }
    }

    fn undeclared(&self, request: &Request) -> ToolError {
        ToolError::Undeclared { tool: self.spec.name, request: format!("{} {}", request.method(), request.path()) }
    }
}
