//! A token that is made or revealed through the tools is in their answer, and in nothing that is written: not in the activity
//! log's file, not in what is told of calls, not in any line of the log at its most talkative.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::{
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use agentruntime_bff::{Client, Config};
use agentruntime_platform_mcp::{
    activity::{ActivityLog, Query},
    call::{TokenKnown, Upstream},
    catalogue::Switches,
};
use serde_json::json;
use support::{ERAS, Fake, Mcp, Script, TOKEN, serve};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// Everything that was logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Puts a token together, so that nobody takes it for one that was left in the sources.
fn token(last: &str) -> String {
    ["pat_", "wH8sQ1zKx", "V5nC3tRyU", "0dLbE7jMa", last].concat()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

/// The only test of its file: the log belongs to the whole process.
#[tokio::test]
async fn a_token_is_in_the_answer_and_in_nothing_that_is_written() {
    let lines = Lines::default();
    let writer = lines.clone();
    // As the programs log at `trace`: our own crates everything, others what they warn of.
    let ours = [("agentruntime", LevelFilter::TRACE), ("audit", LevelFilter::TRACE)];
    let filter = Targets::new().with_targets(ours).with_default(LevelFilter::WARN);
    let text = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || writer.clone());
    tracing_subscriber::registry().with(text.with_filter(filter)).init();

    let folder = tempfile::tempdir().unwrap();
    let log = ActivityLog::open(&folder.path().join("activity.db")).await.unwrap();
    let (fake, _signals) = Fake::start().await;
    let [made, revealed, pasted, failing] = ["Aa1", "Bb2", "Cc3", "Dd4"].map(token);
    fake.script("/v1/pats", Script::Answer(201, json!({ "id": "pat_7", "token": made, "scopes": ["workflow:read"] })));
    fake.script("/reveal", Script::Answer(200, json!({ "id": "pat_7", "token": revealed })));
    fake.script("pat_gone/reveal", Script::Answer(500, json!({ "error": format!("{failing} cannot be revealed") })));
    let server = serve(&fake, Switches::all_but_risk().with_risk(true)).await;
    let client = Client::new(Config::new(fake.url.parse().unwrap())).unwrap();
    let known = TokenKnown::new::<&str>(Some("pat_own".to_owned()), []);
    server.platform.set_upstream(Upstream::new(client, Some(TOKEN.parse().unwrap())).knowing(known));
    let ending = CancellationToken::new();
    let mut records = server.platform.records();
    let mut written = log.entries();
    let following = tokio::spawn(log.clone().follow(server.platform.records(), ending.clone()));

    let mut calls = 0;
    for era in ERAS {
        let mcp = Mcp::connect(&server.url, era).await;
        let (answer, _) = mcp.call("pats_create", json!({ "display_name": "IDE", "scopes": ["workflow:read"] })).await;
        assert_eq!(answer["token"], *made);
        let (answer, _) = mcp.call("pats_reveal", json!({ "id": "pat_7" })).await;
        assert_eq!(answer["token"], *revealed);
        let (_, failed) = mcp.call("pats_reveal", json!({ "id": "pat_gone" })).await;
        assert!(failed);
        // A model that gives the token where its id is asked for.
        mcp.call("pats_revoke", json!({ "id": pasted })).await;
        mcp.call("pats_revoke", json!({ "id": "pat_7", "token": made })).await;
        calls += 5;
    }
    let mut records_text = String::new();
    for _ in 0..calls {
        let call = tokio::time::timeout(Duration::from_secs(10), written.recv()).await.expect("it is written").unwrap();
        records_text.push_str(&format!("{call:?} {:?}", records.recv().await.unwrap()));
    }
    ending.cancel();
    tokio::time::timeout(Duration::from_secs(10), following).await.expect("it ends").unwrap();
    assert_eq!(log.find(Query { limit: 50, ..Query::default() }).await.unwrap().calls.len(), calls);

    let mut searched = vec![("the records".to_owned(), records_text.into_bytes())];
    searched.push(("the log".to_owned(), lines.0.lock().unwrap().clone()));
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        searched.push((path.display().to_string(), std::fs::read(&path).unwrap()));
    }
    assert!(searched.iter().filter(|(_, bytes)| holds(bytes, "pats_reveal")).count() >= 3, "the calls are told of");
    for (place, bytes) in &searched {
        for secret in [&made, &revealed, &pasted, &failing, &TOKEN.to_owned()] {
            assert!(!holds(bytes, secret), "{place} holds {}…", &secret[..8]);
        }
    }
}
