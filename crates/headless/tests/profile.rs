//! `serve --profile`: what the app's settings and the keychain give a server without a window.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use std::{path::Path, time::Duration};

use agentruntime_settings::{Backend, NewProfile, Profile, SettingsStore};
use agentruntime_tokens::{IfKeychainFails, Keep, Keychain, Limits, Tokens};
use secrecy::SecretString;
use serde_json::json;
use support::{
    HELD, Running,
    desk::at_a_desk,
    library::{
        Fake, Script,
        mcp::{Era, Mcp},
    },
    refused, soon,
};

const TOKEN: &str = "pat_of_the_app_0123456789";
const NEXT: &str = "pat_after_it_0123456789";

/// The app's own folder in a home, and settings in it.
fn settings(home: &Path) -> SettingsStore {
    let opened = SettingsStore::open(&home.join(".config/agentruntime-desktop")).unwrap();
    assert_eq!(opened.trouble, None);
    opened.store
}

fn tokens(home: &Path) -> Tokens {
    let limits = Limits { call: Duration::from_secs(30), ..Limits::default() };
    Tokens::new(Keychain::system().limited(limits), settings(home))
}

fn new_profile(name: &str, backend: Backend, url: &str) -> NewProfile {
    NewProfile { name: name.to_owned(), backend, url: Some(url.to_owned()), tenant_id: None, project_id: None }
}

async fn add(tokens: &Tokens, name: &str, url: &str) -> Profile {
    tokens.add(new_profile(name, Backend::Custom, url), &SecretString::from(TOKEN), Keep::Keychain).await.unwrap()
}

/// Asks again and again until it is so.
async fn until(mut so: impl AsyncFnMut() -> bool) {
    soon(async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_served_is_said_and_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let at = ("HOME", home.path().to_str().unwrap());
    let no_xdg = [at, ("XDG_CONFIG_HOME", ""), ("XDG_DATA_HOME", "")];
    let (text, code) = refused(&["--profile", "Work"], &no_xdg).await;
    assert!(code == 2 && text.contains("no settings in") && text.contains("token add"), "{code}: {text}");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "nothing is made for the app");

    let store = settings(home.path());
    let (text, code) = refused(&["--profile", "Work"], &no_xdg).await;
    assert!(code == 2 && text.contains("none at all"), "{code}: {text}");
    let keychainless = Tokens::new(Keychain::system(), store);
    for (name, url) in
        [("At home", "http://127.0.0.1:1"), ("Twin", "http://127.0.0.1:2"), ("Twin", "http://127.0.0.1:3")]
    {
        keychainless.add_without_token(new_profile(name, Backend::Custom, url)).await.unwrap();
    }
    let (text, code) = refused(&["--profile", "Work"], &no_xdg).await;
    assert!(code == 2 && text.contains("“At home”, “Twin”"), "{code}: {text}");
    let (text, code) = refused(&["--profile", "Twin"], &no_xdg).await;
    assert!(code == 2 && text.contains("several") && text.contains("http://127.0.0.1:3"), "{code}: {text}");
    let (text, code) = refused(&["--profile", "At home"], &no_xdg).await;
    assert!(code == 4 && text.contains("has no token"), "{code}: {text}");

    for (arguments, environment, word) in [
        (&["--profile", "Work", "--bff-url", "http://127.0.0.1:1"][..], &[at][..], "--bff-url"),
        (&["--profile", "Work"], &[at, ("AGENTRUNTIME_BFF_URL", "http://127.0.0.1:1")], "--bff-url"),
        (&["--profile", "Work", "--sandbox"], &[at], "--sandbox"),
        (&["--profile", "Work", "--pass-through"], &[at], "--pass-through"),
        (&["--profile", "Work"], &[at, HELD], "unset AGENTRUNTIME_PAT"),
    ] {
        let (text, code) = refused(arguments, environment).await;
        assert!(code == 2 && text.contains(word), "{arguments:?}: {code}: {text}");
        assert!(!text.contains(HELD.1), "{text}");
    }
}

