#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::{Failures, Left, Supervisor};
use crate::{
    panics::tests::Log,
    series::{LONGEST, RECOVERED},
};

/// A task that says each of its starts, and then does as it is told for that one; at last it waits for the end.
fn keep_told(owner: &Supervisor, does: &'static [Does]) -> mpsc::UnboundedReceiver<Instant> {
    let (starting, starts) = mpsc::unbounded_channel();
    let (mut does, shutdown) = (does.iter(), owner.shutdown().clone());
    owner.keep("told", move || {
        starting.send(Instant::now()).unwrap();
        let (does, shutdown) = (does.next().copied(), shutdown.clone());
        async move {
            match does {
                Some(Does::Panic) => panic!("not yet"),
                Some(Does::Return) => {}
                Some(Does::Fail) => return Err("there is no network"),
                Some(Does::Last(how_long)) => tokio::time::sleep(how_long).await,
                None => shutdown.cancelled().await,
            }
            Ok(())
        }
    });
    starts
}

#[derive(Debug, Clone, Copy)]
enum Does {
    Panic,
    Return,
    Fail,
    Last(Duration),
}

async fn panics() {
    panic!("at once");
}

/// Waits until the failures are like this, as long as it could take.
async fn stand(failing: &mut watch::Receiver<Failures>, so: impl FnMut(&Failures) -> bool) -> Failures {
    let stand = tokio::time::timeout(RECOVERED, failing.wait_for(so)).await;
    stand.expect("the failures never stood so").unwrap().clone()
}

