//! The plan of a run: who is measured, in what order, how often.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use clap::Args;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};

use crate::{
    load::{self, Sample, Shot},
    median,
    report::{Report, Row, table},
    sandbox,
    servers::Server,
    sibling,
};

/// What to measure, and where to write it.
#[derive(Debug, Args)]
pub struct Plan {
    /// Seconds of load for each contestant in each turn
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Turns; the median counts
    #[arg(long, default_value_t = 5)]
    turns: usize,
    /// Runs in the sandbox's file at which a run's cost is measured
    #[arg(long, value_delimiter = ',', default_value = "1,1000,10000")]
    runs: Vec<usize>,
    /// Measure the server only
    #[arg(long)]
    skip_sandbox: bool,
    /// Where the JSON report goes
    #[arg(long)]
    json: PathBuf,
    /// Where the table goes
    #[arg(long)]
    table: PathBuf,
}

const CONNECTIONS: [usize; 2] = [1, 32];
const NAMES: [&str; 6] = [
    "direct",
    "bare proxy",
    "tool call, 2025-11-25",
    "tool call, 2026-07-28",
    "MCP alone, 2025-11-25",
    "MCP alone, 2026-07-28",
];
/// The contestant all are compared with.
const PROXY: usize = 1;

/// Measures in turns, and writes the table.
pub async fn run(plan: Plan) -> anyhow::Result<()> {
    let own = std::env::current_exe()?;
    let upstream = Server::start(&own, &["upstream"], &[], false)?;
    let proxy = Server::start(&own, &["proxy", &upstream.url], &[], false)?;
    let program = sibling("agentruntime-platform-mcp")?;
    let environment = [
        ("AGENTRUNTIME_BFF_URL", upstream.url.as_str()),
        ("AGENTRUNTIME_PAT", "pat_bench"),
        ("AGENTRUNTIME_LOG", "info"),
    ];
    let arguments = ["serve", "--port", "0", "--log-format", "json"];

    let first_list_ms = first_list(&program, &arguments, &environment).await?;
    let server = Server::start(&program, &arguments, &environment, true)?;
    let idle_mib = server.resident_mib();
    let (list, tools) = list_tools(&server.url).await?;
    let listed_mib = server.resident_mib();
    let shots = [
        get(&format!("{}/v1/workflows/wf_bench/runs/run_bench/summary", upstream.url))?,
        get(&format!("{}/v1/workflows/wf_bench/runs/run_bench/summary", proxy.url))?,
        old_era(&server.url, &call(), FOUND).await?,
        new_era(&server.url, "tools/call", Some("runs_get_summary"), &call(), FOUND)?,
        // A tool that is not there: all of the protocol, and nothing behind it.
        old_era(&server.url, &no_call(), UNKNOWN).await?,
        new_era(&server.url, "tools/call", Some("no_such_tool"), &no_call(), UNKNOWN)?,
    ];
    let rows = duel(&shots, plan.turns, Duration::from_secs(plan.seconds)).await?;
    let loaded_mib = server.resident_mib();
    let report = Report {
        rows,
        idle_mib,
        listed_mib,
        loaded_mib,
        first_list_ms,
        list_bytes: list.len(),
        list_tokens: slim_tokens(&list)?,
        tools,
        sandbox: if plan.skip_sandbox { Vec::new() } else { sandbox::costs(&plan.runs).await? },
        workers_to_threads: if plan.skip_sandbox { None } else { Some(sandbox::workers_to_threads(plan.turns).await?) },
    };
    std::fs::write(&plan.json, serde_json::to_string_pretty(&report)? + "\n")?;
    std::fs::write(&plan.table, table(&report))?;
    Ok(())
}

/// Every contestant takes its turn, over and over, so that the machine's moods fall on all alike.
async fn duel(shots: &[Shot; 6], turns: usize, length: Duration) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for connections in CONNECTIONS {
        let mut samples: Vec<Vec<Sample>> = NAMES.iter().map(|_| Vec::new()).collect();
        for shot in shots {
            load::run(shot, connections, Duration::from_millis(300)).await?;
        }
        for _ in 0..turns {
            for (shot, taken) in shots.iter().zip(&mut samples) {
                taken.push(load::run(shot, connections, length).await?);
            }
        }
        let proxy = samples.get(PROXY).context("no proxy")?;
        for (contestant, own) in NAMES.into_iter().zip(&samples) {
            let of = |figure: fn(&Sample) -> f64| median(own.iter().map(figure).collect());
            let ratio = |figure: fn(&Sample) -> f64| {
                median(own.iter().zip(proxy).map(|(own, proxy)| figure(own) / figure(proxy)).collect())
            };
            rows.push(Row {
                contestant,
                connections,
                rate: of(|s| s.rate),
                p50_us: of(|s| s.p50 as f64) as u64,
                p99_us: of(|s| s.p99 as f64) as u64,
                rate_to_proxy: ratio(|s| s.rate),
                p50_to_proxy: ratio(|s| s.p50 as f64),
            });
        }
    }
    Ok(rows)
}

