//! Another account in the middle of everything: nothing of the one before is told, shown, waited for or obeyed.

use std::sync::Arc;

use agentruntime_bff::{Client, Config, Error, runs, tasks};
use agentruntime_lifecycle::{Supervisor, owned};
use serde_json::json;
use tokio::{
    io::AsyncReadExt as _,
    net::TcpListener,
    sync::{Mutex, broadcast, mpsc, watch},
    time::{advance, timeout},
};

use super::*;
use crate::{
    change::Gone,
    followed::Followed,
    model::{RunEvent, RunKey},
    pace::Pace,
    streams::Said,
    watch::{
        Watch,
        board::{BoardSender, Inbox, Link},
        options::Options,
        question::{FeedPage, Reply},
    },
};

/// After this, whatever had a deadline has told of itself.
const LONG: Duration = Duration::from_secs(60);

/// How long a sum waits.
const MOMENT: Duration = Duration::from_millis(10);

/// Both ends of a follower that nobody drives yet.
struct World {
    follower: Follower,
    accounts: watch::Sender<Option<Followed>>,
    wishes: mpsc::UnboundedSender<Wish>,
    changes: broadcast::Receiver<Change>,
    board: watch::Receiver<Arc<Board>>,
}

impl World {
    fn new() -> Self {
        let options = Options { summing_up: MOMENT, breath: Duration::ZERO, ..Options::default() };
        let (accounts, account) = watch::channel(None);
        let (wishes, wished) = mpsc::unbounded_channel();
        let (telling, changes) = broadcast::channel(1000);
        let (board_sender, board) = BoardSender::new(options.breath, Instant::now());
        let wires = Arc::new(Mutex::new(Wires::new(account, wished, telling, board_sender, options)));
        let follower = Follower::new(wires.try_lock_owned().unwrap());
        Self { follower, accounts, wishes, changes, board }
    }

    fn switch_to(&mut self, account: Option<Followed>) {
        self.accounts.send_replace(account);
        self.follower.take_account();
        self.follower.go_on();
    }

    fn following(&mut self) -> &mut Following {
        self.follower.following.as_mut().unwrap()
    }

    fn reply(&mut self, reply: Reply) {
        self.follower.take_news(News::Reply(reply));
        self.follower.go_on();
    }

    /// What the feed and the inbox show at the first look, and the sum of it.
    async fn look(&mut self, runs: Vec<runs::Run>, tasks: Vec<tasks::Task>) {
        self.reply(Reply::Inbox(Ok(tasks)));
        self.reply(Reply::Feed(FeedPage::LATEST, Ok(runs)));
        advance(MOMENT).await;
        self.follower.go_on();
    }

    /// What was told since this was last asked, in words.
    fn heard(&mut self) -> Vec<String> {
        let mut heard = Vec::new();
        while let Ok(change) = self.changes.try_recv() {
            heard.push(format!("{change:?}"));
        }
        heard
    }
}

fn run(id: &str) -> runs::Run {
    let row = json!({ "run_id": id, "workflow_id": "wf", "workflow_name": "W", "status": "running" });
    serde_json::from_value(row).unwrap()
}

fn task(id: &str, run: &str) -> tasks::Task {
    let row = json!({ "id": id, "run_id": run, "workflow_id": "wf", "workflow_name": "W", "task_payload": {} });
    serde_json::from_value(row).unwrap()
}

fn event(id: &str, run: &str, kind: &str) -> RunEvent {
    let frame = json!({ "id": id, "run_id": run, "event_type": kind, "data": {} });
    RunEvent::of_frame("wf", &frame.to_string()).unwrap()
}

fn account(id: &str, port: u16) -> Followed {
    let url = format!("http://127.0.0.1:{port}").parse().unwrap();
    let pat = "pat-run-watch-test-0123456789".parse().unwrap();
    Followed { id: id.to_owned(), client: Client::new(Config::new(url)).unwrap(), pat, in_use: None }
}

