//! The keychain against a real keyring on a real bus.

use std::{
    fs,
    sync::Mutex,
    time::{Duration, Instant},
};

use agentruntime_settings::TokenPlace;
use agentruntime_tokens::{Keep, Keychain, KeychainError, Limits};
use secrecy::ExposeSecret;

use crate::support::{self, TOKEN, bff::Bff, desk::at_a_desk, new_profile, token};

/// A slow machine may take its time; a hanging one is told from it where that matters.
fn keychain() -> Keychain {
    Keychain::system().limited(Limits { call: Duration::from_secs(30), ..Limits::default() })
}

#[test]
fn a_secret_is_stored_read_listed_and_deleted() {
    at_a_desk("keyring::a_secret_is_stored_read_listed_and_deleted", true, async |mut desk| {
        desk.start_keyring();
        let keychain = keychain();
        assert!(keychain.describe().contains("Secret Service"));
        keychain.state().await.unwrap();
        assert_eq!(keychain.read("a").await.unwrap_err(), KeychainError::Missing);
        assert_eq!(keychain.delete("a").await.unwrap_err(), KeychainError::Missing);
        assert!(keychain.names().await.unwrap().is_empty());

        keychain.store("b", &"other".into()).await.unwrap();
        keychain.store("a", &token()).await.unwrap();
        assert_eq!(keychain.read("a").await.unwrap().expose_secret(), TOKEN);
        keychain.store("a", &"another".into()).await.unwrap();
        assert_eq!(keychain.read("a").await.unwrap().expose_secret(), "another");
        assert_eq!(keychain.names().await.unwrap(), ["a", "b"]);

        let longest = "x".repeat(4096);
        keychain.store("a", &longest.as_str().into()).await.unwrap();
        assert_eq!(keychain.read("a").await.unwrap().expose_secret(), longest);
        let error = keychain.store("a", &format!("{longest}x").into()).await.unwrap_err();
        assert_eq!((error.code(), error), ("too_large", KeychainError::TooLarge { bytes: 4097, limit: 4096 }));
        assert_eq!(keychain.read("a").await.unwrap().expose_secret(), longest, "what was there stays");

        keychain.delete("a").await.unwrap();
        assert_eq!(keychain.names().await.unwrap(), ["b"]);
    });
}

#[test]
fn no_bus_is_no_service() {
    at_a_desk("keyring::no_bus_is_no_service", false, async |_| {
        let keychain = keychain();
        assert_eq!(keychain.state().await.unwrap_err().code(), "no_service");
        assert_eq!(keychain.read("a").await.unwrap_err().code(), "no_service");
        assert_eq!(keychain.store("a", &token()).await.unwrap_err().code(), "no_service");
    });
}

#[test]
fn a_bus_without_a_keyring_is_no_service() {
    at_a_desk("keyring::a_bus_without_a_keyring_is_no_service", true, async |mut desk| {
        let keychain = keychain();
        assert_eq!(keychain.read("a").await.unwrap_err().code(), "no_service");
        // And a keyring in which nobody ever made a default one: storing would ask for a password to make it.
        desk.start_locked_keyring();
        assert_eq!(keychain.state().await.unwrap_err().code(), "no_service");
        assert_eq!(keychain.store("a", &token()).await.unwrap_err().code(), "no_service");
        assert_eq!(keychain.read("a").await.unwrap_err().code(), "missing");
    });
}

#[test]
fn a_locked_keyring_says_so_at_once_and_is_waited_for() {
    at_a_desk("keyring::a_locked_keyring_says_so_at_once_and_is_waited_for", true, async |mut desk| {
        desk.start_keyring();
        // So long between two looks that only the keyring's own signal can end the wait in time.
        let limits = Limits { call: Duration::from_secs(30), poll: Duration::from_secs(600), ..Limits::default() };
        let keychain = Keychain::system().limited(limits);
        keychain.store("a", &token()).await.unwrap();
        keychain.wait_unlocked().await;
        desk.lock();
        for error in [
            keychain.state().await.unwrap_err(),
            keychain.read("a").await.unwrap_err(),
            keychain.read("unknown").await.unwrap_err(),
            keychain.store("a", &"x".into()).await.unwrap_err(),
            keychain.store("new", &"x".into()).await.unwrap_err(),
            keychain.delete("a").await.unwrap_err(),
            keychain.names().await.unwrap_err(),
        ] {
            assert_eq!(error, KeychainError::Locked);
        }
        let waiting = tokio::spawn({
            let keychain = keychain.clone();
            async move { keychain.wait_unlocked().await }
        });
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!waiting.is_finished());
        desk.unlock();
        tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("the signal was missed").unwrap();
        assert_eq!(keychain.read("a").await.unwrap().expose_secret(), TOKEN, "nothing was lost");
        assert_eq!(keychain.names().await.unwrap(), ["a"]);
    });
}

