//! Waiting for a run while the platform fails in passing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::disallowed_methods)]

mod support;

use agentruntime_platform_mcp::catalogue::{Group, Switches};
use serde_json::json;
use support::{ERAS, Fake, Mcp, Script, serve, within};

#[tokio::test]
async fn a_wait_whose_last_look_fails_in_passing_says_how_the_run_stood_before() {
    for era in ERAS {
        let (fake, mut signals) = Fake::start().await;
        fake.script("/summary", Script::Answer(200, json!({ "run_id": "run", "status": "running" })));
        fake.script("/tasks", Script::Answer(200, json!({ "tasks": [] })));
        let server = serve(&fake, Switches::new([Group::Core], false)).await;
        let mcp = Mcp::connect(&server.url, era).await;
        let wait = json!({ "workflow_id": "wf", "run_id": "run", "max_seconds": 2 });
        let call = tokio::spawn(async move { mcp.call("runs_wait", wait).await });
        // The first look is two questions.
        within(signals.arrived.recv()).await.unwrap();
        within(signals.arrived.recv()).await.unwrap();
        fake.script("/summary", Script::Answer(503, json!({ "error": "down" })));
        let (answer, failed) = within(call).await.unwrap();
        assert!(!failed, "{answer}");
        assert_eq!((&answer["outcome"], &answer["run"]["status"]), (&json!("still_running"), &json!("running")));
    }
}
