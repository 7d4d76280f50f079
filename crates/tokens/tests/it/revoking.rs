//! Revocation: a token that its owner wants dead is out of use at once, and in sight until it is dead.

use std::sync::Arc;

use agentruntime_settings::{ProfileId, SettingsStore, TokenPlace};
use agentruntime_tokens::{Keep, SettledAs, Tokens, When, Which};
use axum::http::Method;

use crate::support::{
    fake::{Fake, Step},
    new_profile,
    platform::{Fault, Platform, SCOPES},
};

async fn world() -> (Platform, Arc<Fake>, tempfile::TempDir, Tokens, ProfileId) {
    let (platform, first) = Platform::start().await;
    let (keychain, folder) = (Fake::new(), tempfile::tempdir().unwrap());
    let tokens = Tokens::new(keychain.keychain(), SettingsStore::open(folder.path()).unwrap().store);
    let added = tokens.add(new_profile(&platform.url), &first.as_str().into(), Keep::Keychain).await.unwrap();
    (platform, keychain, folder, tokens, added.id)
}

#[tokio::test]
async fn a_revoked_token_is_dead_everywhere() {
    for when in [When::AfterThePlatform, When::AtOnce] {
        let (platform, keychain, _folder, tokens, id) = world().await;
        let revoked = tokens.revoke(id, None, when).await.unwrap();
        assert_eq!(revoked.left, None);
        assert!(platform.live().is_empty() && keychain.is_empty());
        assert_eq!(tokens.pat(id).await.unwrap_err().code(), "no_token");
        assert_eq!(tokens.lease(id).await.unwrap_err().code(), "no_token");
        let settings = tokens.settings().get();
        let profile = settings.profile(id).unwrap();
        assert_eq!((profile.token, &profile.facts), (TokenPlace::None, &None));
        assert!(settings.journal.is_empty() && settings.unfinished.is_empty());
        assert_eq!(tokens.revoke(id, None, when).await.unwrap_err().code(), "no_token");
        assert_eq!(tokens.rotate(id, agentruntime_tokens::Rotate::default()).await.unwrap_err().code(), "no_token");
        // And another one takes its place.
        let next = platform.make("next", &SCOPES);
        tokens.replace(id, &next.as_str().into(), Keep::Keychain).await.unwrap();
        assert!(tokens.check(id).await.is_ok());
    }
}

#[tokio::test]
async fn without_the_platform_nothing_changes_unless_its_owner_says_so() {
    for fault in [Fault::Lost, Fault::Status(403), Fault::Status(500)] {
        let (platform, keychain, folder, tokens, id) = world().await;
        platform.fail(Method::DELETE, "/v1/pats/", fault);
        tokens.revoke(id, None, When::AfterThePlatform).await.unwrap_err();
        assert!(tokens.check(id).await.is_ok(), "nothing has changed");
        assert!(tokens.settings().get().journal.is_empty());

        platform.fail(Method::DELETE, "/v1/pats/", fault);
        let left = tokens.revoke(id, None, When::AtOnce).await.unwrap().left.unwrap();
        assert!(["unreachable", "forbidden", "upstream_unavailable"].contains(&left.code.as_str()), "{left:?}");
        assert_eq!(tokens.pat(id).await.unwrap_err().code(), "no_token", "no call goes with it");
        assert_eq!((platform.live().len(), keychain.entries.lock().unwrap().len()), (1, 1), "it is needed once more");
        // The next process ends it.
        let tokens = Tokens::new(keychain.keychain(), SettingsStore::open(folder.path()).unwrap().store);
        assert_eq!(tokens.settle(Which::Due).await.unwrap(), [], "it waits its time");
        let settled = tokens.settle(Which::All).await.unwrap();
        assert!(matches!(settled[0].how, SettledAs::Revoked(_)));
        assert!(platform.live().is_empty() && keychain.is_empty());
        assert!(tokens.settings().get().journal.is_empty());
    }
}

#[tokio::test]
async fn it_outlives_the_removal_of_its_profile() {
    let (platform, keychain, _folder, tokens, id) = world().await;
    platform.fail(Method::DELETE, "/v1/pats/", Fault::Lost);
    tokens.revoke(id, None, When::AtOnce).await.unwrap();
    tokens.remove(id, agentruntime_tokens::IfKeychainFails::KeepProfile).await.unwrap();
    tokens.tidy().await.unwrap();
    assert_eq!(tokens.orphans().await.unwrap(), [], "the journal names it");
    tokens.settle(Which::All).await.unwrap();
    assert!(platform.live().is_empty() && keychain.is_empty());
}

#[tokio::test]
async fn a_token_that_is_dead_already_ends_well() {
    for text_known in [true, false] {
        let (platform, keychain, _folder, tokens, id) = world().await;
        platform.kill(&platform.live()[0]);
        if !text_known {
            keychain.entries.lock().unwrap().clear();
            tokens.forget_cached();
        }
        let result = tokens.revoke(id, None, When::AtOnce).await.unwrap();
        if text_known {
            assert_eq!(result.left, None);
            assert!(keychain.is_empty() && tokens.settings().get().journal.is_empty());
        } else {
            // Nobody can ask the platform any more: its owner has to look.
            assert_eq!(result.left.unwrap().code, "no_token");
            let job = tokens.settings().get().journal.revocations[0].id;
            tokens.dismiss(job).await.unwrap();
            assert!(tokens.settings().get().journal.is_empty());
            assert_eq!(tokens.dismiss(job).await.unwrap_err().code(), "nothing_left");
        }
    }
}

