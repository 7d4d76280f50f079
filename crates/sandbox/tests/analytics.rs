//! Analytics and billing are computed from what ran: the numbers match, or the question is refused by field.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::{Value, json};
use support::{Server, graph, human, script};

const STEP: i64 = 5_000_000;
const TRIAL: i64 = 1_000_000_000_000;

/// Two runs that complete (of two steps each), one that fails (at its first step of two), one that is stopped while it waits
/// (after one step), one that waits still (after one step). Charged: 2 + 2 + 1 + 1 + 1 steps.
async fn history(server: &Server) {
    let two = server.workflow(graph(json!([script("a", "return {}", &[]), script("b", "return {}", &["a"])]))).await;
    let failing =
        server.workflow(graph(json!([script("a", "error('x')", &[]), script("b", "return {}", &["a"])]))).await;
    let waiting = server.workflow(graph(json!([script("a", "return {}", &[]), human("ask", &["a"])]))).await;
    for workflow in [&two, &two, &failing] {
        let run = server.run(workflow, json!({})).await;
        server.finished(workflow, &run).await;
    }
    for stop in [true, false] {
        let run = server.run(&waiting, json!({})).await;
        server.asked(&waiting, &run).await;
        if stop {
            server.command(&waiting, "stop", json!({ "run_id": run })).await;
        }
    }
}

async fn read(server: &Server, what: &str) -> Value {
    server.read(&format!("/v1/analytics/{what}")).await
}

/// The sum of a key over all points.
fn sum(series: &Value, key: &str) -> i64 {
    series["points"].as_array().unwrap().iter().map(|point| point[key].as_i64().unwrap()).sum()
}

#[tokio::test]
async fn the_numbers_match_what_ran() {
    let server = Server::start().await;
    history(&server).await;
    for window in [
        "",
        "?window=week",
        "?window=month",
        "?window=all",
        "?from=2020-01-01",
        "?from=2020-01-01T00:00:00%2B02:00&to=2999-12-31",
    ] {
        let asked = |what: &str| format!("{what}{window}");
        let rate = read(&server, &asked("success-rate")).await;
        for (key, value) in [
            ("completed", json!(2)),
            ("failed", json!(1)),
            ("stopped", json!(1)),
            ("terminal_runs", json!(4)),
            ("success_rate", json!(0.5)),
            ("success_percent", json!(50.0)),
            ("enough_data", json!(true)),
        ] {
            assert_eq!(rate[key], value, "{key} with {window}: {rate}");
        }
        let credits = read(&server, &asked("credits-consumed")).await;
        assert_eq!((&credits["steps"], &credits["microcredits"]), (&json!(7), &json!(7 * STEP)), "{window}");
        assert_eq!(credits["credits"], 35.0);
        assert_eq!(read(&server, &asked("steps-executed")).await["steps_executed"], 7, "{window}");
        let runs = read(&server, &asked("runs-count")).await;
        let by_status = json!({ "completed": 2, "failed": 1, "running": 1, "stopped": 1 });
        assert_eq!((&runs["runs"], &runs["by_status"]), (&json!(5), &by_status), "{window}");
        let summary = read(&server, &asked("steps-summary")).await["step_types"].clone();
        assert_eq!(summary.as_array().unwrap().len(), 1, "{summary}");
        let row = &summary[0];
        assert_eq!(
            (&row["step_type"], &row["steps"], &row["microcredits"]),
            (&json!("lua_script"), &json!(7), &json!(7 * STEP))
        );
        let durations = read(&server, &asked("execution-duration")).await;
        assert_eq!(durations["runs"], 4, "what still runs has no duration: {durations}");
        let ms = |key: &str| durations[key].as_f64().unwrap();
        assert!(
            0.0 <= ms("shortest_ms") && ms("shortest_ms") <= ms("average_ms") && ms("average_ms") <= ms("longest_ms")
        );
    }
    let live = read(&server, "live-runs").await;
    assert_eq!(live, json!({ "live_runs": 1, "by_status": { "running": 1 } }));
    let usage = server.read("/v1/billing/usage").await;
    let left = TRIAL - 7 * STEP;
    let expected = json!({ "trial_remaining": left, "included_remaining": 0, "payg_remaining": 0, "total_remaining_microcredits": left });
    assert_eq!(usage, expected);
}

