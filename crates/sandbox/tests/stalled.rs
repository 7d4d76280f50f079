//! The real program, and what is under way when it ends: nothing may end it twice.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::{fs, path::Path, time::Duration};

use serde_json::{Value, json};
use support::{
    graph,
    program::{Client, Victim, pat},
    script, soon,
};

/// A script that runs until its time is up, after half a minute.
const LONG: &str = "while true do end";

/// A sandbox in a new folder with a published workflow of this graph.
async fn published(folder: &Path, steps: Value) -> (Victim, Client, String, String) {
    let token = pat(folder);
    let victim = Victim::start(folder).await;
    let client = Client::new(&victim, &token);
    let made = client.ask("POST", "/v1/workflows", json!({ "name": "Long", "graph": graph(steps) })).await.unwrap().1;
    let workflow = made["id"].as_str().unwrap().to_owned();
    client.ask("POST", &format!("/v1/workflows/{workflow}/versions"), json!({})).await.unwrap();
    (victim, client, workflow, token)
}

fn long() -> Value {
    let mut step = script("long", LONG, &[]);
    step["timeout_s"] = json!(30);
    json!([step])
}

async fn start(client: &Client, workflow: &str) -> String {
    let path = format!("/v1/workflows/{workflow}/command");
    client.ask("POST", &path, json!({ "command": "start" })).await.unwrap().1["run_id"].as_str().unwrap().to_owned()
}

