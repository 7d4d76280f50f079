//! The program as people start it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

/// A keychain of a test's own is a matter of `agentruntime-tokens`; what stands before it is the same there.
#[cfg(target_os = "linux")]
#[path = "../../../tokens/tests/it/support/desk.rs"]
pub mod desk;
/// The scripted BFF and the raw MCP client of the library's own tests.
#[path = "../../../platform-mcp/tests/support/mod.rs"]
pub mod library;

/// How a program is asked to end: SIGTERM, Ctrl+Break.
#[path = "../../../sandbox/tests/support/ending.rs"]
pub mod ending;
mod program;

use std::{
    process::{Output, Stdio},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    process::{Child, ChildStderr, Command},
};

pub const HELD: (&str, &str) = ("AGENTRUNTIME_PAT", "pat_of_a_test_0123456789");

pub fn program() -> Command {
    let mut command = Command::new(program::path());
    for name in ["AGENTRUNTIME_BFF_URL", "AGENTRUNTIME_PAT", "AGENTRUNTIME_LOG"] {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1").stderr(Stdio::piped()).kill_on_drop(true);
    ending::prepare(&mut command);
    command
}

pub async fn soon<T>(event: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), event).await.expect("it never happened")
}

/// A server under way.
pub struct Running {
    pub child: Child,
    pub written: String,
    pub rest: BufReader<ChildStderr>,
    /// Where it serves, once it has said so.
    pub url: String,
}

impl Running {
    pub fn begin(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = program();
        command
            .args(["serve", "--log-format", "json", "--port", "0"])
            .args(arguments)
            .envs(environment.iter().copied());
        let mut child = command.spawn().unwrap();
        let rest = BufReader::new(child.stderr.take().unwrap());
        Self { child, written: String::new(), rest, url: String::new() }
    }

    /// A server that has said where it serves.
    pub async fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut running = Self::begin(arguments, environment);
        running.serves().await;
        running
    }

    pub async fn serves(&mut self) {
        let line = self.says("Platform MCP is serving").await;
        self.url = line["fields"]["url"].as_str().unwrap().to_owned();
    }

    /// The next line whose message begins like this.
    pub async fn says(&mut self, message: &str) -> Value {
        soon(async {
            loop {
                let begun = self.written.len();
                let read = self.rest.read_line(&mut self.written).await.unwrap();
                assert_ne!(read, 0, "it ended before it said `{message}`: {}", self.written);
                let line: Value = serde_json::from_str(&self.written[begun..]).unwrap();
                if line["fields"]["message"].as_str().is_some_and(|text| text.starts_with(message)) {
                    return line;
                }
            }
        })
        .await
    }

    /// Ends it as a service manager or a console would; all it wrote, and its exit code.
    pub async fn terminate(mut self) -> (String, Option<i32>) {
        let asked = ending::ask(&mut self.child);
        soon(self.rest.read_to_string(&mut self.written)).await.unwrap();
        let status = soon(self.child.wait()).await.unwrap();
        (self.written, if asked { status.code() } else { Some(0) })
    }
}

/// What it says where it does not serve, and its exit code.
pub async fn refused(arguments: &[&str], environment: &[(&str, &str)]) -> (String, i32) {
    let mut command = program();
    command.arg("serve").args(arguments).envs(environment.iter().copied());
    let Output { status, stderr, .. } = soon(command.output()).await.unwrap();
    assert!(!status.success());
    (String::from_utf8(stderr).unwrap(), status.code().unwrap())
}

/// The test `name` of this binary, to be run by itself.
pub fn rerun(name: &str) -> std::process::Command {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args([name, "--exact", "--nocapture", "--test-threads=1"]);
    command
}
