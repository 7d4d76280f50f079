//! Human tasks: the inboxes, the answer, and ids that do not belong together.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use serde_json::{Value, json};
use support::{Server, column, graph, human, script};

fn asking() -> Value {
    graph(json!([human("ask", &[]), script("b", "return {}", &["ask"])]))
}

/// A run that waits for a person: its workflow, its id, its task.
async fn waiting(server: &Server) -> (String, String, String) {
    let workflow = server.workflow(asking()).await;
    let run = server.run(&workflow, json!({})).await;
    let task = server.asked(&workflow, &run).await;
    (workflow, run, task)
}

#[tokio::test]
async fn a_task_is_in_both_inboxes_until_it_is_answered() {
    let server = Server::start().await;
    let (workflow, run, task) = waiting(&server).await;
    let (_, _, later) = waiting(&server).await;
    let inbox = server.read("/v1/tasks/pending").await;
    assert_eq!((column(&inbox["tasks"], "task_id"), &inbox["total"]), (vec![task.as_str(), &later], &json!(2)));
    let row = &inbox["tasks"][0];
    assert_eq!(
        *row,
        json!({
            "id": task, "task_id": task, "run_id": run, "workflow_id": workflow, "workflow_name": "A workflow", "step_id": "ask",
            "task_type": "approval", "task_payload": { "title": "May it go on?", "fields": [] }, "expires_at": null,
            "created_at": row["created_at"],
        })
    );
    let of_run = format!("/v1/workflows/{workflow}/runs/{run}/tasks/pending");
    assert_eq!(server.read(&of_run).await["tasks"], json!([row]));
    assert_eq!(column(&server.read("/v1/tasks/pending?limit=1&offset=1").await["tasks"], "id"), [&later]);

    let (status, body) =
        server.complete(&workflow, &run, &task, json!({ "approved": true, "result": { "n": 1 } })).await;
    assert_eq!((status, body), (200, json!({ "status": "completed", "task_id": task, "approved": true })));
    assert_eq!(server.finished(&workflow, &run).await["status"], "completed");
    assert_eq!(server.read(&of_run).await["tasks"], json!([]));
    assert_eq!(column(&server.read("/v1/tasks/pending").await["tasks"], "id"), [&later]);
    let result = &server.context(&workflow, &run).await["steps"]["ask"]["result"];
    assert_eq!(*result, json!({ "approved": true, "n": 1 }));
}

#[tokio::test]
async fn the_decision_cannot_be_overwritten_by_its_result() {
    let server = Server::start().await;
    let (workflow, run, task) = waiting(&server).await;
    server.complete(&workflow, &run, &task, json!({ "approved": false, "result": { "approved": true, "n": 1 } })).await;
    server.finished(&workflow, &run).await;
    let result = &server.context(&workflow, &run).await["steps"]["ask"]["result"];
    assert_eq!(*result, json!({ "approved": false, "n": 1 }));
}

#[tokio::test]
async fn a_task_is_answered_once() {
    let server = Server::start().await;
    let (workflow, run, task) = waiting(&server).await;
    let answers = [json!({ "approved": true }), json!({ "approved": false })];
    let (yes, no) = tokio::join!(
        server.complete(&workflow, &run, &task, answers[0].clone()),
        server.complete(&workflow, &run, &task, answers[1].clone()),
    );
    let mut statuses = [yes.0, no.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{yes:?} {no:?}");
    server.finished(&workflow, &run).await;
    let result = server.context(&workflow, &run).await["steps"]["ask"]["result"].clone();
    assert_eq!(result["approved"], json!(yes.0 == 200), "the answer that was taken is the one that counts");
    for answer in answers {
        let (status, body) = server.complete(&workflow, &run, &task, answer).await;
        assert_eq!((status, &body["code"]), (409, &json!("CONFLICT")), "{body}");
    }
    assert_eq!(server.context(&workflow, &run).await["steps"]["ask"]["result"], result);
}

#[tokio::test]
async fn a_task_ends_with_its_run() {
    let server = Server::start().await;
    let (workflow, run, task) = waiting(&server).await;
    server.command(&workflow, "stop", json!({ "run_id": run })).await;
    assert_eq!(server.read("/v1/tasks/pending").await["total"], 0);
    let (status, body) = server.complete(&workflow, &run, &task, json!({ "approved": true })).await;
    assert_eq!((status, &body["code"]), (409, &json!("CONFLICT")), "{body}");
}

#[tokio::test]
async fn ids_that_do_not_belong_together_find_nothing() {
    let server = Server::start().await;
    let (workflow, run, task) = waiting(&server).await;
    let (other, other_run, other_task) = waiting(&server).await;
    for rest in ["summary", "events", "context", "tasks/pending"] {
        for (workflow, run) in
            [(&other, &run), (&workflow, &other_run), (&workflow, &"none".to_owned()), (&"none".to_owned(), &run)]
        {
            let path = format!("/v1/workflows/{workflow}/runs/{run}/{rest}");
            let (status, body) = server.get(&path).await;
            assert_eq!((status, &body["code"]), (404, &json!("NOT_FOUND")), "{path}: {body}");
        }
    }
    for command in ["pause", "resume", "stop"] {
        let (status, body) = server.command(&other, command, json!({ "run_id": run })).await;
        assert_eq!((status, &body["code"]), (404, &json!("NOT_FOUND")), "{command}: {body}");
    }
    let yes = || json!({ "approved": true });
    for (workflow, run, task) in [
        (&other, &run, &task),
        (&workflow, &other_run, &task),
        (&workflow, &run, &other_task),
        (&workflow, &run, &"none".to_owned()),
    ] {
        let (status, body) = server.complete(workflow, run, task, yes()).await;
        assert_eq!((status, &body["code"]), (404, &json!("NOT_FOUND")), "{body}");
    }
    assert_eq!(server.read("/v1/tasks/pending").await["total"], 2, "nobody was answered for");

    // Nor does an answered task tell another workflow that it was.
    assert_eq!(server.complete(&workflow, &run, &task, yes()).await.0, 200);
    let (status, body) = server.complete(&other, &run, &task, yes()).await;
    assert_eq!((status, &body["code"]), (404, &json!("NOT_FOUND")), "{body}");
}

#[tokio::test]
async fn what_is_wrong_with_an_answer_is_named() {
    let server = Server::start().await;
    let (workflow, run, task) = waiting(&server).await;
    for (body, field) in [
        (json!({}), "approved"),
        (json!({ "approved": "yes" }), "approved"),
        (json!({ "approved": true, "result": [] }), "result"),
        (json!({ "approved": true, "comment": "x" }), "comment"),
    ] {
        let (status, answer) = server.complete(&workflow, &run, &task, body.clone()).await;
        assert_eq!((status, &answer["code"]), (422, &json!("VALIDATION_FAILED")), "{body}: {answer}");
        assert!(answer["error"].as_str().unwrap().contains(field), "{body}: {answer}");
    }
    assert_eq!(server.read("/v1/tasks/pending").await["total"], 1);
}