#[tokio::test]
async fn the_series_add_up() {
    let server = Server::start().await;
    history(&server).await;
    for granularity in
        ["", "?granularity=hour", "?granularity=day", "?granularity=week&window=all", "?granularity=week&window=week"]
    {
        let runs = read(&server, &format!("runs-timeseries{granularity}")).await;
        let sums = ["started", "completed", "failed", "stopped"].map(|key| sum(&runs, key));
        assert_eq!(sums, [5, 2, 1, 1], "{granularity}: {runs}");
        let usage = read(&server, &format!("usage-timeseries{granularity}")).await;
        assert_eq!((sum(&usage, "steps"), sum(&usage, "microcredits")), (7, 7 * STEP), "{granularity}: {usage}");
        let points = runs["points"].as_array().unwrap().len();
        assert!((1..=2).contains(&points), "{granularity}: all of it ran just now, at worst across one border: {runs}");
    }
    assert_eq!(read(&server, "runs-timeseries").await["granularity"], "day");

    // What is paid for today counts today, however long ago its run began.
    let database = rusqlite::Connection::open(server.folder().join("sandbox.db")).unwrap();
    database.execute("UPDATE charges SET charged_at = '2024-02-29T12:00:00.000Z' WHERE seq = 1", []).unwrap();
    assert_eq!(sum(&read(&server, "usage-timeseries?from=2024-02-01&to=2024-03-01").await, "steps"), 1);
    assert_eq!(read(&server, "credits-consumed?from=2024-02-01&to=2024-03-01").await["steps"], 1);
    assert_eq!(sum(&read(&server, "usage-timeseries?window=week").await, "steps"), 6);

    // Days without a run are points as well.
    database.execute("UPDATE runs SET started_at = '2024-02-28T23:59:59.999Z' WHERE status = 'failed'", []).unwrap();
    database.execute("UPDATE runs SET started_at = '2024-03-01T00:00:00.000Z' WHERE status = 'stopped'", []).unwrap();
    let days = read(&server, "runs-timeseries?from=2024-02-01&to=2024-03-02").await;
    let shown =
        |key: &str| days["points"].as_array().unwrap().iter().map(|point| point[key].clone()).collect::<Vec<_>>();
    assert_eq!(
        shown("from"),
        ["2024-02-28T00:00:00.000Z", "2024-02-29T00:00:00.000Z", "2024-03-01T00:00:00.000Z"].map(|day| json!(day))
    );
    assert_eq!(
        (shown("failed"), shown("stopped")),
        (vec![json!(1), json!(0), json!(0)], vec![json!(0), json!(0), json!(1)])
    );
    let weeks = read(&server, "runs-timeseries?from=2024-02-01&to=2024-03-02&granularity=week").await;
    assert_eq!(
        (weeks["points"].as_array().unwrap().len(), &weeks["points"][0]["from"]),
        (1, &json!("2024-02-26T00:00:00.000Z")),
        "from Monday"
    );
    // The end of a span is not part of it.
    assert_eq!(read(&server, "runs-count?from=2024-02-01&to=2024-03-01").await["runs"], 1);
    assert_eq!(read(&server, "runs-count?from=2024-02-28T23:59:59.999Z&to=2024-03-01T00:00:00.001Z").await["runs"], 2);
    assert_eq!(read(&server, "runs-count?window=week").await["runs"], 3);
    assert_eq!(read(&server, "runs-count?window=all").await["runs"], 5);
}

#[tokio::test]
async fn too_few_runs_have_no_rate() {
    let server = Server::start().await;
    let workflow = server.workflow(graph(json!([script("a", "return {}", &[])]))).await;
    for runs in 0..=3 {
        let rate = read(&server, "success-rate").await;
        let expected = if runs < 3 { Value::Null } else { json!(1.0) };
        assert_eq!((&rate["success_rate"], &rate["terminal_runs"]), (&expected, &json!(runs)), "{rate}");
        assert_eq!((&rate["enough_data"], &rate["needs_terminal_runs"]), (&json!(runs >= 3), &json!(3)));
        let run = server.run(&workflow, json!({})).await;
        server.finished(&workflow, &run).await;
    }
}

#[tokio::test]
async fn an_empty_sandbox_has_answers_too() {
    let server = Server::start().await;
    assert_eq!(read(&server, "runs-timeseries").await["points"], json!([]));
    assert_eq!(read(&server, "usage-timeseries?window=all&granularity=hour").await["points"], json!([]));
    assert_eq!(
        read(&server, "execution-duration").await,
        json!({ "runs": 0, "average_ms": null, "shortest_ms": null, "longest_ms": null })
    );
    assert_eq!(read(&server, "steps-summary").await["step_types"], json!([]));
    assert_eq!(read(&server, "live-runs").await, json!({ "live_runs": 0, "by_status": {} }));
    assert_eq!(server.read("/v1/billing/usage").await["trial_remaining"], TRIAL);
}

#[tokio::test]
async fn a_question_that_makes_no_sense_is_refused_by_field() {
    let server = Server::start().await;
    history(&server).await;
    for what in [
        "success-rate",
        "credits-consumed",
        "runs-timeseries",
        "usage-timeseries",
        "execution-duration",
        "runs-count",
        "steps-executed",
        "steps-summary",
    ] {
        for (query, field) in [
            ("window=year", "window"),
            ("window=", "window"),
            ("from=yesterday", "from"),
            ("to=2024-13-01", "to"),
            ("from=2024-02-02&to=2024-02-01", "from"),
            ("from=2024-02-02&to=2024-02-02", "from"),
            ("from=2999-01-01", "from"),
        ] {
            let (status, body) = server.get(&format!("/v1/analytics/{what}?{query}")).await;
            assert_eq!((status, &body["code"]), (422, &json!("VALIDATION_FAILED")), "{what}?{query}: {body}");
            assert!(body["error"].as_str().unwrap().starts_with(&format!("{field}: ")), "{what}?{query}: {body}");
        }
    }
    for what in ["runs-timeseries", "usage-timeseries"] {
        for query in
            ["granularity=minute", "granularity=", "granularity=hour&to=2999-01-01", "granularity=week&to=9999-12-01"]
        {
            let (status, body) = server.get(&format!("/v1/analytics/{what}?{query}")).await;
            assert_eq!(status, 422, "{what}?{query}: {body}");
            assert!(body["error"].as_str().unwrap().starts_with("granularity: "), "{what}?{query}: {body}");
        }
    }
}
