//! Each long task, ended as if it had broken off: it is started again, and what it does for the person works.

use agentruntime_desk::{
    Desk,
    api::{Health, ServerState, Snapshot, runs::LinkView},
};
use serde_json::json;
use tokio::{net::TcpStream, time::timeout};

use crate::support::{LONG, Person, edit, free_port, sandbox_workspace, settings_file, until};

/// Those that end with the platform they accompany, and begin with the next one.
const BESIDE_THE_SERVER: [&str; 3] = ["activity", "calls", "clients"];

fn works(now: &Snapshot) -> bool {
    let health = now.profiles.first().map(|profile| &profile.health);
    matches!(now.server, ServerState::Serving { .. })
        && matches!(health, Some(Health::Ok { .. }))
        && matches!(now.watch.link, LinkView::Live)
}

async fn break_off(desk: &Desk, task: &'static str) {
    let mut failing = desk.supervisor.failing();
    assert!(desk.supervisor.interrupt(task), "{task}");
    let broke = timeout(LONG, failing.wait_for(|failing| failing.contains_key(task))).await;
    broke.unwrap_or_else(|_| panic!("{task} was not broken off")).unwrap();
    let again = timeout(LONG, failing.wait_for(|failing| !failing.contains_key(task))).await;
    again.unwrap_or_else(|_| panic!("{task} does not run again")).unwrap();
}

#[tokio::test]
async fn every_task_that_breaks_off_works_again() {
    let person = Person::with(&json!({}));
    let desk = person.desk().await;
    desk.workspaces.add(sandbox_workspace()).await.unwrap();
    until(&desk, "a workspace that works", works).await;
    let tasks = desk.supervisor.names();
    assert!(tasks.len() > 15 && BESIDE_THE_SERVER.iter().all(|task| tasks.contains(task)), "{tasks:?}");
    for language in ["en", "de"] {
        let words = format!("{}/../../ui/src/lib/i18n/{language}-failing.ts", env!("CARGO_MANIFEST_DIR"));
        let words = std::fs::read_to_string(words).unwrap();
        let said = |task: &&&str| words.contains(&format!("  {task}: ")) || words.contains(&format!("  \"{task}\": "));
        let unsaid = tasks.iter().filter(|task| !said(task)).collect::<Vec<_>>();
        assert!(unsaid.is_empty(), "no words for them in {language}: {unsaid:?}");
    }
    for task in &tasks {
        break_off(&desk, task).await;
        // Nothing that is shown stands still at what was before, and what stood does again.
        until(&desk, &format!("all of it after {task}"), works).await;
    }
    assert_eq!(desk.supervisor.names(), tasks);

    // What a hand writes into the file is in force, at the door and behind it.
    let port = free_port();
    edit(&settings_file(&person.folders), |settings| {
        settings["port"] = port.into();
        settings["groups_off"] = json!(["chat"]);
    });
    let address = format!("http://127.0.0.1:{port}/mcp");
    until(&desk, "the new port", |now| matches!(&now.server, ServerState::Serving { url, .. } if *url == address))
        .await;
    TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    until(&desk, "the switch", |now| now.groups.iter().any(|group| group.id == "chat" && !group.on)).await;
    timeout(LONG, desk.close()).await.expect("it ends");
}

#[tokio::test]
async fn one_that_fails_again_and_again_is_shown() {
    let person = Person::with(&json!({}));
    let desk = person.desk().await;
    until(&desk, "nothing that fails", |now| now.failing.is_empty()).await;
    // Each of its starts is broken off at once.
    let (supervisor, mut failing) = (desk.supervisor.clone(), desk.supervisor.failing());
    let breaking = async {
        loop {
            supervisor.interrupt("power");
            failing.changed().await.unwrap();
        }
    };
    let shown = until(&desk, "the part that fails", |now| !now.failing.is_empty());
    let shown = tokio::select! {
        shown = shown => shown,
        () = breaking => unreachable!("it goes on"),
    };
    assert_eq!(shown.failing[0].task, "power");
    assert!(shown.failing[0].problem.contains("interrupted"), "{shown:?}");
    until(&desk, "the part that runs again", |now| now.failing.is_empty()).await;
    desk.close().await;
}
