//! `conformance`: the official MCP suite against the server's own router with the suite's fixtures added.
//!
//! Each version's list of expected failures is strict both ways: what fails and is not listed fails the run, and so
//! does what is listed and passes.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use crate::{
    tools::node::{self, Node},
    workspace::{Build, TESTS, Workspace, say},
};

/// The versions of the protocol whose requirements the server meets.
const VERSIONS: [&str; 2] = ["2025-11-25", "2026-07-28"];
/// The development server with the suite's fixtures.
const SERVER: &str = "conformance-server";

/// Runs the suite for each version.
///
/// # Errors
/// Fails when the server does not build or start, node cannot be had, or a scenario ends otherwise than listed.
pub fn run(workspace: &Workspace) -> anyhow::Result<()> {
    with(workspace, Build::Alone)
}

/// As [`run`], with a server that is built in this way.
///
/// # Errors
/// As [`run`].
pub fn with(workspace: &Workspace, build: Build) -> anyhow::Result<()> {
    let suite = workspace.root.join("tests").join("conformance");
    let program = workspace.build(TESTS, SERVER, build)?;
    let node = Node::ensure(workspace, node::SUITES)?;
    let folder = workspace.folder("conformance")?;
    let modules = node::install(workspace, &node, &suite, &folder)?;
    let entry = modules.join("@modelcontextprotocol").join("conformance").join("dist").join("index.js");
    let log = folder.join("server.log");
    let server = Server::start(&program, &log)?;
    let mut failed = Vec::new();
    for version in VERSIONS {
        say(format_args!("\nRequirements of {version}"));
        let expected = suite.join(format!("expected-{version}.yaml"));
        let results = folder.join("results").join(version);
        _ = std::fs::remove_dir_all(&results);
        let checked = node
            .command(workspace)?
            .arg(&entry)
            .args(["server", "--url", &server.url, "--requirements", version])
            .arg("--expected-failures")
            .arg(expected)
            .arg("-o")
            .arg(&results)
            .run();
        if checked.is_err() {
            say(format_args!(
                "What was checked, message by message, is in {}; the server's log is {}",
                results.display(),
                log.display()
            ));
            failed.push(version);
        }
    }
    if !failed.is_empty() {
        bail!("the server is not as expected for {}", failed.join(" and "));
    }
    Ok(())
}

/// The development server, which ends with this value.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts it on a free port and reads where it listens. What it logs goes to the file `log`.
    fn start(program: &Path, log: &Path) -> anyhow::Result<Self> {
        let log = File::create(log).with_context(|| format!("{} cannot be written", log.display()))?;
        let child = Command::new(program)
            .args(["--port", "0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        // Owned from here on, so that it ends also where its first line is not understood.
        let mut server = Self { child, url: String::new() };
        let mut line = String::new();
        let stdout = server.child.stdout.take().context("the server has no output")?;
        BufReader::new(stdout).read_line(&mut line).context("the server's output cannot be read")?;
        server.url = url(&line).with_context(|| format!("{SERVER} did not say where it listens, but `{line}`"))?;
        Ok(server)
    }
}

/// The `url` of the line in which the server says where it listens.
fn url(line: &str) -> Option<String> {
    let said: serde_json::Value = serde_json::from_str(line).ok()?;
    said.get("url")?.as_str().map(str::to_owned)
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends by itself when its input closes; one that hangs is killed.
        drop(self.child.stdin.take());
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(5) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        say(format_args!("{SERVER} did not end when its input closed; it is killed"));
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_line_is_understood() {
        assert_eq!(url("{\"url\":\"http://127.0.0.1:1/mcp\"}\n").as_deref(), Some("http://127.0.0.1:1/mcp"));
        assert_eq!(url("listening\n"), None);
        assert_eq!(url(""), None);
    }
}
