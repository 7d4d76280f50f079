//! The binary as people start it: what it says, when it ends, and that no secret is in anything it wrote.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::{path::Path, process::Stdio};

use serde_json::json;
use support::{
    HELD, Running, ending,
    library::mcp::{Era, Mcp},
    program, refused, soon,
};
use tokio::{
    io::{AsyncReadExt as _, BufReader},
    process::ChildStderr,
};

#[tokio::test]
async fn what_cannot_work_is_said_in_one_clear_line() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str, i32);
    let cases: [Case<'_>; 8] = [
        (&["--port", &port], &[HELD], "is taken by another program", 1),
        (
            &["--port", "0"],
            &[HELD, ("AGENTRUNTIME_BFF_URL", "not a url")],
            "AGENTRUNTIME_BFF_URL `not a url` is no URL",
            2,
        ),
        (&["--port", "0", "--bff-url", "http://example.com"], &[HELD], "https", 2),
        (&["--port", "0"], &[], "no access token: set AGENTRUNTIME_PAT", 2),
        (&["--port", "0"], &[("AGENTRUNTIME_PAT", "two words")], "AGENTRUNTIME_PAT is no access token", 2),
        (&["--port", "0", "--bind", "0.0.0.0"], &[HELD], "beyond loopback", 2),
        (&["--port", "0", "--sandbox", "--allowed-host", "x"], &[], "it goes with --pass-through", 2),
        (&["--port", "0", "--groups", "core,nonsense"], &[HELD], "nonsense", 2),
    ];
    for (arguments, environment, expected, exit) in cases {
        let (text, code) = refused(arguments, environment).await;
        assert_eq!(code, exit, "{arguments:?}: {text}");
        let said = text.lines().filter(|line| line.contains(expected)).count();
        assert_eq!(said, 1, "{arguments:?}: {text}");
        assert!(!text.contains("pat_of_a_test"), "{text}");
        assert!(!text.contains("panicked") && !text.contains("stack backtrace"), "{text}");
    }
}

#[tokio::test]
async fn a_bff_that_is_away_is_warned_of_once_and_each_call_says_so() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").map(|free| free.local_addr().unwrap()).unwrap();
    let url = format!("http://{nobody}");
    let running = Running::start(&[], &[HELD, ("AGENTRUNTIME_BFF_URL", &url)]).await;
    let mcp = Mcp::connect(&running.url, Era::New).await;
    for _ in 0..2 {
        let (answer, failed) = mcp.call("workflows_list", json!({})).await;
        assert!(failed);
        assert_eq!(answer["error"]["code"], "unreachable", "{answer}");
    }
    let (written, code) = running.terminate().await;
    assert_eq!(code, Some(0), "{written}");
    let warnings = written.lines().filter(|line| line.contains("\"WARN\"")).count();
    assert_eq!(warnings, 1, "{written}");
}

#[tokio::test]
async fn groups_and_risk_follow_the_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    let running = Running::start(
        &["--sandbox", "--sandbox-dir", dir, "--sandbox-port", "0", "--groups", "files,vault", "--risk"],
        &[],
    )
    .await;
    let names = Mcp::connect(&running.url, Era::Old).await.tool_names().await;
    assert!(names.contains(&"vault_read_secret".to_owned()), "{names:?}");
    assert!(names.iter().all(|name| name.starts_with("vault_") || name.starts_with("files_")), "{names:?}");
    assert_eq!(running.terminate().await.1, Some(0));
}

