//! What is written into the settings is in force, whoever wrote it.

use std::fs;

use agentruntime_desk::{
    Desk,
    api::{Failure, ServerState, SettingsChange, settings::NotificationsChange},
};
use agentruntime_settings::SettingsStore;
use serde_json::{Value, json};
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
    let long = NotificationsChange { long_minutes: Some(1441), ..NotificationsChange::default() };
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

/// The ways to all preferences, as JSON pointers, by what the page is shown.
fn ways(view: &Value, above: &str) -> Vec<String> {
    let keys = view.as_object().unwrap().iter();
    let below = keys.flat_map(|(key, value)| match value {
        Value::Object(_) => ways(value, &format!("{above}/{key}")),
        _ => vec![format!("{above}/{key}")],
    });
    below.collect()
}

/// Another value than the one a preference has by default; all of these are the same in the file.
fn another(way: &str, default: &Value) -> Value {
    match (way, default) {
        ("/port", _) => free_port().into(),
        ("/theme", _) => "dark".into(),
        ("/language", _) => "de".into(),
        ("/logLevel", _) => "warn".into(),
        ("/notifications/quietHours", _) => json!({ "from": "22:00", "to": "07:00" }),
        (_, Value::Bool(on)) => (!on).into(),
        (_, Value::Number(number)) => (number.as_u64().unwrap() + 1).into(),
        _ => panic!("{way}: give another value for it here"),
    }
}

/// What changes only this.
fn change_of(way: &str, value: &Value) -> SettingsChange {
    let whole = way.rsplit('/').filter(|key| !key.is_empty()).fold(value.clone(), |below, key| json!({ key: below }));
    serde_json::from_value(whole).unwrap()
}

/// The page's `/longMinutes` is `/long_minutes` in the file.
fn in_file(way: &str) -> String {
    way.chars()
        .map(|letter| if letter.is_uppercase() { format!("_{}", letter.to_lowercase()) } else { letter.into() })
        .collect()
}

async fn shown(desk: &Desk) -> Value {
    serde_json::to_value(desk.snapshot().await.settings).unwrap()
}

#[tokio::test]
async fn each_preference_is_changed_alone_shown_and_written() {
    let person = Person::with(&json!({}));
    let desk = person.desk().await;
    let mut view = shown(&desk).await;
    let mut file = serde_json::to_value(&*desk.settings.get()).unwrap();
    let mut turn = async |way: &str, value: &Value, written: &Value| {
        desk.change_settings(change_of(way, value)).await.unwrap();
        *view.pointer_mut(way).unwrap() = value.clone();
        *file.pointer_mut(&in_file(way)).unwrap() = written.clone();
        assert_eq!(shown(&desk).await, view, "{way}");
        let found = fs::read(settings_file(&person.folders)).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&found).unwrap(), file, "{way}");
    };
    let before = shown(&desk).await;
    let ways = ways(&before, "");
    assert!(ways.len() > 10, "{ways:?}");
    for way in &ways {
        let value = another(way, before.pointer(way).unwrap());
        turn(way, &value, &value).await;
    }
    turn("/notifications/quietHours", &Value::Null, &Value::Null).await;
    turn("/language", &"system".into(), &Value::Null).await;
    desk.close().await;
}

#[tokio::test]
async fn what_a_hand_wrote_and_the_page_does_not_know_stays() {
    let person = Person::with(&json!({ "language": "fr", "log_level": "trace" }));
    let desk = person.desk().await;
    let view = shown(&desk).await;
    assert_eq!((&view["language"], &view["logLevel"]), (&"system".into(), &"debug".into()));
    desk.change_settings(change_of("/theme", &"dark".into())).await.unwrap();
    let found = serde_json::from_slice::<Value>(&fs::read(settings_file(&person.folders)).unwrap()).unwrap();
    assert_eq!((&found["language"], &found["log_level"]), (&"fr".into(), &"trace".into()));
    desk.close().await;
}
