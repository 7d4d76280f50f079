//! What a tool call is compared with: the upstream itself, and a reverse proxy of axum and reqwest with nothing in between.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::Context as _;
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::header,
    response::Response,
    serve::ListenerExt as _,
};
use serde_json::json;
use tokio::net::TcpListener;

/// A run summary of about 1.9 kB, as the BFF would send it.
fn summary() -> String {
    let steps: Vec<_> = (0..14)
        .map(|i| json!({ "step_id": format!("step_{i}"), "status": "completed", "attempt": 1, "started_at": "2026-11-23T08:00:00.000Z" }))
        .collect();
    json!({
        "run_id": "run_bench", "workflow_id": "wf_bench", "status": "running", "orchestration_phase": "executing",
        "session_id": "ses_bench", "run_complete": false, "pending_tasks": 0, "steps": steps,
    })
    .to_string()
}

/// Listens on a free port and says which on stdout.
async fn announce() -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "http://{}", listener.local_addr()?)?;
    out.flush()?;
    Ok(listener)
}

/// Answers every GET with the same summary.
pub async fn upstream() -> anyhow::Result<()> {
    let body: &'static str = summary().leak();
    let app = Router::new().fallback(move || async move { ([(header::CONTENT_TYPE, "application/json")], body) });
    serve(app).await
}

/// Passes each request on and its answer back.
pub async fn proxy(upstream: String) -> anyhow::Result<()> {
    let client = reqwest::Client::builder().tcp_nodelay(true).no_proxy().build()?;
    let app = Router::new().fallback(pass_on).with_state((client, upstream));
    serve(app).await
}

async fn serve(app: Router) -> anyhow::Result<()> {
    let listener = announce().await?.tap_io(|io| drop(io.set_nodelay(true)));
    axum::serve(listener, app).await?;
    Ok(())
}

async fn pass_on(State((client, upstream)): State<(reqwest::Client, String)>, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let answer = client.get(format!("{upstream}{path}")).bearer_auth("pat_bench").send().await;
    let body = match answer {
        Ok(answer) => answer.bytes().await,
        Err(error) => Err(error),
    };
    match body {
        Ok(body) => Response::builder().header(header::CONTENT_TYPE, "application/json").body(Body::from(body)),
        Err(error) => Response::builder().status(502).body(Body::from(error.to_string())),
    }
    .unwrap_or_default()
}

/// A server process that ends with this value.
pub struct Server {
    child: Child,
    /// Its base URL.
    pub url: String,
}

impl Server {
    /// Starts `command` and reads its URL from the first line of stdout (or of stderr, as JSON with `fields.url`) that has one.
    pub fn start(program: &Path, arguments: &[&str], envs: &[(&str, &str)], from_stderr: bool) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments).envs(envs.iter().copied()).stdin(Stdio::null());
        if from_stderr {
            command.stdout(Stdio::null()).stderr(Stdio::piped());
        } else {
            command.stdout(Stdio::piped()).stderr(Stdio::inherit());
        }
        let mut child = command.spawn().with_context(|| format!("{} did not start", program.display()))?;
        let lines: Box<dyn std::io::Read + Send> = if from_stderr {
            Box::new(child.stderr.take().context("no stderr")?)
        } else {
            Box::new(child.stdout.take().context("no stdout")?)
        };
        let mut lines = BufReader::new(lines).lines();
        let mut seen = Vec::new();
        for line in lines.by_ref() {
            let line = line?;
            if let Some(url) = find_url(&line) {
                // The pipe is drained to the end, or the server would block on a full one.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self { child, url });
            }
            seen.push(line);
        }
        let status = child.wait()?;
        anyhow::bail!("{} ended with {status}: {}", program.display(), seen.join("\n"))
    }

    /// Resident memory in MiB, as the kernel counts it; `None` where it does not say.
    pub fn resident_mib(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib / 1024.0)
    }
}

fn find_url(line: &str) -> Option<String> {
    if line.starts_with("http://") {
        return Some(line.to_owned());
    }
    let event: serde_json::Value = serde_json::from_str(line).ok()?;
    let url = event.pointer("/fields/url")?.as_str()?;
    Some(url.to_owned())
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone is as good as ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
