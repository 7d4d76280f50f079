//! The queries that are asked again and again use an index, so that they stay fast as runs and events pile up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use rusqlite::Connection;
use serde_json::json;
use support::{Server, graph, human, script};

const RUNS: &str = include_str!("../src/routes/runs.rs");
const TASKS: &str = include_str!("../src/routes/tasks.rs");
const STREAM: &str = include_str!("../src/routes/stream.rs");
const ENGINE: &str = include_str!("../src/engine.rs");
const PATS: &str = include_str!("../src/auth/pats.rs");
const WORKFLOWS: &str = include_str!("../src/routes/workflows.rs");
const ANALYTICS: &str = include_str!("../src/routes/analytics.rs");

/// A query as the source asks it, a part of it by which to see that the source still does, and the index it must use. Limits and
/// counting are added to the part by `routes/rows.rs`.
struct Hot {
    source: &'static str,
    part: &'static str,
    sql: &'static str,
    index: &'static str,
}

const fn hot(source: &'static str, part: &'static str, sql: &'static str, index: &'static str) -> Hot {
    Hot { source, part, sql, index }
}

const PAGE: &str = "{SELECT}{filter} ORDER BY seq DESC";
const COUNT: &str = "\"runs{filter}\"";

const QUERIES: &[Hot] = &[
    hot(RUNS, PAGE, "SELECT id, status FROM runs WHERE workflow_id = ? ORDER BY seq DESC LIMIT ? OFFSET ?", "runs_of_workflow"),
    hot(
        RUNS,
        PAGE,
        "SELECT id, status FROM runs WHERE workflow_id = ? AND status = ? ORDER BY seq DESC LIMIT ? OFFSET ?",
        "runs_of_workflow_by_status",
    ),
    hot(RUNS, PAGE, "SELECT id, workflow_id FROM runs WHERE status = ? ORDER BY seq DESC LIMIT ? OFFSET ?", "runs_by_status"),
    hot(RUNS, COUNT, "SELECT count(*) FROM runs WHERE workflow_id = ?", "runs_of_workflow"),
    hot(RUNS, COUNT, "SELECT count(*) FROM runs WHERE workflow_id = ? AND status = ?", "runs_of_workflow_by_status"),
    hot(RUNS, COUNT, "SELECT count(*) FROM runs WHERE status = ?", "runs_by_status"),
    hot(RUNS, "WHERE id = ? AND workflow_id = ?", "SELECT id, status FROM runs WHERE id = ? AND workflow_id = ?", "sqlite_autoindex_runs"),
    hot(
        RUNS,
        "{EVENT} WHERE run_id = ? AND seq > ? ORDER BY seq\"",
        "SELECT seq, run_id, data FROM events WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ? OFFSET ?",
        "events_of_run",
    ),
    hot(RUNS, "\"events WHERE run_id = ?", "SELECT count(*) FROM events WHERE run_id = ?", "events_of_run"),
    hot(
        RUNS,
        "FROM run_steps WHERE run_id = ? ORDER BY",
        "SELECT step_id, state FROM run_steps WHERE run_id = ? AND input IS NOT NULL",
        "PRIMARY KEY",
    ),
    hot(
        RUNS,
        "\"tasks WHERE run_id = ? AND status = 'pending'",
        "SELECT count(*) FROM tasks WHERE run_id = ? AND status = 'pending'",
        "tasks_of_run",
    ),
    hot(
        TASKS,
        "{SELECT} WHERE t.status = 'pending' ORDER BY t.created_at, t.id",
        "SELECT t.id AS id, w.name AS workflow_name, t.created_at AS created_at FROM tasks t JOIN workflows w ON w.id = t.workflow_id WHERE t.status = 'pending'
         ORDER BY t.created_at, t.id LIMIT ? OFFSET ?",
        "tasks_pending",
    ),
    hot(
        STREAM,
        "{EVENT} WHERE workflow_id = ? AND seq > ? ORDER BY seq LIMIT ?",
        "SELECT seq, run_id, data FROM events WHERE workflow_id = ? AND seq > ? ORDER BY seq LIMIT ?",
        "events_of_workflow",
    ),
    hot(
        ENGINE,
        "SELECT id FROM runs WHERE status IN ('queued', 'starting', 'running', 'paused', 'draining')",
        "SELECT id FROM runs WHERE status IN ('queued', 'starting', 'running', 'paused', 'draining')",
        "runs_by_status",
    ),
    hot(PATS, "FROM pats WHERE hash = ?", "SELECT id, scopes FROM pats WHERE hash = ?", "sqlite_autoindex_pats"),
    hot(
        WORKFLOWS,
        "WHERE status <> 'archived' ORDER BY updated_at DESC, id",
        "SELECT id, graph FROM workflows WHERE status <> 'archived' ORDER BY updated_at DESC, id LIMIT ? OFFSET ?",
        "workflows_by_update",
    ),
    hot(
        ANALYTICS,
        "FROM runs WHERE started_at >= ? AND started_at < ?",
        "SELECT count(*) FILTER (WHERE status = 'failed') FROM runs WHERE started_at >= ? AND started_at < ?",
        "runs_by_start",
    ),
    hot(
        ANALYTICS,
        "FROM charges WHERE charged_at >= ? AND charged_at < ?",
        "SELECT count(*), coalesce(sum(microcredits), 0) FROM charges WHERE charged_at >= ? AND charged_at < ?",
        "charges_by_time",
    ),
];

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let nulls = vec![rusqlite::types::Null; statement.parameter_count()];
    let rows = statement.query_map(rusqlite::params_from_iter(nulls), |row| row.get::<_, String>(3)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[tokio::test]
async fn what_is_asked_again_and_again_uses_an_index() {
    let server = Server::start().await;
    let workflow = server.workflow(graph(json!([script("a", "return {}", &[]), human("ask", &["a"])]))).await;
    for _ in 0..3 {
        let run = server.run(&workflow, json!({})).await;
        server.asked(&workflow, &run).await;
    }
    let connection = Connection::open(server.folder().join("sandbox.db")).unwrap();
    for hot in QUERIES {
        assert!(hot.source.contains(hot.part), "the source does not ask this any more: {}", hot.part);
        let plan = plan(&connection, hot.sql);
        let text = plan.join("\n");
        assert!(text.contains(hot.index), "{}\n{text}", hot.sql);
        // These two indexes hold just what is asked for, in its order: they are read from their beginning, as far as the limit.
        let whole = |line: &&String| {
            line.starts_with("SCAN")
                && !["workflows_by_update", "tasks_pending"].iter().any(|index| line.contains(index))
        };
        assert_eq!(plan.iter().find(whole), None, "{}\n{text}", hot.sql);
        assert!(!text.contains("TEMP B-TREE"), "{}\n{text}", hot.sql);
    }
}

#[tokio::test]
async fn a_plan_without_an_index_would_be_noticed() {
    let server = Server::start().await;
    let connection = Connection::open(server.folder().join("sandbox.db")).unwrap();
    assert_eq!(plan(&connection, "SELECT id FROM runs WHERE trigger_type = ?"), ["SCAN runs"]);
    let sorted = plan(&connection, "SELECT id FROM runs WHERE status = ? ORDER BY started_at");
    assert!(sorted.iter().any(|line| line.contains("TEMP B-TREE")), "{sorted:?}");
}
