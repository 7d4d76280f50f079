//! Taking a token in, over a BFF that answers by HTTP and a keychain that fails at each step.

use agentruntime_settings::{InvalidProfile, TokenPlace};
use agentruntime_tokens::{Error, Keep, KeychainError};
use secrecy::SecretString;

use crate::support::{
    TOKEN,
    bff::Bff,
    fake::{Fake, Step},
    new_profile, token, tokens,
};

#[tokio::test]
async fn an_accepted_token_is_stored_and_shown_by_its_facts() {
    let (bff, fake, folder) = (Bff::start().await, Fake::new(), tempfile::tempdir().unwrap());
    let tokens = tokens(fake.keychain(), folder.path());
    // As a shell of Windows pipes it in, too.
    let pasted = SecretString::from(format!("\u{feff}  {TOKEN}\r\n"));
    let profile = tokens.add(new_profile(&bff.url), &pasted, Keep::Keychain).await.unwrap();
    let facts = profile.facts.clone().unwrap();
    assert_eq!((facts.pat_id.as_deref(), facts.display_name.as_deref()), (Some("p-1"), Some("laptop")));
    assert_eq!((facts.last_four.as_deref(), facts.scopes), (Some("7f3a"), vec!["workflow:read".to_owned()]));
    assert_eq!(facts.created_at.unwrap().to_string(), "2026-01-02T03:04:05Z");
    let settings = tokens.settings().get();
    assert_eq!((settings.active(), settings.unfinished.len()), (Some(&profile), 0));
    assert_eq!(*fake.entries.lock().unwrap(), [(profile.entry.to_string(), TOKEN.to_owned())].into());
    let health = tokens.check(profile.id).await;
    assert!(health.is_ok() && health.latency.is_some(), "{health:?}");
}

#[tokio::test]
async fn a_platform_that_does_not_tell_leaves_the_facts_empty() {
    let (bff, folder) = (Bff::start().await, tempfile::tempdir().unwrap());
    let tokens = tokens(Fake::new().keychain(), folder.path());
    for status in [403, 404] {
        bff.refuse_pats(status);
        let profile = tokens.add(new_profile(&bff.url), &token(), Keep::Memory).await.unwrap();
        let facts = profile.facts.unwrap();
        assert_eq!((facts.pat_id, facts.display_name, facts.scopes.len()), (None, None, 0));
        assert_eq!(facts.last_four.as_deref(), Some("7f3a"));
    }
}

#[tokio::test]
async fn what_the_bff_refuses_is_not_kept() {
    let (bff, fake, folder) = (Bff::start().await, Fake::new(), tempfile::tempdir().unwrap());
    let tokens = tokens(fake.keychain(), folder.path());
    for keep in [Keep::Keychain, Keep::Memory] {
        for (status, code) in [(401, "unauthorized"), (403, "forbidden"), (404, "not_found")] {
            bff.refuse(status);
            let error = tokens.add(new_profile(&bff.url), &token(), keep).await.unwrap_err();
            assert_eq!(error.code(), code);
            assert!(!format!("{error} {error:?}").contains(TOKEN), "{error:?}");
        }
        // Nobody listens there.
        let error = tokens.add(new_profile("http://127.0.0.1:9"), &token(), keep).await.unwrap_err();
        assert_eq!(error.code(), "unreachable");
    }
    for (token, field) in [("", "token"), ("with blanks inside", "token")] {
        match tokens.add(new_profile(&bff.url), &token.into(), Keep::Keychain).await.unwrap_err() {
            Error::InvalidProfile(InvalidProfile { field: found, .. }) => assert_eq!(found, field),
            other => panic!("{other}"),
        }
    }
    assert!(fake.is_empty());
    assert!(!tokens.settings().path().exists(), "not a byte was written");
}

#[tokio::test]
async fn a_keychain_that_fails_at_any_step_leaves_nothing_behind() {
    let bff = Bff::start().await;
    for step in [Step::Open, Step::Look, Step::Get, Step::Set] {
        for error in [
            KeychainError::NoService { problem: "gone".to_owned() },
            KeychainError::Locked,
            KeychainError::Denied { problem: "no".to_owned() },
            KeychainError::Failed { problem: "?".to_owned() },
        ] {
            let (fake, folder) = (Fake::new(), tempfile::tempdir().unwrap());
            let tokens = tokens(fake.keychain(), folder.path());
            fake.fail(step, error.clone());
            let found = tokens.add(new_profile(&bff.url), &token(), Keep::Keychain).await.unwrap_err();
            assert_eq!(found.code(), format!("keychain_{}", error.code()), "{step:?}");
            assert!(fake.is_empty(), "{step:?} {error}");
            let settings = tokens.settings().get();
            assert!(settings.profiles.is_empty() && settings.unfinished.is_empty(), "{step:?} {error}: {settings:?}");
            // And it was no more than a moment's trouble.
            tokens.add(new_profile(&bff.url), &token(), Keep::Keychain).await.unwrap();
        }
    }
    let (fake, folder) = (Fake::new(), tempfile::tempdir().unwrap());
    let tokens = tokens(fake.keychain(), folder.path());
    *fake.garbles.lock().unwrap() = true;
    let error = tokens.add(new_profile(&bff.url), &token(), Keep::Keychain).await.unwrap_err();
    assert_eq!(error.code(), "keychain_mismatch");
    assert!(fake.is_empty() && tokens.settings().get().unfinished.is_empty());
}

