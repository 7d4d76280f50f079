//! An agent that wants to answer a task, and the person who is asked first.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::disallowed_methods)]

mod support;

use std::sync::Arc;

use agentruntime_platform_mcp::{
    catalogue,
    consent::{Consents, OpenQuestion},
    effect::Effect,
};
use serde_json::{Value, json};
use support::{ERAS, Era, Fake, Mcp, Script, Server, serve_asking, within};
use tokio::task::JoinHandle;

fn complete() -> Value {
    json!({
        "workflow_id": "wf", "run_id": "run", "task_id": "task", "approved": true, "result": { "comment": "Looks good" }
    })
}

struct Asked {
    consents: Arc<Consents>,
    fake: Fake,
    server: Server,
    question: OpenQuestion,
    call: JoinHandle<(Value, bool)>,
}

/// A client's call that waits for the person.
async fn asked(era: Era) -> Asked {
    let (fake, _signals) = Fake::start().await;
    fake.script("complete", Script::Answer(200, json!({ "status": "completed", "task_id": "task", "approved": true })));
    let consents = Arc::new(Consents::new(true));
    let server = serve_asking(&fake, consents.clone()).await;
    let mcp = Mcp::connect(&server.url, era).await;
    let mut changed = consents.changes();
    let call = tokio::spawn(async move { mcp.call("tasks_complete", complete()).await });
    within(changed.changed()).await.unwrap();
    let question = consents.open_questions().pop().expect("the person is asked");
    Asked { consents, fake, server, question, call }
}

#[tokio::test]
async fn nothing_is_sent_before_the_person_allows_it_and_then_exactly_what_they_saw() {
    for era in ERAS {
        let asked = asked(era).await;
        assert!(asked.fake.seen().is_empty(), "nothing may be sent yet");
        let question = asked.question.question;
        assert_eq!((question.client.as_str(), question.task_id.as_str(), question.approve), ("test 1", "task", true));
        assert_eq!(question.result, Some(json!({ "comment": "Looks good" })));
        let mut effects = asked.server.platform.effects();
        assert!(asked.consents.answer(asked.question.id, true));
        let (answer, failed) = within(asked.call).await.unwrap();
        assert!(!failed, "{answer}");
        let seen = asked.fake.seen();
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].body, json!({ "approved": true, "result": { "comment": "Looks good" } }));
        assert_eq!(within(effects.recv()).await.unwrap(), Effect::Touched);
    }
}

#[tokio::test]
async fn an_answer_the_person_does_not_allow_is_told_and_never_sent() {
    for era in ERAS {
        let asked = asked(era).await;
        assert!(asked.consents.answer(asked.question.id, false));
        let (answer, failed) = within(asked.call).await.unwrap();
        assert!(failed);
        assert_eq!(answer["error"]["code"], "declined", "{answer}");
        assert!(asked.fake.seen().is_empty());
    }
    let moot = asked(Era::New).await;
    moot.consents.make_moot("wf", "run", "task");
    assert_eq!(within(moot.call).await.unwrap().0["error"]["code"], "answered_already");
    let dismissed = asked(Era::New).await;
    dismissed.consents.dismiss();
    assert_eq!(within(dismissed.call).await.unwrap().0["error"]["code"], "not_answered");
    assert!(dismissed.fake.seen().is_empty());
}

/// By name, by a former name, or through the passthrough with the very request: nothing is sent that nobody was asked about.
#[tokio::test]
async fn a_tool_that_declares_it_is_asked_about_whichever_way_it_is_called() {
    let (fake, _signals) = Fake::start().await;
    let consents = Arc::new(Consents::new(true));
    let server = serve_asking(&fake, consents.clone()).await;
    server.platform.switchboard.turn(|switches| switches.with_risk(true));
    let mut declared = 0;
    for spec in catalogue::all().map(|entry| &entry.spec).filter(|spec| spec.needs_consent) {
        declared += 1;
        let arguments = match spec.name {
            "tasks_complete" => complete(),
            other => panic!("give `{other}` arguments with which it answers a task"),
        };
        let names = spec.aliases.iter().chain([&spec.name]);
        for (name, era) in names.flat_map(|name| ERAS.map(|era| (*name, era))) {
            let mcp = Mcp::connect(&server.url, era).await;
            let mut changed = consents.changes();
            let arguments = arguments.clone();
            let call = tokio::spawn(async move { mcp.call(name, arguments).await });
            within(changed.changed()).await.unwrap();
            let question = consents.open_questions().pop().expect("the person is asked");
            assert!(consents.answer(question.id, false));
            assert_eq!(within(call).await.unwrap().0["error"]["code"], "declined", "{name}");
        }
    }
    assert!(declared > 0);
    let path = "/v1/workflows/wf/runs/run/tasks/task/complete";
    for path in [path.to_owned(), format!("/v1/mcp/../..{path}"), format!("/v1/mcp/%2e%2e/%2e%2e{path}")] {
        let mcp = Mcp::connect(&server.url, Era::New).await;
        let request = json!({ "method": "POST", "path": path, "body": { "approved": true } });
        let (answer, failed) = mcp.call("catalog_bff_request", request).await;
        assert!(failed && answer["error"]["code"] == "outside_catalog", "{answer}");
    }
    assert!(fake.seen().is_empty());
}

#[tokio::test]
async fn a_result_that_says_another_decision_than_the_one_shown_is_refused() {
    let (fake, _signals) = Fake::start().await;
    let consents = Arc::new(Consents::new(true));
    let server = serve_asking(&fake, consents.clone()).await;
    let mcp = Mcp::connect(&server.url, Era::New).await;
    let mut arguments = complete();
    arguments["approved"] = false.into();
    arguments["result"] = json!({ "approved": true });
    let (answer, failed) = mcp.call("tasks_complete", arguments).await;
    assert!(failed && answer["error"]["code"] == "bad_arguments", "{answer}");
    assert_eq!(consents.open_questions(), []);
    assert!(fake.seen().is_empty());
}

#[tokio::test]
async fn a_client_that_goes_away_takes_its_question_with_it() {
    let asked = asked(Era::New).await;
    let mut changed = asked.consents.changes();
    asked.call.abort();
    within(changed.changed()).await.unwrap();
    assert_eq!(asked.consents.open_questions(), []);
    assert!(!asked.consents.answer(asked.question.id, true), "nobody waits for it");
    assert!(asked.fake.seen().is_empty());
}

#[tokio::test]
async fn a_start_says_which_run_it_was() {
    let (fake, _signals) = Fake::start().await;
    fake.script("command", Script::Answer(200, json!({ "run_id": "run_7", "status": "running" })));
    let server = serve_asking(&fake, Arc::new(Consents::new(true))).await;
    let mut effects = server.platform.effects();
    let mcp = Mcp::connect(&server.url, Era::New).await;
    for (command, effect) in [
        (
            json!({ "workflow_id": "wf", "command": "start" }),
            Effect::Started { workflow_id: "wf".to_owned(), run_id: "run_7".to_owned() },
        ),
        (json!({ "workflow_id": "wf", "command": "pause", "run_id": "run_7" }), Effect::Touched),
    ] {
        mcp.call("workflows_execute_command", command).await;
        assert_eq!(within(effects.recv()).await.unwrap(), effect);
    }
}
