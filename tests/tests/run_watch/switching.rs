//! Another workspace, another token: what was followed is let go.

use std::collections::BTreeSet;

use agentruntime_run_watch::{Change, Followed, Link, RunKey};

use crate::{answer_all, faults::Faults, quick, steps, world::World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_workspace_begins_anew_and_the_old_one_is_let_go() {
    let mut world = World::without_account(quick(), 10).await;
    let workflow = world.workflow("Good", steps(false)).await;
    let run = world.run(&workflow).await;
    let guard = std::sync::Arc::new(());
    let account = Followed { in_use: Some(guard.clone()), ..world.account("a") };
    world.accounts.send_replace(Some(account));
    let sum = |change: &Change| matches!(change, Change::CaughtUp(_));
    world.heard.until(sum).await;
    let mut board = world.watch.board();
    let key = RunKey::new(workflow, run);
    board.wait_for(|board| board.active.iter().any(|run| run.key == key)).await.unwrap();

    // Another token of the same workspace: what is known holds, and the old token is let go.
    world.heard.drain();
    let before = world.heard.all.len();
    world.accounts.send_replace(Some(world.account("a")));
    while std::sync::Arc::strong_count(&guard) > 1 {
        tokio::task::yield_now().await;
    }
    board.wait_for(|board| board.link == Link::Live).await.unwrap();
    world.heard.drain();
    let told_again = |change: &Change| matches!(change, Change::Began | Change::Started(..));
    assert!(!world.heard.all[before..].iter().any(told_again), "{:?}", &world.heard.all[before..]);

    world.accounts.send_replace(Some(world.account("b")));
    world.heard.until(|change| *change == Change::Began).await;
    world.heard.until(sum).await;
    world.accounts.send_replace(None);
    board.wait_for(|board| board.link == Link::None && board.active.is_empty()).await.unwrap();
    let refused = world.watch.answer(&key, "t", true, None).await.unwrap_err();
    assert_eq!(refused.code(), "invalid_argument");
}

/// The runs of the workspace before go on, its streams and its answers are under way, and none of it is heard any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_the_workspace_before_is_heard_after_another_has_taken_its_place() {
    for seed in 20..23 {
        let mut old = World::start(quick(), seed).await;
        let new = World::without_account(quick(), seed + 10).await;
        let (before, after) = (old.workflow("Before", steps(true)).await, new.workflow("After", steps(false)).await);
        let mut runs = BTreeSet::new();
        for _ in 0..4 {
            runs.insert(old.run(&before).await);
        }
        old.watch.look();
        let waits = |change: &Change| matches!(change, Change::Waiting(..));
        let Change::Waiting(task, _) = old.heard.until(waits).await else { unreachable!() };
        old.proxy.set(Faults { delays: 100, duplicates: 50, reorders: 50, ..Faults::default() });
        old.watch.look();
        let (watch, answered) = (old.watch.clone(), task.clone());
        let answering = tokio::spawn(async move { watch.answer(&answered.run, &answered.id, true, None).await });
        let is_answered = || old.proxy.asked_since(0).iter().any(|path| path.ends_with("/complete"));
        while !is_answered() {
            tokio::task::yield_now().await;
        }

        old.accounts.send_replace(Some(new.account("b")));
        old.heard.until(|change| *change == Change::Began).await;
        let began = old.heard.all.len();
        let mut board = old.watch.board();
        board.wait_for(|board| board.active.is_empty() && board.waiting.is_empty()).await.unwrap();
        answering.await.unwrap().unwrap();
        answer_all(&old, &runs).await;
        let run = new.run(&after).await;
        old.watch.look();
        let ids = BTreeSet::from([run.clone()]);
        answer_all(&new, &ids).await;
        old.watch.look();
        old.heard.until_ended(&ids).await;
        let of_before = |text: &String| text.contains(&before) || runs.iter().any(|run| text.contains(run));
        let texts = old.heard.all[began..].iter().map(|change| format!("{change:?}"));
        let leaked = texts.chain([format!("{:?}", board.borrow())]).filter(of_before).collect::<Vec<_>>();
        assert!(leaked.is_empty(), "seed {seed}: {leaked:#?}");
    }
}
