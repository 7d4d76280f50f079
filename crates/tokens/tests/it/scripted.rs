//! The keychain where a real one fails too seldom: a fake that does as it is told.

use std::{
    sync::atomic::Ordering::SeqCst,
    time::{Duration, Instant},
};

use agentruntime_tokens::{KeychainError, Limits};
use secrecy::ExposeSecret;

use crate::support::fake::{Fake, Step};

fn vanished() -> KeychainError {
    KeychainError::Vanished { problem: "no such session".to_owned() }
}

#[tokio::test]
async fn a_keychain_that_vanished_is_connected_to_once_more() {
    let fake = Fake::new();
    let keychain = fake.keychain();
    for step in [Step::Open, Step::Look, Step::Set] {
        fake.fail(step, vanished());
        let before = fake.opened.load(SeqCst);
        keychain.store("a", &"secret".into()).await.unwrap();
        assert_eq!(fake.opened.load(SeqCst), before + 2, "{step:?}");
    }
    fake.fail(Step::Get, vanished());
    fake.fail(Step::Get, vanished());
    let before = fake.opened.load(SeqCst);
    assert_eq!(keychain.read("a").await.unwrap_err().code(), "vanished");
    assert_eq!(fake.opened.load(SeqCst), before + 2, "once, not for ever");
    fake.fail(Step::Delete, KeychainError::Locked);
    let before = fake.opened.load(SeqCst);
    assert_eq!(keychain.delete("a").await.unwrap_err(), KeychainError::Locked);
    assert_eq!(fake.opened.load(SeqCst), before + 1, "nothing else is tried again");
}

#[tokio::test]
async fn what_reads_back_differently_was_not_stored() {
    let fake = Fake::new();
    let keychain = fake.keychain();
    keychain.store("a", &"old".into()).await.unwrap();
    *fake.garbles.lock().unwrap() = true;
    assert_eq!(keychain.store("b", &"new".into()).await.unwrap_err(), KeychainError::Mismatch);
    assert_eq!(keychain.names().await.unwrap(), ["a"]);
    *fake.garbles.lock().unwrap() = false;
    fake.fail(Step::Set, KeychainError::Denied { problem: "no".to_owned() });
    assert_eq!(keychain.store("a", &"new".into()).await.unwrap_err().code(), "denied");
    assert_eq!(keychain.read("a").await.unwrap().expose_secret(), "old");
}

#[tokio::test]
async fn a_write_that_nobody_waits_for_is_taken_back() {
    for step in [Step::Open, Step::Look, Step::Get, Step::Set] {
        let fake = Fake::new();
        let keychain = fake.keychain();
        fake.hang(step);
        let error = keychain.store("a", &"secret".into()).await.unwrap_err();
        assert_eq!(error, KeychainError::Slow { limit: Duration::from_millis(300) });
        fake.let_go();
        until(|| fake.opened.load(SeqCst) == 1 && fake.stuck.load(SeqCst) == 0 && fake.is_empty()).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(fake.is_empty(), "{step:?}");
    }
    // The same if the future is dropped.
    let fake = Fake::new();
    let keychain = fake.keychain();
    fake.hang(Step::Set);
    let storing = tokio::spawn(async move { keychain.store("a", &"secret".into()).await });
    until(|| fake.stuck.load(SeqCst) == 1).await;
    storing.abort();
    let _ = storing.await;
    fake.let_go();
    until(|| fake.stuck.load(SeqCst) == 0).await;
    until(|| fake.is_empty()).await;
}

#[tokio::test]
async fn no_more_threads_hang_than_may_and_they_are_free_again_later() {
    let fake = Fake::new();
    let limits = Limits { call: Duration::from_millis(100), threads: 2, ..Limits::default() };
    let keychain = fake.keychain().limited(limits);
    fake.hang(Step::Look);
    for _ in 0..5 {
        assert_eq!(keychain.read("a").await.unwrap_err().code(), "slow");
    }
    assert_eq!(fake.stuck.load(SeqCst), 2);
    fake.let_go();
    until(|| fake.stuck.load(SeqCst) == 0).await;
    assert_eq!(keychain.read("a").await.unwrap_err(), KeychainError::Missing);
}

#[test]
fn a_hanging_keychain_keeps_no_runtime_from_ending() {
    let fake = Fake::new();
    fake.hang(Step::Open);
    let begun = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    assert_eq!(runtime.block_on(fake.keychain().read("a")).unwrap_err().code(), "slow");
    drop(runtime);
    assert!(begun.elapsed() < Duration::from_secs(10));
    fake.let_go();
}

#[tokio::test]
async fn waiting_ends_when_the_keychain_is_there_and_unlocked() {
    let fake = Fake::new();
    for _ in 0..2 {
        fake.fail(Step::Look, KeychainError::Locked);
    }
    fake.fail(Step::Open, KeychainError::NoService { problem: "not yet".to_owned() });
    tokio::time::timeout(Duration::from_secs(10), fake.keychain().wait_unlocked()).await.unwrap();
    assert_eq!(fake.opened.load(SeqCst), 4);
}

#[test]
fn codes_are_stable_and_texts_say_what_to_do() {
    let problem = || "x".to_owned();
    let limit = Duration::from_secs(1);
    for (error, code, heals) in [
        (KeychainError::NoService { problem: problem() }, "no_service", true),
        (KeychainError::Locked, "locked", true),
        (KeychainError::Denied { problem: problem() }, "denied", false),
        (KeychainError::Vanished { problem: problem() }, "vanished", true),
        (KeychainError::Missing, "missing", false),
        (KeychainError::TooLarge { bytes: 2, limit: 1 }, "too_large", false),
        (KeychainError::Slow { limit }, "slow", true),
        (KeychainError::Mismatch, "mismatch", false),
        (KeychainError::Failed { problem: problem() }, "failed", false),
    ] {
        assert_eq!((error.code(), error.may_heal()), (code, heals));
        assert!(error.to_string().len() > 20, "{error}");
        let wrapped = agentruntime_tokens::Error::from(error);
        assert_eq!(wrapped.code(), format!("keychain_{code}"));
    }
}

async fn until(there: impl Fn() -> bool) {
    let begun = Instant::now();
    while !there() {
        assert!(begun.elapsed() < Duration::from_secs(10), "it did not come");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
