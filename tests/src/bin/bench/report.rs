//! The report, and its figures as tables.

use std::fmt::Write as _;

use serde::Serialize;

use crate::sandbox;

/// One contestant at one number of connections.
#[derive(Debug, Serialize)]
pub struct Row {
    pub contestant: &'static str,
    pub connections: usize,
    pub rate: f64,
    pub p50_us: u64,
    pub p99_us: u64,
    /// Against the bare proxy of the same turn, median over the turns.
    pub rate_to_proxy: f64,
    pub p50_to_proxy: f64,
}

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    pub rows: Vec<Row>,
    pub idle_mib: Option<f64>,
    pub listed_mib: Option<f64>,
    pub loaded_mib: Option<f64>,
    pub first_list_ms: f64,
    pub list_bytes: usize,
    pub list_tokens: usize,
    pub tools: usize,
    pub sandbox: Vec<sandbox::Cost>,
    /// A run with its scripts in workers, to one with them on threads.
    pub workers_to_threads: Option<f64>,
}

/// The tables of `docs/PERFORMANCE.md`.
pub fn table(report: &Report) -> String {
    let mut page = String::from(
        "## A tool call\n\nA tool call is `runs_get_summary` (1.5 kB); the bare proxy is axum and reqwest with nothing in between. MCP alone is \
         a call of a tool that is not there: all of the protocol, and nothing behind it.\n\n\
         | contestant | connections | requests/s | p50 µs | p99 µs | rate to proxy | p50 to proxy |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for row in &report.rows {
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "| {} | {} | {:.0} | {} | {} | {:.2} | {:.2} |",
            row.contestant, row.connections, row.rate, row.p50_us, row.p99_us, row.rate_to_proxy, row.p50_to_proxy
        );
    }
    let mib = |figure: Option<f64>| figure.map_or_else(|| "not known here".to_owned(), |mib| format!("{mib:.1} MiB"));
    let _ = write!(
        page,
        "\n## The server\n\n| what | figure |\n| --- | --- |\n| resident memory, idle, without the sandbox | {} |\n| after the first `tools/list` | {} |\n| after the load above | {} |\n\
         | from start to the first `tools/list` | {:.0} ms |\n| `tools/list`, {} tools | {} bytes |\n| its cost in a model's context (name, description, input schema; o200k) | {} tokens, {:.0} a tool |\n",
        mib(report.idle_mib),
        mib(report.listed_mib),
        mib(report.loaded_mib),
        report.first_list_ms,
        report.tools,
        report.list_bytes,
        report.list_tokens,
        report.list_tokens as f64 / report.tools as f64,
    );
    page.push_str("\n## The sandbox\n\nRuns of a workflow of three Lua steps, started over HTTP, eight at a time.\n\n| runs in the file | runs/s | to the first row | status read, p50 µs |\n| --- | --- | --- | --- |\n");
    let first = report.sandbox.first().map_or(f64::NAN, |cost| cost.rate);
    for cost in &report.sandbox {
        let _ = writeln!(page, "| {} | {:.0} | {:.2} | {} |", cost.runs, cost.rate, cost.rate / first, cost.summary_us);
    }
    if let Some(ratio) = report.workers_to_threads {
        let _ = writeln!(
            page,
            "\nWith its scripts in worker processes, as here, a run costs {ratio:.2} of what it costs with them on threads of the server."
        );
    }
    page
}