#[tokio::test]
async fn no_secret_is_in_anything_that_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    let arguments = ["--sandbox", "--sandbox-dir", dir, "--sandbox-port", "0", "--risk", "--log", "trace"];
    let mut running = Running::start(&arguments, &[]).await;
    // At trace there is more to read than a pipe holds.
    let mut rest = std::mem::replace(&mut running.rest, BufReader::new(empty_stderr().await));
    let reading = tokio::spawn(async move {
        let mut text = String::new();
        rest.read_to_string(&mut text).await.unwrap();
        text
    });

    let mcp = Mcp::connect(&running.url, Era::New).await;
    let mut secrets = vec!["correct-horse-battery-staple".to_owned(), "sk-live-0123456789abcdef".to_owned()];
    let written = mcp.call("vault_write_secret", json!({ "path": "db", "value": secrets[0] })).await;
    assert!(!written.1, "{written:?}");
    let (read, _) = mcp.call("vault_read_secret", json!({ "path": "db" })).await;
    assert_eq!(read["value"], *secrets[0]);
    let key = json!({ "provider": "openai", "display_name": "Ours", "api_key": secrets[1] });
    let (key, failed) = mcp.call("llm_keys_create", key).await;
    assert!(!failed, "{key}");
    let (key, _) = mcp.call("llm_keys_reveal", json!({ "id": key["id"] })).await;
    assert_eq!(key["api_key"], *secrets[1]);
    let (pat, _) = mcp.call("pats_create", json!({ "display_name": "Theirs", "scopes": ["workflow:read"] })).await;
    secrets.push(pat["token"].as_str().unwrap().to_owned());
    let hook = json!({ "workflow_id": "wf_example_parallel", "name": "Orders" });
    let (hook, _) = mcp.call("inbound_create_webhook", hook).await;
    secrets.push(hook["signing_secret"].as_str().unwrap().to_owned());
    // A call that fails must not repeat its arguments in the log either.
    let (_, failed) = mcp.call("vault_write_secret", json!({ "path": "", "value": secrets[0] })).await;
    assert!(failed);

    ending::ask(&mut running.child);
    soon(running.child.wait()).await.unwrap();
    let log = running.written + &soon(reading).await.unwrap();
    assert!(log.contains("vault_write_secret"), "the log tells of the calls");
    let mut files = vec![("the log".to_owned(), log.into_bytes())];
    collect(folder.path(), &mut files);
    assert!(files.iter().any(|(name, _)| name.ends_with("sandbox.db")), "the sandbox has a file");
    for (name, bytes) in &files {
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "{name} holds {}…", &secret[..6]);
        }
    }
}

/// A standard error that has ended, to stand in for one that was taken.
async fn empty_stderr() -> ChildStderr {
    let mut child = program().arg("--version").stdout(Stdio::null()).spawn().unwrap();
    let stderr = child.stderr.take().unwrap();
    child.wait().await.unwrap();
    stderr
}

fn collect(folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

#[tokio::test]
async fn a_client_that_subscribes_to_a_run_hears_of_its_changes() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(&["--sandbox", "--sandbox-dir", folder.path().to_str().unwrap()], &[]).await;
    let mcp = Mcp::connect(&running.url, Era::Old).await;
    let mut stream = mcp.listen().await;
    let workflow = "wf_example_approval";
    let start = json!({ "workflow_id": workflow, "command": "start" });
    let run = mcp.call("workflows_execute_command", start).await.0["run_id"].as_str().unwrap().to_owned();
    let (waits, _) = mcp.call("runs_wait", json!({ "workflow_id": workflow, "run_id": run })).await;
    assert_eq!(waits["outcome"], "needs_approval");
    let uri = format!("agentruntime://workflows/{workflow}/runs/{run}");
    let answer = mcp.ask("resources/subscribe", json!({ "uri": uri })).await;
    assert!(answer["result"].is_object(), "{answer}");
    let task = waits["tasks"][0]["task_id"].clone();
    let complete = json!({ "workflow_id": workflow, "run_id": run, "task_id": task, "approved": true });
    // Nobody is asked where there is nobody to ask.
    assert!(!mcp.call("tasks_complete", complete).await.1);
    soon(async {
        let mut heard = String::new();
        while !(heard.contains("notifications/resources/updated") && heard.contains(&uri)) {
            let chunk = stream.chunk().await.unwrap().expect("the stream ended");
            heard.push_str(&String::from_utf8_lossy(&chunk));
        }
    })
    .await;
    assert_eq!(running.terminate().await.1, Some(0));
}
