#![allow(clippy::unwrap_used)]

use agentruntime_platform_mcp::catalogue::Group;
use agentruntime_serving::Folders;

use super::*;
use crate::Face;

/// What the served platform goes by, and not what the settings say.
fn is_on(desk: &Desk, group: Group) -> bool {
    desk.workspaces.backing.platform().unwrap().switchboard.switches().is_on(group)
}

#[tokio::test]
async fn switches_are_in_force_when_they_have_been_turned_by_whomever() {
    let home = tempfile::tempdir().unwrap();
    let folders = Folders { config: home.path().join("config"), state: home.path().join("state") };
    folders.make().unwrap();
    // Below those that the system gives to whoever does not care.
    let first = 15_000 + u16::try_from(std::process::id() % 16_000).unwrap();
    let port = (first..).find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap();
    let settings = serde_json::json!({ "version": 2, "port": port }).to_string();
    std::fs::write(folders.config.join("settings.json"), settings).unwrap();
    let desk = Desk::open(folders, Face::Tray).await.unwrap();
    let mut changes = desk.watch();
    while desk.workspaces.backing.platform().is_none() {
        changes.changed().await.unwrap();
    }
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