#[tokio::test]
async fn what_could_not_be_taken_back_is_tidied_later() {
    let (bff, fake, folder) = (Bff::start().await, Fake::new(), tempfile::tempdir().unwrap());
    let tokens = tokens(fake.keychain(), folder.path());
    *fake.garbles.lock().unwrap() = true;
    fake.fail(Step::Delete, KeychainError::Locked);
    tokens.add(new_profile(&bff.url), &token(), Keep::Keychain).await.unwrap_err();
    *fake.garbles.lock().unwrap() = false;
    assert_eq!((fake.is_empty(), tokens.settings().get().unfinished.len()), (false, 1));
    let good = tokens.add(new_profile(&bff.url), &token(), Keep::Keychain).await.unwrap();

    // The process ends here; the next one finds what is written down.
    let next = crate::support::tokens(fake.keychain(), folder.path());
    fake.fail(Step::Delete, KeychainError::Locked);
    assert_eq!(next.tidy().await.unwrap_err().code(), "keychain_locked");
    assert_eq!(next.tidy().await.unwrap(), 1);
    assert_eq!(next.tidy().await.unwrap(), 0);
    assert_eq!(fake.entries.lock().unwrap().keys().collect::<Vec<_>>(), [&good.entry.to_string()]);
    assert!(next.check(good.id).await.is_ok());
}

#[tokio::test]
async fn settings_that_cannot_be_written_leave_no_entry() {
    let (bff, fake, parent) = (Bff::start().await, Fake::new(), tempfile::tempdir().unwrap());
    let folder = parent.path().join("config");
    let tokens = tokens(fake.keychain(), &folder);
    std::fs::remove_dir(&folder).unwrap();
    for keep in [Keep::Keychain, Keep::Memory] {
        let error = tokens.add(new_profile(&bff.url), &token(), keep).await.unwrap_err();
        assert_eq!(error.code(), "settings_unwritable");
    }
    assert!(fake.is_empty());
}

/// Between the two writes: the folder goes while the keychain is asked.
#[tokio::test]
#[cfg_attr(windows, ignore = "a folder does not go there while a lock in it is held")]
async fn settings_that_cannot_be_written_any_more_leave_no_entry() {
    let (bff, fake, parent) = (Bff::start().await, Fake::new(), tempfile::tempdir().unwrap());
    let folder = parent.path().join("config");
    let tokens = tokens(fake.keychain(), &folder);
    fake.hang(Step::Set);
    let adding = tokio::spawn({
        let (tokens, new) = (tokens.clone(), new_profile(&bff.url));
        async move { tokens.add(new, &token(), Keep::Keychain).await }
    });
    while fake.stuck.load(std::sync::atomic::Ordering::SeqCst) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    std::fs::remove_dir_all(&folder).unwrap();
    fake.let_go();
    assert_eq!(adding.await.unwrap().unwrap_err().code(), "settings_unwritable");
    assert!(fake.is_empty());
}

#[tokio::test]
async fn a_token_in_memory_ends_with_the_process() {
    let (bff, fake, folder) = (Bff::start().await, Fake::new(), tempfile::tempdir().unwrap());
    let tokens = tokens(fake.keychain(), folder.path());
    let profile = tokens.add(new_profile(&bff.url), &token(), Keep::Memory).await.unwrap();
    assert_eq!((profile.token, fake.is_empty()), (TokenPlace::Memory, true));
    assert!(tokens.check(profile.id).await.is_ok());
    tokens.forget_cached();
    assert!(tokens.check(profile.id).await.is_ok(), "it is not in the keychain, so it is not a copy");
    assert!(!std::fs::read_to_string(tokens.settings().path()).unwrap().contains(TOKEN));
    assert!(!format!("{tokens:?}").contains(TOKEN));

    let next = crate::support::tokens(fake.keychain(), folder.path());
    assert_eq!(next.pat(profile.id).await.unwrap_err().code(), "no_token");
    assert_eq!(next.check(profile.id).await.code, "no_token");
    let again = next.replace(profile.id, &token(), Keep::Keychain).await.unwrap();
    assert_eq!((again.id, again.token), (profile.id, TokenPlace::Keychain));
    assert!(next.check(profile.id).await.is_ok());
}
