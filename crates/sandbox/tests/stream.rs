//! The live stream over a real WebSocket: what it replays, what it brings, and how it ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::{Value, json};
use support::{Server, Stream, graph, human, next_event, script};
use tokio_tungstenite::tungstenite::Error;

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["event_type"].as_str().unwrap()).collect()
}

fn asking() -> Value {
    graph(json!([script("a", "return { n = 1 }", &[]), human("ask", &["a"]), script("b", "return {}", &["ask"])]))
}

#[tokio::test]
async fn a_follower_of_a_run_gets_all_of_it_however_late_it_comes() {
    let server = Server::start().await;
    let workflow = server.workflow(asking()).await;
    let run = server.run(&workflow, json!({})).await;
    let task = server.asked(&workflow, &run).await;

    // Half of the run has happened, half has not.
    let mut stream = server.stream(&workflow, Some(&run), Some(&server.token)).await.unwrap();
    let mut seen = Vec::new();
    while seen.last().is_none_or(|event: &Value| event["event_type"] != "human_task_created") {
        seen.push(next_event(&mut stream).await.unwrap());
    }
    assert_eq!(server.complete(&workflow, &run, &task, json!({ "approved": true })).await.0, 200);
    while seen.last().is_none_or(|event| event["event_type"] != "run_completed") {
        seen.push(next_event(&mut stream).await.unwrap());
    }
    assert_eq!(seen, server.events(&workflow, &run).await, "the stream and the list tell the same story");
    assert_eq!(
        kinds(&seen),
        [
            "run_started",
            "step_started",
            "step_completed",
            "step_started",
            "human_task_created",
            "human_task_completed",
            "step_completed",
            "step_started",
            "step_completed",
            "state_changed",
            "run_completed",
        ]
    );
    assert_eq!(server.until(&workflow, &run, &["run_completed"]).await, seen, "and tells it again to who comes after");
}

#[tokio::test]
async fn a_follower_of_a_workflow_gets_what_comes_of_it_alone() {
    let server = Server::start().await;
    let workflow = server.workflow(graph(json!([script("a", "return {}", &[])]))).await;
    let other = server.workflow(graph(json!([script("a", "return {}", &[])]))).await;
    let before = server.run(&workflow, json!({})).await;
    server.finished(&workflow, &before).await;

    let mut stream = server.stream(&workflow, None, Some(&server.viewer)).await.unwrap();
    let elsewhere = server.run(&other, json!({})).await;
    server.finished(&other, &elsewhere).await;
    let after = server.run(&workflow, json!({})).await;
    let mut seen = Vec::new();
    while seen.last().is_none_or(|event: &Value| event["event_type"] != "run_completed") {
        seen.push(next_event(&mut stream).await.unwrap());
    }
    assert_eq!(seen, server.events(&workflow, &after).await);
}

#[tokio::test]
async fn a_long_run_comes_whole_and_in_order() {
    let server = Server::start().await;
    let steps = (0..60).map(|n| script(&format!("s{n}"), "return {}", &[])).collect::<Vec<_>>();
    let workflow = server.workflow(graph(json!(steps))).await;
    let run = server.run(&workflow, json!({})).await;
    let seen = server.until(&workflow, &run, &["run_completed"]).await;
    assert_eq!(seen.len(), 1 + 60 * 2 + 2, "more than one reading's worth");
    assert_eq!(seen, server.events(&workflow, &run).await);
}

#[tokio::test]
async fn the_stream_has_a_door() {
    let server = Server::start().await;
    let workflow = server.workflow(asking()).await;
    let other = server.workflow(asking()).await;
    let run = server.run(&workflow, json!({})).await;
    let token = Some(server.token.as_str());
    assert_eq!(refused(server.stream(&workflow, None, None).await), 401);
    assert_eq!(refused(server.stream(&workflow, None, Some("pat_unknown")).await), 401);
    assert_eq!(refused(server.stream("wf_none", None, token).await), 404);
    assert_eq!(refused(server.stream(&workflow, Some("run_none"), token).await), 404);
    assert_eq!(refused(server.stream(&other, Some(&run), token).await), 404);
    let (status, body) = server.get(&format!("/v1/workflows/{workflow}/stream")).await;
    assert_eq!((status, &body["code"]), (400, &json!("BAD_REQUEST")), "a plain GET is no upgrade: {body}");
}

fn refused(opened: Result<Stream, Error>) -> u16 {
    match opened {
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("the stream was opened"),
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_server_and_does_not_hold_it_up() {
    let server = Server::start().await;
    let workflow = server.workflow(asking()).await;
    let run = server.run(&workflow, json!({})).await;
    server.asked(&workflow, &run).await;
    let mut stream = server.stream(&workflow, None, Some(&server.token)).await.unwrap();
    server.begin_to_stop();
    assert_eq!(next_event(&mut stream).await, None);
    server.stop().await;
}
