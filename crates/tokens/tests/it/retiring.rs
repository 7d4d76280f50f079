//! The old token's end: after the last call that goes with it, and seen; until then it stays in sight.

use std::{sync::Arc, time::Duration};

use agentruntime_settings::Reason;
use agentruntime_tokens::{Error, Patience, Rotate, SettledAs, Tokens, Which};
use axum::http::Method;

use crate::support::{
    platform::{Fault, SCOPES},
    world::{PATIENCE, world},
};

#[tokio::test]
async fn the_old_token_lives_until_the_last_call_with_it_has_ended() {
    let world = world().await;
    let call = world.tokens.lease(world.id).await.unwrap();
    let rotated = world.tokens.rotate(world.id, Rotate::default()).await.unwrap();
    assert_eq!(rotated.left.unwrap().code, "token_in_use");
    assert_eq!(world.platform.live().len(), 2);
    let other = world.tokens.lease(world.id).await.unwrap();
    assert!(!Arc::ptr_eq(&call.in_use, &other.in_use), "new calls go with the new one");
    assert_eq!(world.tokens.settle(Which::Due).await.unwrap(), [], "it has a time of its own");
    drop(call);
    let settled = world.tokens.settle(Which::All).await.unwrap();
    assert_eq!(settled[0].how, SettledAs::Revoked(Reason::Rotated));
    world.all_is_well("drained").await;

    // And one that is waited for while it goes on.
    let patient = Patience { drain: Duration::from_secs(30), ..PATIENCE };
    let tokens = Tokens::with(world.keychain.keychain(), world.tokens.settings().clone(), patient);
    let call = tokens.lease(world.id).await.unwrap();
    let rotating = tokio::spawn({
        let (tokens, id) = (tokens.clone(), world.id);
        async move { tokens.rotate(id, Rotate::default()).await }
    });
    let mut changes = world.tokens.settings().subscribe();
    let switched = |settings: &Arc<agentruntime_settings::Settings>| !settings.journal.revocations.is_empty();
    changes.wait_for(switched).await.unwrap();
    // The other tokens' uses are those of another process.
    drop(other);
    assert!(!rotating.is_finished());
    assert_eq!(world.platform.live().len(), 2);
    drop(call);
    assert_eq!(rotating.await.unwrap().unwrap().left, None);
    world.all_is_well("waited").await;
}

#[tokio::test]
async fn where_it_cannot_be_told_apart_a_person_is_asked() {
    let mut world = world().await;
    world.platform.tells_no_uses();
    world.platform.make("phone", &SCOPES);
    let other = world.platform.live()[1].clone();
    // Its id is known from the day it was the only one: that it is forgotten takes another settings file.
    let id = world.id;
    world
        .tokens
        .settings()
        .update(move |settings| settings.profiles[0].facts.as_mut().unwrap().pat_id = None)
        .await
        .unwrap();
    world.restart();
    match world.tokens.rotate(id, Rotate::default()).await.unwrap_err() {
        Error::WhichToken { rows } => assert_eq!(rows.len(), 2),
        error => panic!("{error}"),
    }
    assert!(world.is_clean());
    // The wrong answer kills the other one; the one in use is seen to live, and stays in sight.
    let wrong = world.platform.rows()[1].id.clone();
    let rotated = world.tokens.rotate(id, Rotate { own: Some(wrong), scopes: None }).await.unwrap();
    assert_eq!(rotated.left.unwrap().code, "token_still_works");
    assert!(!world.platform.live().contains(&other));
    let job = world.tokens.settings().get().journal.revocations[0].id;
    let settled = world.tokens.identify(job, "p-1".to_owned()).await.unwrap();
    assert_eq!(settled[0].how, SettledAs::Revoked(Reason::Rotated));
    world.all_is_well("identified").await;
}

#[tokio::test]
async fn a_refusal_to_delete_stays_in_sight() {
    let world = world().await;
    for _ in 0..2 {
        world.platform.fail(Method::DELETE, "/v1/pats/", Fault::Status(403));
    }
    let rotated = world.tokens.rotate(world.id, Rotate::default()).await.unwrap();
    let hitch = rotated.left.unwrap();
    assert_eq!((hitch.code.as_str(), hitch.tries), ("forbidden", 1));
    let journal = world.tokens.settings().get().journal.clone();
    assert_eq!(journal.next_try(), Some(hitch.next_try()));
    assert_eq!(
        world.tokens.remove(world.id, agentruntime_tokens::IfKeychainFails::KeepProfile).await.unwrap_err().code(),
        "rotation_unfinished"
    );
    world.tokens.settle(Which::One(journal.revocations[0].id)).await.unwrap();
    world.all_is_well("allowed").await;
}

#[tokio::test]
async fn no_such_token_is_believed_only_of_a_token_that_is_refused() {
    for (fault, code) in [(Fault::Status(404), "token_still_works"), (Fault::Status(410), "token_still_works")] {
        let mut world = world().await;
        world.platform.fail(Method::DELETE, "/v1/pats/", fault);
        let rotated = world.tokens.rotate(world.id, Rotate::default()).await.unwrap();
        assert_eq!(rotated.left.unwrap().code, code);
        assert_eq!(world.platform.live().len(), 2);
        world.settle().await;
        world.all_is_well("later").await;
    }
}

#[tokio::test]
async fn the_last_token_that_works_does_not_revoke_itself() {
    let world = world().await;
    // The successor works when it is tried out, and is refused when it revokes the old one.
    world.platform.fail(Method::DELETE, "/v1/pats/", Fault::Status(401));
    let rotated = world.tokens.rotate(world.id, Rotate::default()).await.unwrap();
    assert_eq!(rotated.left.unwrap().code, "unauthorized");
    assert!(world.platform.live().contains(&world.first));
}
