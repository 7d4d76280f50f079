//! The follower against the sandbox, with faults put between them: what it tells equals the event log.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod faults;
mod world;

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use agentruntime_run_watch::{
    Change, Gone, Inbox, Link, Options, RunKey, Told, budget::Budget, streams::StreamOptions,
};
use faults::Faults;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use world::{LATE, World};

/// As the app's, but quicker to notice that something is dead.
fn quick() -> Options {
    Options {
        streams: StreamOptions {
            ping_every: Duration::from_millis(300),
            silence: Duration::from_millis(700),
            longest_wait: Duration::from_secs(1),
            ..StreamOptions::default()
        },
        heartbeat: Duration::from_millis(200),
        ..Options::default()
    }
}

/// Steps that take a while: a chain of short scripts, two side by side, and at the end one that may fail.
fn steps(fails: bool) -> Value {
    let busy = "local n = 0 for i = 1, 300000 do n = n + i end return { n = n }";
    let last = if fails { "error('on purpose')" } else { "return {}" };
    json!([
        { "id": "a", "type": "lua_script", "script": busy },
        { "id": "b", "type": "lua_script", "script": busy, "depends_on": ["a"] },
        { "id": "c", "type": "lua_script", "script": busy, "depends_on": ["a"] },
        { "id": "ask", "type": "human_task", "task_type": "approval", "task_payload": { "title": "Go on?" }, "depends_on": ["b"] },
        { "id": "last", "type": "lua_script", "script": last, "depends_on": ["ask", "c"] },
    ])
}

