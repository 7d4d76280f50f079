//! Changing, replacing and removing.

use agentruntime_settings::{Backend, InvalidProfile, NewProfile, ProfileId, TokenPlace};
use agentruntime_tokens::{Error, IfKeychainFails, Keep, KeychainError, Tokens};

use crate::support::{
    bff::Bff,
    fake::{Fake, Step},
    new_profile, token, tokens,
};

async fn two(tokens: &Tokens, bff: &Bff) -> (ProfileId, ProfileId) {
    let first = tokens.add(new_profile(&bff.url), &token(), Keep::Keychain).await.unwrap();
    let second = tokens.add(new_profile(&bff.url), &token(), Keep::Keychain).await.unwrap();
    (first.id, second.id)
}

fn entry(tokens: &Tokens, id: ProfileId) -> String {
    tokens.settings().get().profile(id).unwrap().entry.to_string()
}

#[tokio::test]
async fn profiles_are_renamed_and_switched() {
    let (bff, folder) = (Bff::start().await, tempfile::tempdir().unwrap());
    let tokens = tokens(Fake::new().keychain(), folder.path());
    let (first, second) = two(&tokens, &bff).await;
    assert_eq!(tokens.settings().get().active_profile, Some(first));
    tokens.activate(second).await.unwrap();
    tokens.rename(second, " Home ".to_owned()).await.unwrap();
    assert_eq!(tokens.settings().get().active().unwrap().name, "Home");
    assert!(matches!(
        tokens.rename(second, " ".to_owned()).await,
        Err(Error::InvalidProfile(InvalidProfile { field: "name", .. }))
    ));
    let unknown = ProfileId::new();
    assert_eq!(tokens.activate(unknown).await.unwrap_err().code(), "unknown_profile");
    assert_eq!(tokens.rename(unknown, "x".to_owned()).await.unwrap_err().code(), "unknown_profile");
    assert_eq!(tokens.check(unknown).await.code, "unknown_profile");
    assert_eq!(tokens.settings().get().active_profile, Some(second));
}

#[tokio::test]
async fn removing_takes_the_token_first_and_leaves_no_other_active() {
    let (bff, fake, folder) = (Bff::start().await, Fake::new(), tempfile::tempdir().unwrap());
    let tokens = tokens(fake.keychain(), folder.path());
    let (first, second) = two(&tokens, &bff).await;
    fake.fail(Step::Look, KeychainError::Locked);
    let error = tokens.remove(first, IfKeychainFails::KeepProfile).await.unwrap_err();
    assert_eq!(error.code(), "keychain_locked");
    assert!(tokens.check(first).await.is_ok(), "nothing was removed");

    tokens.remove(first, IfKeychainFails::KeepProfile).await.unwrap();
    assert_eq!(tokens.pat(first).await.unwrap_err().code(), "unknown_profile");
    assert_eq!(fake.entries.lock().unwrap().keys().collect::<Vec<_>>(), [&entry(&tokens, second)]);
    assert_eq!(tokens.settings().get().active_profile, None);

    // An entry that somebody deleted in the keychain's own program: nothing is left to delete.
    fake.entries.lock().unwrap().clear();
    tokens.forget_cached();
    assert_eq!(tokens.check(second).await.code, "keychain_missing");
    tokens.remove(second, IfKeychainFails::KeepProfile).await.unwrap();
    assert!(tokens.settings().get().profiles.is_empty());
}

#[tokio::test]
async fn a_profile_can_go_before_its_token() {
    let (bff, fake, folder) = (Bff::start().await, Fake::new(), tempfile::tempdir().unwrap());
    let tokens = tokens(fake.keychain(), folder.path());
    let (first, second) = two(&tokens, &bff).await;
    fake.fail(Step::Look, KeychainError::Locked);
    tokens.remove(first, IfKeychainFails::DeleteTokenLater).await.unwrap();
    assert_eq!(tokens.settings().get().profile(first), None);
    assert_eq!(fake.entries.lock().unwrap().len(), 2);
    assert_eq!(tokens.tidy().await.unwrap(), 1);
    assert_eq!(fake.entries.lock().unwrap().keys().collect::<Vec<_>>(), [&entry(&tokens, second)]);
}

