//! What is written into the settings is in force, whoever wrote it.

use agentruntime_desk::api::{Failure, ServerState, SettingsChange, settings::Notifications};
use agentruntime_settings::SettingsStore;
use serde_json::json;
use tokio::net::TcpStream;

use crate::support::{Person, edit, free_port, settings_file, until};

#[tokio::test]
async fn a_port_that_a_hand_wrote_into_the_file_is_the_one_that_is_served_on() {
    let person = Person::with(&json!({}));
    let desk = person.desk().await;
    until(&desk, "the server", |now| matches!(now.server, ServerState::Serving { .. })).await;
    let port = free_port();
    edit(&settings_file(&person.folders), |settings| settings["port"] = port.into());
    let address = format!("http://127.0.0.1:{port}/mcp");
    until(&desk, "the new port", |now| matches!(&now.server, ServerState::Serving { url, .. } if *url == address))
        .await;
    TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    assert_eq!(desk.snapshot().await.settings.port, port);
    desk.close().await;
}

#[tokio::test]
async fn switches_that_another_process_turned_are_turned_here() {
    let person = Person::with(&json!({}));
    let desk = person.desk().await;
    let config = person.folders.config.clone();
    let other = tokio::task::spawn_blocking(move || SettingsStore::open(&config)).await.unwrap().unwrap().store;
    let off = |settings: &mut agentruntime_settings::Settings| _ = settings.groups_off.insert("chat".to_owned());
    other.update(off).await.unwrap();
    let is_off =
        |now: &agentruntime_desk::api::Snapshot| now.groups.iter().any(|group| group.id == "chat" && !group.on);
    until(&desk, "the switch", is_off).await;
    desk.close().await;
}

#[tokio::test]
async fn a_value_out_of_bounds_is_refused_with_its_field_and_changes_nothing() {
    let person = Person::with(&json!({}));
    let desk = person.desk().await;
    let before = desk.snapshot().await.settings;
    let long = Notifications { long_minutes: 1441, ..before.notifications.clone() };
    for (change, field) in [
        (SettingsChange { port: Some(0), ..SettingsChange::default() }, "port"),
        (SettingsChange { notifications: Some(long), ..SettingsChange::default() }, "longMinutes"),
    ] {
        let failure: Failure = desk.change_settings(change).await.unwrap_err().into();
        assert_eq!((failure.code.as_str(), failure.field.as_deref()), ("settings_invalid", Some(field)));
    }
    assert_eq!(desk.snapshot().await.settings, before);
    desk.close().await;
}
