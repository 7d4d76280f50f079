//! The MCP face of the platform: one handler value a session (old era) or a request (2026-07-28), all sharing one [`Platform`].

mod offered;
mod telling;

use std::sync::{Arc, OnceLock, PoisonError};

use agentruntime_bff::Pat;
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, CompletionInfo,
        GetPromptRequestParams, GetPromptResponse, Implementation, ListPromptsResult, ListResourceTemplatesResult,
        ListResourcesResult, ListToolsResult, PaginatedRequestParams, ProtocolVersion, ReadResourceRequestParams,
        ReadResourceResponse, ReadResourceResult, ResourceContents, ServerCapabilities, ServerConfig,
        SubscribeRequestParams, SubscriptionFilter, Tool, UnsubscribeRequestParams,
    },
    service::{NotificationContext, RequestContext, SubscriptionContext},
};
use serde_json::json;
use telling::{Session, Subscribed, Teller, run_uri, tell_listener};
use tokio::sync::{Mutex, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    bearer::bearer,
    call::Progress,
    clients::{Introduction, Presence},
    offers::{completion, instructions::INSTRUCTIONS, prompts, resources},
    platform::{Caller, Credentials, Platform},
    switchboard::Visible,
};

/// How long a client may keep a list before it asks again, in milliseconds; changes announce themselves besides.
const LIST_TTL_MS: u64 = 5_000;
/// The most runs that a session may subscribe to.
const MOST_SUBSCRIPTIONS: usize = 64;

/// Answers the protocol's requests for one session or one request.
#[derive(Debug)]
pub struct Handler {
    platform: Arc<Platform>,
    /// What was listed when this handler was made: whoever listens later hears of every change since.
    listed: watch::Receiver<Arc<Visible>>,
    /// Ends the task that tells this session of changes, when the session ends.
    watching: OnceLock<(DropGuard, Presence)>,
    /// The runs that this session has subscribed to, by our spelling of their URI, with the client's own.
    subscribed: Subscribed,
}

impl Handler {
    /// A handler over shared state.
    #[must_use]
    pub fn new(platform: Arc<Platform>) -> Self {
        Self { listed: platform.switchboard.changes(), platform, watching: OnceLock::new(), subscribed: Arc::default() }
    }

    fn caller(&self, context: &RequestContext<RoleServer>) -> Caller {
        let pat = match self.platform.credentials {
            Credentials::Held => None,
            Credentials::PassThrough => context
                .extensions
                .get::<http::request::Parts>()
                .and_then(|parts| bearer(&parts.headers))
                .and_then(|token| token.parse::<Pat>().ok()),
        };
        let who = introduction(context.client_info(), context.protocol_version());
        self.platform.clients.note_request(&who, true);
        Caller {
            client: Some(format!("{} {}", who.name, who.version)),
            pat,
            cancel: context.ct.clone(),
            progress: context.meta.get_progress_token().map(|token| Progress { peer: context.peer.clone(), token }),
        }
    }
}

/// How the client names itself; a client of 2026-07-28 may leave its name out.
fn introduction(info: Option<Implementation>, era: Option<ProtocolVersion>) -> Introduction {
    let (name, version) = info.map_or_else(|| ("unknown".to_owned(), String::new()), |info| (info.name, info.version));
    Introduction { name, version, era: era.map(|era| era.to_string()).unwrap_or_default() }
}

