//! The program at a desk, before a sandbox.

use std::{
    fs::{self, File},
    io::Write as _,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use agentruntime_sandbox::{Sandbox, SandboxOptions, Scope};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{desk::Desk, proxy::Proxy};

pub const DONE: i32 = 0;
pub const KEYCHAIN: i32 = 4;
pub const LEFTOVER: i32 = 6;

pub struct World {
    pub proxy: Proxy,
    /// The BFF without anything between.
    pub bff: String,
    home: PathBuf,
    admin: String,
    client: reqwest::Client,
    outputs: AtomicUsize,
}

/// A token as the BFF lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    pub id: String,
}

impl World {
    pub async fn new(desk: &Desk, seed: u64) -> Self {
        let sandbox = Sandbox::open(SandboxOptions::new(&desk.home.join("sandbox"))).await.unwrap();
        let admin = sandbox.issue_local_pat("the test").await.unwrap().expose_secret().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let bff = format!("http://{}", listener.local_addr().unwrap());
        let proxy = Proxy::start(bff.clone(), seed).await;
        tokio::spawn(sandbox.serve(listener, CancellationToken::new()));
        let (home, client) = (desk.home.clone(), reqwest::Client::new());
        Self { proxy, bff, home, admin, client, outputs: AtomicUsize::new(0) }
    }

    /// A token of the BFF with this name, as somebody made it in the Console.
    pub async fn token(&self, name: &str) -> String {
        let body = json!({ "display_name": name, "scopes": Scope::ALL.map(Scope::name) });
        let request = self.client.post(format!("{}/v1/pats", self.bff)).bearer_auth(&self.admin);
        let answer = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
        let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        let token = answer["token"].as_str().unwrap().to_owned();
        self.proxy.plan().made.push(token.clone());
        token
    }

    /// The live tokens with this name.
    pub async fn live(&self, name: &str) -> Vec<Live> {
        let answer = self.client.get(format!("{}/v1/pats", self.bff)).bearer_auth(&self.admin).send().await.unwrap();
        let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        let rows = answer["pats"].as_array().unwrap().iter().filter(|row| row["display_name"] == name);
        rows.map(|row| Live { id: row["id"].as_str().unwrap().to_owned() }).collect()
    }

    pub fn program(&self) -> Command {
        let mut command = Command::new(crate::program::path());
        command.env_remove("AGENTRUNTIME_PAT").env_remove("AGENTRUNTIME_BFF_URL");
        command
    }

    /// A command on its way. What it says goes into files, where it is searched for tokens in the end.
    pub fn start(&self, arguments: &[&str]) -> (Arc<Mutex<Child>>, PathBuf) {
        let number = self.outputs.fetch_add(1, SeqCst);
        let said = self.home.join(format!("said-{number}"));
        let mut command = self.program();
        command.arg("token").args(arguments).arg("--json").stdin(Stdio::null());
        command.stdout(File::create(&said).unwrap()).stderr(File::create(said.with_extension("err")).unwrap());
        (Arc::new(Mutex::new(command.spawn().unwrap())), said)
    }

    /// A command to its end: its exit code, and what it said.
    pub async fn run(&self, arguments: &[&str]) -> (i32, Value) {
        let (child, said) = self.start(arguments);
        let code = wait(child).await.expect("it was killed");
        (code, serde_json::from_str(&fs::read_to_string(said).unwrap()).unwrap_or_default())
    }

    /// As [`World::run`], with its error text.
    pub async fn complains(&self, arguments: &[&str]) -> (i32, String) {
        let (child, said) = self.start(arguments);
        let code = wait(child).await.expect("it was killed");
        (code, fs::read_to_string(said.with_extension("err")).unwrap())
    }

    pub fn add(&self, name: &str, token: &str) -> Output {
        let mut command = self.program();
        command.args(["token", "add", "--json", "--profile", name, "--bff-url", &self.proxy.url]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(token.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let number = self.outputs.fetch_add(1, SeqCst);
        fs::write(self.home.join(format!("said-{number}")), [&output.stdout[..], &output.stderr].concat()).unwrap();
        output
    }

    /// Every place that holds the text of a token that was ever made: files, and the arguments of processes.
    pub fn leaks(&self, desk: &Desk) -> Vec<PathBuf> {
        let made = self.proxy.plan().made.clone();
        assert!(!made.is_empty());
        let mut found: Vec<_> = made.iter().flat_map(|token| desk.files_with(token.as_bytes()).0).collect();
        for process in fs::read_dir("/proc").unwrap().flatten() {
            for file in ["cmdline", "environ"] {
                let held = fs::read(process.path().join(file)).unwrap_or_default();
                let holds = |token: &String| held.windows(token.len()).any(|window| window == token.as_bytes());
                if made.iter().any(holds) {
                    found.push(process.path().join(file));
                }
            }
        }
        found
    }
}

/// Waits for a child: its exit code, or `None` if a signal ended it.
pub async fn wait(child: Arc<Mutex<Child>>) -> Option<i32> {
    loop {
        // Whoever kills it needs the lock as well.
        if let Some(status) = child.lock().unwrap().try_wait().unwrap() {
            return status.code();
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}