#[test]
fn a_keyring_that_was_restarted_is_found_again() {
    at_a_desk("keyring::a_keyring_that_was_restarted_is_found_again", true, async |mut desk| {
        desk.start_keyring();
        let keychain = keychain();
        keychain.store("a", &token()).await.unwrap();
        desk.kill_keyring();
        assert_eq!(keychain.read("a").await.unwrap_err().code(), "no_service");
        desk.start_keyring();
        assert_eq!(keychain.read("a").await.unwrap().expose_secret(), TOKEN);
        // And one that comes back locked, as a service started on demand does.
        desk.kill_keyring();
        desk.start_locked_keyring();
        assert_eq!(keychain.read("a").await.unwrap_err().code(), "locked");
        let waiting = keychain.wait_unlocked();
        desk.unlock();
        waiting.await;
        assert_eq!(keychain.read("a").await.unwrap().expose_secret(), TOKEN);
    });
}

#[test]
fn a_keyring_that_hangs_is_slow_and_a_late_write_is_taken_back() {
    at_a_desk("keyring::a_keyring_that_hangs_is_slow_and_a_late_write_is_taken_back", true, async |mut desk| {
        desk.start_keyring();
        let patient = keychain();
        patient.store("a", &"old".into()).await.unwrap();
        let limit = Duration::from_millis(300);
        let hasty = patient.limited(Limits { call: limit, ..Limits::default() });
        desk.signal_keyring("STOP");
        let begun = Instant::now();
        assert_eq!(hasty.read("a").await.unwrap_err(), KeychainError::Slow { limit });
        assert_eq!(hasty.store("a", &"new".into()).await.unwrap_err().code(), "slow");
        assert_eq!(hasty.store("b", &"new".into()).await.unwrap_err().code(), "slow");
        assert!(begun.elapsed() < Duration::from_secs(5));
        desk.signal_keyring("CONT");
        // The calls that nobody waits for go on, each on its thread; when they have ended, all is as it was.
        while threads_named("keychain") > 0 {
            assert!(begun.elapsed() < Duration::from_secs(40), "a thread stays");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(patient.read("a").await.unwrap().expose_secret(), "old");
        assert_eq!(patient.names().await.unwrap(), ["a"]);
    });
}

#[test]
fn calls_leave_no_thread_and_no_connection() {
    at_a_desk("keyring::calls_leave_no_thread_and_no_connection", true, async |mut desk| {
        desk.start_keyring();
        let keychain = keychain();
        keychain.store("a", &token()).await.unwrap();
        let count =
            || (fs::read_dir("/proc/self/task").unwrap().count(), fs::read_dir("/proc/self/fd").unwrap().count());
        tokio::time::sleep(Duration::from_millis(300)).await;
        let before = count();
        for _ in 0..25 {
            keychain.read("a").await.unwrap();
        }
        let begun = Instant::now();
        while count().0 > before.0 + 2 || count().1 > before.1 + 2 {
            assert!(begun.elapsed() < Duration::from_secs(20), "{before:?} became {:?}", count());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
}

#[test]
fn a_token_is_in_the_keyring_and_nowhere_else() {
    at_a_desk("keyring::a_token_is_in_the_keyring_and_nowhere_else", true, async |mut desk| {
        desk.start_keyring();
        let log = fs::File::create(desk.home.join("everything.log")).unwrap();
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(Mutex::new(log)).init();
        let bff = Bff::start().await;
        let tokens = support::tokens(keychain(), &desk.home.join("config"));
        let profile = tokens.add(new_profile(&bff.url), &token(), Keep::Keychain).await.unwrap();
        assert_eq!(profile.token, TokenPlace::Keychain);
        bff.refuse(401);
        assert_eq!(tokens.check(profile.id).await.code, "unauthorized");
        bff.refuse(0);
        tokens.add(new_profile(&bff.url), &token(), Keep::Memory).await.unwrap();
        tokens.add(new_profile(&bff.url), &format!("{TOKEN}x").into(), Keep::Keychain).await.unwrap_err();
        tracing::info!(?tokens, "as far as it can be shown");

        // Another process would find it.
        let again = support::tokens(keychain(), &desk.home.join("config"));
        assert!(again.check(profile.id).await.is_ok());

        let (found, searched) = desk.files_with(TOKEN.as_bytes());
        assert!(found.is_empty(), "{found:?}");
        assert!(searched >= 4, "log, settings, keyring and bus configuration, not {searched}");
        let (named, _) = desk.files_with(profile.entry.to_string().as_bytes());
        assert!(named.contains(&tokens.settings().path().to_owned()), "the search finds what is there: {named:?}");
    });
}

fn threads_named(name: &str) -> usize {
    let threads = fs::read_dir("/proc/self/task").unwrap().map(Result::unwrap);
    threads
        .filter(|thread| fs::read_to_string(thread.path().join("comm")).is_ok_and(|comm| comm.trim() == name))
        .count()
}
