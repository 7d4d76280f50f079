//! The sandbox behind the server, in this process: it has its own port on loopback, and a token that lives only in memory.

use std::sync::Arc;

use agentruntime_bff::{Client, Config};
use agentruntime_lifecycle::keep;
use agentruntime_platform_mcp::{
    call::Upstream,
    platform::{Caller, Platform},
};
use agentruntime_serving::{Away, Folders, Host, Place, Serving, State};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Backing, Serve};
use crate::exit::Exit;

/// The name of the token that Platform MCP uses.
const TOKEN_NAME: &str = "Platform MCP (this computer)";

/// Opens the sandbox and serves it until `shutdown`. One that cannot be opened at the start is an error; one that ends later is
/// started again.
pub(super) async fn start(serve: &Serve, tasks: &TaskTracker, shutdown: &CancellationToken) -> anyhow::Result<Backing> {
    let folder = match &serve.sandbox_dir {
        Some(folder) => folder.clone(),
        None => {
            let none = |_| Exit::Failed.told("there is no home folder; name a folder with --sandbox-dir");
            Folders::of_this_person().map_err(none)?.sandbox()
        }
    };
    let shown = folder.display().to_string();
    let host = Host::new(Place { folder, port: serve.sandbox_port, token_name: TOKEN_NAME });
    let (kept, ending) = (host.clone(), shutdown.clone());
    tasks.spawn(keep("sandbox", shutdown.clone(), move || kept.clone().run(ending.clone())));
    let opened = shutdown.run_until_cancelled(host.serving()).await;
    let opened = opened.ok_or_else(|| anyhow::anyhow!("it was ended while the sandbox was being opened"))?;
    let cannot = |away: Away| anyhow::anyhow!("the sandbox in {shown} cannot be opened: {away}");
    let upstream = upstream(&opened.map_err(cannot)?)?;
    Ok(Backing { upstream, name: "sandbox".to_owned(), sandbox: Some(host) })
}

fn upstream(serving: &Serving) -> Result<Upstream, agentruntime_bff::Error> {
    Ok(Upstream::new(Client::new(Config::new(serving.url.clone()))?, Some(serving.pat()?)))
}

/// Has calls go to the sandbox that came in the place of the one that ended, until `shutdown`.
pub(super) async fn keep_up(host: Host, platform: Arc<Platform>, shutdown: CancellationToken) {
    let mut states = host.watch();
    // What came before anybody looked counts too.
    states.mark_changed();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            changed = states.changed() => if changed.is_err() { return },
        }
        let state = states.borrow_and_update().clone();
        let upstream = match state {
            State::Serving(serving) => upstream(&serving),
            State::Away(away) => {
                let client = platform.upstream_for(&Caller::default()).client.clone();
                Ok(Upstream::away(client, &away.problem))
            }
            State::Unopened => continue,
        };
        match upstream {
            Ok(upstream) => platform.set_upstream(upstream),
            Err(error) => tracing::warn!(code = error.code(), "the sandbox that is back cannot be called"),
        }
    }
}
