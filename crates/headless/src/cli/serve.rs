//! `serve`: parse → build → spawn → drain.

mod backing;
mod watching;

use std::{
    io::IsTerminal as _,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use agentruntime_bff::{Client, Config, Pat};
use agentruntime_lifecycle::{Left, Supervisor};
use agentruntime_platform_mcp::{
    call::{TokenKnown, Upstream},
    catalogue::Group,
    door::{self, Admission, SessionLimits},
    platform::{Credentials, Platform},
};
use agentruntime_serving::{Backing, Folders, Host, Observed, Overrides, Place, Source, Which};
use agentruntime_settings::Backend;
use agentruntime_tokens::{Keychain, Tokens};
use anyhow::Context;
use clap::{Args, ValueEnum};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};
use url::Url;

use crate::{
    exit::{self, Exit},
    profiles,
};

/// The production BFF (BFF API, "Hosts and auth").
const PRODUCTION: &str = "https://api.agentruntime.io";
/// The name of the token that Platform MCP uses in the sandbox.
const SANDBOX_TOKEN: &str = "Platform MCP (this computer)";

/// Serve MCP on http://127.0.0.1:8340/mcp until interrupted.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct Serve {
    /// Serve this workspace of AgentRuntime Desktop, by name or id: its BFF, its token from the keychain, its switches
    #[arg(long, value_name = "NAME", conflicts_with_all = ["bff_url", "sandbox", "pass_through"])]
    profile: Option<String>,
    /// The BFF to call; not used with --sandbox
    #[arg(long, env = "AGENTRUNTIME_BFF_URL", default_value = PRODUCTION)]
    bff_url: String,
    /// Run against the built-in sandbox: no account needed
    #[arg(long)]
    sandbox: bool,
    /// Where the sandbox keeps its files [default: the user's data folder]
    #[arg(long, value_name = "DIR", requires = "sandbox")]
    sandbox_dir: Option<PathBuf>,
    /// The sandbox's own port
    #[arg(long, value_name = "PORT", default_value_t = 8341, requires = "sandbox")]
    sandbox_port: u16,
    /// Tool groups to switch on, comma-separated [default: all, or as --profile has them]
    #[arg(long, value_delimiter = ',', value_name = "GROUP,…")]
    groups: Option<Vec<Group>>,
    /// Switch on the tools that return or change secrets; `--risk=false` keeps them off whatever --profile says
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    risk: Option<bool>,
    /// The port to serve on
    #[arg(long, default_value_t = 8340)]
    port: u16,
    /// The address to serve on; beyond loopback only with --pass-through
    #[arg(long, default_value = "127.0.0.1")]
    bind: IpAddr,
    /// Hold no token: each client sends its own `Authorization: Bearer pat_…`
    #[arg(long, conflicts_with = "sandbox")]
    pass_through: bool,
    /// Another host name clients may call this server by (with --pass-through)
    #[arg(long = "allowed-host", value_name = "HOST")]
    allowed_hosts: Vec<String>,
    /// How to write logs to stderr
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
    /// How much to log: error, warn, info, debug or trace
    #[arg(long, env = "AGENTRUNTIME_LOG", default_value = "info")]
    log: LevelFilter,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

impl Serve {
    /// Serves until it is told to stop.
    pub fn run(self) -> anyhow::Result<()> {
        self.start_logs();
        self.refuse_contradictions()?;
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .context("the async runtime could not start")?
            .block_on(self.serve())
    }

    /// Only our own crates say more than warnings: what others log of a request at `debug` is the whole of it, secrets included.
    fn start_logs(&self) {
        // To rmcp, a client that hangs up and a name that is unknown are worth an error; to us they are everyday, and the
        // audit tells of each call.
        let targets = [("agentruntime", self.log), ("audit", self.log), ("rmcp::service", LevelFilter::OFF)];
        let filter = Targets::new().with_targets(targets).with_default(self.log.min(LevelFilter::WARN));
        // A console of Windows shows colours once it is told to, and their codes before.
        let colours = std::io::stderr().is_terminal() && anstyle_query::windows::enable_ansi_colors().unwrap_or(true);
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
        let registry = tracing_subscriber::registry();
        match self.log_format {
            LogFormat::Text => registry.with(lines.with_filter(filter)).init(),
            LogFormat::Json => registry.with(lines.json().with_filter(filter)).init(),
        }
        agentruntime_lifecycle::log_panics();
    }