fn left_alone() -> Error {
    let retry_after = Some(Duration::from_secs(300));
    Error::Refused { status: 429, message: String::new(), bff_code: None, retry_after }
}

/// The first account with everything under way that can be: runs, tasks, deadlines, streams, questions, an answer.
async fn in_the_middle_of_everything(world: &mut World, port: u16) {
    world.switch_to(Some(account("first", port)));
    let runs = ["old_1", "old_2", "old_3"].map(run);
    world.look(runs.into(), vec![task("shared", "old_1"), task("old_task", "old_2")]).await;
    assert!(world.heard().last().is_some_and(|change| change.starts_with("CaughtUp")), "the first look is over");
    // An end and a vanished task that wait for logs.
    world.following().hear(Said::Event(event("evt_1", "old_1", "run_completed")));
    world.reply(Reply::Inbox(Ok(vec![task("shared", "old_1")])));
    // An answer of the person's on its way.
    let (account, task) = ("first".to_owned(), "shared".to_owned());
    world.follower.heed(Wish::ExpectAnswer { account, task, approved: true });
    world.follower.heed(Wish::LookAt(RunKey::new("wf", "old_3")));
    // A platform that wants to be left alone.
    world.reply(Reply::Log(RunKey::new("wf", "old_3"), 0, false, Err(left_alone())));
    world.reply(Reply::Feed(FeedPage::LATEST, Err(left_alone())));
    // What has been said or answered, and is not taken in.
    world.following().asking_mut().streams.say(Said::Event(event("evt_2", "old_4", "run_started")));
    world.following().asking_mut().reply_with(Reply::Feed(FeedPage::LATEST, Ok(vec![run("old_5")])));
    world.heard();
}

/// Until all of these have been asked for here.
async fn are_asked_for(platform: TcpListener, mut wanted: Vec<&str>) {
    while !wanted.is_empty() {
        let (mut caller, _) = platform.accept().await.unwrap();
        let mut head = [0; 64];
        let read = caller.read(&mut head).await.unwrap_or_default();
        let head = String::from_utf8_lossy(&head[..read]).into_owned();
        wanted.retain(|path| !head.starts_with(&format!("GET {path}?")));
    }
}

/// Lets the follower follow for so long.
async fn follow(world: World, lasts: Duration) -> Vec<String> {
    let World { follower, accounts, wishes, mut changes, mut board } = world;
    let mut heard = Vec::new();
    let listening = async {
        loop {
            tokio::select! {
                Ok(change) = changes.recv() => heard.push(format!("{change:?}")),
                Ok(()) = board.changed() => heard.push(format!("{:?}", **board.borrow_and_update())),
                else => return,
            }
        }
    };
    let following = async { tokio::join!(follower.run(), listening) };
    assert!(timeout(lasts, following).await.is_err(), "it follows for as long as it lives");
    drop((accounts, wishes));
    heard
}

#[tokio::test(start_paused = true)]
async fn another_account_inherits_nothing() {
    let (old, new) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
    let mut world = World::new();
    in_the_middle_of_everything(&mut world, port(&old)).await;

    world.switch_to(Some(account("second", port(&new))));
    assert_eq!(world.heard(), ["Began"]);
    assert_eq!(world.following().board(), Board { link: Link::Starting, ..Board::empty() });
    world.look(vec![run("new_1")], vec![task("shared", "new_1")]).await;
    // The answer to the first account's task, whose id is the same.
    let (account, task) = ("first".to_owned(), "shared".to_owned());
    world.wishes.send(Wish::ExpectAnswer { account: account.clone(), task: task.clone(), approved: false }).unwrap();
    world.wishes.send(Wish::SettleAnswer { account, task, taken: true }).unwrap();
    // A second look has the log read.
    world.reply(Reply::Feed(FeedPage::LATEST, Ok(vec![run("new_1")])));
    let board = world.following().board();
    assert_eq!((board.link, board.inbox, board.active.len(), board.waiting.len()), (Link::Live, Inbox::Read, 1, 1));

    let mut heard = world.heard();
    let asked = owned(are_asked_for(new, vec!["/v1/runs", "/v1/workflows/wf/runs/new_1/events"]));
    heard.extend(follow(world, LONG).await);
    assert!(heard.iter().any(|change| change.contains("new_1")), "the second account is followed: {heard:#?}");
    let sum = heard.iter().find(|change| change.starts_with("CaughtUp"));
    assert!(sum.is_some_and(|sum| sum.contains("since: None") && sum.contains("shared")), "its first look: {heard:#?}");
    let old = heard.iter().filter(|change| change.contains("old_")).collect::<Vec<_>>();
    assert!(old.is_empty(), "of the first account: {old:#?}");
    let gone = heard.iter().filter(|change| change.starts_with("Gone")).collect::<Vec<_>>();
    assert!(gone.is_empty(), "nobody has answered the second account's task: {gone:#?}");
    assert!(asked.is_finished(), "it was the first account's platform that wants to be left alone");
}

