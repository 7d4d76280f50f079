//! The HTTP door: what is checked of every connection and request before MCP is spoken.

mod guard;
mod peer;
mod sessions;

use std::{future::IntoFuture, sync::Arc, time::Duration};

use axum::{Router, extract::DefaultBodyLimit, middleware, response::IntoResponse};
pub use guard::Admission;
use http::StatusCode;
use rmcp::{
    ServerHandler,
    transport::{StreamableHttpServerConfig, StreamableHttpService},
};
pub use sessions::SessionLimits;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    handler::Handler,
    platform::{Credentials, Platform},
};

/// How long a shutdown waits for calls under way.
pub const DRAIN: Duration = Duration::from_secs(10);
/// How long it waits after that for those who listen to be told of the end.
const FAREWELL: Duration = Duration::from_millis(500);
/// How long it waits after that for connections to close.
const CLOSING: Duration = Duration::from_secs(2);

/// Serves MCP at `/mcp` until `shutdown`, then drains: no new connections, calls under way finish, streams end.
/// Dropped before that, it ends all at once.
///
/// # Errors
/// What the listener reports.
pub async fn serve(
    platform: Arc<Platform>,
    listener: TcpListener,
    admission: Admission,
    limits: SessionLimits,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let shared = platform.clone();
    let handlers = move || Handler::new(shared.clone());
    serve_with(handlers, platform, listener, admission, limits, shutdown).await
}

/// As [`serve`], with handlers of the caller's making: one a session (old era) or a request (2026-07-28).
///
/// The conformance server puts its fixtures around the product's handler this way, behind the product's own door.
///
/// # Errors
/// What the listener reports.
pub async fn serve_with<H: ServerHandler>(
    handlers: impl Fn() -> H + Send + Sync + 'static,
    platform: Arc<Platform>,
    listener: TcpListener,
    admission: Admission,
    limits: SessionLimits,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    // Should this be dropped before its end, nobody may go on being served by what nobody turns or watches any more.
    let (ending, streams) = (shutdown.child_token(), CancellationToken::new());
    let _ends = (ending.clone().drop_guard(), streams.clone().drop_guard(), platform.closing().clone().drop_guard());
    let app = router(handlers, platform.credentials, admission, limits, streams.clone())
        .into_make_service_with_connect_info::<peer::Connection>();
    let serving = axum::serve(listener, app).with_graceful_shutdown(ending.cancelled_owned());
    let mut serving = std::pin::pin!(serving.into_future());
    let drained = async {
        shutdown.cancelled().await;
        if tokio::time::timeout(DRAIN, platform.wait_for_calls()).await.is_err() {
            tracing::warn!(seconds = DRAIN.as_secs(), "calls were still under way and are ended now");
        }
    };
    let farewell = async {
        drained.await;
        platform.closing().cancel();
    };
    tokio::select! {
        served = &mut serving => return served,
        () = farewell => {}
    }
    // Who listens in the new era closes by themselves once told; a session's stream has no such word and is cut.
    if let Ok(served) = tokio::time::timeout(FAREWELL, &mut serving).await {
        return served;
    }
    streams.cancel();
    // A connection that does not close within the bound is dropped with the process.
    tokio::time::timeout(CLOSING, serving).await.unwrap_or(Ok(()))
}

/// Every route, behind the guard.
fn router<H: ServerHandler>(
    handlers: impl Fn() -> H + Send + Sync + 'static,
    credentials: Credentials,
    admission: Admission,
    limits: SessionLimits,
    streams: CancellationToken,
) -> Router {
    let config = StreamableHttpServerConfig::default()
        // The guard checks Host and Origin on every route, so that no route is left out.
        .disable_allowed_hosts()
        .with_json_response(true)
        .with_cancellation_token(streams);
    let mcp = StreamableHttpService::new(move || Ok(handlers()), Arc::new(sessions::Sessions::new(limits)), config);
    Router::new()
        .route_service("/mcp", mcp)
        .fallback(not_found)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(Arc::new((credentials, admission)), guard::admit))
        .layer(middleware::from_fn(answer_faults))
}

/// A fault of ours on the way to MCP and back is an answer, not a connection that breaks.
async fn answer_faults(request: axum::extract::Request, next: middleware::Next) -> axum::response::Response {
    agentruntime_lifecycle::caught(next.run(request)).await.unwrap_or_else(|fault| {
        guard::refusal(StatusCode::INTERNAL_SERVER_ERROR, "internal", &format!("the server failed: {fault}"))
    })
}

/// JSON, so that no client takes a page of ours for OAuth metadata.
async fn not_found(uri: http::Uri) -> axum::response::Response {
    guard::refusal(
        StatusCode::NOT_FOUND,
        "not_found",
        &format!("there is nothing at `{}`; MCP is served at `/mcp`", uri.path()),
    )
    .into_response()
}
