//! A rotation that is killed at each of its steps, and between them, while the network, the BFF and the keyring fail at random:
//! whenever the program starts again, the workspace has a working token, and every other live one is in sight.

use std::{
    collections::BTreeMap,
    path::Path,
    process::Child,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use notify::Watcher as _;
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};
use serde_json::Value;

use crate::{
    desk::{Desk, at_a_desk_for},
    proxy::Kill,
    world::{DONE, KEYCHAIN, LEFTOVER, World, wait},
};

/// What is enough for every commit.
const A_FEW: usize = 36;
/// What the figures in `docs/SECURITY.md` are of: `cargo xtask soak tokens`.
const MANY: usize = 240;

#[test]
fn no_token_is_lost_to_a_crash() {
    let test = "crashes::no_token_is_lost_to_a_crash";
    at_a_desk_for(Duration::from_mins(8), test, true, async |desk| {
        crash(desk, A_FEW, 20_261_123).await;
    });
}

/// The same hundreds of times, and then until nothing is left.
#[test]
#[ignore = "takes a quarter of an hour: cargo xtask soak tokens"]
fn token_crash_soak() {
    let seed = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    at_a_desk_for(Duration::from_mins(50), "crashes::token_crash_soak", true, async |desk| {
        let (mut desk, world) = crash(desk, MANY, seed).await;
        // What might have arrived late has by now.
        tokio::time::sleep(Duration::from_secs(185)).await;
        // The keyring may have ended by itself meanwhile: it was started as one that nobody logs in to.
        desk.start_keyring();
        let (code, settled) = world.run(&["settle"]).await;
        assert_eq!((code, settled["left"].as_array().map(Vec::len)), (DONE, Some(0)), "{settled}");
        for round in 0..MANY {
            assert_eq!(world.live(&name(round)).await.len(), 1, "round {round}");
        }
    });
}

fn name(round: usize) -> String {
    format!("crash-{round}")
}

/// How a round's process is ended.
#[derive(Debug)]
enum Moment {
    /// When the journal was written so many times.
    Step(usize),
    /// At a request.
    Request(Kill),
    /// After so long.
    Time(Duration),
}

/// What happens to the keyring meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// It is killed.
    Dies,
    /// It is locked.
    Locks,
    /// It answers nothing for a while.
    Hangs,
}

async fn crash(mut desk: Desk, rounds: usize, seed: u64) -> (Desk, World) {
    eprintln!("seed {seed}");
    desk.start_keyring();
    let world = World::new(&desk, seed).await;
    let mut random = SmallRng::seed_from_u64(seed);
    let mut figures = BTreeMap::<String, usize>::new();
    // How long a rotation takes when nothing fails: the times of the kills are spread over it.
    let usual = {
        add(&world, "calm").await;
        let own = world.live("calm").await[0].id.clone();
        let begun = Instant::now();
        assert_eq!(world.run(&["rotate", "--profile", "calm", "--own", &own]).await.0, DONE);
        begun.elapsed()
    };
    for round in 0..rounds {
        let name = name(round);
        add(&world, &name).await;
        let own = world.live(&name).await[0].id.clone();
        {
            let mut plan = world.proxy.plan();
            plan.faults = if round % 2 == 0 { 0 } else { 20 };
            plan.reveals = random.random_bool(0.5);
        }
        let moment = match round % 3 {
            0 => Moment::Step(round / 3 % 7 + 1),
            1 => Moment::Request(Kill { request: round / 3 % 6 + 1, after: round / 18 % 2 == 1 }),
            _ => Moment::Time(usual.mul_f64(random.random_range(0.0..1.2))),
        };
        let trouble = match random.random_range(0..100) {
            0..8 => Some(Trouble::Dies),
            8..14 => Some(Trouble::Locks),
            14..17 => Some(Trouble::Hangs),
            _ => None,
        };
        let ended = rotate(&world, &mut desk, &name, &own, &moment, trouble).await;
        *figures
            .entry(ended.map_or("killed".to_owned(), |code| format!("ended by itself with {code}")))
            .or_default() += 1;

        world.proxy.heal();
        match trouble {
            Some(Trouble::Dies) => {
                // As it comes back when the bus starts it: locked, until its owner gives the password.
                desk.start_locked_keyring();
                let (code, _) = world.run(&["settle"]).await;
                assert!([DONE, KEYCHAIN, LEFTOVER].contains(&code), "round {round}, {moment:?}: {code}");
                desk.unlock();
            }
            Some(Trouble::Locks) => desk.unlock(),
            Some(Trouble::Hangs) | None => {}
        }
        let (code, settled) = world.run(&["settle"]).await;
        assert!([DONE, LEFTOVER].contains(&code), "round {round}, {moment:?}: {code} {settled}");
        let (code, listed) = world.run(&["list", "--profile", &name]).await;
        assert_eq!(code, DONE, "round {round}, {moment:?}: the workspace's token does not work");
        let own = listed["own"].as_str().unwrap_or(&own);
        let found = account(&world, &name, own).await;
        *figures.entry(found).or_default() += 1;
    }
    let leaks = world.leaks(&desk);
    assert!(leaks.is_empty(), "{leaks:?}");
    eprintln!("{rounds} rotations: {figures:?}; zero lost, no token's text in any file or process");
    (desk, world)
}

