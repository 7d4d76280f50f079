//! A rotation that is cut off: whatever fails, and whenever the process dies, the workspace has a working token and no live one is
//! lost sight of.

use std::{sync::Arc, time::Duration};

use agentruntime_settings::Stage;
use agentruntime_tokens::{KeychainError, Rotate, SettledAs, Which};
use axum::http::Method;
use tokio_util::sync::CancellationToken;

use crate::support::{
    fake::Step,
    platform::{Fault, SCOPES},
    world::{open, world},
};

#[tokio::test]
async fn whatever_the_platform_does_to_a_request_no_token_is_lost() {
    let steps = [
        (Method::GET, "/v1/pats", false),
        (Method::POST, "/v1/pats", true),
        (Method::GET, "/v1/workflows", true),
        (Method::DELETE, "/v1/pats/", true),
    ];
    for reveals in [true, false] {
        for (method, path, _) in &steps {
            for fault in [
                Fault::Status(401),
                Fault::Status(403),
                Fault::Status(422),
                Fault::Status(500),
                Fault::Lost,
                Fault::AnswerLost,
                Fault::Tokenless,
            ] {
                let mut world = world().await;
                if !reveals {
                    world.platform.never_reveals();
                }
                // A read is tried again by the client itself, and a new token that is refused too.
                for _ in 0..if *method == Method::GET { 3 } else { 1 } {
                    world.platform.fail(method.clone(), path, fault);
                }
                let why = format!("{method} {path} {fault:?}, reveals: {reveals}");
                let result = world.tokens.rotate(world.id, Rotate::default()).await;
                let health = world.tokens.check(world.id).await;
                let _ = world.tokens.check(world.id).await;
                assert!(health.is_ok() || *path == "/v1/workflows", "{why}: {health:?}");
                if let Err(error) = &result {
                    assert!(!format!("{error} {error:?}").contains("pat_never"), "{why}");
                }
                // At any moment: a token that lives besides the workspace's own is written down.
                let live = world.platform.live().len();
                assert!(live == 1 || !world.is_clean(), "{why}: {live} live, and nothing is left to do");
                world.restart();
                world.settle().await;
                world.all_is_well(&why).await;
            }
        }
    }
}

#[tokio::test]
async fn whatever_the_keychain_does_no_token_is_lost() {
    for step in [Step::Open, Step::Look, Step::Get, Step::Set, Step::Delete] {
        for passed in 0..6 {
            for error in [KeychainError::Locked, KeychainError::Denied { problem: "no".to_owned() }] {
                let mut world = world().await;
                world.keychain.pass(step, passed);
                world.keychain.fail(step, error.clone());
                let why = format!("{step:?} after {passed}, {error:?}");
                let _ = world.tokens.rotate(world.id, Rotate::default()).await;
                let live = world.platform.live().len();
                assert!(live == 1 || !world.is_clean(), "{why}: {live} live, and nothing is left to do");
                world.keychain.heal();
                world.restart();
                world.settle().await;
                world.all_is_well(&why).await;
            }
        }
    }
}

#[tokio::test]
async fn a_successor_that_nobody_wrote_down_is_found() {
    for (reveals, how) in [(true, SettledAs::Rotated), (false, SettledAs::Undone)] {
        let mut world = world().await;
        if !reveals {
            world.platform.never_reveals();
        }
        world.platform.fail(Method::POST, "/v1/pats", Fault::AnswerLost);
        // And so is the list by which it could be found at once.
        world.platform.hold_lists_after_the_next(3);
        let error = world.tokens.rotate(world.id, Rotate::default()).await.unwrap_err();
        assert_eq!(error.code(), "rotation_unfinished");
        assert!(matches!(world.tokens.settings().get().journal.rotations[0].stage, Stage::Creating));
        assert_eq!(world.platform.live().len(), 2);
        // Somebody makes another token meanwhile, with another name: that is not it.
        let console = world.platform.make("other", &SCOPES);
        // And one of the same name, which somebody uses: nor is that.
        let in_use = world.platform.make("laptop", &SCOPES);
        world.platform.use_it(&in_use);
        world.restart();
        assert_eq!(world.settle().await[0], how);
        for other in [&console, &in_use] {
            assert!(world.platform.live().contains(other));
            world.platform.kill(other);
        }
        world.all_is_well("found").await;
    }
}

#[tokio::test]
async fn a_successor_whose_text_nobody_gets_is_revoked() {
    let world = world().await;
    world.platform.fail(Method::POST, "/v1/pats", Fault::Tokenless);
    // It is found by the list, and its text is asked for.
    world.platform.fail(Method::GET, "/v1/pats/", Fault::Tokenless);
    let error = world.tokens.rotate(world.id, Rotate::default()).await.unwrap_err();
    assert_eq!(error.code(), "invalid_response");
    assert_eq!(world.platform.live(), std::slice::from_ref(&world.first));
    world.all_is_well("as before").await;
}

#[tokio::test]
async fn a_successor_that_is_made_late_is_found() {
    let mut world = world().await;
    // The request is still on its way when the program has given up, and looked, and seen nothing.
    world.platform.fail(Method::POST, "/v1/pats", Fault::Lost);
    let error = world.tokens.rotate(world.id, Rotate::default()).await.unwrap_err();
    assert_eq!(error.code(), "rotation_unfinished");
    assert!(matches!(world.tokens.settle(Which::All).await.unwrap()[0].how, SettledAs::Left(_)));
    world.platform.make("laptop", &SCOPES);
    world.restart();
    assert_eq!(world.settle().await[0], SettledAs::Rotated);
    world.all_is_well("late").await;
}