async fn waits(starts: &mut mpsc::UnboundedReceiver<Instant>, count: usize) -> Vec<Duration> {
    let mut at = Vec::new();
    for _ in 0..=count {
        at.push(starts.recv().await.unwrap());
    }
    at.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[tokio::test(start_paused = true)]
async fn a_task_that_panics_fails_or_returns_early_is_started_again_after_a_growing_pause() {
    let owner = Supervisor::new();
    let mut starts = keep_told(&owner, &[Does::Panic, Does::Return, Does::Fail]);
    let mut failing = owner.failing();
    let said = ["broke off with a fault", "ended by itself", "there is no network"];
    for (tries, said) in (1..).zip(said) {
        let now = stand(&mut failing, |failing| failing.get("told").is_some_and(|told| told.tries == tries)).await;
        let told = now["told"].clone();
        assert!(told.problem.contains(said), "{told:?}");
        assert_eq!(told.keeps_failing(), tries == 3);
    }
    assert_eq!(waits(&mut starts, 3).await, [250, 500, 1000].map(Duration::from_millis));
    // It runs now, and is forgiven once it has for longer than it paused.
    let begun = Instant::now();
    stand(&mut failing, |failing| failing.is_empty()).await;
    assert_eq!(begun.elapsed(), Duration::from_secs(1));
    owner.close().await;
    assert!(starts.recv().await.is_none(), "it ended in order, and for good");
    assert!(failing.borrow().is_empty() && owner.names().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_pause_grows_to_a_bound_and_a_task_that_recovered_begins_anew() {
    const WELL: Duration = Duration::from_secs(RECOVERED.as_secs() + 1);
    const BRIEFLY: Duration = Duration::from_secs(90);
    let owner = Supervisor::new();
    let does = const {
        let mut does = [Does::Panic; 13];
        does[11] = Does::Last(BRIEFLY);
        does[12] = Does::Last(WELL);
        does
    };
    let mut starts = keep_told(&owner, Box::leak(Box::new(does)));
    let waits = waits(&mut starts, 13).await;
    assert_eq!(waits[10], LONGEST);
    assert_eq!(waits[11], BRIEFLY + LONGEST, "it has not recovered yet");
    assert_eq!(waits[12], WELL + Duration::from_millis(250));
}

#[tokio::test(start_paused = true)]
async fn what_accompanies_something_ends_with_it_and_not_before() {
    let owner = Supervisor::new();
    let (until, starts) = (CancellationToken::new(), Arc::new(Mutex::new(0)));
    let (ended, mut left) = mpsc::channel::<()>(1);
    owner.accompany("beside", until.clone(), {
        let (until, starts) = (until.clone(), starts.clone());
        move || {
            let (until, starts, ended) = (until.clone(), starts.clone(), ended.clone());
            async move {
                *starts.lock().unwrap() += 1;
                if *starts.lock().unwrap() > 2 {
                    until.cancelled().await;
                }
                drop(ended);
            }
        }
    });
    let mut failing = owner.failing();
    stand(&mut failing, |failing| failing.get("beside").is_some_and(|beside| beside.tries == 2)).await;
    stand(&mut failing, |failing| failing.is_empty()).await;
    until.cancel();
    assert!(left.recv().await.is_none(), "it is let go");
    assert_eq!(*starts.lock().unwrap(), 3);
    assert!(owner.names().is_empty() && !owner.shutdown().is_cancelled());
    // What it was to accompany is over already.
    let late = starts.clone();
    owner.accompany("late", until, move || {
        *late.lock().unwrap() += 1;
        std::future::pending::<()>()
    });
    owner.close().await;
    assert_eq!(*starts.lock().unwrap(), 3, "it does not begin");
}

#[tokio::test(start_paused = true)]
async fn a_task_can_be_broken_off_by_name() {
    let owner = Supervisor::new();
    let mut starts = keep_told(&owner, &[]);
    starts.recv().await.unwrap();
    assert_eq!(owner.names().into_iter().collect::<Vec<_>>(), ["told"]);
    assert!(owner.interrupt("told") && !owner.interrupt("nobody"));
    let mut failing = owner.failing();
    stand(&mut failing, |failing| failing.contains_key("told")).await;
    assert!(failing.borrow()["told"].problem.contains("interrupted"));
    // Also while it pauses.
    assert!(owner.interrupt("told"));
    starts.recv().await.unwrap();
    stand(&mut failing, |failing| failing.get("told").is_some_and(|told| told.tries == 2)).await;
    starts.recv().await.unwrap();
    stand(&mut failing, |failing| failing.is_empty()).await;
    owner.close().await;
}

#[tokio::test(start_paused = true)]
async fn the_end_waits_for_tasks_and_for_no_pause() {
    let owner = Supervisor::new();
    owner.keep("failing", panics);
    owner.accompany("failing beside", CancellationToken::new(), panics);
    let (done, shutdown) = (Arc::new(Mutex::new(false)), owner.shutdown().clone());
    owner.keep("slow to end", {
        let done = done.clone();
        move || {
            let (done, shutdown) = (done.clone(), shutdown.clone());
            async move {
                shutdown.cancelled().await;
                tokio::time::sleep(Duration::from_secs(5)).await;
                *done.lock().unwrap() = true;
            }
        }
    });
    tokio::time::sleep(Duration::from_secs(100)).await;
    let begun = Instant::now();
    owner.close().await;
    assert!(*done.lock().unwrap());
    assert_eq!(begun.elapsed(), Duration::from_secs(5));
}

#[tokio::test]
async fn what_a_short_task_fails_with_is_in_the_log() {
    let log = Log::default();
    let _logging = tracing::subscriber::set_default(log.subscriber());
    let owner = Supervisor::new();
    owner.run_once("panicking", panics());
    owner.run_once("failing", async { Err("there is no network") });
    owner.run_once("fine", async {});
    owner.close().await;
    let said = log.said();
    assert!(said.contains("panicking") && said.contains("failing") && said.contains("no network"), "{said}");
    assert!(!said.contains("fine"), "{said}");
}

#[test]
fn tasks_may_be_handed_over_from_beyond_the_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let owner = Supervisor::on(runtime.handle().clone());
    let mut starts = keep_told(&owner, &[]);
    runtime.block_on(async {
        starts.recv().await.unwrap();
        owner.close().await;
    });
}

#[tokio::test]
async fn who_closes_hears_of_what_did_not_end_in_order() {
    let supervisor = Supervisor::new();
    let (begun, mut began) = mpsc::unbounded_channel();
    for (task, problem) in [("in order", None), ("with a problem", Some("the file cannot be closed"))] {
        let (ending, begun) = (supervisor.shutdown().clone(), begun.clone());
        supervisor.keep(task, move || {
            let (ending, begun) = (ending.clone(), begun.clone());
            async move {
                begun.send(()).unwrap();
                ending.cancelled().await;
                problem.map_or(Ok(()), Err)
            }
        });
    }
    for _ in 0..2 {
        began.recv().await.unwrap();
    }
    let problem = "the file cannot be closed".to_owned();
    assert_eq!(supervisor.close().await, [Left { task: "with a problem", problem }]);
    assert_eq!(supervisor.close().await, []);
}
