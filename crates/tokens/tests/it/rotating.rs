//! Rotation: whatever fails, and whenever the process dies, the profile has a working token and no live one is lost sight of.

use std::{path::Path, sync::Arc, time::Duration};

use agentruntime_tokens::{
    Error, Keep, KeychainError, Limits, Patience, ProfileId, Reason, Rotate, SettingsStore, SettledAs, Stage,
    TokenPlace, Tokens, When, Which,
};
use axum::http::Method;
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use crate::support::{
    fake::{Fake, Step},
    new_profile,
    platform::{Fault, Platform, SCOPES},
};

const PATIENCE: Patience = Patience {
    drain: Duration::from_millis(200),
    appear: SignedDuration::from_secs(1),
    known: Duration::from_millis(5),
    others: Duration::from_secs(5),
};

struct World {
    platform: Platform,
    keychain: Arc<Fake>,
    folder: tempfile::TempDir,
    tokens: Tokens,
    id: ProfileId,
    first: String,
}

fn open(keychain: &Arc<Fake>, folder: &Path) -> Tokens {
    // A slow machine is no slow keychain.
    let keychain = keychain.keychain().limited(Limits { call: Duration::from_secs(20), ..Limits::default() });
    Tokens::with(keychain, SettingsStore::open(folder).unwrap().store, PATIENCE)
}

async fn world() -> World {
    let (platform, first) = Platform::start().await;
    let (keychain, folder) = (Fake::new(), tempfile::tempdir().unwrap());
    let tokens = open(&keychain, folder.path());
    let added = tokens.add(new_profile(&platform.url), &first.as_str().into(), Keep::Keychain).await.unwrap();
    platform.heard();
    World { platform, keychain, folder, tokens, id: added.id, first }
}

impl World {
    /// The process dies and another one begins.
    fn restart(&mut self) {
        self.tokens = open(&self.keychain, self.folder.path());
    }

    fn is_clean(&self) -> bool {
        let settings = self.tokens.settings().get();
        settings.journal.is_empty() && settings.unfinished.is_empty()
    }

    /// The profile works, it has the only live token, and the keychain has no other.
    async fn all_is_well(&self, why: &str) {
        let health = self.tokens.check(self.id).await;
        assert!(health.is_ok(), "{why}: {health:?}");
        assert!(self.is_clean(), "{why}: {:?}", self.tokens.settings().get().journal);
        let (live, entries) = (self.platform.live(), self.keychain.entries.lock().unwrap().clone());
        assert_eq!(live.len(), 1, "{why}");
        assert_eq!(entries.values().collect::<Vec<_>>(), [&live[0]], "{why}");
        let entry = self.tokens.settings().get().profile(self.id).unwrap().entry.to_string();
        assert_eq!(entries.keys().collect::<Vec<_>>(), [&entry], "{why}");
        let settings = std::fs::read_to_string(self.tokens.settings().path()).unwrap();
        assert!(!settings.contains("pat_never"), "{why}");
    }

    /// Takes everything up again until nothing is left.
    async fn settle(&mut self) -> Vec<SettledAs> {
        let mut all = Vec::new();
        for _ in 0..4 {
            let settled = self.tokens.settle(Which::All).await.unwrap();
            all.extend(settled.into_iter().map(|settled| settled.how));
            if self.is_clean() {
                break;
            }
            // What may arrive yet is waited for.
            tokio::time::sleep(Duration::from_millis(1_020)).await;
        }
        self.tokens.tidy().await.unwrap();
        all
    }
}

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
                // At any moment: a token that lives besides the profile's own is written down.
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
    let task = world.tokens.settings().get().journal.rotations[0].id;
    for ended in 1..=2 {
        world.restart();
        // The process ends while it is at it: nobody hears of an outcome.
        world.platform.hold_workflows();
        tokio::select! {
            settled = world.tokens.settle(Which::All) => panic!("it was to be cut off: {settled:?}"),
            () = world.platform.until_held() => {}
        }
        world.platform.let_go();
        assert_eq!(world.tokens.settings().get().journal.taken_up.get(&task), Some(&ended));
    }
    world.restart();
    world.platform.heard();
    let settled = world.tokens.settle(Which::All).await.unwrap();
    assert!(matches!(&settled[0].how, SettledAs::Left(hitch) if hitch.code == "token_stalled"), "{settled:?}");
    assert_eq!(world.tokens.settle(Which::All).await.unwrap(), [], "it is told once");
    assert!(world.platform.heard().is_empty(), "nobody was asked");
    assert_eq!(world.tokens.settings().get().journal.next_try(), None);
    // The person says so.
    let settled = world.tokens.settle(Which::One(task)).await.unwrap();
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
    world.tokens.dismiss(settled[0].task).await.unwrap();
    assert!(world.is_clean());
    assert!(world.tokens.check(world.id).await.is_ok());
}

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
    let switched = |settings: &Arc<agentruntime_tokens::Settings>| !settings.journal.revocations.is_empty();
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
    let task = world.tokens.settings().get().journal.revocations[0].id;
    let settled = world.tokens.identify(task, "p-1".to_owned()).await.unwrap();
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
        let task = other.settings().get().journal.rotations.first().map(|rotation| rotation.id);
        assert_eq!(task, None, "it sees what the file says");
        assert_eq!(world.platform.live(), live);
        world.tokens.settle(Which::All).await.unwrap();
        world.all_is_well(step).await;
    }
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
        agentruntime_tokens::NewProfile { project_id: Some("other".to_owned()), ..new_profile(&world.platform.url) };
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
