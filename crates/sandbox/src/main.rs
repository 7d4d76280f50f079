//! The sandbox on its own: a local BFF for whoever wants one beside the tray app or Platform MCP.

use std::{
    io::{IsTerminal as _, Write as _},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
};

use agentruntime_lifecycle::Supervisor;
use agentruntime_sandbox::{Role, Sandbox, SandboxOptions, Scope};
use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand};
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// An embedded AgentRuntime BFF on one SQLite file that really runs workflows
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// How much to log to stderr: error, warn, info, debug or trace
    #[arg(long, global = true, env = "AGENTRUNTIME_LOG", default_value = "info")]
    log: LevelFilter,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API
    Serve(Serve),
    /// Create a personal access token and print it, once
    CreatePat(CreatePat),
}

#[derive(Args)]
struct Folder {
    /// The sandbox's folder
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// Leave the examples out of a new sandbox
    #[arg(long)]
    empty: bool,
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    folder: Folder,
    /// The port; 0 for any that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The address; of this computer only
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
}

#[derive(Args)]
struct CreatePat {
    #[command(flatten)]
    folder: Folder,
    /// Its name for people
    #[arg(long)]
    name: String,
    /// What it may do; every scope by default
    #[arg(long, value_delimiter = ',', value_parser = scope)]
    scope: Vec<Scope>,
    /// In which role
    #[arg(long, default_value = "project_contributor", value_parser = role)]
    role: Role,
}

fn scope(name: &str) -> Result<Scope, String> {
    Scope::named(name).ok_or_else(|| format!("must be one of {}", Scope::ALL.map(Scope::name).join(", ")))
}

fn role(name: &str) -> Result<Role, String> {
    Role::named(name).ok_or_else(|| "must be project_viewer or project_contributor".to_owned())
}

fn main() -> ExitCode {
    if let Some(worked) = agentruntime_sandbox::script_worker() {
        return worked;
    }
    match act() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line; that it cannot be written is nobody's to hear.
            let _unheard = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn act() -> anyhow::Result<()> {
    let cli = Cli::parse();
    // Only our own crates say more than warnings: what others log of a request at `debug` is the whole of it.
    let filter = Targets::new().with_target("agentruntime", cli.log).with_default(cli.log.min(LevelFilter::WARN));
    // A console of Windows shows colours once it is told to, and their codes before.
    let colours = std::io::stderr().is_terminal() && anstyle_query::windows::enable_ansi_colors().unwrap_or(true);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colours).with_filter(filter);
    tracing_subscriber::registry().with(lines).init();
    agentruntime_lifecycle::log_panics();
    match cli.command {
        Command::Serve(serve) => run(serve).await,
        Command::CreatePat(create) => create_pat(create).await,
    }
}

async fn open(folder: Folder) -> anyhow::Result<Sandbox> {
    let options = SandboxOptions::new(&folder.data_dir).workers(agentruntime_sandbox::own_program()?);
    Ok(Sandbox::open(if folder.empty { options.empty() } else { options }).await?)
}

async fn run(serve: Serve) -> anyhow::Result<()> {
    if !serve.bind.is_loopback() {
        bail!("--bind {}: the sandbox serves this computer only; use 127.0.0.1 or ::1", serve.bind);
    }
    let address = SocketAddr::new(serve.bind, serve.port);
    let sandbox = open(serve.folder).await?;
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("--port {}: cannot listen on {address}", serve.port))?;
    let url = format!("http://{}", listener.local_addr()?);
    tracing::info!(%url, "the sandbox is serving");
    let owner = Supervisor::new();
    owner.end_when_asked();
    let served = sandbox.serve(listener, owner.shutdown().clone()).await;
    owner.close().await;
    Ok(served?)
}

async fn create_pat(create: CreatePat) -> anyhow::Result<()> {
    let scopes = if create.scope.is_empty() { Scope::ALL.to_vec() } else { create.scope };
    let token = open(create.folder).await?.create_pat(&create.name, &scopes, create.role).await?;
    writeln!(std::io::stdout(), "{}", token.expose_secret())?;
    Ok(())
}
