//! The program as people start it, killed or ended.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::ending;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// The program: of the folder that `AGENTRUNTIME_TEST_PROGRAMS` names, so that what ships can be tested, else this build's own.
pub fn program() -> PathBuf {
    let own = Path::new(env!("CARGO_BIN_EXE_agentruntime-sandbox"));
    std::env::var_os("AGENTRUNTIME_TEST_PROGRAMS")
        .map_or_else(|| own.to_owned(), |folder| Path::new(&folder).join(own.file_name().unwrap()))
}

/// The program under way.
pub struct Victim {
    pub child: tokio::process::Child,
    pub url: String,
}

impl Victim {
    /// Starts the binary and waits until it says that it serves.
    pub async fn start(folder: &Path) -> Self {
        let mut command = tokio::process::Command::new(program());
        command
            .args(["serve", "--empty", "--port", "0", "--data-dir"])
            .arg(folder)
            .env("NO_COLOR", "1")
            .env_remove("AGENTRUNTIME_LOG")
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        ending::prepare(&mut command);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = super::soon(async {
            let mut said = String::new();
            loop {
                let line = lines.next_line().await.unwrap();
                let line = line.unwrap_or_else(|| panic!("it ended before it served, and said: {said}"));
                if let Some((_, url)) = line.split_once("url=") {
                    return url.trim().to_owned();
                }
                said += &line;
                said.push('\n');
            }
        })
        .await;
        // Nobody reads on; the pipe must not fill up.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, url }
    }

    /// An end in order.
    pub async fn end(mut self) {
        let asked = ending::ask(&mut self.child);
        assert_eq!(super::soon(self.child.wait()).await.unwrap().success(), asked);
    }

    /// The processes in which it runs scripts now, by their ids. A worker is the program's own child.
    #[cfg(target_os = "linux")]
    pub fn workers(&self) -> Vec<u32> {
        let own = self.child.id().unwrap();
        let tasks = std::fs::read_dir(format!("/proc/{own}/task")).unwrap();
        let children = tasks.flat_map(|task| {
            let children = std::fs::read_to_string(task.unwrap().path().join("children")).unwrap_or_default();
            children.split_ascii_whitespace().map(|pid| pid.parse().unwrap()).collect::<Vec<_>>()
        });
        children.collect()
    }

    /// An end without a word.
    pub async fn kill(mut self) {
        self.child.start_kill().unwrap();
        self.child.wait().await.unwrap();
    }
}

/// A token of the folder's sandbox.
pub fn pat(folder: &Path) -> String {
    let made = Command::new(program())
        .args(["create-pat", "--empty", "--name", "crash", "--data-dir"])
        .arg(folder)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    assert!(made.status.success());
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}

/// Asks, unless the sandbox dies meanwhile: only what it answered counts.
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    pub fn new(victim: &Victim, token: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { http, url: victim.url.clone(), token: token.to_owned() }
    }

    pub async fn ask(&self, method: &str, path: &str, body: Value) -> Option<(u16, Value)> {
        let method = method.parse::<reqwest::Method>().unwrap();
        let mut request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.ok()?))
    }

    pub async fn read(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, Value::Null).await.expect("it is alive");
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}
