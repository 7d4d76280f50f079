//! A sandbox, the faulty proxy before it, a follower behind that, and everything it has told.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use agentruntime_bff::{Client, Config};
use agentruntime_lifecycle::Supervisor;
use agentruntime_run_watch::{Change, Followed, Options, Watch};
use agentruntime_sandbox::{Sandbox, SandboxOptions};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    sync::{broadcast, watch},
};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use crate::faults::Proxy;

/// For an event that must come; never the measure.
const SOON: Duration = Duration::from_secs(60);
/// The same where the logs of a thousand runs are read within the budget.
pub const LATE: Duration = Duration::from_secs(400);

pub struct World {
    pub proxy: Proxy,
    pub watch: Watch,
    pub accounts: watch::Sender<Option<Followed>>,
    pub heard: Heard,
    url: String,
    token: SecretString,
    http: reqwest::Client,
    _folder: TempDir,
    _end: DropGuard,
}

/// What was heard of the follower so far.
pub struct Heard {
    changes: broadcast::Receiver<Change>,
    pub all: Vec<Change>,
    pub patience: Duration,
}

impl World {
    pub async fn start(options: Options, seed: u64) -> Self {
        let mut world = Self::without_account(options, seed).await;
        let account = world.account("a");
        world.accounts.send_replace(Some(account));
        world.heard.until(|change| matches!(change, Change::CaughtUp(_))).await;
        world
    }

    pub async fn without_account(options: Options, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::open(SandboxOptions::new(folder.path())).await.unwrap();
        let token = sandbox.issue_local_pat("the follower").await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shutdown = CancellationToken::new();
        tokio::spawn(sandbox.serve(listener, shutdown.clone()));
        let proxy = Proxy::before(&url, seed).await;
        let (accounts, account) = watch::channel(None);
        let watch = Watch::follow(account, options, &Supervisor::over(TaskTracker::new(), shutdown.clone()));
        let heard = Heard { changes: watch.changes(), all: Vec::new(), patience: SOON };
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { proxy, watch, accounts, heard, url, token, http, _folder: folder, _end: shutdown.drop_guard() }
    }

    pub fn account(&self, id: &str) -> Followed {
        Followed {
            id: id.to_owned(),
            client: Client::new(Config::new(self.proxy.url.parse().unwrap())).unwrap(),
            pat: self.token.expose_secret().parse().unwrap(),
            in_use: None,
        }
    }

    /// Asks the sandbox itself, past the proxy.
    pub async fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let mut request = self
            .http
            .request(method.parse().unwrap(), format!("{}{path}", self.url))
            .bearer_auth(self.token.expose_secret());
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// A published workflow; its id.
    pub async fn workflow(&self, name: &str, steps: Value) -> String {
        let made = self.ask("POST", "/v1/workflows", json!({ "name": name, "graph": { "steps": steps } })).await;
        let id = made["id"].as_str().unwrap().to_owned();
        self.ask("POST", &format!("/v1/workflows/{id}/versions"), json!({})).await;
        id
    }

    /// Starts a run; its id.
    pub async fn run(&self, workflow: &str) -> String {
        let path = format!("/v1/workflows/{workflow}/command");
        let started = self.ask("POST", &path, json!({ "command": "start" })).await;
        started["run_id"].as_str().unwrap().to_owned()
    }

    pub async fn answer(&self, workflow: &str, run: &str, task: &str, approved: bool) {
        let path = format!("/v1/workflows/{workflow}/runs/{run}/tasks/{task}/complete");
        self.ask("POST", &path, json!({ "approved": approved })).await;
    }

    /// The ids of a run's log, in order, and its status.
    pub async fn log(&self, workflow: &str, run: &str) -> (Vec<String>, String) {
        let at = format!("/v1/workflows/{workflow}/runs/{run}");
        let log = self.ask("GET", &format!("{at}/events?limit=500"), Value::Null).await;
        let ids = log["events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned());
        let status = self.ask("GET", &format!("{at}/summary"), Value::Null).await;
        (ids.collect(), status["status"].as_str().unwrap().to_owned())
    }
}

impl Heard {
    /// Takes in what is told until something is.
    pub async fn until(&mut self, wanted: impl Fn(&Change) -> bool) -> Change {
        loop {
            let next = tokio::time::timeout(self.patience, self.changes.recv());
            let change = next.await.unwrap_or_else(|_| panic!("it was never told: {:#?}", self.short())).unwrap();
            self.all.push(change.clone());
            if wanted(&change) {
                return change;
            }
        }
    }

    /// Takes in what is told until so many of these runs have ended.
    pub async fn until_ended(&mut self, runs: &BTreeSet<String>) {
        while !self.ended().keys().collect::<BTreeSet<_>>().is_superset(&runs.iter().collect()) {
            self.until(|change| matches!(change, Change::Ended(..))).await;
        }
    }

    /// Takes in what has been told meanwhile.
    pub fn drain(&mut self) {
        while let Ok(change) = self.changes.try_recv() {
            self.all.push(change);
        }
    }

    /// How often each run's end was told, with its status.
    pub fn ended(&self) -> BTreeMap<String, Vec<&'static str>> {
        let mut ended = BTreeMap::<_, Vec<_>>::new();
        for change in &self.all {
            if let Change::Ended(run, _) = change {
                ended.entry(run.key.run_id.clone()).or_default().push(run.status.word());
            }
        }
        ended
    }

    /// The ids of the events that were told of a run.
    pub fn events(&self, run: &str) -> Vec<String> {
        let of_run = self.all.iter().filter_map(|change| match change {
            Change::Event(event, _) if event.run.run_id == run => Some(event.id.clone()),
            _ => None,
        });
        of_run.collect()
    }

    fn short(&self) -> Vec<String> {
        let short = |change: &Change| {
            let text = format!("{change:?}");
            text.chars().take(160).collect::<String>()
        };
        self.all.iter().rev().take(20).map(short).collect()
    }
}