/// Answers, past the follower, whatever waits, until these runs have ended.
async fn answer_all(world: &World, runs: &BTreeSet<String>) {
    loop {
        for task in world.ask("GET", "/v1/tasks/pending?limit=100", Value::Null).await["tasks"].as_array().unwrap() {
            let text = |key: &str| task[key].as_str().unwrap().to_owned();
            world.answer(&text("workflow_id"), &text("run_id"), &text("task_id"), true).await;
        }
        let feed = world.ask("GET", "/v1/runs?limit=100", Value::Null).await;
        let is_over = |run: &&Value| runs.contains(run["run_id"].as_str().unwrap()) && run["run_complete"] == true;
        if feed["runs"].as_array().unwrap().iter().filter(is_over).count() == runs.len() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// Everything that was told of these runs equals their logs, each event once, each end once and last.
async fn agrees(world: &mut World, runs: &[(String, String)]) {
    world.told.drain();
    let ended = world.told.ended();
    for (workflow, run) in runs {
        let (log, status) = world.log(workflow, run).await;
        let told = world.told.events(run);
        assert_eq!(told.len(), told.iter().collect::<BTreeSet<_>>().len(), "an event of {run} was told twice");
        let (mut sorted, mut expected) = (told.clone(), log.clone());
        sorted.sort();
        expected.sort();
        assert_eq!(sorted, expected, "{run}");
        assert_eq!(ended[run], [status.as_str()], "{run}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_on_the_way_what_is_told_equals_the_event_log() {
    for (seed, faults) in [
        (1, Faults { drops: 40, ..Faults::default() }),
        (2, Faults { duplicates: 50, reorders: 40, ..Faults::default() }),
        (3, Faults { cuts: 15, errors: 20, ..Faults::default() }),
        (
            4,
            Faults {
                delays: 60,
                limits: 5,
                drops: 10,
                duplicates: 10,
                reorders: 10,
                cuts: 5,
                errors: 10,
                ..Faults::default()
            },
        ),
    ] {
        let mut world = World::start(quick(), seed).await;
        let good = world.workflow("Good", steps(false)).await;
        let bad = world.workflow("Bad", steps(true)).await;
        world.proxy.set(faults);
        let mut runs = Vec::new();
        for nth in 0..6 {
            let workflow = if nth % 2 == 0 { &good } else { &bad };
            runs.push((workflow.clone(), world.run(workflow).await));
            world.watch.look();
        }
        let ids = runs.iter().map(|(_, run)| run.clone()).collect::<BTreeSet<_>>();
        answer_all(&world, &ids).await;
        world.proxy.set(Faults::default());
        world.watch.look();
        world.told.until_ended(&ids).await;
        // What was still to be read of a run whose end was told before its log.
        settle(&mut world, &runs).await;
        agrees(&mut world, &runs).await;
        let waiting = world.told.all.iter().filter(|change| matches!(change, Change::Waiting(..))).count();
        let gone = world.told.all.iter().filter(|change| matches!(change, Change::Gone(..))).count();
        assert_eq!(waiting, gone, "seed {seed}: what waited waits no longer");
    }
}

/// Until the logs of these runs have been told whole: there is no event for that but the events themselves.
async fn settle(world: &mut World, runs: &[(String, String)]) {
    for (workflow, run) in runs {
        let (log, _) = world.log(workflow, run).await;
        while world.told.events(run).len() < log.len() {
            world.told.until(|change| matches!(change, Change::Event(..))).await;
        }
    }
}

/// A calm workspace is looked at every thirty seconds, a busy one every three: the first sign of life makes it busy.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_single_frame_a_task_is_heard_of_by_looking() {
    let mut world = World::start(quick(), 12).await;
    let workflow = world.workflow("Good", steps(false)).await;
    world.proxy.set(Faults { drops: 100, ..Faults::default() });
    let run = world.run(&workflow).await;
    world.watch.look();
    let waits = world.told.until(|change| matches!(change, Change::Waiting(..)));
    tokio::time::timeout(Duration::from_secs(20), waits).await.expect("it is looked at as a calm one is");
    world.watch.answer(&RunKey::new(&workflow, &run), &task_of(&world), true, None).await.unwrap();
    let ended = world.told.until(|change| matches!(change, Change::Ended(..)));
    tokio::time::timeout(Duration::from_secs(20), ended).await.expect("it is looked at as a calm one is");
    agrees(&mut world, &[(workflow, run)]).await;
}

/// The one task that waits.
fn task_of(world: &World) -> String {
    let last = world.told.all.iter().rev().find_map(|change| match change {
        Change::Waiting(task, _) => Some(task.id.clone()),
        _ => None,
    });
    last.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_dead_without_a_word_is_noticed_and_opened_again() {
    let mut world = World::start(quick(), 5).await;
    let workflow = world.workflow("Good", steps(false)).await;
    let run = world.run(&workflow).await;
    world.watch.look();
    let Change::Waiting(task, _) = world.told.until(|change| matches!(change, Change::Waiting(..))).await else {
        unreachable!()
    };
    let opened = world.proxy.streams();
    assert!(opened >= 1);
    world.proxy.set(Faults { half_open: true, ..Faults::default() });
    // The relay notices at its next frame, which is this answer's.
    world.answer(&workflow, &run, &task.id, true).await;
    let ids = BTreeSet::from([run.clone()]);
    world.proxy.set(Faults::default());
    world.told.until_ended(&ids).await;
    agrees(&mut world, &[(workflow, run)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_says_where_it_was_given_and_a_second_one_is_refused() {
    let mut world = World::start(quick(), 6).await;
    let workflow = world.workflow("Good", steps(false)).await;
    let waits = |change: &Change| matches!(change, Change::Waiting(..));
    let mut tasks = Vec::new();
    for _ in 0..3 {
        world.run(&workflow).await;
        world.watch.look();
        let Change::Waiting(task, Told::Now) = world.told.until(waits).await else { panic!("it happened just now") };
        tasks.push(task);
    }
    let gone = |id: String| move |change: &Change| matches!(change, Change::Gone(task, _) if task.id == id);
    world.watch.answer(&tasks[0].run, &tasks[0].id, true, Some(json!({ "note": "Fine" }))).await.unwrap();
    let here = world.told.until(gone(tasks[0].id.clone())).await;
    assert_eq!(here, Change::Gone(tasks[0].clone(), Gone::Here { approved: true }));
    let again = world.watch.answer(&tasks[0].run, &tasks[0].id, false, None).await.unwrap_err();
    assert_eq!(again.code(), "conflict");

    world.answer(&workflow, &tasks[1].run.run_id, &tasks[1].id, false).await;
    let there = world.told.until(gone(tasks[1].id.clone())).await;
    assert_eq!(there, Change::Gone(tasks[1].clone(), Gone::Elsewhere { approved: Some(false) }));

    let stop = json!({ "command": "stop", "params": { "run_id": tasks[2].run.run_id } });
    world.ask("POST", &format!("/v1/workflows/{workflow}/command"), stop).await;
    let withdrawn = world.told.until(gone(tasks[2].id.clone())).await;
    assert_eq!(withdrawn, Change::Gone(tasks[2].clone(), Gone::Withdrawn));
}

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
    let Change::CaughtUp(missed) = world.told.until(|change| matches!(change, Change::CaughtUp(_))).await else {
        unreachable!()
    };
    assert!(missed.since.is_some());
    assert_eq!((missed.ended.len(), missed.failed.len(), missed.waiting.len()), (3, 2, 1));
    world.told.until_ended(&ids).await;
    let late = world.told.all.iter().filter(|change| matches!(change, Change::Ended(_, Told::Late))).count();
    assert_eq!(late, 5, "each was told as something that was missed");
    let sums =
        world.told.all.iter().filter(|change| matches!(change, Change::CaughtUp(missed) if missed.since.is_some()));
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
    let ended = world.told.until(|change| matches!(change, Change::Ended(..))).await;
    assert!(matches!(&ended, Change::Ended(ended, Told::Now) if ended.key.run_id == run), "{ended:?}");
    let sums = |change: &&Change| matches!(change, Change::CaughtUp(missed) if missed.since.is_some());
    assert_eq!(world.told.all.iter().filter(sums).count(), 0);
}

/// `cargo xtask soak runs`: an outage of SOAK_MINUTES, and a thousand runs at once, with the app's own budget.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes as long as it is told to"]
async fn run_watch_soak() {
    let minutes = std::env::var("SOAK_MINUTES").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    let mut world = World::start(Options::default(), 13).await;
    world.told.patience = LATE;
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
    let Change::CaughtUp(missed) = world.told.until(sum).await else { unreachable!() };
    println!("caught up {:.2} s after the platform was back", back.elapsed().as_secs_f64());
    assert_eq!((missed.ended.len(), missed.waiting.len()), (50, 1));

    let (asked, begun) = (world.proxy.requests(), tokio::time::Instant::now());
    let mut runs = Vec::new();
    for _ in 0..1000 {
        runs.push((short.clone(), world.run(&short).await));
        world.watch.look();
    }
    let ids = runs.iter().map(|(_, run)| run.clone()).collect::<BTreeSet<_>>();
    world.told.until_ended(&ids).await;
    let (asked, took) = (world.proxy.requests() - asked, begun.elapsed().as_secs_f64());
    println!("1000 runs told after {took:.1} s with {asked} requests, {:.1} a second", asked as f64 / took);
    settle(&mut world, &runs).await;
    println!("their logs told whole after {:.1} s", begun.elapsed().as_secs_f64());
    agrees(&mut world, &runs).await;
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
    world.told.until(|change| matches!(change, Change::Waiting(..))).await;
    let opened = world.proxy.streams();
    AHEAD.store(600, Ordering::SeqCst);
    world.told.until(|change| matches!(change, Change::CaughtUp(missed) if missed.since.is_some())).await;
    answer_all(&world, &BTreeSet::from([run.clone()])).await;
    world.told.until_ended(&BTreeSet::from([run.clone()])).await;
    assert!(world.proxy.streams() > opened, "the old stream may lead nowhere");
    // Put back, as by a person: that is no sleep, and nothing is told twice.
    AHEAD.store(0, Ordering::SeqCst);
    agrees(&mut world, &[(workflow, run)]).await;
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
    world.told.until_ended(&ids).await;
    settle(&mut world, &runs).await;
    let (asked, took) = (world.proxy.requests() - before, begun.elapsed().as_secs_f64());
    // Pages that complete a look that has begun are paid for afterwards.
    let allowed = took.mul_add(budget.per_second, budget.at_once + 20.0);
    assert!((asked as f64) < allowed, "{asked} requests in {took:.1} s, where {allowed:.0} are allowed");
    agrees(&mut world, &runs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_workspace_begins_anew_and_the_old_one_is_let_go() {
    let mut world = World::without_account(quick(), 10).await;
    let workflow = world.workflow("Good", steps(false)).await;
    let run = world.run(&workflow).await;
    let guard = std::sync::Arc::new(());
    let account = agentruntime_run_watch::Account { in_use: Some(guard.clone()), ..world.account("a") };
    world.accounts.send_replace(Some(account));
    let sum = |change: &Change| matches!(change, Change::CaughtUp(_));
    world.told.until(sum).await;
    let mut board = world.watch.board();
    let key = RunKey::new(workflow, run);
    board.wait_for(|board| board.active.iter().any(|run| run.key == key)).await.unwrap();

    // Another token of the same workspace: what is known holds, and the old token is let go.
    world.told.drain();
    let before = world.told.all.len();
    world.accounts.send_replace(Some(world.account("a")));
    while std::sync::Arc::strong_count(&guard) > 1 {
        tokio::task::yield_now().await;
    }
    board.wait_for(|board| board.link == Link::Live).await.unwrap();
    world.told.drain();
    let told_again = |change: &Change| matches!(change, Change::Began | Change::Started(..));
    assert!(!world.told.all[before..].iter().any(told_again), "{:?}", &world.told.all[before..]);

    world.accounts.send_replace(Some(world.account("b")));
    world.told.until(|change| *change == Change::Began).await;
    world.told.until(sum).await;
    world.accounts.send_replace(None);
    board.wait_for(|board| board.link == Link::None && board.active.is_empty()).await.unwrap();
    let refused = world.watch.answer(&key, "t", true, None).await.unwrap_err();
    assert_eq!(refused.code(), "invalid_argument");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_platform_that_asks_for_rest_gets_it() {
    let mut world = World::start(quick(), 11).await;
    let workflow = world.workflow("Good", steps(false)).await;
    let run = world.run(&workflow).await;
    world.watch.look();
    world.told.until(|change| matches!(change, Change::Waiting(..))).await;
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
    world.told.until_ended(&BTreeSet::from([run.clone()])).await;
    agrees(&mut world, &[(workflow, run)]).await;
}

/// What waits when the app starts is in the first sum, and not told by nobody, whichever answers first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_at_the_start_is_summed_up_though_the_inbox_answers_first() {
    let mut world = World::without_account(quick(), 14).await;
    let workflow = world.workflow("Good", steps(false)).await;
    world.run(&workflow).await;
    until_something_waits(&world).await;
    world.proxy.set(Faults { feed_last: true, ..Faults::default() });
    world.accounts.send_replace(Some(world.account("a")));
    let Change::CaughtUp(missed) = world.told.until(|change| matches!(change, Change::CaughtUp(_))).await else {
        unreachable!()
    };
    assert_eq!((missed.since, missed.waiting.len()), (None, 1));
    assert_eq!(missed.waiting[0].workflow_name.as_deref(), Some("Good"), "with its workflow's name");
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
    let Change::CaughtUp(missed) = world.told.until(sum).await else { unreachable!() };
    assert!(missed.is_empty(), "{missed:?}");
    let mut board = world.watch.board();
    board.wait_for(|board| matches!(board.inbox, Inbox::Failing { .. })).await.unwrap();
    let failed = world.run(&bad).await;
    world.watch.look();
    let ended = world.told.until(|change| matches!(change, Change::Ended(run, _) if run.key.run_id == failed)).await;
    assert!(matches!(ended, Change::Ended(_, Told::Now)), "{ended:?}");
    // What waits is told when it can be, at one stroke.
    world.proxy.set(Faults::default());
    let Change::CaughtUp(missed) = world.told.until(sum).await else { unreachable!() };
    assert_eq!(missed.waiting.len(), 1);
    board.wait_for(|board| board.inbox == Inbox::Read).await.unwrap();
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
    world.told.until_ended(&ids).await;
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

/// Asks the sandbox until a task is in its inbox.
async fn until_something_waits(world: &World) {
    while world.ask("GET", "/v1/tasks/pending", Value::Null).await["tasks"].as_array().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}
