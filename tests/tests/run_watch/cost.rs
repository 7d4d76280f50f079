//! What following costs the platform.

use std::{collections::BTreeSet, time::Duration};

use agentruntime_run_watch::{Change, Link, Options, budget::Budget};
use serde_json::json;

use crate::{
    agrees, answer_all,
    faults::Faults,
    quick, settle, steps,
    world::{LATE, World},
};

/// `cargo xtask soak runs`: an outage of SOAK_MINUTES, and a thousand runs at once, with the app's own budget.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes as long as it is told to"]
async fn run_watch_soak() {
    let minutes = std::env::var("SOAK_MINUTES").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    let mut world = World::start(Options::default(), 13).await;
    world.heard.patience = LATE;
    let short = world.workflow("Short", json!([{ "id": "a", "type": "lua_script", "script": "return {}" }])).await;
    let asks = world.workflow("Asks", steps(false)).await;
    world.proxy.set(Faults { down: true, ..Faults::default() });
    world.watch.look();
    let mut ids = BTreeSet::new();
    for _ in 0..50 {
        ids.insert(world.run(&short).await);
    }
    world.run(&asks).await;
    let before = world.proxy.refused();
    tokio::time::sleep(Duration::from_secs(60 * minutes)).await;
    println!("{} requests in {minutes} min of outage", world.proxy.refused() - before);
    world.proxy.set(Faults::default());
    let back = tokio::time::Instant::now();
    let sum = |change: &Change| matches!(change, Change::CaughtUp(missed) if missed.since.is_some());
    let Change::CaughtUp(missed) = world.heard.until(sum).await else { unreachable!() };
    println!("caught up {:.2} s after the platform was back", back.elapsed().as_secs_f64());
    assert_eq!((missed.ended.len(), missed.waiting.len()), (50, 1));

    let (asked, begun) = (world.proxy.requests(), tokio::time::Instant::now());
    let mut runs = Vec::new();
    for _ in 0..1000 {
        runs.push((short.clone(), world.run(&short).await));
        world.watch.look();
    }
    let ids = runs.iter().map(|(_, run)| run.clone()).collect::<BTreeSet<_>>();
    world.heard.until_ended(&ids).await;
    let (asked, took) = (world.proxy.requests() - asked, begun.elapsed().as_secs_f64());
    println!("1000 runs told after {took:.1} s with {asked} requests, {:.1} a second", asked as f64 / took);
    settle(&mut world, &runs).await;
    println!("their logs told whole after {:.1} s", begun.elapsed().as_secs_f64());
    agrees(&mut world, &runs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_runs_costs_the_platform_no_more_than_the_budget() {
    let budget = Budget { per_second: 20.0, at_once: 40.0 };
    let mut world = World::start(Options { budget, ..quick() }, 9).await;
    let workflow = world.workflow("Short", json!([{ "id": "a", "type": "lua_script", "script": "return {}" }])).await;
    let (before, begun) = (world.proxy.requests(), tokio::time::Instant::now());
    let mut runs = Vec::new();
    for _ in 0..150 {
        runs.push((workflow.clone(), world.run(&workflow).await));
        world.watch.look();
    }
    let ids = runs.iter().map(|(_, run)| run.clone()).collect::<BTreeSet<_>>();
    world.heard.until_ended(&ids).await;
    settle(&mut world, &runs).await;
    let (asked, took) = (world.proxy.requests() - before, begun.elapsed().as_secs_f64());
    // Pages that complete a look that has begun are paid for afterwards.
    let allowed = took.mul_add(budget.per_second, budget.at_once + 20.0);
    assert!((asked as f64) < allowed, "{asked} requests in {took:.1} s, where {allowed:.0} are allowed");
    agrees(&mut world, &runs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_platform_that_asks_for_rest_gets_it() {
    let mut world = World::start(quick(), 11).await;
    let workflow = world.workflow("Good", steps(false)).await;
    let run = world.run(&workflow).await;
    world.watch.look();
    world.heard.until(|change| matches!(change, Change::Waiting(..))).await;
    let mut board = world.watch.board();
    let opened = world.proxy.handshakes().len();
    assert!(opened >= 1);
    // What happens in the run cuts its stream, which is not to be opened again either.
    world.proxy.set(Faults { limits: 100, rest: 2, cuts: 100, ..Faults::default() });
    world.watch.look();
    board.wait_for(|board| matches!(board.link, Link::Away { code: "rate_limited", .. })).await.unwrap();
    let (asked, resting) = (world.proxy.requests(), tokio::time::Instant::now());
    answer_all(&world, &BTreeSet::from([run.clone()])).await;
    while world.proxy.cut() == 0 {
        tokio::task::yield_now().await;
    }
    world.proxy.set(Faults::default());
    board.wait_for(|board| board.link == Link::Live).await.unwrap();
    // Told a moment after it began.
    let rest = Duration::from_millis(1800);
    assert!(resting.elapsed() >= rest, "it came back before the rest was over");
    let early = world.proxy.handshakes().split_off(opened);
    let early = early.iter().filter(|at| **at > resting && at.duration_since(resting) < rest);
    assert_eq!(early.count(), 0, "a stream was asked for while the platform rested");
    let first = world.proxy.asked_since(asked).first().cloned();
    assert!(first.is_some_and(|first| first.starts_with("/v1/")), "and then it is asked again");
    world.heard.until_ended(&BTreeSet::from([run.clone()])).await;
    agrees(&mut world, &[(workflow, run)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_waits_behind_many_newer_ones_costs_one_request_and_not_all_the_pages_before_it() {
    let budget = Budget { per_second: 200.0, at_once: 400.0 };
    let mut world = World::start(Options { budget, ..quick() }, 16).await;
    let asks = world.workflow("Good", steps(false)).await;
    let short = world.workflow("Short", json!([{ "id": "a", "type": "lua_script", "script": "return {}" }])).await;
    let waits = world.run(&asks).await;
    let mut ids = BTreeSet::new();
    for _ in 0..120 {
        ids.insert(world.run(&short).await);
        world.watch.look();
    }
    world.heard.until_ended(&ids).await;
    let before = world.proxy.requests();
    let looks = |asked: &[String]| {
        asked.iter().filter(|path| path.starts_with("/v1/runs?") && path.contains("offset=0")).count()
    };
    for nth in 1..=15 {
        world.watch.look();
        while looks(&world.proxy.asked_since(before)) < nth {
            tokio::task::yield_now().await;
        }
    }
    let asked = world.proxy.asked_since(before);
    let deep = asked.iter().filter(|path| path.contains("offset=100")).count();
    let single = asked.iter().filter(|path| path.contains(&waits) && path.contains("/summary")).count();
    assert_eq!(deep, 0, "{asked:#?}");
    assert!((2..=4).contains(&single), "{single} of {asked:#?}");
}
