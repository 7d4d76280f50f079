//! The sandbox behind the server, in this process: it has its own port on loopback, and a token that lives only in memory.

use std::net::Ipv4Addr;

use agentruntime_bff::{Client, Config};
use agentruntime_lifecycle::asked_to_end;
use agentruntime_platform_mcp::call::Upstream;
use agentruntime_sandbox::{Sandbox, SandboxOptions};
use anyhow::{Context as _, bail};
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Backing, Serve};
use crate::folders;

/// The name of the token that Platform MCP uses; made anew at each start, so that an older one dies with its process.
const TOKEN_NAME: &str = "Platform MCP (this computer)";

/// Opens the sandbox and serves it until `shutdown`.
pub(super) async fn start(serve: &Serve, shutdown: &CancellationToken) -> anyhow::Result<Backing> {
    let folder = match &serve.sandbox_dir {
        Some(folder) => folder.clone(),
        None => folders::sandbox()?,
    };
    let workers = agentruntime_sandbox::own_program().context("the program does not find itself")?;
    // Whoever ends the program meanwhile ends it in order: files that end it are set aside.
    let opened = tokio::select! {
        opened = Sandbox::open(SandboxOptions::new(&folder).workers(workers)) => opened,
        () = asked_to_end() => bail!("it was ended while the sandbox was being opened"),
    };
    let sandbox = opened.with_context(|| format!("the sandbox in {} cannot be opened", folder.display()))?;
    let token = sandbox.issue_local_pat(TOKEN_NAME).await.context("the sandbox gave no token")?;
    let listener = listen(serve.sandbox_port).await?;
    let url = format!("http://{}", listener.local_addr().context("the sandbox has no address")?);
    tracing::info!(%url, folder = %folder.display(), "the sandbox is serving");
    let client = Client::new(Config::new(url.parse()?))?;
    let pat = token.expose_secret().parse()?;
    let ending = shutdown.clone();
    let running = tokio::spawn(async move { Ok(sandbox.serve(listener, ending).await?) });
    Ok(Backing { upstream: Upstream::new(client, Some(pat)), name: "sandbox".to_owned(), sandbox: Some(running) })
}

/// The wished-for port, so that webhook URLs last; any free one if it is taken.
async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => Ok(listener),
        Err(error) => {
            tracing::warn!(port, %error, "the sandbox's port is taken; webhook URLs change until it is free again");
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("the sandbox found no free port")
        }
    }
}
