//! `run`: build, say where it will answer, serve.

use std::{
    env,
    process::{Command, ExitCode},
};

use anyhow::Context as _;
use clap::Args;

use crate::{
    tools::compiler,
    workspace::{SERVER, Workspace, say},
};

/// Build Platform MCP and serve it on this machine, with the sandbox where no account is configured.
#[derive(Debug, Args)]
pub struct Run {
    /// Build with all optimisations: a longer build, a faster server
    #[arg(long)]
    release: bool,
    /// Arguments for `agentruntime-platform-mcp serve`, such as `-- --risk --port 9000`
    #[arg(last = true)]
    args: Vec<String>,
}

impl Run {
    /// Builds and serves until Ctrl+C; the exit code is the server's.
    ///
    /// # Errors
    /// Fails when the server does not build or start.
    pub fn run(self, workspace: &Workspace) -> anyhow::Result<ExitCode> {
        compiler::ensure(workspace)?;
        say("Building Platform MCP. The first time this takes some minutes; after that, seconds.");
        let cargo = workspace.cargo().args(["build", "--package", SERVER, "--bin", SERVER]);
        let cargo = if self.release { cargo.arg("--release") } else { cargo };
        cargo.run().context("Platform MCP does not build")?;

        let configured = ["AGENTRUNTIME_BFF_URL", "AGENTRUNTIME_PAT"].iter().any(|name| env::var_os(name).is_some());
        let sandbox = !configured && !names_a_backend(&self.args);
        if !self.args.iter().any(|arg| arg == "--help" || arg == "-h") {
            say(guide(&address(&self.args), sandbox || self.args.iter().any(|arg| arg == "--sandbox")));
        }
        let mut server = Command::new(workspace.program(if self.release { "release" } else { "debug" }, SERVER));
        server.arg("serve").args(sandbox.then_some("--sandbox")).args(&self.args);
        hand_over(server)
    }
}

/// Whether the person has said what stands behind the server.
fn names_a_backend(args: &[String]) -> bool {
    let backends = ["--sandbox", "--bff-url", "--pass-through"];
    args.iter().any(|arg| backends.contains(&arg.split_once('=').map_or(arg.as_str(), |(name, _)| name)))
}

/// Where the server will answer, as far as its arguments tell.
fn address(args: &[String]) -> String {
    let port = option(args, "--port").unwrap_or("8340");
    match option(args, "--bind") {
        Some(host) if host.contains(':') => format!("http://[{host}]:{port}/mcp"),
        host => format!("http://{}:{port}/mcp", host.unwrap_or("127.0.0.1")),
    }
}

/// The value of `--name value` or `--name=value`.
fn option<'a>(args: &'a [String], name: &str) -> Option<&'a str> {
    args.iter().enumerate().find_map(|(index, arg)| match arg.strip_prefix(name)? {
        "" => args.get(index + 1).map(String::as_str),
        rest => rest.strip_prefix('='),
    })
}

fn guide(url: &str, sandbox: bool) -> String {
    let behind = if sandbox {
        "Behind it is the built-in sandbox: no account is needed. To use yours, set AGENTRUNTIME_BFF_URL and AGENTRUNTIME_PAT."
    } else {
        "Behind it is the BFF that your environment or arguments name."
    };
    format!(
        "\nPlatform MCP answers at {url}\n{behind}\n\n\
         Point an IDE or any other MCP client at it; its configuration holds no token:\n  \
         {{ \"mcpServers\": {{ \"agentruntime\": {{ \"type\": \"http\", \"url\": \"{url}\" }} }} }}\n\
         For Claude Code:\n  claude mcp add --transport http --scope user agentruntime {url}\n\nCtrl+C ends it.\n"
    )
}

/// Lets the server take this process's place, so that signals and the exit code are its own.
#[cfg(unix)]
fn hand_over(mut server: Command) -> anyhow::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    // Returns only where it fails.
    Err(server.exec()).context("Platform MCP does not start")
}

/// Waits for the server, which gets Ctrl+C from the console as this process does, and drains.
#[cfg(not(unix))]
fn hand_over(mut server: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // While somebody listens for it, Ctrl+C does not end this process.
    let _listening = runtime.block_on(async { tokio::signal::windows::ctrl_c() })?;
    let status = server.status().context("Platform MCP does not start")?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_address_follows_the_arguments() {
        assert_eq!(address(&[]), "http://127.0.0.1:8340/mcp");
        assert_eq!(address(&args("--port 9000")), "http://127.0.0.1:9000/mcp");
        assert_eq!(address(&args("--risk --bind=::1 --port=1")), "http://[::1]:1/mcp");
        assert_eq!(address(&args("--port")), "http://127.0.0.1:8340/mcp");
    }

    #[test]
    fn the_sandbox_steps_back_where_a_backend_is_named() {
        assert!(!names_a_backend(&args("--risk --sandbox-port 9 --port 1")));
        for named in ["--sandbox", "--pass-through", "--bff-url http://127.0.0.1:1", "--bff-url=http://127.0.0.1:1"] {
            assert!(names_a_backend(&args(named)), "{named}");
        }
    }
}
