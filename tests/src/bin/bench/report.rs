//! The report as tables.

use std::fmt::Write as _;

use crate::measure::Report;

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