#[tokio::test]
async fn a_sandbox_profile_serves_with_the_app_s_switches_and_flags_win() {
    let home = tempfile::tempdir().unwrap();
    let store = settings(home.path());
    let app = Tokens::new(Keychain::system(), store.clone());
    app.add_without_token(new_profile("Playground", Backend::Sandbox, "http://127.0.0.1:8341")).await.unwrap();
    let change = |settings: &mut agentruntime_settings::Settings| {
        settings.groups_off = ["vault", "of_tomorrow"].map(str::to_owned).into();
        settings.risk = true;
    };
    store.update(change).await.unwrap();
    let environment = [("HOME", home.path().to_str().unwrap()), ("XDG_CONFIG_HOME", ""), ("XDG_DATA_HOME", "")];
    let names = async |flags: &[&str]| {
        let arguments = [&["--profile", "Playground", "--sandbox-port", "0"], flags].concat();
        let running = Running::start(&arguments, &environment).await;
        let mcp = Mcp::connect(&running.url, Era::New).await;
        let names = mcp.tool_names().await;
        let (answer, failed) = mcp.call("workflows_list", json!({})).await;
        assert!(!failed || flags.contains(&"--groups"), "{answer}");
        assert_eq!(running.terminate().await.1, Some(0));
        names
    };
    let listed = names(&[]).await;
    assert!(
        listed.contains(&"pats_create".to_owned()) && !listed.iter().any(|name| name.starts_with("vault_")),
        "{listed:?}"
    );
    assert!(!names(&["--risk=false"]).await.contains(&"pats_create".to_owned()));
    let listed = names(&["--groups", "vault"]).await;
    assert!(listed.contains(&"vault_read_secret".to_owned()), "{listed:?}");
    assert!(listed.iter().all(|name| name.starts_with("vault_")), "{listed:?}");
    assert!(home.path().join(".local/share/agentruntime-desktop/sandbox").is_dir(), "it is the app's own sandbox");
}

#[test]
fn without_a_keychain_it_ends_with_a_code_of_its_own() {
    at_a_desk("without_a_keychain_it_ends_with_a_code_of_its_own", false, async |desk| {
        let store = settings(&desk.home);
        let app = Tokens::new(Keychain::system(), store.clone());
        let profile = app.add_without_token(new_profile("Work", Backend::Custom, "http://127.0.0.1:1")).await.unwrap();
        let change = move |settings: &mut agentruntime_settings::Settings| {
            let profile = settings.profiles.iter_mut().find(|other| other.id == profile.id).unwrap();
            profile.token = agentruntime_settings::TokenPlace::Keychain;
        };
        store.update(change).await.unwrap();
        let (text, code) = refused(&["--profile", "Work"], &[]).await;
        assert!(code == 4 && text.contains("no keychain can be reached"), "{code}: {text}");
    });
}

#[test]
fn a_locked_keychain_is_waited_for_and_the_app_is_followed() {
    at_a_desk("a_locked_keychain_is_waited_for_and_the_app_is_followed", true, async |mut desk| {
        desk.start_keyring();
        let (fake, _signals) = Fake::start().await;
        let row = json!({ "id": "own", "display_name": "App", "scopes": ["workflow:read"] });
        fake.script("/v1/pats", Script::Answer(200, json!({ "pats": [row] })));
        let app = tokens(&desk.home);
        let profile = add(&app, "Work", &fake.url).await;
        desk.lock();
        let mut ended = Running::begin(&["--profile", "Work"], &[]);
        ended.says("waiting for the keychain").await;
        let (written, code) = ended.terminate().await;
        assert!(code == Some(1) && written.contains("it was ended while it waited"), "{code:?}: {written}");
        let mut running = Running::begin(&["--profile", "Work", "--log", "trace"], &[]);
        let line = running.says("waiting for the keychain").await;
        assert_eq!(line["fields"]["code"], "locked", "{line}");
        desk.unlock();
        running.serves().await;

        let mcp = Mcp::connect(&running.url, Era::New).await;
        let call = async || {
            let (answer, _) = mcp.call("workflows_list", json!({})).await;
            let authorization = fake.seen().pop().and_then(|seen| seen.authorization).unwrap_or_default();
            (answer["error"]["code"].as_str().unwrap_or("ok").to_owned(), authorization)
        };
        assert_eq!(call().await, ("ok".to_owned(), format!("Bearer {TOKEN}")));
        let listed = mcp.tool_names().await;
        assert!(listed.contains(&"memory_search".to_owned()), "{listed:?}");
        assert!(!listed.contains(&"workflows_create".to_owned()), "its token may only read: {listed:?}");

        let off = |settings: &mut agentruntime_settings::Settings| settings.groups_off.insert("memory".to_owned());
        app.settings().update(off).await.unwrap();
        until(async || !mcp.tool_names().await.contains(&"memory_search".to_owned())).await;
        app.replace(profile.id, &SecretString::from(NEXT), Keep::Keychain).await.unwrap();
        until(async || call().await.1 == format!("Bearer {NEXT}")).await;
        app.remove(profile.id, IfKeychainFails::KeepProfile).await.unwrap();
        until(async || call().await.0 == "no_token").await;

        let (written, code) = running.terminate().await;
        assert_eq!(code, Some(0), "{written}");
        for secret in [TOKEN, NEXT] {
            assert!(!written.contains(secret), "the log holds a token");
        }
    });
}