    fn refuse_contradictions(&self) -> anyhow::Result<()> {
        if !self.bind.is_loopback() && !self.pass_through {
            return Err(Exit::Usage.told(format!(
                "--bind {} is beyond loopback, where anyone could use the token this server holds; \
                 use --bind 127.0.0.1, or --pass-through so that each client sends its own token",
                self.bind
            )));
        }
        if !self.allowed_hosts.is_empty() && !self.pass_through {
            return Err(
                Exit::Usage.told("--allowed-host is for a server that others reach: it goes with --pass-through")
            );
        }
        if self.profile.is_some() && held_token().is_some() {
            return Err(Exit::Usage.told("--profile names one token and AGENTRUNTIME_PAT another: unset AGENTRUNTIME_PAT, or leave --profile out"));
        }
        Ok(())
    }

    async fn serve(self) -> anyhow::Result<()> {
        let supervisor = Supervisor::new();
        supervisor.end_when_asked();
        let served = self.serve_until(&supervisor).await;
        let left = supervisor.close().await;
        served?;
        match left.first() {
            Some(Left { task, problem }) => anyhow::bail!("it did not end in order: {task}: {problem}"),
            None => Ok(()),
        }
    }

    async fn serve_until(self, supervisor: &Supervisor) -> anyhow::Result<()> {
        let shutdown = supervisor.shutdown();
        let (source, name) = self.source(supervisor).await?;
        let settings = source.settings().map(|store| Observed::new(store.clone(), shutdown.clone()));
        let backing = Backing::new(source)?;
        // A keychain is waited for before anything listens: clients do better without a server than with one that takes their calls
        // and is silent. A sandbox takes a moment, and a port that is taken is said before one is made.
        let at_once = if backing.is_sandbox() { Some(self.listen().await?) } else { None };
        let ready = shutdown.run_until_cancelled(backing::is_ready(&backing)).await;
        ready.context("it was ended while it waited for what stands behind the server")??;
        let listener = match at_once {
            Some(listener) => listener,
            None => self.listen().await?,
        };
        let address = listener.local_addr().context("the listener has no address")?;
        let credentials = if self.pass_through { Credentials::PassThrough } else { Credentials::Held };
        let overrides = Overrides { groups: self.groups.clone(), risk: self.risk };
        let switches = overrides.over(settings.as_ref().map(Observed::get).as_deref());
        let platform = backing.begin(|upstream| Platform::new(switches, credentials, upstream).watched_by(supervisor));
        let (known, ending) = (platform.clone(), shutdown.clone());
        supervisor.run_once("acquaintance", async move {
            ending.run_until_cancelled(get_to_know(&known, ending.clone())).await;
        });
        backing::keep(supervisor, &backing, settings, overrides, &name);
        if credentials == Credentials::Held {
            let (backing, platform, ending) = (backing.clone(), platform.clone(), shutdown.clone());
            let telling = move || watching::tell_subscribers(backing.clone(), platform.clone(), ending.clone());
            supervisor.keep("subscriptions", telling);
        }
        tracing::info!(url = %format!("http://{address}/mcp"), bff = %name, "Platform MCP is serving");
        let admission = Admission { hosts: self.allowed_hosts };
        let served = door::serve(platform, listener, admission, SessionLimits::default(), shutdown.clone()).await;
        tracing::info!("Platform MCP has stopped");
        served.context("the server failed")
    }

    async fn listen(&self) -> anyhow::Result<TcpListener> {
        listen(SocketAddr::new(self.bind, self.port)).await
    }

