#![allow(clippy::unwrap_used)]

use std::time::Duration;

use agentruntime_platform_mcp::{
    catalogue::Group,
    consent::{Question, Verdict},
};
use agentruntime_serving::Folders;

use super::*;
use crate::{Face, api::ServerState, free_port::free_port};

/// What the served platform goes by, and not what the settings say.
fn is_on(desk: &Desk, group: Group) -> bool {
    desk.workspaces.backing.platform().unwrap().switchboard.switches().is_on(group)
}

/// A desk that serves with these settings, in folders of its own.
async fn serving(face: Face, settings: serde_json::Value) -> (tempfile::TempDir, Arc<Desk>) {
    let home = tempfile::tempdir().unwrap();
    let folders = Folders { config: home.path().join("config"), state: home.path().join("state") };
    folders.make().unwrap();
    let mut all = serde_json::json!({ "version": 2, "port": free_port() });
    all.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    std::fs::write(folders.config.join("settings.json"), all.to_string()).unwrap();
    let desk = Desk::open(folders, face).await.unwrap();
    let mut changes = desk.watch();
    while !matches!(desk.server.state(), ServerState::Serving { .. }) {
        changes.changed().await.unwrap();
    }
    (home, desk)
}

/// What becomes of an agent's wish to answer in the person's name; nothing while it waits for the person.
async fn verdict(desk: &Desk) -> Option<Verdict> {
    let mut asked = desk.runs.consents.changes();
    let question = Question {
        client: "an agent".to_owned(),
        workflow_id: "workflow".to_owned(),
        run_id: "run".to_owned(),
        task_id: "task".to_owned(),
        approve: true,
        result: None,
    };
    let either = async {
        tokio::select! {
            verdict = desk.runs.consents.ask(question) => Some(verdict),
            _ = asked.changed() => None,
        }
    };
    tokio::time::timeout(Duration::from_secs(60), either).await.unwrap()
}

#[tokio::test]
async fn switches_are_in_force_when_they_have_been_turned_by_whomever() {
    let (_home, desk) = serving(Face::Tray, serde_json::json!({})).await;
    for on in [false, true, false] {
        desk.set_group("chat", on).await.unwrap();
        assert_eq!(is_on(&desk, Group::Chat), on);
    }
    // As another process would, whose change the file brings.
    desk.settings.store().update(|settings| _ = settings.groups_off.insert("files".to_owned())).await.unwrap();
    desk.settings.until_in_force().await;
    assert!(!is_on(&desk, Group::Files));
    desk.close().await;
}

#[tokio::test]
async fn a_server_that_begins_has_the_switches_of_now() {
    let off = serde_json::json!({ "groups_off": ["chat"], "risk": true });
    let (_home, desk) = serving(Face::Tray, off).await;
    assert!(!is_on(&desk, Group::Chat));
    desk.server.pause(true);
    let mut changes = desk.watch();
    while !matches!(desk.server.state(), ServerState::Paused { .. }) {
        changes.changed().await.unwrap();
    }
    desk.set_group("chat", true).await.unwrap();
    desk.set_group("vault", false).await.unwrap();
    desk.server.pause(false);
    while !matches!(desk.server.state(), ServerState::Serving { .. }) {
        changes.changed().await.unwrap();
    }
    assert!(is_on(&desk, Group::Chat) && !is_on(&desk, Group::Vault));
    assert!(desk.workspaces.backing.platform().unwrap().switchboard.switches().risk());
    desk.close().await;
}

#[tokio::test]
async fn whether_the_person_is_asked_is_in_force_whoever_said_it() {
    let (_home, desk) = serving(Face::Tray, serde_json::json!({})).await;
    assert_eq!(verdict(&desk).await, None, "it waits for the person");
    for (ask, expected) in [(false, Some(Verdict::Allowed)), (true, None)] {
        desk.settings.store().update(move |settings| settings.ask_before_answers = ask).await.unwrap();
        desk.settings.until_in_force().await;
        assert_eq!(verdict(&desk).await, expected);
    }
    desk.close().await;
}

#[tokio::test]
async fn without_a_screen_nobody_is_asked_and_nothing_is_kept_for_showing() {
    let (_home, desk) = serving(Face::None, serde_json::json!({})).await;
    assert_eq!(verdict(&desk).await, Some(Verdict::Allowed));
    assert!(desk.mouth.says().is_none(), "who would show it has gone");
    assert!(!desk.tell_news(crate::News::Revoked), "it is told another time");
    desk.close().await;
}
