//! The sandbox behind a workspace: away, said, and back.

use agentruntime_desk::api::{Health, Snapshot};
use agentruntime_sandbox::{Sandbox, SandboxOptions};
use serde_json::json;

use crate::support::{LONG, Person, sandbox_workspace, until};

fn health(snapshot: &Snapshot) -> Option<&Health> {
    snapshot.profiles.first().map(|profile| &profile.health)
}

#[tokio::test]
async fn one_that_is_away_is_said_and_comes_back_by_itself() {
    let person = Person::with(&json!({}));
    let desk = person.desk().await;
    desk.workspaces.add(sandbox_workspace()).await.unwrap();
    until(&desk, "a workspace that works", |now| matches!(health(now), Some(Health::Ok { .. }))).await;
    desk.close().await;

    let other = Sandbox::open(SandboxOptions::new(&person.folders.sandbox())).await.unwrap();
    let desk = person.desk().await;
    let away = |now: &Snapshot| matches!(health(now), Some(Health::Bad { code, .. }) if code == "sandbox_unavailable");
    let shown = until(&desk, "the news that it is away", away).await;
    let Some(Health::Bad { message, .. }) = health(&shown) else { unreachable!() };
    assert!(message.contains("another process uses the sandbox"), "{message}");

    drop(other);
    until(&desk, "the sandbox", |now| matches!(health(now), Some(Health::Ok { .. }))).await;
    desk.close().await;
}

#[tokio::test]
async fn the_end_does_not_wait_for_a_sandbox_that_is_being_opened() {
    let person = Person::with(&json!({}));
    let desk = person.desk().await;
    desk.workspaces.add(sandbox_workspace()).await.unwrap();
    desk.close().await;
    // Its folder is taken, so that opening it takes its time.
    let _other = Sandbox::open(SandboxOptions::new(&person.folders.sandbox())).await.unwrap();
    let desk = person.desk().await;
    tokio::time::timeout(LONG, desk.close()).await.expect("it ends");
}
