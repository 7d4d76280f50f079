//! What a run costs in the sandbox, and how that grows with the runs in its file.

use std::{path::PathBuf, sync::Arc, time::Instant};

use agentruntime_sandbox::{Sandbox, SandboxOptions};
use anyhow::{Context as _, ensure};
use reqwest::Client;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::Semaphore,
    task::{JoinHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;

use crate::{median, sibling};

/// The program whose workers run the scripts.
const PROGRAM: &str = "agentruntime-platform-mcp";
/// How many runs are measured at each size.
const MEASURED: usize = 300;
/// How many are under way at a time.
const AT_A_TIME: usize = 8;

/// The cost of runs at one size of the file.
#[derive(Debug, Serialize)]
pub struct Cost {
    /// Runs in the file when the measurement began.
    pub runs: usize,
    /// Runs per second, from start to `run_complete`.
    pub rate: f64,
    /// A status read, in microseconds, median.
    pub summary_us: u64,
}

/// A sandbox in this process, over HTTP.
#[derive(Clone)]
struct Bff {
    client: Client,
    url: String,
    token: String,
    workflow: String,
}

/// Measures at each size in turn; the runs in between fill the file.
pub async fn costs(sizes: &[usize]) -> anyhow::Result<Vec<Cost>> {
    let Started { bff, folder: _folder, ended, serving } = Started::new(Some(sibling(PROGRAM)?)).await?;
    let mut costs = Vec::new();
    let mut filled = 0;
    for size in sizes {
        if let Some(missing) = size.checked_sub(filled + 1).filter(|missing| *missing > 0) {
            bff.runs(missing).await?;
            filled += missing;
        }
        let begun = Instant::now();
        let last = bff.runs(MEASURED).await?;
        let rate = MEASURED as f64 / begun.elapsed().as_secs_f64();
        costs.push(Cost { runs: filled, rate, summary_us: bff.summary_cost(&last).await? });
        filled += MEASURED;
    }
    ended.cancel();
    serving.await??;
    Ok(costs)
}

/// What a run costs with its scripts in worker processes, to what it costs with them on threads of the server: the median over
/// turns, in which both take part.
pub async fn workers_to_threads(turns: usize) -> anyhow::Result<f64> {
    let contestants = [Started::new(Some(sibling(PROGRAM)?)).await?, Started::new(None).await?];
    let mut ratios = Vec::new();
    for turn in 0..=turns {
        let mut taken = Vec::new();
        for contestant in &contestants {
            let begun = Instant::now();
            contestant.bff.runs(MEASURED).await?;
            taken.push(begun.elapsed().as_secs_f64());
        }
        // The first warms both up.
        if let ([workers, threads], 1..) = (taken.as_slice(), turn) {
            ratios.push(workers / threads);
        }
    }
    for contestant in contestants {
        contestant.ended.cancel();
        contestant.serving.await??;
    }
    Ok(median(ratios))
}

/// A sandbox that serves, with its workflow.
struct Started {
    bff: Bff,
    /// Held for its files.
    folder: tempfile::TempDir,
    ended: CancellationToken,
    serving: JoinHandle<agentruntime_sandbox::Result<()>>,
}

impl Started {
    async fn new(workers: Option<PathBuf>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let options = SandboxOptions::new(folder.path());
        let options = workers.into_iter().fold(options, SandboxOptions::workers);
        let sandbox = Sandbox::open(options).await?;
        let token = sandbox.issue_local_pat("bench").await?.expose_secret().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let ended = CancellationToken::new();
        let serving = tokio::spawn(sandbox.serve(listener, ended.clone()));
        let client = Client::builder().no_proxy().tcp_nodelay(true).build()?;
        let mut bff = Bff { client, url, token, workflow: String::new() };
        bff.workflow = bff.publish().await?;
        Ok(Self { bff, folder, ended, serving })
    }
}

impl Bff {
    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.client.post(format!("{}{path}", self.url)).bearer_auth(&self.token);
        let answer = request.header("content-type", "application/json").body(body.to_string()).send().await?;
        self.read(answer).await
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await?;
        self.read(answer).await
    }

    async fn read(&self, answer: reqwest::Response) -> anyhow::Result<Value> {
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{status}: {text}");
        Ok(serde_json::from_str(&text)?)
    }

    async fn publish(&self) -> anyhow::Result<String> {
        let step = |id: &str, after: &[&str], script: &str| json!({ "id": id, "type": "lua_script", "name": id, "depends_on": after, "script": script });
        let graph = json!({ "steps": [
            step("one", &[], "return { n = input.n or 1 }"),
            step("two", &["one"], "return { n = steps.one.result.n + 1 }"),
            step("three", &["two"], "return { n = steps.two.result.n + 1 }"),
        ]});
        let created = self.post("/v1/workflows", &json!({ "name": "Bench", "graph": graph })).await?;
        let id = created.get("id").and_then(Value::as_str).context("no id")?.to_owned();
        self.post(&format!("/v1/workflows/{id}/versions"), &json!({})).await?;
        Ok(id)
    }

    /// Runs the workflow `count` times, a few at a time, each until it is complete. The last run's id.
    async fn runs(&self, count: usize) -> anyhow::Result<String> {
        let places = Arc::new(Semaphore::new(AT_A_TIME));
        let mut running = JoinSet::new();
        for _ in 0..count {
            let place = places.clone().acquire_owned().await?;
            let bff = self.clone();
            running.spawn(async move {
                let done = bff.run().await;
                drop(place);
                done
            });
        }
        let mut last = String::new();
        while let Some(done) = running.join_next().await {
            last = done??;
        }
        Ok(last)
    }

    async fn run(&self) -> anyhow::Result<String> {
        let start = json!({ "command": "start", "params": { "trigger_payload": { "n": 1 } } });
        let started = self.post(&format!("/v1/workflows/{}/command", self.workflow), &start).await?;
        let id = started.get("run_id").and_then(Value::as_str).context("no run_id")?.to_owned();
        loop {
            let summary = self.get(&self.summary_path(&id)).await?;
            if summary.get("run_complete") == Some(&Value::Bool(true)) {
                ensure!(summary.get("status").and_then(Value::as_str) == Some("completed"), "{summary}");
                return Ok(id);
            }
            tokio::task::yield_now().await;
        }
    }

    fn summary_path(&self, run: &str) -> String {
        format!("/v1/workflows/{}/runs/{run}/summary", self.workflow)
    }

    async fn summary_cost(&self, run: &str) -> anyhow::Result<u64> {
        let path = self.summary_path(run);
        let mut taken = Vec::new();
        for _ in 0..200 {
            let begun = Instant::now();
            self.get(&path).await?;
            taken.push(begun.elapsed().as_micros() as f64);
        }
        Ok(median(taken) as u64)
    }
}
