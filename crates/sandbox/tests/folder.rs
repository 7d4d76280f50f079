//! The sandbox's folder: one process at a time, kept across restarts, planted once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::sync::Arc;

use agentruntime_sandbox::{Error, Sandbox, SandboxOptions};
use serde_json::json;
use support::{Server, column, graph, script};

fn folder() -> Arc<tempfile::TempDir> {
    Arc::new(tempfile::tempdir().unwrap())
}

#[tokio::test]
async fn a_folder_has_one_owner_at_a_time() {
    let server = Server::start().await;
    let options = SandboxOptions::new(server.folder()).empty();
    let Err(error) = Sandbox::open(options.clone()).await else { panic!("a second sandbox opened the folder") };
    assert!(matches!(&error, Error::InUse(folder) if *folder == server.folder().display().to_string()), "{error}");
    assert_eq!(server.get("/v1/workflows").await.0, 200, "the first is none the worse");
    let _folder = server.stop().await;
    let sandbox = Sandbox::open(options.clone()).await.unwrap();
    assert!(matches!(Sandbox::open(options.clone()).await, Err(Error::InUse(_))), "held before it is served");
    drop(sandbox);
    Sandbox::open(options).await.unwrap();
}

#[tokio::test]
async fn what_was_kept_is_there_after_a_restart() {
    let server = Server::start().await;
    let workflow = server.workflow(graph(json!([script("a", "return { n = 1 }", &[])]))).await;
    let run = server.run(&workflow, json!({})).await;
    server.finished(&workflow, &run).await;
    let paths = [
        format!("/v1/workflows/{workflow}"),
        format!("/v1/workflows/{workflow}/versions"),
        "/v1/runs".to_owned(),
        format!("/v1/workflows/{workflow}/runs/{run}/summary"),
        format!("/v1/workflows/{workflow}/runs/{run}/events"),
        format!("/v1/workflows/{workflow}/runs/{run}/context"),
        "/v1/billing/usage".to_owned(),
    ];
    let mut before = Vec::new();
    for path in &paths {
        before.push(server.read(path).await);
    }
    let token = server.token.clone();
    let server = Server::open(server.stop().await).await;
    for (path, before) in paths.iter().zip(before) {
        let (status, after) = server.ask("GET", path, Some(&token), None).await;
        assert_eq!((status, after), (200, before), "{path}");
    }
}

#[tokio::test]
async fn what_is_deleted_stays_deleted() {
    let folder = folder();
    let with_examples = async || Server::serve(folder.clone(), SandboxOptions::new(folder.path()), &[]).await.0;
    let server = with_examples().await;
    let list = server.read("/v1/workflows").await;
    let mut examples = column(&list["workflows"], "id");
    examples.sort_unstable();
    assert_eq!(examples, ["wf_example_approval", "wf_example_failure", "wf_example_mcp", "wf_example_parallel"]);
    for example in &examples[..3] {
        assert_eq!(server.delete(&format!("/v1/workflows/{example}")).await.0, 204);
    }
    let instance = server.read("/v1/mcp/instances").await["instances"][0]["id"].as_str().unwrap().to_owned();
    let demo = server.read("/v1/mcp/servers").await["servers"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(server.delete(&format!("/v1/mcp/instances/{instance}")).await.0, 204);
    assert_eq!(server.delete(&format!("/v1/mcp/servers/{demo}")).await.0, 204);
    server.patch("/v1/workflows/wf_example_parallel", json!({ "name": "Mine now" })).await;
    server.stop().await;

    let server = with_examples().await;
    assert_eq!(column(&server.read("/v1/workflows").await["workflows"], "name"), ["Mine now"]);
    assert_eq!(server.read("/v1/mcp/instances").await["total"], 0);
    assert_eq!(server.read("/v1/mcp/servers").await["total"], 0);
    assert_eq!(server.read("/v1/chat/conversations").await["total"], 1, "what was not deleted is there once");
}

#[tokio::test]
async fn the_examples_do_what_they_say() {
    let server = Server::with_examples().await;
    let run = server.run("wf_example_parallel", json!({ "factor": 2 })).await;
    server.finished("wf_example_parallel", &run).await;
    let report = server.context("wf_example_parallel", &run).await["steps"]["report"]["result"].clone();
    assert_eq!(report, json!({ "north": 800, "south": 460, "west": 550, "total": 1810 }));

    let run = server.run("wf_example_failure", json!({})).await;
    let summary = server.finished("wf_example_failure", &run).await;
    assert_eq!(summary["status"], "failed");
    assert!(summary["error"].as_str().unwrap().contains("order 2 has a negative amount"), "{summary}");

    let run = server.run("wf_example_mcp", json!({ "text": "one two three" })).await;
    server.finished("wf_example_mcp", &run).await;
    let judged = server.context("wf_example_mcp", &run).await["steps"]["judge"]["result"].clone();
    assert_eq!(judged, json!({ "words": 3, "verdict": "short" }));

    for (approved, done, skipped) in [(true, "publish", "shelve"), (false, "shelve", "publish")] {
        let run = server.run("wf_example_approval", json!({ "title": "Summer" })).await;
        let task = server.asked("wf_example_approval", &run).await;
        let inbox = server.read("/v1/tasks/pending").await;
        assert_eq!(inbox["tasks"][0]["task_payload"]["title"], "Publish \"Summer\"?");
        server.complete("wf_example_approval", &run, &task, json!({ "approved": approved })).await;
        let summary = server.finished("wf_example_approval", &run).await;
        assert_eq!(summary["status"], "completed", "{summary}");
        let steps = server.context("wf_example_approval", &run).await["steps"].clone();
        assert_eq!(steps[done]["result"]["published"], approved, "{steps}");
        assert!(steps.get(skipped).is_none_or(|step| step.get("result").is_none()), "{steps}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_folder_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let parent = folder();
    let path = parent.path().join("new").join("sandbox");
    drop(Sandbox::open(SandboxOptions::new(&path).empty()).await.unwrap());
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&path.join("vault.key"))), (0o700, 0o600));
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_says_why() {
    let server = Server::start().await;
    server.put("/v1/vault/secrets/a", json!({ "value": "kept" })).await;
    let folder = server.stop().await;
    let options = SandboxOptions::new(folder.path()).empty();
    let key = folder.path().join("vault.key");
    let whole = std::fs::read(&key).unwrap();
    std::fs::write(&key, &whole[..31]).unwrap();
    assert!(matches!(Sandbox::open(options.clone()).await, Err(Error::Sealed)), "half a key");

    // Another key opens the sandbox, and none of its old secrets.
    std::fs::write(&key, [7; 32]).unwrap();
    let server = Server::open(folder).await;
    let (status, body) = server.get("/v1/vault/secrets/a").await;
    assert_eq!((status, &body["code"]), (500, &json!("INTERNAL")), "{body}");
    assert_eq!(server.put("/v1/vault/secrets/a", json!({ "value": "new" })).await.0, 200);
    assert_eq!(server.read("/v1/vault/secrets/a").await["value"], "new");

    let folder = server.stop().await;
    let database = rusqlite::Connection::open(folder.path().join("sandbox.db")).unwrap();
    database.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(database);
    assert!(matches!(Sandbox::open(options).await, Err(Error::Migration(_))), "of a version to come");
    let left = names(folder.path());
    assert!(left.contains(&"sandbox.db".to_owned()) && !left.contains(&"set-aside".to_owned()), "{left:?}");
    assert!(!left.contains(&"sandbox.opening".to_owned()), "it did not end the program: {left:?}");

    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(Sandbox::open(SandboxOptions::new(&file)).await, Err(Error::Io { .. })), "no folder");
}