#[tokio::test]
async fn a_failed_replacement_leaves_the_old_token() {
    let (bff, fake, folder) = (Bff::start().await, Fake::new(), tempfile::tempdir().unwrap());
    let tokens = tokens(fake.keychain(), folder.path());
    let (first, _) = two(&tokens, &bff).await;
    let before = fake.entries.lock().unwrap().clone();
    assert_eq!(tokens.replace(first, &"pat_unknown".into(), Keep::Keychain).await.unwrap_err().code(), "unauthorized");
    for step in [Step::Open, Step::Look, Step::Get, Step::Set] {
        fake.fail(step, KeychainError::Denied { problem: "no".to_owned() });
        let error = tokens.replace(first, &token(), Keep::Keychain).await.unwrap_err();
        assert_eq!(error.code(), "keychain_denied", "{step:?}");
        assert_eq!(*fake.entries.lock().unwrap(), before, "{step:?}");
        tokens.forget_cached();
        assert!(tokens.check(first).await.is_ok(), "{step:?}");
    }
    // From the keychain into memory: the entry goes, at once or later.
    fake.fail(Step::Delete, KeychainError::Locked);
    let profile = tokens.replace(first, &token(), Keep::Memory).await.unwrap();
    assert_eq!((profile.token, fake.entries.lock().unwrap().len()), (TokenPlace::Memory, 2));
    assert_eq!(tokens.tidy().await.unwrap(), 1);
    assert_eq!(fake.entries.lock().unwrap().len(), 1);
    assert!(tokens.check(first).await.is_ok());
}

#[tokio::test]
async fn entries_that_no_profile_names_are_shown_and_deleted_only_on_request() {
    let (bff, fake, folder) = (Bff::start().await, Fake::new(), tempfile::tempdir().unwrap());
    let tokens = tokens(fake.keychain(), folder.path());
    let (first, second) = two(&tokens, &bff).await;
    let [first, second] = [first, second].map(|id| tokens.settings().get().profile(id).unwrap().entry);
    std::fs::write(tokens.settings().path(), "broken").unwrap();
    let opened = agentruntime_settings::SettingsStore::open(folder.path()).unwrap();
    assert!(opened.trouble.is_some());
    let next = Tokens::new(fake.keychain(), opened.store);
    assert_eq!(next.tidy().await.unwrap(), 0);
    let orphans = next.orphans().await.unwrap();
    assert_eq!(orphans.len(), 2, "nothing was lost with the settings");
    assert_eq!(next.delete_orphans(&[first]).await.unwrap(), 1);
    assert_eq!(next.orphans().await.unwrap(), [second]);
    // What a workspace names is no orphan, whatever is asked for.
    let named = next.add(new_profile(&bff.url), &token(), Keep::Keychain).await.unwrap();
    assert_eq!(next.delete_orphans(&[named.entry, second]).await.unwrap(), 1);
    assert!(next.check(named.id).await.is_ok());
}

#[tokio::test]
async fn a_profile_without_a_token_says_so() {
    let (bff, fake, folder) = (Bff::start().await, Fake::new(), tempfile::tempdir().unwrap());
    let tokens = tokens(fake.keychain(), folder.path());
    let new = NewProfile { backend: Backend::Sandbox, ..new_profile(&bff.url) };
    let profile = tokens.add_without_token(new).await.unwrap();
    assert_eq!(tokens.check(profile.id).await.code, "no_token");
    assert!(fake.is_empty());
    assert_eq!(tokens.client(&profile).unwrap().base_url().as_str(), format!("{}/", bff.url));
}

#[tokio::test]
async fn tidying_in_another_process_leaves_what_was_added_meanwhile() {
    let (bff, fake, folder) = (Bff::start().await, Fake::new(), tempfile::tempdir().unwrap());
    let one = tokens(fake.keychain(), folder.path());
    fake.hang(Step::Set);
    let adding = tokio::spawn({
        let (one, new) = (one.clone(), new_profile(&bff.url));
        async move { one.add(new, &token(), Keep::Keychain).await }
    });
    while fake.stuck.load(std::sync::atomic::Ordering::SeqCst) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    let other = tokens(fake.keychain(), folder.path());
    assert_eq!(other.settings().get().unfinished.len(), 1);
    fake.let_go();
    adding.await.unwrap().unwrap();
    other.tidy().await.unwrap();
    assert_eq!(fake.entries.lock().unwrap().len(), 1);
}
