#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic)]

use std::sync::atomic::{AtomicU32, Ordering};

use agentruntime_bff::{Client, Config, workflows};

use super::*;

/// Longer than anything here takes, on any machine.
const LONG: Duration = Duration::from_secs(60);

fn host(folder: &std::path::Path) -> Host {
    Host::new(Place { folder: folder.to_owned(), port: free_port(), token_name: "test" })
}

/// A port below those that the system gives to whoever does not care: nobody's connection takes it between two starts.
fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let nth = NEXT.fetch_add(1, Ordering::Relaxed) * 101 + std::process::id() * 17;
        let port = u16::try_from(15_000 + nth % 17_000).unwrap();
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

async fn until(states: &mut watch::Receiver<State>, wanted: impl FnMut(&State) -> bool) -> State {
    tokio::time::timeout(LONG, states.wait_for(wanted)).await.unwrap().unwrap().clone()
}

/// Whether it answers its own token.
async fn answers(serving: &Serving) -> bool {
    let client = Client::new(Config::new(serving.url.clone())).unwrap();
    let probe = workflows::List { limit: Some(1), ..Default::default() };
    client.call(&serving.pat().unwrap(), &probe, &CancellationToken::new()).await.is_ok()
}

fn is_away(state: &State) -> bool {
    matches!(state, State::Away(_))
}

fn serves(state: &State) -> bool {
    matches!(state, State::Serving(_))
}

#[tokio::test]
async fn nothing_is_opened_before_somebody_needs_it() {
    let folder = tempfile::tempdir().unwrap();
    let (host, shutdown) = (host(folder.path()), CancellationToken::new());
    let running = tokio::spawn(host.clone().run(shutdown.clone()));
    tokio::task::yield_now().await;
    assert!(!folder.path().join("sandbox.db").exists());
    assert!(answers(&host.serving().await.unwrap()).await);
    assert!(folder.path().join("sandbox.db").exists());
    shutdown.cancel();
    tokio::time::timeout(LONG, running).await.unwrap().unwrap().unwrap();
}

/// Ends by an error at first, by a panic then, and serves from the third time on.
#[tokio::test]
async fn one_that_ends_by_itself_is_said_to_be_away_and_serves_again_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (host, shutdown) = (host(folder.path()), CancellationToken::new());
    let (starts, end) = (Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()));
    let serve = {
        let (starts, end) = (starts.clone(), end.clone());
        move |sandbox: Sandbox, listener, shutdown: CancellationToken| {
            let (start, end) = (starts.fetch_add(1, Ordering::Relaxed), end.clone());
            async move {
                let serving = sandbox.serve(listener, shutdown);
                tokio::pin!(serving);
                tokio::select! {
                    served = &mut serving => served,
                    () = end.notified() => match start {
                        0 => Err(agentruntime_sandbox::Error::InUse("a test".to_owned())),
                        1 => panic!("a test"),
                        _ => serving.await,
                    },
                }
            }
        }
    };
    let running = tokio::spawn(host.clone().run_with(shutdown.clone(), serve));
    let mut states = host.watch();
    let first = host.serving().await.unwrap();
    for problem in ["another process uses the sandbox in a test", "broke off"] {
        end.notify_one();
        let State::Away(away) = until(&mut states, is_away).await else { unreachable!() };
        assert!(away.problem.contains(problem), "{away}");
        let State::Serving(again) = until(&mut states, serves).await else { unreachable!() };
        assert_eq!(again.url, first.url, "whoever knows the address finds it there");
        assert!(answers(&again).await);
        assert!(!answers(&Serving { token: first.token.clone(), ..again }).await, "with a token of its own");
    }
    shutdown.cancel();
    tokio::time::timeout(LONG, running).await.unwrap().unwrap().unwrap();
    assert_eq!(starts.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn one_that_nobody_keeps_alive_any_more_is_not_handed_out() {
    let folder = tempfile::tempdir().unwrap();
    let (host, shutdown) = (host(folder.path()), CancellationToken::new());
    let running = tokio::spawn(host.clone().run(shutdown.clone()));
    let first = host.serving().await.unwrap();
    running.abort();
    let mut states = host.watch();
    let State::Away(away) = until(&mut states, is_away).await else { unreachable!() };
    assert!(away.problem.contains("broke off"), "{away}");
    let running = tokio::spawn(host.clone().run(shutdown.clone()));
    let State::Serving(again) = until(&mut states, serves).await else { unreachable!() };
    assert!(answers(&again).await && !answers(&first).await);
    shutdown.cancel();
    tokio::time::timeout(LONG, running).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn one_whose_folder_is_taken_comes_when_it_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let other = Sandbox::open(SandboxOptions::new(folder.path())).await.unwrap();
    let (host, shutdown) = (host(folder.path()), CancellationToken::new());
    let running = tokio::spawn(host.clone().run(shutdown.clone()));
    let away = host.serving().await.unwrap_err();
    assert!(away.problem.contains("another process uses the sandbox"), "{away}");
    let mut states = host.watch();
    drop(other);
    host.hurry();
    let State::Serving(serving) = until(&mut states, serves).await else { unreachable!() };
    assert!(answers(&serving).await);
    shutdown.cancel();
    tokio::time::timeout(LONG, running).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn who_asks_while_the_program_ends_is_not_kept_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let _other = Sandbox::open(SandboxOptions::new(folder.path())).await.unwrap();
    let (host, shutdown) = (host(folder.path()), CancellationToken::new());
    let running = tokio::spawn(host.clone().run(shutdown.clone()));
    let asked = tokio::spawn({
        let host = host.clone();
        async move { host.serving().await }
    });
    // It is being opened now, and waits for the folder's lock.
    host.0.needed.subscribe().wait_for(|needed| *needed).await.unwrap();
    shutdown.cancel();
    for asked in [asked, tokio::spawn(async move { host.serving().await })] {
        let away = tokio::time::timeout(LONG, asked).await.unwrap().unwrap().unwrap_err();
        assert_eq!(away.problem, "the program ends");
    }
    tokio::time::timeout(LONG, running).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn one_that_does_not_end_in_order_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let (host, shutdown) = (host(folder.path()), CancellationToken::new());
    let serve = |sandbox: Sandbox, listener, shutdown: CancellationToken| async move {
        sandbox.serve(listener, shutdown).await?;
        Err(agentruntime_sandbox::Error::InUse("a test".to_owned()))
    };
    let running = tokio::spawn(host.clone().run_with(shutdown.clone(), serve));
    host.serving().await.unwrap();
    shutdown.cancel();
    let ended = tokio::time::timeout(LONG, running).await.unwrap().unwrap();
    assert!(ended.unwrap_err().problem.contains("a test"));
}
