#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use std::{
    future::{Ready, ready},
    sync::Weak,
};

use agentruntime_platform_mcp::{
    catalogue::Switches,
    platform::{Caller, Credentials},
};
use agentruntime_sandbox::{Sandbox, SandboxOptions};
use agentruntime_settings::{Backend, EntryId, NewProfile, SettingsStore};
use agentruntime_tokens::{IfKeychainFails, Keep, Keychain};
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::mpsc};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{Host, Place, Which};

/// Longer than anything here takes, on any machine.
const LONG: Duration = Duration::from_secs(60);

/// Why it was decided anew, and how.
type Said = (Why, Result<(), &'static str>);

fn say(to: &mpsc::UnboundedSender<Said>, why: Why, decision: Decision) -> Ready<()> {
    to.send((why, decision.outcome.map_err(|error| error.code()))).unwrap();
    ready(())
}

/// A server whose workspaces' BFF is a sandbox that somebody else serves.
struct World {
    folder: TempDir,
    tokens: Tokens,
    backing: Backing,
    platform: Arc<Platform>,
    bff: String,
    pats: [SecretString; 2],
    decisions: mpsc::UnboundedReceiver<Said>,
    shutdown: CancellationToken,
}

impl World {
    /// Before anything was decided.
    async fn new(which: Which) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bff = Sandbox::open(SandboxOptions::new(&folder.path().join("bff"))).await.unwrap();
        let pats = [bff.issue_local_pat("one").await.unwrap(), bff.issue_local_pat("other").await.unwrap()];
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shutdown = CancellationToken::new();
        tokio::spawn(bff.serve(listener, shutdown.clone()));
        let store = SettingsStore::open(&folder.path().join("config")).unwrap().store;
        let tokens = Tokens::new(Keychain::system(), store);
        let sandbox = Host::new(Place { folder: folder.path().join("sandbox"), port: 0, token_name: "test" });
        let backing = Backing::new(Source::Workspace { tokens: tokens.clone(), which, sandbox }).unwrap();
        let platform = backing.begin(|upstream| Platform::new(Switches::all_but_risk(), Credentials::Held, upstream));
        let (said, decisions) = mpsc::unbounded_channel();
        let (kept, ending) = (backing.clone(), shutdown.clone());
        tokio::spawn(async move {
            kept.keep(&ending, |why, decision| say(&said, why, decision)).await;
        });
        Self { folder, tokens, backing, platform, bff: url, pats, decisions, shutdown }
    }

    /// A workspace with one of the two tokens, in memory.
    async fn add(&self, name: &str, pat: usize) -> ProfileId {
        let pat = self.pats.get(pat).unwrap();
        self.tokens.add(self.named(name), pat, Keep::Memory).await.unwrap().id
    }

    fn named(&self, name: &str) -> NewProfile {
        let url = Some(self.bff.clone());
        NewProfile { name: name.to_owned(), backend: Backend::Custom, url, tenant_id: None, project_id: None }
    }

    /// Another process's hold on the settings.
    fn somebody_else(&self) -> SettingsStore {
        SettingsStore::open(&self.folder.path().join("config")).unwrap().store
    }

    async fn decided(&mut self) -> Said {
        tokio::time::timeout(LONG, self.decisions.recv()).await.unwrap().unwrap()
    }

    /// Waits for the decision after which calls go with this token, or with none.
    async fn until_calls_go_with(&mut self, pat: Option<usize>) {
        let pat = pat.map(|pat| self.pats.get(pat).unwrap().expose_secret().to_owned());
        while self.in_force() != pat {
            let _said = self.decided().await;
        }
        let followed = self.backing.followed();
        let followed = followed.borrow();
        assert_eq!(followed.as_ref().map(|account| account.pat.as_secret().expose_secret()), pat.as_deref());
    }

    fn in_force(&self) -> Option<String> {
        let upstream = self.platform.upstream_for(&Caller::default());
        upstream.pat.as_ref().map(|pat| pat.as_secret().expose_secret().to_owned())
    }

    fn in_use(&self) -> Weak<dyn std::any::Any + Send + Sync> {
        Arc::downgrade(self.platform.upstream_for(&Caller::default()).in_use.as_ref().unwrap())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

#[tokio::test]
async fn calls_go_with_the_active_workspace_whoever_chose_it() {
    let mut world = World::new(Which::Active).await;
    assert_eq!(world.decided().await, (Why::Start, Ok(())));
    assert_eq!(world.in_force(), None);
    let (one, other) = (world.add("One", 0).await, world.add("Other", 1).await);
    world.until_calls_go_with(Some(0)).await;

    // Here: it is so when it was asked for.
    world.tokens.activate(other).await.unwrap();
    world.backing.refresh().await.outcome.unwrap();
    assert_eq!(world.in_force().as_deref(), Some(world.pats.last().unwrap().expose_secret()));

    // In another process, which the file tells of.
    let (following, ending) = (world.tokens.settings().clone(), world.shutdown.clone());
    tokio::spawn(async move { following.follow(ending).await });
    world.somebody_else().update(move |settings| settings.active_profile = Some(one)).await.unwrap();
    world.until_calls_go_with(Some(0)).await;
}

#[tokio::test]
async fn one_workspace_is_served_whichever_is_active_and_its_token_is_let_go_with_it() {
    let mut world = World::new(Which::Active).await;
    let (one, other) = (world.add("One", 0).await, world.add("Other", 1).await);
    let of_one = Source::Workspace {
        tokens: world.tokens.clone(),
        which: Which::This(other),
        sandbox: Host::new(Place { folder: world.folder.path().join("none"), port: 0, token_name: "test" }),
    };
    let backing = Backing::new(of_one).unwrap();
    let platform = backing.begin(|upstream| Platform::new(Switches::all_but_risk(), Credentials::Held, upstream));
    backing.refresh().await.outcome.unwrap();
    let (said, mut decisions) = mpsc::unbounded_channel();
    let (kept, ending) = (backing.clone(), world.shutdown.clone());
    tokio::spawn(async move { kept.keep(&ending, |why, decision| say(&said, why, decision)).await });
    world.until_calls_go_with(Some(0)).await;
    let served = platform.upstream_for(&Caller::default());
    assert_eq!(served.pat.as_ref().unwrap().as_secret().expose_secret(), world.pats.last().unwrap().expose_secret());
    drop(served);

    let in_use = world.in_use();
    assert!(in_use.upgrade().is_some());
    world.tokens.remove(one, IfKeychainFails::KeepProfile).await.unwrap();
    world.until_calls_go_with(None).await;
    assert!(in_use.upgrade().is_none(), "nothing holds the token that nobody names any more");
    assert!(platform.upstream_for(&Caller::default()).pat.is_some());

    // The first that is decided for the other is its own change: nothing that became of the active one was.
    world.tokens.replace(other, world.pats.first().unwrap(), Keep::Memory).await.unwrap();
    let decided = tokio::time::timeout(LONG, decisions.recv()).await.unwrap().unwrap();
    assert_eq!(decided, (Why::Settings, Ok(())));
    let served = platform.upstream_for(&Caller::default());
    assert_eq!(served.pat.as_ref().unwrap().as_secret().expose_secret(), world.pats.first().unwrap().expose_secret());

    world.tokens.remove(other, IfKeychainFails::KeepProfile).await.unwrap();
    let decided = tokio::time::timeout(LONG, decisions.recv()).await.unwrap().unwrap();
    assert_eq!(decided, (Why::Settings, Err("unknown_profile")));
    assert!(platform.upstream_for(&Caller::default()).pat.is_none());
}

#[tokio::test]
async fn a_token_that_was_replaced_stays_until_the_keychain_gives_the_new_one_and_no_other_workspace_gets_it() {
    let mut world = World::new(Which::Active).await;
    let one = world.add("One", 0).await;
    let bare = world.tokens.add_without_token(world.named("Bare")).await.unwrap().id;
    world.until_calls_go_with(Some(0)).await;
    // As after a rotation in another process, and no keychain answers here; nor is there such an entry in one that does.
    let in_the_keychain = |id: ProfileId| {
        move |settings: &mut agentruntime_settings::Settings| {
            let profile = settings.profiles.iter_mut().find(|profile| profile.id == id).unwrap();
            (profile.token, profile.entry) = (TokenPlace::Keychain, EntryId::new());
        }
    };
    world.tokens.settings().update(in_the_keychain(one)).await.unwrap();
    let failed = world.backing.refresh().await.outcome.unwrap_err();
    let trouble = failed.keychain().expect("it is the keychain's").clone();
    assert_eq!(world.backing.trouble(one).as_ref(), Some(&trouble));
    // Where a keychain answers that it has no such entry, there is nothing to wait for.
    let stays = trouble.may_heal().then(|| world.pats.first().unwrap().expose_secret());
    assert_eq!(world.in_force().as_deref(), stays);

    world.tokens.settings().update(in_the_keychain(bare)).await.unwrap();
    world.tokens.activate(bare).await.unwrap();
    world.backing.refresh().await.outcome.unwrap_err();
    assert_eq!(world.in_force(), None, "the other workspace's token is not its own");
    assert!(world.backing.trouble(bare).is_some());
    world.tokens.remove(bare, IfKeychainFails::DeleteTokenLater).await.unwrap();
    world.until_calls_go_with(None).await;
    world.backing.refresh().await.outcome.unwrap();
    assert!(world.backing.trouble(bare).is_none(), "of those that are gone nothing is kept");
}

#[tokio::test]
async fn a_sandbox_that_comes_back_is_decided_for_once_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let host = Host::new(Place { folder: folder.path().to_owned(), port: 0, token_name: "test" });
    let (shutdown, end) = (CancellationToken::new(), Arc::new(tokio::sync::Notify::new()));
    let ends = end.clone();
    let serve = move |sandbox: Sandbox, listener, shutdown: CancellationToken| {
        let end = ends.clone();
        async move {
            tokio::select! {
                served = sandbox.serve(listener, shutdown) => served,
                () = end.notified() => Err(agentruntime_sandbox::Error::InUse("a test".to_owned())),
            }
        }
    };
    tokio::spawn(host.clone().run_with(shutdown.clone(), serve));
    let backing = Backing::new(Source::Sandbox(host)).unwrap();
    let platform = backing.begin(|upstream| Platform::new(Switches::all_but_risk(), Credentials::Held, upstream));
    backing.refresh().await.outcome.unwrap();
    let first = platform.upstream_for(&Caller::default());
    let (said, mut decisions) = mpsc::unbounded_channel();
    let (kept, ending) = (backing.clone(), shutdown.clone());
    tokio::spawn(async move { kept.keep(&ending, |why, decision| say(&said, why, decision)).await });
    // Each end is one decision, and each return: what was decided already is not decided again.
    for _ in 0..3 {
        end.notify_one();
        for outcome in [Err("sandbox_unavailable"), Ok(())] {
            let decided = tokio::time::timeout(LONG, decisions.recv()).await.unwrap().unwrap();
            assert_eq!(decided, (Why::Sandbox, outcome));
            assert!(backing.followed().borrow().is_some(), "its runs are not forgotten");
        }
    }
    let last = platform.upstream_for(&Caller::default());
    let text = |upstream: &Upstream| upstream.pat.as_ref().unwrap().as_secret().expose_secret().to_owned();
    assert!(last.away.is_none() && text(&last) != text(&first), "with a token of its own");
    shutdown.cancel();
}
