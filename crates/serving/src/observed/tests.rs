#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tokio::sync::Barrier;

use super::*;

/// Longer than anything here takes, on any machine.
const LONG: Duration = Duration::from_secs(60);

fn observed(folder: &std::path::Path) -> Observed {
    Observed::new(SettingsStore::open(folder).unwrap().store, CancellationToken::new())
}

#[tokio::test]
async fn whoever_changes_a_setting_finds_it_in_force_then() {
    let folder = tempfile::tempdir().unwrap();
    let settings = observed(folder.path());
    let in_force = Arc::new(std::sync::Mutex::new(0));
    let (kept, seen) = (settings.clone(), in_force.clone());
    tokio::spawn(async move { kept.keep(|now| *seen.lock().unwrap() = now.port).await });
    for port in 9000..9050 {
        tokio::time::timeout(LONG, settings.update(move |settings| settings.port = port)).await.unwrap().unwrap();
        assert_eq!(*in_force.lock().unwrap(), port);
    }
}

/// Many wait, and many write: nobody waits for a wake-up that came before they listened.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_who_waits_is_forgotten_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let settings = observed(folder.path());
    let heeded = Arc::new(AtomicUsize::new(0));
    let (kept, counted) = (settings.clone(), heeded.clone());
    tokio::spawn(async move { kept.keep(|_| _ = counted.fetch_add(1, Ordering::Relaxed)).await });
    let together = Arc::new(Barrier::new(8));
    let writers = (0..8_u16).map(|writer| {
        let (settings, together) = (settings.clone(), together.clone());
        tokio::spawn(async move {
            together.wait().await;
            for round in 0..12 {
                let port = 9000 + writer * 100 + round;
                settings.update(move |settings| settings.port = port).await.unwrap();
            }
        })
    });
    let writers = writers.collect::<Vec<_>>();
    for writer in writers {
        tokio::time::timeout(LONG, writer).await.unwrap().unwrap();
    }
    assert!(heeded.load(Ordering::Relaxed) > 1);
}

#[tokio::test]
async fn the_end_is_not_held_up_by_what_is_not_in_force() {
    let folder = tempfile::tempdir().unwrap();
    let shutdown = CancellationToken::new();
    let settings = Observed::new(SettingsStore::open(folder.path()).unwrap().store, shutdown.clone());
    // Nobody keeps to them.
    let waiting = settings.update(|settings| settings.risk = true);
    let (done, ()) = tokio::join!(tokio::time::timeout(LONG, waiting), async { shutdown.cancel() });
    done.unwrap().unwrap();
}