#[tokio::test]
async fn other_tokens_of_the_account_are_revoked_and_the_own_one_is_not_among_them() {
    let (platform, _keychain, _folder, tokens, id) = world().await;
    platform.make("phone", &SCOPES);
    let rows = tokens.rows(id).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(tokens.revoke_other(id, "p-1".to_owned()).await.unwrap_err().code(), "invalid_profile");
    assert_eq!(tokens.revoke_other(id, "p-9".to_owned()).await.unwrap_err().code(), "nothing_left");
    platform.fail(Method::DELETE, "/v1/pats/", Fault::Status(403));
    assert_eq!(tokens.revoke_other(id, "p-2".to_owned()).await.unwrap_err().code(), "forbidden");
    assert_eq!(platform.live().len(), 2);
    tokens.revoke_other(id, "p-2".to_owned()).await.unwrap();
    assert_eq!(platform.rows().into_iter().map(|row| row.id).collect::<Vec<_>>(), ["p-1"]);
    assert!(tokens.check(id).await.is_ok());
    assert!(tokens.settings().get().journal.is_empty());
}

#[tokio::test]
async fn a_revocation_without_an_id_can_be_given_one() {
    let (platform, keychain, _folder, tokens, id) = world().await;
    platform.tells_no_uses();
    platform.make("phone", &SCOPES);
    tokens.settings().update(move |settings| settings.profiles[0].facts = None).await.unwrap();
    let left = tokens.revoke(id, None, When::AtOnce).await.unwrap().left.unwrap();
    assert_eq!(left.code, "token_unclear");
    let job = tokens.settings().get().journal.revocations[0].id;
    assert_eq!(tokens.rows(id).await.unwrap_err().code(), "no_token");
    let rows = tokens.rows_of_job(job).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["p-1", "p-2"]);
    tokens.identify(job, "p-1".to_owned()).await.unwrap();
    assert_eq!(platform.rows().len(), 1);
    assert!(keychain.is_empty() && tokens.settings().get().journal.is_empty());
    assert_eq!(tokens.rows_of_job(job).await.unwrap_err().code(), "nothing_left");
}

#[tokio::test]
async fn a_revocation_without_an_id_never_takes_the_next_token_for_it() {
    let (platform, _keychain, _folder, tokens, id) = world().await;
    platform.tells_no_uses();
    platform.make("phone", &SCOPES);
    tokens.settings().update(move |settings| settings.profiles[0].facts = None).await.unwrap();
    tokens.revoke(id, None, When::AtOnce).await.unwrap();
    let next = platform.make("next", &SCOPES);
    tokens.replace(id, &next.as_str().into(), Keep::Keychain).await.unwrap();
    let known = |settings: &mut agentruntime_settings::Settings| {
        settings.profiles[0].facts.as_mut().unwrap().pat_id = Some("p-3".to_owned());
    };
    tokens.settings().update(known).await.unwrap();
    let settled = tokens.settle(Which::All).await.unwrap();
    assert!(matches!(&settled[0].how, SettledAs::Left(hitch) if hitch.code == "token_unclear"), "{settled:?}");
    assert!(platform.live().contains(&next));
    let job = settled[0].job;
    assert_eq!(tokens.identify(job, "p-3".to_owned()).await.unwrap_err().code(), "token_shared");
    tokens.identify(job, "p-1".to_owned()).await.unwrap();
    assert!(tokens.check(id).await.is_ok());
}

#[tokio::test]
async fn a_lost_answer_is_followed_by_a_look_at_the_token() {
    let (platform, keychain, _folder, tokens, id) = world().await;
    platform.fail(Method::DELETE, "/v1/pats/", Fault::AnswerLost);
    assert_eq!(tokens.revoke(id, None, When::AfterThePlatform).await.unwrap().left, None, "it is dead");
    assert!(platform.live().is_empty() && keychain.is_empty());
    assert_eq!(tokens.pat(id).await.unwrap_err().code(), "no_token");
}

#[tokio::test]
async fn a_locked_keychain_does_not_keep_a_token_in_use() {
    let (platform, keychain, _folder, tokens, id) = world().await;
    tokens.forget_cached();
    for _ in 0..8 {
        keychain.fail(Step::Look, agentruntime_tokens::KeychainError::Locked);
    }
    let left = tokens.revoke(id, None, When::AtOnce).await.unwrap().left.unwrap();
    assert_eq!(left.code, "keychain_locked");
    assert_eq!(tokens.pat(id).await.unwrap_err().code(), "no_token");
    keychain.heal();
    tokens.settle(Which::All).await.unwrap();
    assert!(platform.live().is_empty() && keychain.is_empty());
}