/// The files in a folder, by their names.
fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect::<Vec<_>>();
    names.sort();
    names
}

#[tokio::test]
async fn files_that_cannot_be_opened_are_set_aside_whole() {
    for damage in ["no database at all", "", "SQLite format 3\0 and then nothing of the kind"] {
        let folder = Server::with_examples().await.stop().await;
        let database = folder.path().join("sandbox.db");
        let key = std::fs::read(folder.path().join("vault.key")).unwrap();
        if damage.is_empty() {
            // The head is whole, and what it leads to is not.
            let mut bytes = std::fs::read(&database).unwrap();
            bytes[100..].fill(0xA5);
            std::fs::write(&database, bytes).unwrap();
        } else {
            std::fs::write(&database, damage.repeat(400)).unwrap();
        }
        let damaged = std::fs::read(&database).unwrap();
        let sandbox = Sandbox::open(SandboxOptions::new(folder.path())).await.unwrap();
        let aside = sandbox.was_set_aside().unwrap_or_else(|| panic!("{damage:?} was opened")).clone();
        assert!(!aside.problem.is_empty());
        assert_eq!(std::fs::read(aside.kept_at.join("sandbox.db")).unwrap(), damaged);
        assert_eq!(std::fs::read(aside.kept_at.join("vault.key")).unwrap(), key, "what opens its secrets goes with it");
        drop(sandbox);
        let server = Server::open(folder).await;
        assert!(server.set_aside.is_none(), "once");
        assert_eq!(server.read("/v1/workflows").await["total"], 4, "the examples are there again");
    }
}

#[tokio::test]
async fn files_that_end_the_program_twice_are_set_aside() {
    let server = Server::with_examples().await;
    server.patch("/v1/workflows/wf_example_parallel", json!({ "name": "Mine now" })).await;
    let folder = server.stop().await;
    let opening = folder.path().join("sandbox.opening");
    assert!(!opening.exists());
    // What a process leaves that dies while it opens the files.
    std::fs::write(&opening, "1").unwrap();
    let server = Server::open(folder).await;
    assert!(server.set_aside.is_none(), "once may be chance");
    assert!(column(&server.read("/v1/workflows").await["workflows"], "name").contains(&"Mine now"));
    let folder = server.stop().await;
    std::fs::write(&opening, "2").unwrap();
    let server = Server::open(folder).await;
    let aside = server.set_aside.clone().expect("the third start does not meet them");
    assert!(aside.problem.contains("ended 2 times"), "{}", aside.problem);
    assert!(names(&aside.kept_at).contains(&"sandbox.db".to_owned()));
    assert!(!opening.exists());
}