async fn add(world: &World, name: &str) {
    let token = world.token(name).await;
    let added = world.add(name, &token);
    assert!(added.status.success(), "{added:?}");
}

/// Has a rotation be killed at its moment. Its exit code if it was faster.
async fn rotate(
    world: &World,
    desk: &mut Desk,
    name: &str,
    own: &str,
    moment: &Moment,
    trouble: Option<Trouble>,
) -> Option<i32> {
    let settings = desk.home.join(".config/agentruntime-desktop/settings.json");
    let steps = Arc::new(Mutex::new(None));
    let watcher = match moment {
        Moment::Step(step) => Some(kill_at_write(&settings, *step, &steps)),
        _ => None,
    };
    let child = {
        // The child is handed over before it can have written anything.
        let mut handed = steps.lock().unwrap();
        let (child, _) = world.start(&["rotate", "--profile", name, "--own", own]);
        *handed = Some(Arc::clone(&child));
        child
    };
    match moment {
        Moment::Request(kill) => world.proxy.kill_at(Some(*kill), &child),
        _ => world.proxy.kill_at(None, &child),
    }
    if let Moment::Time(after) = moment {
        let child = Arc::clone(&child);
        let after = *after;
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            // It may have ended.
            let _ = child.lock().unwrap().kill();
        });
    }
    if let Some(trouble) = trouble {
        // Somewhere between the first of its steps and the last.
        tokio::time::sleep(Duration::from_millis(60)).await;
        match trouble {
            Trouble::Dies => desk.kill_keyring(),
            Trouble::Locks => desk.lock(),
            Trouble::Hangs => {
                desk.signal_keyring("STOP");
                tokio::time::sleep(Duration::from_millis(400)).await;
                desk.signal_keyring("CONT");
            }
        }
    }
    let ended = wait(child).await;
    drop(watcher);
    ended
}

/// Kills the child when the settings file was replaced for the `step`th time.
fn kill_at_write(
    settings: &Path,
    step: usize,
    child: &Arc<Mutex<Option<Arc<Mutex<Child>>>>>,
) -> notify::RecommendedWatcher {
    let (child, name) = (Arc::clone(child), settings.file_name().unwrap().to_owned());
    let mut seen = 0;
    let heard = move |event: notify::Result<notify::Event>| {
        let event = event.unwrap();
        let replaced = matches!(event.kind, notify::EventKind::Modify(notify::event::ModifyKind::Name(_)))
            && event.paths.last().is_some_and(|path| path.file_name() == Some(&name));
        // A rename is told in parts; the last one names both ends.
        if replaced && event.paths.len() == 2 {
            seen += 1;
            if seen == step
                && let Some(child) = child.lock().unwrap().as_ref()
            {
                let _ = child.lock().unwrap().kill();
            }
        }
    };
    let mut watcher = notify::recommended_watcher(heard).unwrap();
    watcher.watch(settings.parent().unwrap(), notify::RecursiveMode::NonRecursive).unwrap();
    watcher
}

/// Compares what lives with what is in sight, and says in words what it came to.
async fn account(world: &World, name: &str, own: &str) -> String {
    let live = world.live(name).await;
    assert!(live.iter().any(|live| live.id == own), "{name}: the workspace's token {own} is not among {live:?}");
    let (_, listed) = world.run(&["list"]).await;
    let left = listed["left"].as_array().unwrap().iter().filter(|task| task["display_name"] == name);
    let left: Vec<&Value> = left.collect();
    for other in live.iter().filter(|live| live.id != own) {
        let in_sight = left.iter().any(|task| task["pat_id"].is_null() || task["pat_id"] == other.id.as_str());
        assert!(in_sight, "{name}: {other:?} lives out of sight: {left:?}");
    }
    match (live.len(), left.as_slice()) {
        (1, []) => "one live token, nothing left".to_owned(),
        (live, left) => {
            let kinds = left.iter().map(|task| {
                format!("{} {}", task["kind"].as_str().unwrap(), task["hitch"]["code"].as_str().unwrap_or("cut off"))
            });
            format!("{live} live, in sight: {}", kinds.collect::<Vec<_>>().join(", "))
        }
    }
}
