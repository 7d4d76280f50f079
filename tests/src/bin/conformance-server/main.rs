//! `conformance-server`: Platform MCP with the fixtures that the official MCP suite calls.
//!
//! The door, the sessions, the handler and the sandbox behind it are the product's; [`handler`] puts the suite's tools,
//! prompts and resources around the product's own. It says where it listens in one line of JSON and ends on SIGTERM or
//! when its input closes, so that it cannot outlive the program that started it.
#![allow(clippy::disallowed_methods)]

mod fixtures;
mod handler;
mod interactive;
mod prompts;
mod resources;
mod samples;
mod tools;

use std::{
    io::{Write as _, stderr, stdin, stdout},
    net::Ipv4Addr,
    sync::Arc,
};

use agentruntime_bff::{Client, Config};
use agentruntime_platform_mcp::{
    call::Upstream,
    catalogue::Switches,
    door::{self, Admission, SessionLimits},
    platform::{Credentials, Platform},
};
use agentruntime_sandbox::{Sandbox, SandboxOptions};
use anyhow::Context as _;
use clap::Parser;
use fixtures::Fixtures;
use interactive::Seals;
use secrecy::ExposeSecret as _;
use serde_json::json;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

#[derive(Debug, Parser)]
#[command(name = "conformance-server")]
struct Args {
    /// The port to serve on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let filter = Targets::new().with_default(LevelFilter::INFO).with_target("rmcp", LevelFilter::WARN);
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(stderr).with_filter(filter);
    tracing_subscriber::registry().with(lines).init();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the async runtime could not start")?
        .block_on(serve(args.port))
}

async fn serve(port: u16) -> anyhow::Result<()> {
    let shutdown = CancellationToken::new();
    cancel_when_input_closes(shutdown.clone());
    let signals = tokio::spawn(cancel_on_signal(shutdown.clone()));

    let folder = tempfile::tempdir()?;
    let (upstream, sandbox) = start_sandbox(folder.path(), &shutdown).await?;
    let platform = Arc::new(Platform::new(Switches::all_but_risk(), Credentials::Held, upstream));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.context("the port cannot be served on")?;
    let said = json!({ "url": format!("http://{}/mcp", listener.local_addr()?) });
    {
        let mut stdout = stdout().lock();
        writeln!(stdout, "{said}")?;
        stdout.flush()?;
    }

    let seals = Arc::new(Seals::default());
    let shared = platform.clone();
    let handlers = move || Fixtures::new(shared.clone(), seals.clone());
    let limits = SessionLimits::default();
    let served = door::serve_with(handlers, platform, listener, Admission::default(), limits, shutdown.clone()).await;
    shutdown.cancel();
    signals.abort();
    sandbox.await.context("the sandbox did not end in order")??;
    served.context("the server failed")
}

/// The sandbox that stands for AgentRuntime, on a port of its own, and the token that calls it.
async fn start_sandbox(
    folder: &std::path::Path,
    shutdown: &CancellationToken,
) -> anyhow::Result<(Upstream, JoinHandle<anyhow::Result<()>>)> {
    let sandbox = Sandbox::open(SandboxOptions::new(folder)).await?;
    let token = sandbox.issue_local_pat("conformance").await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let upstream = Upstream::new(Client::new(Config::new(url.parse()?))?, Some(token.expose_secret().parse()?));
    let ending = shutdown.clone();
    let serving = tokio::spawn(async move { Ok(sandbox.serve(listener, ending).await?) });
    Ok((upstream, serving))
}

/// Waits on a thread of its own: a read of the input cannot be cancelled, and would hold up the runtime's end.
fn cancel_when_input_closes(shutdown: CancellationToken) {
    std::thread::spawn(move || {
        // An error of the input is its end as well.
        _ = std::io::copy(&mut stdin().lock(), &mut std::io::sink());
        shutdown.cancel();
    });
}

#[cfg(unix)]
async fn cancel_on_signal(shutdown: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    shutdown.cancel();
}

#[cfg(not(unix))]
async fn cancel_on_signal(shutdown: CancellationToken) {
    if tokio::signal::ctrl_c().await.is_ok() {
        shutdown.cancel();
    }
}
