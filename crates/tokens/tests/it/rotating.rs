//! Rotation: the workspace has a new token in place of its old one, and nobody else loses theirs.

use agentruntime_settings::{Stage, TokenPlace};
use agentruntime_tokens::{Error, Keep, Rotate, SettledAs, When};
use axum::http::Method;

use crate::support::{
    new_profile,
    platform::{Fault, SCOPES},
    world::world,
};

#[tokio::test]
async fn a_rotation_leaves_one_token_and_it_is_new() {
    let world = world().await;
    let rotated = world.tokens.rotate(world.id, Rotate::default()).await.unwrap();
    assert_eq!(rotated.left, None);
    assert_ne!(world.platform.live(), std::slice::from_ref(&world.first));
    world.all_is_well("after").await;
    let facts = rotated.profile.facts.unwrap();
    assert_eq!((facts.display_name.as_deref(), facts.pat_id.as_deref()), (Some("laptop"), Some("p-2")));
    assert_eq!(facts.scopes, SCOPES, "the same name and scopes");
    assert_eq!(facts.last_four.as_deref(), Some("0002"));
    let heard = world.platform.heard();
    let (tried, deleted) = (heard.iter().rposition(|line| line == "GET /v1/workflows"), "DELETE /v1/pats/p-1");
    assert!(heard.iter().position(|line| line == "POST /v1/pats") < tried, "{heard:?}");
    assert!(heard.iter().any(|line| line == deleted), "{heard:?}");
    // And again, as often as one likes.
    for _ in 0..3 {
        world.tokens.rotate(world.id, Rotate::default()).await.unwrap();
    }
    world.all_is_well("again").await;
}

#[tokio::test]
async fn its_scopes_can_be_narrowed() {
    let world = world().await;
    let scopes = Some(vec!["workflow:read".to_owned()]);
    let rotated = world.tokens.rotate(world.id, Rotate { scopes, own: None }).await.unwrap();
    assert_eq!(rotated.profile.facts.unwrap().scopes, ["workflow:read"]);
    assert_eq!(world.platform.rows()[0].scopes, ["workflow:read"]);
}

#[tokio::test]
async fn one_rotation_at_a_time_and_only_from_the_keychain() {
    let world = world().await;
    let results =
        futures_util::future::join_all((0..4).map(|_| world.tokens.rotate(world.id, Rotate::default()))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert!(results.iter().flatten().all(|rotated| rotated.left.is_none()));
    assert!(results.iter().filter_map(|result| result.as_ref().err()).all(|error| error.code() == "token_busy"));
    world.all_is_well("one").await;

    let live = world.platform.live();
    let kept = world.tokens.replace(world.id, &live[0].as_str().into(), Keep::Memory).await.unwrap();
    assert_eq!(kept.token, TokenPlace::Memory);
    let error = world.tokens.rotate(world.id, Rotate::default()).await.unwrap_err();
    assert_eq!(error.code(), "token_not_in_keychain");
}

#[tokio::test]
async fn a_token_that_was_pasted_meanwhile_is_not_taken_away() {
    let mut world = world().await;
    // The successor is stored, and cannot be tried out.
    for _ in 0..3 {
        world.platform.fail(Method::GET, "/v1/workflows", Fault::Status(503));
    }
    world.tokens.rotate(world.id, Rotate::default()).await.unwrap_err();
    assert!(matches!(world.tokens.settings().get().journal.rotations[0].stage, Stage::Trying { .. }));
    let pasted = world.platform.make("pasted", &SCOPES);
    world.tokens.replace(world.id, &pasted.as_str().into(), Keep::Keychain).await.unwrap();
    assert_eq!(world.settle().await[0], SettledAs::Undone);
    assert!(world.tokens.check(world.id).await.is_ok());
    // The old one was not this rotation's to revoke any more: it was only replaced here.
    assert_eq!(world.platform.live(), [world.first.clone(), pasted]);
    world.platform.kill(&world.first);
    world.all_is_well("pasted").await;
}

#[tokio::test]
async fn a_token_that_is_taken_out_of_use_meanwhile_stays_out_of_use() {
    let mut world = world().await;
    // The successor is about to be tried out.
    world.platform.hold_workflows();
    let rotating = tokio::spawn({
        let (tokens, id) = (world.tokens.clone(), world.id);
        async move { tokens.rotate(id, Rotate::default()).await }
    });
    world.platform.until_held().await;
    let revoked = tokio::spawn({
        let (tokens, id) = (world.tokens.clone(), world.id);
        async move { tokens.revoke(id, None, When::AtOnce).await }
    });
    let mut changes = world.tokens.settings().subscribe();
    changes.wait_for(|settings| settings.profiles[0].token == TokenPlace::None).await.unwrap();
    world.platform.let_go();
    revoked.await.unwrap().unwrap();
    assert_eq!(rotating.await.unwrap().unwrap_err().code(), "nothing_left");
    assert_eq!(world.tokens.pat(world.id).await.unwrap_err().code(), "no_token");
    world.settle().await;
    assert!(world.platform.live().is_empty(), "{:?}", world.platform.rows());
    assert!(world.is_clean() && world.keychain.is_empty());
}

#[tokio::test]
async fn a_token_that_two_profiles_have_is_not_taken_from_one_of_them() {
    let world = world().await;
    let new =
        agentruntime_settings::NewProfile { project_id: Some("other".to_owned()), ..new_profile(&world.platform.url) };
    let other = world.tokens.add(new, &world.first.as_str().into(), Keep::Keychain).await.unwrap();
    world.tokens.rename(other.id, "Other project".to_owned()).await.unwrap();
    let error = world.tokens.rotate(world.id, Rotate::default()).await.unwrap_err();
    assert!(matches!(&error, Error::Shared { name } if name == "Other project"), "{error}");
    // Whatever its row is taken for.
    let id = other.id;
    world
        .tokens
        .settings()
        .update(move |settings| {
            settings.profiles.iter_mut().for_each(|profile| {
                if profile.id == id {
                    profile.facts = None;
                }
            })
        })
        .await
        .unwrap();
    assert_eq!(world.tokens.rotate(world.id, Rotate::default()).await.unwrap_err().code(), "token_shared");
    assert_eq!(world.platform.live(), std::slice::from_ref(&world.first));
    assert!(world.is_clean());
}
