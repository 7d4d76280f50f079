//! The follower against the sandbox, with faults put between them: what it tells equals the event log.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::disallowed_methods)]

mod away;
mod cost;
mod faults;
mod switching;
mod world;

use std::{collections::BTreeSet, time::Duration};

use agentruntime_run_watch::{Change, Gone, Options, RunKey, Timeliness, streams::StreamOptions};
use faults::Faults;
use serde_json::{Value, json};
use world::World;

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
    world.heard.drain();
    let ended = world.heard.ended();
    for (workflow, run) in runs {
        let (log, status) = world.log(workflow, run).await;
        let events = world.heard.events(run);
        assert_eq!(events.len(), events.iter().collect::<BTreeSet<_>>().len(), "an event of {run} was told twice");
        let (mut sorted, mut expected) = (events.clone(), log.clone());
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
        world.heard.until_ended(&ids).await;
        // What was still to be read of a run whose end was told before its log.
        settle(&mut world, &runs).await;
        agrees(&mut world, &runs).await;
        let waiting = world.heard.all.iter().filter(|change| matches!(change, Change::Waiting(..))).count();
        let gone = world.heard.all.iter().filter(|change| matches!(change, Change::Gone(..))).count();
        assert_eq!(waiting, gone, "seed {seed}: what waited waits no longer");
    }
}

/// Until the logs of these runs have been told whole: there is no event for that but the events themselves.
async fn settle(world: &mut World, runs: &[(String, String)]) {
    for (workflow, run) in runs {
        let (log, _) = world.log(workflow, run).await;
        while world.heard.events(run).len() < log.len() {
            world.heard.until(|change| matches!(change, Change::Event(..))).await;
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
    let waits = world.heard.until(|change| matches!(change, Change::Waiting(..)));
    tokio::time::timeout(Duration::from_secs(20), waits).await.expect("it is looked at as a calm one is");
    world.watch.answer(&RunKey::new(&workflow, &run), &task_of(&world), true, None).await.unwrap();
    let ended = world.heard.until(|change| matches!(change, Change::Ended(..)));
    tokio::time::timeout(Duration::from_secs(20), ended).await.expect("it is looked at as a calm one is");
    agrees(&mut world, &[(workflow, run)]).await;
}

/// The one task that waits.
fn task_of(world: &World) -> String {
    let last = world.heard.all.iter().rev().find_map(|change| match change {
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
    let Change::Waiting(task, _) = world.heard.until(|change| matches!(change, Change::Waiting(..))).await else {
        unreachable!()
    };
    let opened = world.proxy.streams();
    assert!(opened >= 1);
    world.proxy.set(Faults { half_open: true, ..Faults::default() });
    // The relay notices at its next frame, which is this answer's.
    world.answer(&workflow, &run, &task.id, true).await;
    let ids = BTreeSet::from([run.clone()]);
    world.proxy.set(Faults::default());
    world.heard.until_ended(&ids).await;
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
        let Change::Waiting(task, Timeliness::OnTime) = world.heard.until(waits).await else {
            panic!("it happened just now")
        };
        tasks.push(task);
    }
    let gone = |id: String| move |change: &Change| matches!(change, Change::Gone(task, _) if task.id == id);
    world.watch.answer(&tasks[0].run, &tasks[0].id, true, Some(json!({ "note": "Fine" }))).await.unwrap();
    let here = world.heard.until(gone(tasks[0].id.clone())).await;
    assert_eq!(here, Change::Gone(tasks[0].clone(), Gone::Here { approved: true }));
    let again = world.watch.answer(&tasks[0].run, &tasks[0].id, false, None).await.unwrap_err();
    assert_eq!(again.code(), "conflict");

    world.answer(&workflow, &tasks[1].run.run_id, &tasks[1].id, false).await;
    let there = world.heard.until(gone(tasks[1].id.clone())).await;
    assert_eq!(there, Change::Gone(tasks[1].clone(), Gone::Elsewhere { approved: Some(false) }));

    let stop = json!({ "command": "stop", "params": { "run_id": tasks[2].run.run_id } });
    world.ask("POST", &format!("/v1/workflows/{workflow}/command"), stop).await;
    let withdrawn = world.heard.until(gone(tasks[2].id.clone())).await;
    assert_eq!(withdrawn, Change::Gone(tasks[2].clone(), Gone::Withdrawn));
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
    let Change::CaughtUp(missed) = world.heard.until(|change| matches!(change, Change::CaughtUp(_))).await else {
        unreachable!()
    };
    assert_eq!((missed.since, missed.waiting.len()), (None, 1));
    assert_eq!(missed.waiting[0].workflow_name.as_deref(), Some("Good"), "with its workflow's name");
}

/// Asks the sandbox until a task is in its inbox.
async fn until_something_waits(world: &World) {
    while world.ask("GET", "/v1/tasks/pending", Value::Null).await["tasks"].as_array().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}