/// From starting the process to its first good `tools/list`, in milliseconds; the median of five.
async fn first_list(
    program: &std::path::Path,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> anyhow::Result<f64> {
    let mut taken = Vec::new();
    for _ in 0..5 {
        let begun = Instant::now();
        let server = Server::start(program, arguments, environment, true)?;
        list_tools(&server.url).await?;
        taken.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(median(taken))
}

async fn list_tools(url: &str) -> anyhow::Result<(String, usize)> {
    let (_, body) = load::once(&new_era(url, "tools/list", None, &json!({}), "tools")?).await?;
    let answer: Value = serde_json::from_slice(&body)?;
    let tools = answer.pointer("/result/tools").and_then(Value::as_array).context("no tools")?;
    ensure!(!tools.is_empty(), "tools/list is empty");
    Ok((json!(tools).to_string(), tools.len()))
}

/// What the definitions cost a model: name, description and input schema of each, in o200k tokens.
fn slim_tokens(list: &str) -> anyhow::Result<usize> {
    let tools: Vec<Value> = serde_json::from_str(list)?;
    let tokens = tiktoken_rs::o200k_base()?;
    let slim = |tool: &Value| json!({ "name": tool["name"], "description": tool["description"], "inputSchema": tool["inputSchema"] });
    Ok(tools.iter().map(|tool| tokens.encode_ordinary(&slim(tool).to_string()).len()).sum())
}

/// What an answer of the upstream has in it.
const FOUND: &str = "ses_bench";
/// What the refusal of an unknown tool has in it.
const UNKNOWN: &str = "there is no tool";

fn no_call() -> Value {
    json!({ "name": "no_such_tool", "arguments": {} })
}

fn call() -> Value {
    json!({ "name": "runs_get_summary", "arguments": { "workflow_id": "wf_bench", "run_id": "run_bench" } })
}

fn get(url: &str) -> anyhow::Result<Shot> {
    Ok(Shot {
        method: Method::GET,
        url: url.parse()?,
        headers: HeaderMap::new(),
        body: String::new(),
        marker: "ses_bench",
    })
}

/// A shot at the endpoint as the 2026-07-28 protocol wants it.
fn new_era(url: &str, method: &str, name: Option<&str>, params: &Value, marker: &'static str) -> anyhow::Result<Shot> {
    let mut headers = mcp_headers("2026-07-28")?;
    headers.insert("mcp-method", method.parse()?);
    if let Some(name) = name {
        headers.insert("mcp-name", name.parse()?);
    }
    let mut params = params.as_object().cloned().unwrap_or_default();
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": { "name": "bench", "version": "1" },
    });
    params.insert("_meta".to_owned(), meta);
    let params = Value::Object(params);
    shot(url, headers, method, &params, marker)
}

/// A shot within a session, initialized here.
async fn old_era(url: &str, call: &Value, marker: &'static str) -> anyhow::Result<Shot> {
    let headers = mcp_headers("2025-11-25")?;
    let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "bench", "version": "1" } });
    let (answer, _) = load::once(&shot(url, headers.clone(), "initialize", &hello, "serverInfo")?).await?;
    let session = answer.get("mcp-session-id").context("no session")?.clone();
    let mut headers = headers;
    headers.insert("mcp-session-id", session);
    let initialized = Shot {
        body: json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string(),
        ..shot(url, headers.clone(), "", &Value::Null, "")?
    };
    load::once(&initialized).await?;
    shot(url, headers, "tools/call", call, marker)
}

fn mcp_headers(version: &'static str) -> anyhow::Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("accept", HeaderValue::from_static("application/json, text/event-stream"));
    headers.insert("mcp-protocol-version", HeaderValue::from_static(version));
    Ok(headers)
}

fn shot(url: &str, headers: HeaderMap, method: &str, params: &Value, marker: &'static str) -> anyhow::Result<Shot> {
    // The number is put in by the load, as text: a template literal, not JSON.
    let body = json!({ "jsonrpc": "2.0", "id": "{id}", "method": method, "params": params }).to_string();
    Ok(Shot { method: Method::POST, url: url.parse()?, headers, body, marker })
}
