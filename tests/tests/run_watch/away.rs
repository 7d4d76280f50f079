//! Times in which the platform, its inbox or this computer was away.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use agentruntime_run_watch::{Change, Inbox, Link, Options, Timeliness};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{agrees, answer_all, faults::Faults, quick, steps, until_something_waits, world::World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happened_while_the_platform_was_away_is_summed_up_once() {
    let mut world = World::start(Options { gap: Duration::from_millis(500), ..quick() }, 7).await;
    let good = world.workflow("Good", json!([{ "id": "a", "type": "lua_script", "script": "return {}" }])).await;
    let bad = world.workflow("Bad", json!([{ "id": "a", "type": "lua_script", "script": "error('x')" }])).await;
    let asks = world.workflow("Asks", steps(false)).await;
    let mut board = world.watch.board();
    world.proxy.set(Faults { down: true, ..Faults::default() });
    world.watch.look();
    board.wait_for(|board| matches!(board.link, Link::Away { code: "upstream_unavailable", .. })).await.unwrap();
    let mut ids = BTreeSet::new();
    for workflow in [&good, &good, &good, &bad, &bad] {
        ids.insert(world.run(workflow).await);
    }
    answer_all(&world, &ids).await;
    world.run(&asks).await;
    until_something_waits(&world).await;
    // The gap is over when the clock says so; nothing else can.
    tokio::time::sleep(Duration::from_millis(600)).await;
    world.proxy.set(Faults::default());
    let Change::CaughtUp(missed) = world.heard.until(|change| matches!(change, Change::CaughtUp(_))).await else {
        unreachable!()
    };
    assert!(missed.since.is_some());
    assert_eq!((missed.ended.len(), missed.failed.len(), missed.waiting.len()), (3, 2, 1));
    world.heard.until_ended(&ids).await;
    let late = world.heard.all.iter().filter(|change| matches!(change, Change::Ended(_, Timeliness::Late))).count();
    assert_eq!(late, 5, "each was told as something that was missed");
    let sums =
        world.heard.all.iter().filter(|change| matches!(change, Change::CaughtUp(missed) if missed.since.is_some()));
    assert_eq!(sums.count(), 1);
    assert!(matches!(world.watch.board().borrow().link, Link::Live));
}

/// Looks are rare while all is calm: how long ago the last one was says nothing of an outage.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_look_that_fails_in_a_calm_hour_is_no_outage() {
    let gap = Duration::from_secs(3);
    let mut world = World::start(Options { gap, ..quick() }, 17).await;
    let short = world.workflow("Short", json!([{ "id": "a", "type": "lua_script", "script": "return {}" }])).await;
    let mut board = world.watch.board();
    // The calm is as long as the clock says; nothing else can.
    tokio::time::sleep(gap + Duration::from_millis(200)).await;
    world.proxy.set(Faults { down: true, ..Faults::default() });
    world.watch.look();
    board.wait_for(|board| matches!(board.link, Link::Away { .. })).await.unwrap();
    world.proxy.set(Faults::default());
    board.wait_for(|board| board.link == Link::Live).await.unwrap();
    let run = world.run(&short).await;
    world.watch.look();
    let ended = world.heard.until(|change| matches!(change, Change::Ended(..))).await;
    assert!(matches!(&ended, Change::Ended(ended, Timeliness::OnTime) if ended.key.run_id == run), "{ended:?}");
    let sums = |change: &&Change| matches!(change, Change::CaughtUp(missed) if missed.since.is_some());
    assert_eq!(world.heard.all.iter().filter(sums).count(), 0);
}

/// Seconds that the wall clock of the next test is ahead.
static AHEAD: AtomicI64 = AtomicI64::new(0);

fn wall() -> Timestamp {
    Timestamp::now() + SignedDuration::from_secs(AHEAD.load(Ordering::SeqCst))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_computer_that_slept_catches_up_over_new_streams() {
    let mut world = World::start(Options { wall, ..quick() }, 8).await;
    let workflow = world.workflow("Good", steps(false)).await;
    let run = world.run(&workflow).await;
    world.watch.look();
    world.heard.until(|change| matches!(change, Change::Waiting(..))).await;
    let opened = world.proxy.streams();
    AHEAD.store(600, Ordering::SeqCst);
    world.heard.until(|change| matches!(change, Change::CaughtUp(missed) if missed.since.is_some())).await;
    answer_all(&world, &BTreeSet::from([run.clone()])).await;
    world.heard.until_ended(&BTreeSet::from([run.clone()])).await;
    assert!(world.proxy.streams() > opened, "the old stream may lead nowhere");
    // Put back, as by a person: that is no sleep, and nothing is told twice.
    AHEAD.store(0, Ordering::SeqCst);
    agrees(&mut world, &[(workflow, run)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inbox_that_cannot_be_read_keeps_nothing_else_from_being_told() {
    let mut world = World::without_account(quick(), 15).await;
    let bad = world.workflow("Bad", json!([{ "id": "a", "type": "lua_script", "script": "error('x')" }])).await;
    let asks = world.workflow("Good", steps(false)).await;
    world.run(&asks).await;
    until_something_waits(&world).await;
    world.proxy.set(Faults { no_inbox: true, ..Faults::default() });
    world.accounts.send_replace(Some(world.account("a")));
    let sum = |change: &Change| matches!(change, Change::CaughtUp(_));
    let Change::CaughtUp(missed) = world.heard.until(sum).await else { unreachable!() };
    assert!(missed.is_empty(), "{missed:?}");
    let mut board = world.watch.board();
    board.wait_for(|board| matches!(board.inbox, Inbox::Failing { .. })).await.unwrap();
    let failed = world.run(&bad).await;
    world.watch.look();
    let ended = world.heard.until(|change| matches!(change, Change::Ended(run, _) if run.key.run_id == failed)).await;
    assert!(matches!(ended, Change::Ended(_, Timeliness::OnTime)), "{ended:?}");
    // What waits is told when it can be, at one stroke.
    world.proxy.set(Faults::default());
    let Change::CaughtUp(missed) = world.heard.until(sum).await else { unreachable!() };
    assert_eq!(missed.waiting.len(), 1);
    board.wait_for(|board| board.inbox == Inbox::Read).await.unwrap();
}
