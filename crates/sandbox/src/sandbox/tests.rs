#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::time::Duration;

use agentruntime_lifecycle::owned;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{Sandbox, SandboxOptions};

/// For what must come; never the measure.
const SOON: Duration = Duration::from_secs(30);

/// Whoever answers its task is heard, and it goes on to its end.
#[tokio::test]
async fn a_run_whose_driver_breaks_off_gets_another() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::open(SandboxOptions::new(folder.path()).empty()).await.unwrap();
    let token = sandbox.issue_local_pat("the test").await.unwrap();
    let engine = sandbox.app.engine.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let _serving = owned(sandbox.serve(listener, CancellationToken::new()));
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = async |path: &str, body: Value| {
        let request = http.post(format!("{url}{path}")).bearer_auth(token.expose_secret()).json(&body);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default())
    };
    let get = async |path: &str| {
        let request = http.get(format!("{url}{path}")).bearer_auth(token.expose_secret());
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };

    let steps = json!([{ "id": "ask", "type": "human_task", "name": "ask", "task_type": "approval",
                         "task_payload": { "title": "May it go on?", "fields": [] } }]);
    let (_, made) = post("/workflows", json!({ "name": "Asks", "graph": { "steps": steps } })).await;
    let workflow = format!("/workflows/{}", made["id"].as_str().unwrap());
    post(&format!("{workflow}/versions"), json!({})).await;
    let (_, started) = post(&format!("{workflow}/command"), json!({ "command": "start", "params": {} })).await;
    let run = format!("{workflow}/runs/{}", started["run_id"].as_str().unwrap());
    let asked = async {
        loop {
            let tasks = get(&format!("{run}/tasks/pending")).await;
            if let Some(id) = tasks["tasks"][0]["id"].as_str() {
                return id.to_owned();
            }
        }
    };
    let task = timeout(SOON, asked).await.expect("nobody is asked");

    let mut failing = engine.owner().failing();
    assert!(engine.owner().interrupt("run"));
    let again = failing.wait_for(|failing| failing.contains_key("run"));
    timeout(SOON, again).await.expect("it was not broken off").unwrap();
    let answered = async {
        loop {
            let answer = post(&format!("{run}/tasks/{task}/complete"), json!({ "approved": true })).await;
            // Between the two there is nobody to hear it, which is said.
            if answer.0 != 503 {
                return answer;
            }
        }
    };
    let (status, answer) = timeout(SOON, answered).await.expect("nobody hears the answer");
    assert_eq!(status, 200, "{answer}");
    let ended = async { while get(&format!("{run}/summary")).await["status"] != "completed" {} };
    timeout(SOON, ended).await.expect("nobody drives it to its end");
}
