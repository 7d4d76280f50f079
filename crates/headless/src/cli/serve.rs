//! `serve`: parse → build → spawn → drain.

mod profile;
mod sandbox;
mod watching;

use std::{
    io::IsTerminal as _,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use agentruntime_bff::{Client, Config, Pat};
use agentruntime_lifecycle::{asked_to_end, keep};
use agentruntime_platform_mcp::{
    call::{TokenKnown, Upstream},
    catalogue::Group,
    door::{self, Admission, SessionLimits},
    platform::{Credentials, Platform},
};
use agentruntime_serving::Host;
use anyhow::Context;
use clap::{Args, ValueEnum};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};
use url::Url;

use crate::exit::{self, Exit};
use profile::{Chosen, Flags};

/// The production BFF (BFF API, "Hosts and auth").
const PRODUCTION: &str = "https://api.agentruntime.io";

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
        let lines =
            tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
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
        let (tasks, shutdown) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(keep("signals", shutdown.clone(), {
            let shutdown = shutdown.clone();
            move || cancel_on_signal(shutdown.clone())
        }));
        let chosen = match &self.profile {
            Some(name) => Some(Chosen::find(name).await?),
            None => None,
        };
        // Before anything listens: a keychain may have to be waited for, and clients do better without a server than with one
        // that takes their calls and is silent.
        let upstream = match &chosen {
            Some(chosen) if !chosen.is_sandbox() => {
                let upstream = shutdown.run_until_cancelled(chosen.upstream()).await;
                Some(upstream.context("it was ended while it waited for the keychain")??)
            }
            _ => None,
        };
        let listener = listen(SocketAddr::new(self.bind, self.port)).await?;
        let address = listener.local_addr().context("the listener has no address")?;
        let backing = match (&chosen, upstream) {
            (Some(chosen), Some(upstream)) => Backing { upstream, name: chosen.describe(), sandbox: None },
            (Some(_), None) => sandbox::start(&self, &tasks, &shutdown).await?,
            (None, _) => self.backing(&tasks, &shutdown).await?,
        };
        let credentials = if self.pass_through { Credentials::PassThrough } else { Credentials::Held };
        let flags = Flags { groups: self.groups.clone(), risk: self.risk };
        let switches = flags.switches(chosen.as_ref().map(Chosen::settings).as_deref());
        let platform = Arc::new(Platform::new(switches, credentials, backing.upstream));
        let checking = tasks.spawn(get_to_know(platform.clone(), shutdown.clone()));
        if let Some(host) = backing.sandbox {
            let (platform, ending) = (platform.clone(), shutdown.clone());
            let keeping = move || sandbox::keep_up(host.clone(), platform.clone(), ending.clone());
            tasks.spawn(keep("sandbox's news", shutdown.clone(), keeping));
        }
        if let Some(chosen) = chosen.map(Arc::new) {
            let (platform, ending) = (platform.clone(), shutdown.clone());
            let following = move || chosen.clone().keep_up(platform.clone(), flags.clone(), ending.clone());
            tasks.spawn(keep("workspace", shutdown.clone(), following));
        }
        if credentials == Credentials::Held {
            let (platform, ending) = (platform.clone(), shutdown.clone());
            let telling = move || watching::tell_subscribers(platform.clone(), ending.clone());
            tasks.spawn(keep("subscriptions", shutdown.clone(), telling));
        }
        tracing::info!(url = %format!("http://{address}/mcp"), bff = %backing.name, "Platform MCP is serving");
        let admission = Admission { hosts: self.allowed_hosts };
        let served = door::serve(platform, listener, admission, SessionLimits::default(), shutdown.clone()).await;
        shutdown.cancel();
        checking.abort();
        tasks.close();
        tasks.wait().await;
        tracing::info!("Platform MCP has stopped");
        served.context("the server failed")
    }

    /// The BFF to call: the sandbox, started here, or the one that was named.
    async fn backing(&self, tasks: &TaskTracker, shutdown: &CancellationToken) -> anyhow::Result<Backing> {
        if self.sandbox {
            if self.bff_url != PRODUCTION {
                tracing::warn!(bff_url = %self.bff_url, "the BFF that is named is not used: --sandbox takes its place");
            }
            return sandbox::start(self, tasks, shutdown).await;
        }
        let url: Url = self.bff_url.parse().map_err(|error| {
            Exit::Usage
                .told(format!("AGENTRUNTIME_BFF_URL `{}` is no URL; it looks like {PRODUCTION}: {error}", self.bff_url))
        })?;
        let pat = if self.pass_through { None } else { Some(held_pat()?) };
        let name = url.host_str().unwrap_or_default().to_owned();
        Ok(Backing { upstream: Upstream::new(Client::new(Config::new(url))?, pat), name, sandbox: None })
    }
}

/// What answers behind the server.
struct Backing {
    upstream: Upstream,
    name: String,
    sandbox: Option<Host>,
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
        std::io::ErrorKind::PermissionDenied => {
            anyhow::anyhow!("{address} may not be used; choose a port above 1023 with --port")
        }
        _ => anyhow::Error::new(error).context(format!("{address} cannot be served on")),
    })
}

/// Warns once if the BFF is away or refuses the token; the server serves all the same, and each call says so. Where the token
/// works, learns which one it is and what it may do, so that tools it can never call are not listed.
async fn get_to_know(platform: Arc<Platform>, shutdown: CancellationToken) {
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
    // The settings know a profile's token already.
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

/// Ends everything once the system or a person asks for it.
async fn cancel_on_signal(shutdown: CancellationToken) {
    let asked = shutdown.run_until_cancelled(asked_to_end()).await;
    if asked.is_some() {
        shutdown.cancel();
    }
}