    /// What answers behind the server: a workspace of the app's, the sandbox, or the BFF that was named. And its name, for the log.
    async fn source(&self, supervisor: &Supervisor) -> anyhow::Result<(Source, String)> {
        if let Some(name) = &self.profile {
            let settings = profiles::open().await?;
            let profile = profiles::find(&settings.get(), Some(name))?;
            let described = match profile.backend {
                Backend::Sandbox => "sandbox".to_owned(),
                _ => format!("{} ({})", profile.url.host_str().unwrap_or_default(), profile.name),
            };
            let tokens = Tokens::new(Keychain::system(), settings);
            let source = Source::Workspace { tokens, which: Which::This(profile.id), sandbox: self.host(supervisor)? };
            return Ok((source, described));
        }
        if self.sandbox {
            if self.bff_url != PRODUCTION {
                tracing::warn!(bff_url = %self.bff_url, "the BFF that is named is not used: --sandbox takes its place");
            }
            return Ok((Source::Sandbox(self.host(supervisor)?), "sandbox".to_owned()));
        }
        let url: Url = self.bff_url.parse().map_err(|error| {
            Exit::Usage
                .told(format!("AGENTRUNTIME_BFF_URL `{}` is no URL; it looks like {PRODUCTION}: {error}", self.bff_url))
        })?;
        let pat = if self.pass_through { None } else { Some(held_pat()?) };
        let name = url.host_str().unwrap_or_default().to_owned();
        Ok((Source::Given(Upstream::new(Client::new(Config::new(url))?, pat)), name))
    }

    /// The sandbox, in this process: it has its own port on loopback, and a token that lives only in memory. It is opened when
    /// somebody needs it.
    fn host(&self, supervisor: &Supervisor) -> anyhow::Result<Host> {
        let folder = match &self.sandbox_dir {
            Some(folder) => folder.clone(),
            None => {
                let none = |_| Exit::Failed.told("there is no home folder; name a folder with --sandbox-dir");
                Folders::of_this_person().map_err(none)?.sandbox()
            }
        };
        let host = Host::new(Place { folder, port: self.sandbox_port, token_name: SANDBOX_TOKEN });
        let (kept, ending) = (host.clone(), supervisor.shutdown().clone());
        supervisor.keep("sandbox", move || kept.clone().run(ending.clone()));
        Ok(host)
    }
}

/// The token from the environment. It is read here and not through clap, whose help would print it.
fn held_token() -> Option<SecretString> {
    let token = SecretString::from(std::env::var("AGENTRUNTIME_PAT").unwrap_or_default());
    (!token.expose_secret().trim().is_empty()).then_some(token)
}

fn held_pat() -> anyhow::Result<Pat> {
    let token = held_token().ok_or_else(|| {
        Exit::Usage.told(
            "no access token: set AGENTRUNTIME_PAT (Console → Settings → API keys), or use --profile, --sandbox or --pass-through",
        )
    })?;
    token.expose_secret().trim().parse().context("AGENTRUNTIME_PAT is no access token")
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!("{address} is taken by another program; stop it, or choose another port with --port")
        }
        // There, other programs have ports kept for themselves.
        std::io::ErrorKind::PermissionDenied if cfg!(windows) => {
            anyhow::anyhow!(
                "{address} may not be used: Windows keeps the port for another program; choose another one with --port"
            )
        }
        std::io::ErrorKind::PermissionDenied => {
            anyhow::anyhow!("{address} may not be used; choose a port above 1023 with --port")
        }
        _ => anyhow::Error::new(error).context(format!("{address} cannot be served on")),
    })
}

/// Warns once if the BFF is away or refuses the token; the server serves all the same, and each call says so. Where the token
/// works, learns which one it is and what it may do, so that tools it can never call are not listed.
async fn get_to_know(platform: &Platform, shutdown: CancellationToken) {
    if platform.credentials == Credentials::PassThrough {
        return;
    }
    let caller = agentruntime_platform_mcp::platform::Caller { cancel: shutdown, ..Default::default() };
    let upstream = platform.upstream_for(&caller);
    let Some(pat) = &upstream.pat else { return };
    let probe = agentruntime_bff::workflows::List { limit: Some(1), ..Default::default() };
    if let Err(error) = upstream.client.call(pat, &probe, &caller.cancel).await {
        tracing::warn!(code = error.code(), "{error}");
        return;
    }
    // The settings know a workspace's token already.
    if upstream.token != TokenKnown::default() {
        return;
    }
    match agentruntime_tokens::own_row(&upstream.client, pat).await {
        Ok(Some(row)) => {
            let known = TokenKnown::new(Some(row.id), row.scopes);
            // Another token may have come meanwhile, and is not this one.
            platform.learn(&upstream, known);
        }
        Ok(None) => tracing::debug!("the platform does not tell which token this is"),
        Err(error) => tracing::debug!(code = error.code(), "the token's own row cannot be read"),
    }
}