/// Everything here is on one page; a cursor can only be an invention.
fn refuse_cursor(request: Option<&PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|params| params.cursor.as_ref()) {
        None => Ok(()),
        Some(_) => Err(ErrorData::invalid_params("the whole list is one page: leave `cursor` out", None)),
    }
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        let mut capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_prompts()
            .enable_resources()
            .enable_completions()
            .build();
        if let Some(resources) = &mut capabilities.resources {
            // Whose runs to follow is known only where the server holds the token.
            resources.subscribe = (self.platform.credentials == Credentials::Held).then_some(true);
        }
        ServerConfig::new(capabilities)
            .with_server_info(
                Implementation::new("agentruntime-platform-mcp", env!("CARGO_PKG_VERSION"))
                    .with_title("AgentRuntime Platform MCP"),
            )
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        refuse_cursor(request.as_ref())?;
        self.platform.clients.note_request(&introduction(context.client_info(), context.protocol_version()), false);
        let tools = self.platform.switchboard.visible().tools.clone();
        Ok(ListToolsResult::with_all_items(tools).with_ttl_ms(LIST_TTL_MS).with_cache_scope(CacheScope::Private))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.platform.switchboard.definition(name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let caller = self.caller(&context);
        let _in_flight = self.platform.begin_call();
        let arguments = request.arguments.unwrap_or_default();
        match self.platform.call(&request.name, arguments, caller).await {
            Some(result) => Ok(result.into()),
            None => Err(ErrorData::invalid_params(
                format!("there is no tool `{}`; ask tools/list for the names", request.name),
                None,
            )),
        }
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        refuse_cursor(request.as_ref())?;
        Ok(ListPromptsResult::with_all_items(prompts::list()))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let result = prompts::get(&request.name, request.arguments.as_ref());
        result.map(Into::into).map_err(|problem| ErrorData::invalid_params(problem, None))
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        refuse_cursor(request.as_ref())?;
        Ok(ListResourcesResult::with_all_items(self.resources(&context).await))
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        refuse_cursor(request.as_ref())?;
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let named = resources::Named::parse(&request.uri).ok_or_else(|| {
            let text = format!("there is no resource `{}`; see resources/templates/list", request.uri);
            ErrorData::resource_not_found(text, Some(json!({ "uri": request.uri })))
        })?;
        let text = self.read(named, &context).await?;
        let contents = ResourceContents::text(text, request.uri).with_mime_type(resources::JSON);
        Ok(ReadResourceResult::new(vec![contents]).into())
    }

    /// Old era: the session is told when the run has changed, until it unsubscribes or ends. 2026-07-28 listens instead.
    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if self.platform.credentials == Credentials::PassThrough {
            let text = "runs can be subscribed to only where the server holds the access token: poll runs_get_summary";
            return Err(ErrorData::invalid_request(text, None));
        }
        let Some(uri) = run_uri(&request.uri) else {
            let text = format!("`{}` is no run; runs are what can be subscribed to", request.uri);
            return Err(ErrorData::resource_not_found(text, Some(json!({ "uri": request.uri }))));
        };
        let mut subscribed = self.subscribed.lock().unwrap_or_else(PoisonError::into_inner);
        if subscribed.len() >= MOST_SUBSCRIPTIONS && !subscribed.contains_key(&uri) {
            let text =
                format!("this session has {MOST_SUBSCRIPTIONS} subscriptions already: unsubscribe from one first");
            return Err(ErrorData::invalid_request(text, None));
        }
        subscribed.entry(uri).or_insert_with(|| (request.uri, self.platform.subscriptions.subscribe()));
        Ok(())
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if let Some(uri) = run_uri(&request.uri) {
            self.subscribed.lock().unwrap_or_else(PoisonError::into_inner).remove(&uri);
        }
        Ok(())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let values = match completion::wanted(&request) {
            Some(wanted) => self.ids(wanted, &request.argument.value, &context).await,
            None => Vec::new(),
        };
        let completion =
            CompletionInfo::with_all_values(values).map_err(|problem| ErrorData::internal_error(problem, None))?;
        Ok(CompleteResult::new(completion))
    }

    /// Tells an old-era session that what is listed has changed; the task ends with the session.
    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let ended = CancellationToken::new();
        let info = context.peer.peer_info();
        let era = info.as_ref().map(|info| info.protocol_version.clone());
        let present = self.platform.clients.open(introduction(info.map(|info| info.client_info.clone()), era));
        if self.watching.set((ended.clone().drop_guard(), present)).is_err() {
            return;
        }
        let session = Session { peer: context.peer, ended: ended.clone(), subscribed: self.subscribed.clone() };
        // Both hear from here on, so that one that is told by another teller is told of what came between the two.
        let (listed, runs) = (self.listed.clone(), self.platform.subscriptions.changes());
        let teller = Arc::new(Mutex::new(Teller { session, listed, runs }));
        self.platform.tasks().accompany("session", ended, move || {
            let teller = teller.clone();
            async move { teller.lock().await.tell().await }
        });
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        let mut accepted = requested.supported_by(&self.get_info().capabilities);
        // The client reads in the result which it has.
        if let Some(resources) = &mut accepted.resource_subscriptions {
            resources.truncate(MOST_SUBSCRIPTIONS);
        }
        Some(accepted)
    }

    /// Tells a 2026-07-28 subscription that what is listed has changed.
    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let request = context.request_context();
        let _present = self.platform.clients.open(introduction(request.client_info(), request.protocol_version()));
        let wanted = context.accepted().resource_subscriptions.clone().unwrap_or_default();
        let wanted = wanted.into_iter().filter_map(|own| Some((run_uri(&own)?, own))).collect::<Vec<_>>();
        let _subscriptions = wanted.iter().map(|_| self.platform.subscriptions.subscribe()).collect::<Vec<_>>();
        let runs = self.platform.subscriptions.changes();
        tell_listener(&context, &wanted, self.listed.clone(), runs, self.platform.closing()).await;
        Ok(())
    }
}
