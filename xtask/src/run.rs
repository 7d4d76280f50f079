//! `run`: build, say what will happen, and start it: the app where there is a display, else the headless server.

use std::{
    env,
    process::{Command, ExitCode},
};

use anyhow::Context as _;
use clap::Args;

use crate::{
    app,
    tools::compiler,
    workspace::{APP, HEADLESS, SERVER, Workspace, say},
};

/// The environment by which the headless server is given an account.
const ACCOUNT: [&str; 2] = ["AGENTRUNTIME_BFF_URL", "AGENTRUNTIME_PAT"];

/// Build and start the app in the tray; without a display, Platform MCP serves headless, with the sandbox where no
/// account is configured.
#[derive(Debug, Args)]
pub struct Run {
    /// Build with all optimisations: a longer build, a faster program
    #[arg(long)]
    release: bool,
    /// Serve without the app, also where there is a display
    #[arg(long)]
    headless: bool,
    /// Arguments for `agentruntime-platform-mcp serve`, such as `-- --risk --port 9000`; they imply `--headless`
    #[arg(last = true)]
    args: Vec<String>,
}

impl Run {
    /// Builds the app or the server and runs it until it ends; the exit code is its own.
    ///
    /// # Errors
    /// Fails when it does not build or start.
    pub fn run(self, workspace: &Workspace) -> anyhow::Result<ExitCode> {
        match headless(self.headless, &self.args, has_display()) {
            None => return self.app(workspace),
            Some("") => {}
            Some(reason) => say(reason),
        }
        self.server(workspace)
    }

    fn app(self, workspace: &Workspace) -> anyhow::Result<ExitCode> {
        app::ensure(workspace).context("`cargo xtask run --headless` serves without the app")?;
        say("Building AgentRuntime Desktop. The first time this takes some minutes; after that, seconds.");
        self.build(workspace, APP, APP).context("AgentRuntime Desktop does not build")?;
        say(APP_GUIDE);
        if ACCOUNT.iter().any(|name| env::var_os(name).is_some()) {
            let names = ACCOUNT.join(" and ");
            say(format_args!("{names} are for the headless server; in the window, add a workspace instead.\n"));
        }
        hand_over(Command::new(workspace.program(self.profile(), APP)), "AgentRuntime Desktop does not start")
    }

    fn server(self, workspace: &Workspace) -> anyhow::Result<ExitCode> {
        compiler::ensure(workspace)?;
        say("Building Platform MCP. The first time this takes some minutes; after that, seconds.");
        self.build(workspace, HEADLESS, SERVER).context("Platform MCP does not build")?;

        let configured = ACCOUNT.iter().any(|name| env::var_os(name).is_some());
        let sandbox = !configured && !names_a_backend(&self.args);
        if !self.args.iter().any(|arg| arg == "--help" || arg == "-h") {
            say(guide(&address(&self.args), sandbox || self.args.iter().any(|arg| arg == "--sandbox")));
        }
        let mut server = Command::new(workspace.program(self.profile(), SERVER));
        server.arg("serve").args(sandbox.then_some("--sandbox")).args(&self.args);
        hand_over(server, "Platform MCP does not start")
    }

    fn build(&self, workspace: &Workspace, package: &str, program: &str) -> anyhow::Result<()> {
        let cargo = workspace.cargo().args(["build", "--package", package, "--bin", program]);
        let cargo = if self.release { cargo.arg("--release") } else { cargo };
        Ok(cargo.run()?)
    }

    const fn profile(&self) -> &'static str {
        if self.release { "release" } else { "debug" }
    }
}

/// Why the server is started and not the app, where it is; nothing need be said to a person who has asked for it.
fn headless(asked: bool, args: &[String], display: bool) -> Option<&'static str> {
    if asked {
        Some("")
    } else if !args.is_empty() {
        Some("What follows `--` is for the headless server, so that is started and not the app.")
    } else if !display {
        Some("There is no display here, so Platform MCP serves headless, without the app in the tray.")
    } else {
        None
    }
}

/// Whether there is a screen to show a window on. Sessions on macOS and Windows are taken to have one.
fn has_display() -> bool {
    let named = |name| env::var_os(name).is_some_and(|display| !display.is_empty());
    cfg!(any(windows, target_os = "macos")) || ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(named)
}

/// What a person sees next.
const APP_GUIDE: &str = "
AgentRuntime Desktop starts: its icon appears in the tray, with Platform MCP serving behind it, and its window opens.
The first time, the window asks for a token or offers the sandbox, for which no account is needed.

Close the window and the server goes on; the icon's menu opens it again, pauses and quits. A desktop that shows no tray,
such as GNOME, gets the window back by starting the app once more. Ctrl+C ends it, too.
";

/// Whether the person has said what stands behind the server.
fn names_a_backend(args: &[String]) -> bool {
    let backends = ["--sandbox", "--bff-url", "--pass-through", "--profile"];
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

/// Lets the program take this process's place, so that signals and the exit code are its own.
#[cfg(unix)]
fn hand_over(mut program: Command, failure: &'static str) -> anyhow::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    // Returns only where it fails.
    Err(program.exec()).context(failure)
}

/// Waits for the program, which gets Ctrl+C from the console as this process does, and drains.
#[cfg(not(unix))]
fn hand_over(mut program: Command, failure: &'static str) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // While somebody listens for it, Ctrl+C does not end this process.
    let _listening = runtime.block_on(async { tokio::signal::windows::ctrl_c() })?;
    let status = program.status().context(failure)?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_app_needs_a_display_and_no_arguments_of_the_servers() {
        assert_eq!(headless(false, &[], true), None);
        assert_eq!(headless(true, &[], false), Some(""));
        assert!(headless(false, &[], false).is_some_and(|reason| reason.contains("no display")));
        assert!(headless(false, &args("--risk"), true).is_some_and(|reason| reason.contains("`--`")));
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
        let named = [
            "--sandbox",
            "--pass-through",
            "--profile Work",
            "--bff-url http://127.0.0.1:1",
            "--bff-url=http://127.0.0.1:1",
        ];
        for named in named {
            assert!(names_a_backend(&args(named)), "{named}");
        }
    }
}