#[tokio::test(start_paused = true)]
async fn without_an_account_nothing_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut world = World::new();
    in_the_middle_of_everything(&mut world, listener.local_addr().unwrap().port()).await;
    assert_eq!(world.board.borrow_and_update().active.len(), 2);
    world.switch_to(None);
    assert_eq!(world.heard(), ["Began"]);
    assert_eq!(**world.board.borrow_and_update(), Board::empty());
    assert_eq!(follow(world, LONG).await, Vec::<String>::new());
}

/// Of the same account with another token, all that is known is still known, and the answer on its way is still awaited.
#[tokio::test(start_paused = true)]
async fn another_token_keeps_what_is_known_and_drops_what_is_under_way() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut world = World::new();
    in_the_middle_of_everything(&mut world, port).await;
    world.follower.heed(Wish::SetPace(Pace { unseen: true, on_battery: false }));
    world.switch_to(Some(account("first", port)));
    assert_eq!(world.heard(), Vec::<String>::new());
    assert_eq!(world.following().board().active.len(), 2);
    let wish = Wish::SettleAnswer { account: "first".to_owned(), task: "shared".to_owned(), taken: true };
    world.follower.heed(wish);
    world.follower.go_on();
    let taken = |change: &String| {
        change.starts_with("Gone") && change.contains(&format!("{:?}", Gone::Here { approved: true }))
    };
    assert!(world.heard().iter().any(taken));
    let heard = follow(world, LONG).await;
    assert!(heard.iter().any(|change| change.starts_with("Ended") && change.contains("old_1")), "{heard:#?}");
    let dropped =
        heard.iter().filter(|change| change.contains("old_4") || change.contains("old_5")).collect::<Vec<_>>();
    assert!(dropped.is_empty(), "what the old token had asked for: {dropped:#?}");
}

/// What is handed out goes on with the next follower, and no longer than somebody has it.
#[tokio::test(start_paused = true)]
async fn a_follower_that_breaks_off_is_followed_by_another() {
    async fn began(changes: &mut broadcast::Receiver<Change>) {
        while timeout(LONG, changes.recv()).await.expect("nobody follows").unwrap() != Change::Began {}
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let owner = Supervisor::new();
    let (accounts, account_now) = watch::channel(Some(account("first", port)));
    let handed_out = Watch::follow(account_now, Options::default(), &owner);
    let mut changes = handed_out.changes();
    began(&mut changes).await;
    let mut failing = owner.failing();
    assert!(owner.interrupt("follower"));
    began(&mut changes).await;
    accounts.send_replace(Some(account("second", port)));
    began(&mut changes).await;
    timeout(LONG, failing.wait_for(|failing| failing.is_empty())).await.unwrap().unwrap();

    drop((accounts, handed_out));
    let ended = async {
        while !owner.names().is_empty() {
            advance(MOMENT).await;
        }
    };
    timeout(LONG, ended).await.expect("nobody needs it, and it ends");
    assert!(failing.borrow().is_empty(), "that is no failure");
}