/// What is under way when two processes in a row end may be what ended them: a third start leaves it to the person.
#[tokio::test]
async fn a_rotation_that_ended_two_processes_is_not_taken_up_a_third_time() {
    let mut world = world().await;
    world.platform.fail(Method::POST, "/v1/pats", Fault::AnswerLost);
    world.platform.hold_lists_after_the_next(3);
    world.tokens.rotate(world.id, Rotate::default()).await.unwrap_err();
    let job = world.tokens.settings().get().journal.rotations[0].id;
    for ended in 1..=2 {
        world.restart();
        // The process ends while it is at it: nobody hears of an outcome.
        world.platform.hold_workflows();
        tokio::select! {
            settled = world.tokens.settle(Which::All) => panic!("it was to be cut off: {settled:?}"),
            () = world.platform.until_held() => {}
        }
        world.platform.let_go();
        assert_eq!(world.tokens.settings().get().journal.taken_up.get(&job), Some(&ended));
    }
    world.restart();
    world.platform.heard();
    let settled = world.tokens.settle(Which::All).await.unwrap();
    assert!(matches!(&settled[0].how, SettledAs::Left(hitch) if hitch.code == "token_stalled"), "{settled:?}");
    assert_eq!(world.tokens.settle(Which::All).await.unwrap(), [], "it is told once");
    assert!(world.platform.heard().is_empty(), "nobody was asked");
    assert_eq!(world.tokens.settings().get().journal.next_try(), None);
    // The person says so.
    let settled = world.tokens.settle(Which::One(job)).await.unwrap();
    assert_eq!(settled[0].how, SettledAs::Rotated, "{settled:?}");
    world.settle().await;
    world.all_is_well("asked for").await;
    assert!(world.tokens.settings().get().journal.taken_up.is_empty());
}

#[tokio::test]
async fn an_end_in_order_counts_for_nothing() {
    let mut world = world().await;
    world.platform.fail(Method::POST, "/v1/pats", Fault::AnswerLost);
    world.platform.hold_lists_after_the_next(3);
    world.tokens.rotate(world.id, Rotate::default()).await.unwrap_err();
    for _ in 0..3 {
        world.restart();
        world.platform.hold_workflows();
        let end = CancellationToken::new();
        let settling = world.tokens.keep_settling(Arc::default(), end.clone(), |settled| panic!("{settled:?}"));
        let ending = async {
            world.platform.until_held().await;
            assert_eq!(world.tokens.settings().get().journal.taken_up.len(), 1, "it is at it");
            end.cancel();
        };
        tokio::join!(settling, ending);
        world.platform.let_go();
        assert!(world.tokens.settings().get().journal.taken_up.is_empty());
    }
    world.restart();
    assert_eq!(world.settle().await[0], SettledAs::Rotated);
    world.all_is_well("after three ends in order").await;
}

#[tokio::test]
async fn of_two_that_may_be_it_none_is_touched() {
    let mut world = world().await;
    world.platform.fail(Method::POST, "/v1/pats", Fault::AnswerLost);
    world.platform.hold_lists_after_the_next(3);
    world.tokens.rotate(world.id, Rotate::default()).await.unwrap_err();
    world.platform.make("laptop", &SCOPES);
    world.restart();
    let settled = world.tokens.settle(Which::All).await.unwrap();
    assert!(matches!(&settled[0].how, SettledAs::Left(hitch) if hitch.code == "token_unclear"), "{settled:?}");
    assert_eq!(world.platform.live().len(), 3);
    // Its owner looks in the Console, and says so.
    world.tokens.dismiss(settled[0].job).await.unwrap();
    assert!(world.is_clean());
    assert!(world.tokens.check(world.id).await.is_ok());
}

#[tokio::test]
async fn a_rotation_that_another_process_ended_is_left_alone() {
    for (step, fault) in [("/v1/workflows", Fault::Status(503)), ("/v1/pats", Fault::Lost)] {
        let world = world().await;
        // Stuck while it is tried out; or while it is not known whether there is a successor.
        let method = if step == "/v1/pats" { Method::POST } else { Method::GET };
        for _ in 0..3 {
            world.platform.fail(method.clone(), step, fault);
        }
        world.tokens.rotate(world.id, Rotate::default()).await.unwrap_err();
        world.platform.mend();
        // The other process has read of it, and hears no more.
        let other = open(&world.keychain, world.folder.path());
        assert_eq!(other.settings().get().journal.rotations.len(), 1);
        tokio::time::sleep(Duration::from_millis(1_020)).await;
        world.tokens.settle(Which::All).await.unwrap();
        let live = world.platform.live();
        assert_eq!(other.settle(Which::All).await.unwrap(), []);
        let job = other.settings().get().journal.rotations.first().map(|rotation| rotation.id);
        assert_eq!(job, None, "it sees what the file says");
        assert_eq!(world.platform.live(), live);
        world.tokens.settle(Which::All).await.unwrap();
        world.all_is_well(step).await;
    }
}