async fn ended(client: &Client, workflow: &str, run: &str) -> Value {
    soon(async {
        loop {
            let summary = client.read(&format!("/v1/workflows/{workflow}/runs/{run}/summary")).await;
            if summary["run_complete"] == true {
                return summary;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
}

/// Waits until so many scripts are under way.
async fn working(victim: &Victim, count: usize) -> Vec<u32> {
    soon(async {
        loop {
            let workers = victim.workers();
            if workers.len() >= count {
                return workers;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
}

#[tokio::test]
async fn a_step_that_was_under_way_at_two_deaths_is_not_begun_a_third_time() {
    let folder = tempfile::tempdir().unwrap();
    let (victim, client, workflow, token) = published(folder.path(), long()).await;
    let run = start(&client, &workflow).await;
    working(&victim, 1).await;
    victim.kill().await;

    // Once may be chance: it is begun again.
    let victim = Victim::start(folder.path()).await;
    working(&victim, 1).await;
    victim.kill().await;

    let victim = Victim::start(folder.path()).await;
    let client = Client::new(&victim, &token);
    let end = ended(&client, &workflow, &run).await;
    assert_eq!(end["failure_code"], "RUN_STALLED_OR_TIMED_OUT", "{end}");
    assert!(end["error"].as_str().unwrap().contains("ended 2 times in a row"), "{end}");
    assert!(victim.workers().is_empty(), "it was not begun");
    victim.kill().await;
}

#[tokio::test]
async fn an_end_in_order_counts_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (victim, client, workflow, token) = published(folder.path(), long()).await;
    let run = start(&client, &workflow).await;
    working(&victim, 1).await;
    victim.kill().await;
    for _ in 0..3 {
        let victim = Victim::start(folder.path()).await;
        working(&victim, 1).await;
        victim.end().await;
    }
    let victim = Victim::start(folder.path()).await;
    working(&victim, 1).await;
    let client = Client::new(&victim, &token);
    let summary = client.read(&format!("/v1/workflows/{workflow}/runs/{run}/summary")).await;
    assert_eq!(summary["status"], "running", "{summary}");
    victim.kill().await;
}

/// Of three that were under way, one is begun at a time: the others are not counted for a death that it causes.
#[tokio::test]
async fn who_was_only_there_is_not_blamed() {
    let folder = tempfile::tempdir().unwrap();
    let (victim, client, workflow, token) = published(folder.path(), long()).await;
    let mut runs = Vec::new();
    for _ in 0..3 {
        runs.push(start(&client, &workflow).await);
    }
    working(&victim, 3).await;
    victim.kill().await;

    let mut failed = Vec::new();
    for round in 1..=3 {
        let victim = Victim::start(folder.path()).await;
        let client = Client::new(&victim, &token);
        let workers = working(&victim, 1).await;
        assert_eq!(workers.len(), 1, "one is begun at a time");
        failed = soon(async {
            loop {
                let failed = with_status(&client, &workflow, &runs, "failed").await;
                if failed.len() >= round - 1 {
                    return failed;
                }
            }
        })
        .await;
        assert_eq!(failed.len(), round - 1, "in round {round}");
        victim.kill().await;
    }
    assert_eq!(failed.len(), 2);
}

/// The runs that stand like this.
async fn with_status(client: &Client, workflow: &str, runs: &[String], status: &str) -> Vec<String> {
    let mut found = Vec::new();
    for run in runs {
        if client.read(&format!("/v1/workflows/{workflow}/runs/{run}/summary")).await["status"] == status {
            found.push(run.clone());
        }
    }
    found
}

#[tokio::test]
async fn a_worker_that_dies_costs_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let (victim, client, workflow, _) = published(folder.path(), long()).await;
    let run = start(&client, &workflow).await;
    let [worker] = working(&victim, 1).await[..] else { panic!("one worker") };
    let killed = std::process::Command::new("kill").args(["-KILL", &worker.to_string()]).status().unwrap();
    assert!(killed.success());
    let end = ended(&client, &workflow, &run).await;
    assert_eq!((&end["status"], &end["failure_code"]), (&json!("failed"), &json!("UPSTREAM_ERROR")), "{end}");
    assert!(end["error"].as_str().unwrap().contains("signal: 9"), "{end}");
    // The next one gets another.
    let run = start(&client, &workflow).await;
    working(&victim, 1).await;
    let stop = json!({ "command": "stop", "params": { "run_id": run, "mode": "immediate" } });
    client.ask("POST", &format!("/v1/workflows/{workflow}/command"), stop).await.unwrap();
    assert_eq!(ended(&client, &workflow, &run).await["status"], "stopped");
    soon(async {
        while !victim.workers().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    victim.kill().await;
}

/// What Linux tells of a process that runs a script.
#[tokio::test]
async fn a_worker_has_no_file_no_network_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let (victim, client, workflow, _) = published(folder.path(), long()).await;
    start(&client, &workflow).await;
    let [worker] = working(&victim, 1).await[..] else { panic!("one worker") };
    let read = |what: &str| fs::read_to_string(format!("/proc/{worker}/{what}")).unwrap();
    // The thread with the script is the one that the worker began.
    let status = soon(async {
        loop {
            let threads = fs::read_dir(format!("/proc/{worker}/task")).unwrap();
            let statuses = threads.filter_map(|thread| fs::read_to_string(thread.unwrap().path().join("status")).ok());
            if let Some(status) = statuses.into_iter().find(|status| status.lines().any(|line| line == "Seccomp:\t2")) {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    assert!(status.lines().any(|line| line == "NoNewPrivs:\t1"), "{status}");
    let limits = read("limits");
    let limit = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].split_ascii_whitespace().next().unwrap().to_owned()
    };
    let bytes = limit("Max data size").parse::<u64>().unwrap();
    assert!((512 << 20..4 << 30).contains(&bytes), "{bytes}");
    assert_eq!((limit("Max file size"), limit("Max core file size")), ("0".to_owned(), "0".to_owned()));
    assert_eq!(read("environ"), "", "no environment");
    let open = fs::read_dir(format!("/proc/{worker}/fd")).unwrap();
    let open = open.map(|fd| fs::read_link(fd.unwrap().path()).unwrap().display().to_string()).collect::<Vec<_>>();
    assert!(open.iter().all(|to| to.starts_with("pipe:") || to == "/dev/null"), "{open:?}");
    let name = read("cmdline");
    assert!(name.starts_with("agentruntime-script-worker\0--script-worker"), "{name:?}");
    victim.kill().await;
}
