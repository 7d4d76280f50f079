//! The real binary, killed without a word at any moment and started again on the same file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::time::Duration;

use rand::RngExt as _;
use serde_json::{Value, json};
use support::{
    LAST_EVENTS, graph, human,
    program::{Client, Victim, pat},
    script,
};

/// How often the sandbox is killed.
const ROUNDS: usize = 24;

/// What was acknowledged before a death.
#[derive(Default)]
struct Acknowledged {
    runs: Vec<String>,
    decided: Vec<(String, bool)>,
    messages: Vec<(String, String)>,
}

/// Starts runs, answers their tasks and says things, until the sandbox is gone.
async fn work(client: &Client, workflow: &str, conversation: &str, known: &mut Acknowledged) -> Option<()> {
    for round in 0_u32.. {
        let start = json!({ "command": "start", "params": { "n": round } });
        let (_, started) = client.ask("POST", &format!("/v1/workflows/{workflow}/command"), start).await?;
        let run = started["run_id"].as_str().unwrap().to_owned();
        known.runs.push(run.clone());
        let text = format!("message {round} after {run}");
        let (_, said) = client
            .ask("POST", &format!("/v1/chat/conversations/{conversation}/messages"), json!({ "content": text }))
            .await?;
        known.messages.push((said["id"].as_str().unwrap().to_owned(), text));
        // Every other run is left to wait.
        if round % 2 == 0 {
            let task = loop {
                let (_, pending) = client
                    .ask("GET", &format!("/v1/workflows/{workflow}/runs/{run}/tasks/pending"), Value::Null)
                    .await?;
                if let Some(task) = pending["tasks"][0]["id"].as_str() {
                    break task.to_owned();
                }
            };
            let approved = round % 4 == 0;
            let path = format!("/v1/workflows/{workflow}/runs/{run}/tasks/{task}/complete");
            client.ask("POST", &path, json!({ "approved": approved })).await?;
            known.decided.push((run, approved));
        }
    }
    None
}

#[tokio::test]
#[cfg_attr(windows, ignore = "by Wine it did not end within some minutes, and on Windows itself nobody has tried it")]
async fn nothing_acknowledged_is_lost_and_no_run_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let token = pat(folder.path());
    let client = |victim: &Victim| Client::new(victim, &token);

    let victim = Victim::start(folder.path()).await;
    let first = client(&victim);
    let steps = json!([
        script("before", "return { n = input.n }", &[]),
        human("ask", &["before"]),
        script("after", "return { n = steps.before.result.n, approved = steps.ask.result.approved }", &["ask"]),
    ]);
    let made = first.ask("POST", "/v1/workflows", json!({ "name": "Crash", "graph": graph(steps) })).await.unwrap().1;
    let workflow = made["id"].as_str().unwrap().to_owned();
    first.ask("POST", &format!("/v1/workflows/{workflow}/versions"), json!({})).await.unwrap();
    let talk = first.ask("POST", "/v1/chat/conversations", json!({ "title": "Crash" })).await.unwrap().1;
    let conversation = talk["id"].as_str().unwrap().to_owned();
    victim.kill().await;

    let mut known = Acknowledged::default();
    for _ in 0..ROUNDS {
        let victim = Victim::start(folder.path()).await;
        let client = client(&victim);
        let moment = Duration::from_micros(rand::rng().random_range(1_000..250_000));
        // The moment of death is what is random here; that is what the sleep is for.
        tokio::select! {
            _ = work(&client, &workflow, &conversation, &mut known) => {}
            () = tokio::time::sleep(moment) => {}
        }
        victim.kill().await;
    }
    assert!(known.runs.len() > ROUNDS && !known.decided.is_empty(), "too little happened to prove anything");

    let victim = Victim::start(folder.path()).await;
    let client = client(&victim);
    // All that were stored: some of them were never acknowledged.
    let mut said = Vec::new();
    loop {
        let page = client
            .read(&format!("/v1/chat/conversations/{conversation}/messages?limit=100&offset={}", said.len()))
            .await;
        let rows = page["messages"].as_array().unwrap();
        said.extend(rows.iter().cloned());
        if rows.len() < 100 {
            break;
        }
    }
    for (id, text) in &known.messages {
        assert!(said.iter().any(|row| row["id"] == **id && row["content"] == **text), "the message {id} is lost");
    }
    let mut stalled = 0;
    for run in &known.runs {
        let decision = known.decided.iter().find(|(decided, _)| decided == run).map(|(_, approved)| *approved);
        stalled += usize::from(settle(&client, &workflow, run, decision).await == End::Stalled);
    }
    assert!(stalled <= ROUNDS, "a death has one suspect at the most, and {stalled} runs were given up");
    let live = client.read("/v1/analytics/live-runs").await;
    let waiting = client.read("/v1/tasks/pending").await;
    assert_eq!(live["live_runs"], waiting["total"], "every live run waits for a person");
    victim.kill().await;
}

/// How a run ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    AsTold(Option<bool>),
    /// Its script was under way at two deaths in a row.
    Stalled,
}

/// A run that was answered has ended as it was told; one that was not waits, and ends once it is answered.
async fn settle(client: &Client, workflow: &str, run: &str, decision: Option<bool>) -> End {
    let base = format!("/v1/workflows/{workflow}/runs/{run}");
    let end = support::soon(async {
        loop {
            let summary = client.read(&format!("{base}/summary")).await;
            if summary["run_complete"] == true && summary["failure_code"] == "RUN_STALLED_OR_TIMED_OUT" {
                return End::Stalled;
            }
            if summary["run_complete"] == true {
                assert_eq!(summary["status"], "completed", "{summary}");
                return End::AsTold(decision);
            }
            if summary["pending_tasks"] == 1 {
                assert_eq!(decision, None, "an acknowledged answer to {run} is lost");
                let pending = client.read(&format!("{base}/tasks/pending")).await;
                let task = pending["tasks"][0]["id"].as_str().unwrap().to_owned();
                let (status, body) = client
                    .ask("POST", &format!("{base}/tasks/{task}/complete"), json!({ "approved": true }))
                    .await
                    .unwrap();
                assert_eq!(status, 200, "{body}");
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    let context = client.read(&format!("{base}/context")).await;
    if let End::AsTold(Some(approved)) = end {
        assert_eq!(context["steps"]["after"]["result"]["approved"], approved, "{context}");
    }
    let events = client.read(&format!("{base}/events?limit=500")).await["events"].as_array().unwrap().clone();
    let ends = events.iter().filter(|event| LAST_EVENTS.contains(&event["event_type"].as_str().unwrap())).count();
    assert_eq!(ends, 1, "a run ends once");
    let completed = |step: &str| {
        events.iter().filter(|event| event["event_type"] == "step_completed" && event["step_id"] == step).count()
    };
    let whole = end != End::Stalled;
    let counts = ["before", "ask", "after"].map(completed);
    assert!(
        counts == [1, 1, 1] || !whole && counts.iter().all(|count| *count <= 1),
        "a step's result is recorded once"
    );
    end
}
