//! Fifty rotations under a client that never stops calling: no call fails, and in the end one token lives.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    desk::at_a_desk_for,
    world::{DONE, World},
};

const ROTATIONS: usize = 50;
const CALLERS: usize = 4;

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_client_notices_nothing_of_fifty_rotations() {
    let test = "hammered::a_client_notices_nothing_of_fifty_rotations";
    at_a_desk_for(Duration::from_mins(6), test, true, async |mut desk| {
        desk.start_keyring();
        let world = World::new(&desk, 5).await;
        let token = world.token("hammered").await;
        assert!(world.add("Work", &token).status.success());
        let first = world.live("hammered").await[0].id.clone();
        let (_server, url) = serve(&world, &desk.home.join("server.log"));

        let (ended, calls, client) =
            (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)), reqwest::Client::new());
        let callers = (0..CALLERS).map(|_| {
            let (ended, calls, client, url) = (Arc::clone(&ended), Arc::clone(&calls), client.clone(), url.clone());
            tokio::spawn(async move {
                while !ended.load(SeqCst) {
                    let answer = call(&client, &url).await;
                    let failed = answer["result"]["isError"] == true || answer.get("error").is_some();
                    assert!(!failed && answer["result"].is_object(), "a call failed: {answer}");
                    calls.fetch_add(1, SeqCst);
                }
            })
        });
        let callers: Vec<_> = callers.collect();
        let mut own = vec!["--own".to_owned(), first.clone()];
        for rotation in 0..ROTATIONS {
            let before = calls.load(SeqCst);
            let mut arguments = vec!["rotate", "--profile", "Work"];
            arguments.extend(own.iter().map(String::as_str));
            let (code, rotated) = world.run(&arguments).await;
            assert_eq!((code, &rotated["left"]), (DONE, &Value::Null), "rotation {rotation}");
            own.clear();
            // So that each token is used, not only made.
            while calls.load(SeqCst) < before + CALLERS {
                assert!(callers.iter().all(|caller| !caller.is_finished()), "a caller ended at rotation {rotation}");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        ended.store(true, SeqCst);
        for caller in callers {
            caller.await.unwrap();
        }
        let live = world.live("hammered").await;
        assert!(live.len() == 1 && live[0].id != first, "{live:?}");
        let leaks = world.leaks(&desk);
        assert!(leaks.is_empty(), "{leaks:?}");
        eprintln!("{} calls through {ROTATIONS} rotations, none failed", calls.load(SeqCst));
    });
}

/// The real server with the workspace's token, and its address.
fn serve(world: &World, log: &std::path::Path) -> (Server, String) {
    let mut command: Command = world.program();
    command.args(["serve", "--profile", "Work", "--port", "0", "--log", "debug"]);
    let mut child = Server(command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(child.0.stderr.take().unwrap()).lines();
    let mut file = std::fs::File::create(log).unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        while let Some(Ok(line)) = lines.next() {
            if let Some(address) = line.split_whitespace().find(|word| word.contains("http://127.0.0.1")) {
                let address = address.trim_start_matches("url=").trim_matches('"').to_owned();
                let _ = sender.send(address);
            }
            std::io::Write::write_all(&mut file, format!("{line}\n").as_bytes()).unwrap();
        }
    });
    let url = receiver.recv_timeout(Duration::from_secs(60)).expect("the server did not say where it serves");
    (child, url)
}

/// One tool call, as the 2026-07-28 protocol has it: without a session.
async fn call(client: &reqwest::Client, url: &str) -> Value {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "hammer", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let body = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "workflows_list", "arguments": { "limit": 1 }, "_meta": meta },
    });
    let request = client.post(url).body(body.to_string()).header("content-type", "application/json");
    let request = request.header("accept", "application/json, text/event-stream");
    let request = request.header("mcp-protocol-version", "2026-07-28").header("mcp-method", "tools/call");
    let answer = request.header("mcp-name", "workflows_list").send().await.unwrap();
    let text = answer.text().await.unwrap();
    let data = text.lines().find_map(|line| line.strip_prefix("data:").filter(|data| !data.trim().is_empty()));
    serde_json::from_str(data.unwrap_or(&text)).unwrap_or_else(|_| panic!("{text}"))
}
