//! What goes in and comes out: rows read tolerantly, requests as the API has them, and no token in anything that is shown.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use agentruntime_bff::{
    Client, Endpoint, Error, Pat, Request, Route, inbound, llm_keys, runs, tasks, vault, workflows,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use support::{Fake, TOKEN, client, config, pat, reply, reply_with, soon};
use tokio_util::sync::CancellationToken;

async fn call<E: Endpoint + Sync>(endpoint: &E, answer: Value) -> Result<E::Response, Error> {
    let fake = Fake::start(move |_, _| reply(200, answer.to_string())).await;
    soon(fake.client().call(&pat(), endpoint, &CancellationToken::new())).await
}

#[tokio::test]
async fn unknown_fields_are_kept_and_missing_ones_are_fine() {
    let runs = call(
        &runs::ListTenant::default(),
        json!({ "runs": [{ "run_id": "r", "cost": { "credits": 5 }, "started_at": "t" }, { "id": "old" }], "cursor": 1 }),
    )
    .await
    .unwrap();
    assert_eq!(runs.runs[0].extra["cost"], json!({ "credits": 5 }));
    assert_eq!((runs.runs[0].run_id.as_str(), runs.runs[1].run_id.as_str(), runs.total), ("r", "old", None));
    assert!(runs.runs[1].extra.is_empty() && !runs.runs[1].run_complete && runs.runs[1].failure_code.is_none());

    let workflow = workflows::Get { workflow_id: "w".to_owned() };
    let workflow = call(&workflow, json!({ "id": "w", "labels": ["a"] })).await.unwrap();
    assert_eq!((workflow.name.as_str(), &workflow.extra["labels"]), ("", &json!(["a"])));
    let validate = workflows::Validate { workflow_id: "w".to_owned(), graph: None, params: None };
    let validation = call(&validate, json!({ "checks_performed": ["cycles"] })).await.unwrap();
    assert!(!validation.valid && validation.issues.is_empty() && validation.extra.contains_key("checks_performed"));
}

#[tokio::test]
async fn an_empty_object_is_an_empty_list_and_so_is_null() {
    for answer in [json!({}), json!({ "runs": null, "events": null, "tasks": null, "workflows": null })] {
        assert!(call(&runs::ListTenant::default(), answer.clone()).await.unwrap().runs.is_empty());
        assert!(call(&tasks::ListPending::default(), answer.clone()).await.unwrap().tasks.is_empty());
        assert!(call(&workflows::List::default(), answer.clone()).await.unwrap().workflows.is_empty());
        let events = runs::ListEvents { workflow_id: "w".into(), run_id: "r".into(), ..Default::default() };
        assert!(call(&events, answer).await.unwrap().events.is_empty());
    }
    let summary = runs::GetSummary { workflow_id: "w".into(), run_id: "r".into() };
    let run = call(&summary, json!({ "run_id": "r", "status": null, "run_complete": null })).await.unwrap();
    assert_eq!((run.status.as_str(), run.run_complete), ("", false));
}

#[tokio::test]
async fn a_row_may_carry_its_old_and_its_new_name() {
    let rows = json!({ "tasks": [
        { "id": "row", "task_id": "task", "task_type": "approval" }, { "task_id": "task" }, { "id": "task" },
    ] });
    let tasks = call(&tasks::ListPending::default(), rows).await.unwrap().tasks;
    assert!(tasks.iter().all(|task| task.task_id == "task"), "{tasks:?}");
    assert_eq!((&tasks[0].extra["id"], &tasks[0].extra["task_type"]), (&json!("row"), &json!("approval")));

    let events = runs::ListEvents { workflow_id: "w".into(), run_id: "r".into(), ..Default::default() };
    let rows = json!({ "events": [
        { "id": 1, "type": "run_started" },
        { "id": "e2", "event_type": "step_failed", "type": "event", "data": { "a": [1] } },
    ] });
    let events = call(&events, rows).await.unwrap().events;
    assert_eq!((events[0].event_type.as_str(), events[1].event_type.as_str()), ("run_started", "step_failed"));
    assert_eq!((&events[0].id, &events[1].id, &events[1].data), (&json!(1), &json!("e2"), &json!({ "a": [1] })));
}

#[tokio::test]
async fn a_row_without_its_id_is_an_error_that_names_it_and_quotes_nothing() {
    let error = call(&runs::ListTenant::default(), json!({ "runs": [{ "status": "s3cr3t" }] })).await.unwrap_err();
    assert_eq!(error.code(), "invalid_response");
    assert!(error.to_string().contains("run_id") && !error.to_string().contains("s3cr3t"), "{error}");
    for rows in [json!({ "runs": "s3cr3t" }), json!({ "runs": [{ "run_id": { "s3cr3t": 1 } }] }), json!("s3cr3t")] {
        let error = call(&runs::ListTenant::default(), rows).await.unwrap_err();
        assert_eq!(error.code(), "invalid_response");
        assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{error}");
    }
}

#[tokio::test]
async fn a_secret_is_sent_as_it_is_and_shown_nowhere() {
    let fake = Fake::always(200, "{}").await;
    let (client, cancel) = (fake.client(), CancellationToken::new());
    let write = vault::WriteSecret { path: "db/pass".into(), value: "s3\"cr3t".to_owned().into() };
    let create =
        llm_keys::Create { provider: "p".into(), display_name: "n".into(), api_key: "s3\"cr3t".to_owned().into() };
    let update = llm_keys::Update { id: "k".into(), display_name: None, api_key: Some("s3\"cr3t".to_owned().into()) };
    client.call(&pat(), &write, &cancel).await.unwrap();
    client.call(&pat(), &create, &cancel).await.unwrap();
    client.call(&pat(), &update, &cancel).await.unwrap();
    let bodies: Vec<Value> = fake.seen().iter().map(|seen| serde_json::from_slice(&seen.body).unwrap()).collect();
    assert_eq!(bodies[0], json!({ "value": "s3\"cr3t" }));
    assert_eq!(bodies[1], json!({ "provider": "p", "display_name": "n", "api_key": "s3\"cr3t" }));
    assert_eq!(bodies[2], json!({ "api_key": "s3\"cr3t" }));
    assert_eq!(fake.seen()[0].uri, "/v1/vault/secrets/db%2Fpass");
    let shown = format!("{write:?} {create:?} {update:?} {:?}", write.request().unwrap());
    assert!(!shown.contains("cr3t"), "{shown}");
}

#[tokio::test]
async fn a_delivery_is_signed_as_it_is_sent() {
    let fake = Fake::always(200, "{}").await;
    let payload = json!({ "order": 7, "note": "ü" });
    let deliver =
        inbound::Deliver { subscription_id: "s/1".into(), payload: payload.clone(), signing_secret: "s3cr3t".into() };
    fake.client().call(&pat(), &deliver, &CancellationToken::new()).await.unwrap();
    let seen = &fake.seen()[0];
    assert_eq!((seen.method.as_str(), seen.uri.path()), ("POST", "/v1/inbound-webhooks/s%2F1"));
    assert_eq!(serde_json::from_slice::<Value>(&seen.body).unwrap(), payload);
    let signature = seen.header("x-agentruntime-signature").unwrap().strip_prefix("sha256=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(b"s3cr3t").unwrap();
    mac.update(&seen.body);
    mac.verify_slice(&hex::decode(signature).unwrap()).unwrap();
    assert!(!format!("{deliver:?} {:?}", deliver.request().unwrap()).contains("s3cr3t"));
}

#[tokio::test]
async fn the_token_is_in_nothing_that_is_shown() {
    let mut shown = vec![format!("{:?}", pat())];
    let fake = Fake::start(|nth, seen| {
        let echo = seen.header("authorization").unwrap().to_owned();
        match nth {
            0 => reply(200, "{}"),
            1 => reply(400, json!({ "error": echo, "code": TOKEN }).to_string()),
            2 => reply(400, echo),
            3 => reply_with(302, ("location", &format!("https://{TOKEN}.example/{TOKEN}?t={TOKEN}")), ""),
            4 => reply_with(302, ("location", &format!("/{TOKEN}")), ""),
            _ => reply(200, format!("\"{TOKEN}\"")),
        }
    })
    .await;
    let mut config = config(&fake.url);
    config.tenant_id = Some("t".to_owned());
    shown.push(format!("{config:?}"));
    let client = client(config);
    let request = Request::new(Route::get("/v1/x"), &[]).unwrap().query("token", Some(TOKEN));
    let request = request.json(&json!({ "token": TOKEN }));
    shown.push(format!("{request:?}"));
    let cancel = CancellationToken::new();
    client.send(&pat(), &request, &cancel).await.unwrap();
    for _ in 1..4 {
        let error = client.send(&pat(), &request, &cancel).await.unwrap_err();
        shown.push(format!("{error} {error:?}"));
    }
    let error = client.call(&pat(), &runs::ListTenant::default(), &cancel).await.unwrap_err();
    shown.push(format!("{error} {error:?}"));
    shown.push(format!("{client:?} {client:#?}"));
    assert_eq!(fake.times(), 6);
    for text in shown {
        assert!(!text.contains(TOKEN) && !text.contains("0123456789"), "{text}");
    }
}

#[test]
fn a_token_that_cannot_be_one_is_refused_without_being_shown() {
    for text in ["", "pat_0123 456", "pat_0123456789\n", "pät_0123456789", &"pat_0123456789".repeat(400)] {
        let error = text.parse::<Pat>().unwrap_err();
        assert_eq!(error.code(), "invalid_argument");
        assert!(!format!("{error} {error:?}").contains("0123"), "{error}");
    }
}

#[test]
fn a_url_with_a_password_is_refused_without_being_shown() {
    let error = Client::new(config(&format!("https://u:{TOKEN}@api.example"))).unwrap_err();
    assert_eq!(error.code(), "invalid_argument");
    assert!(!format!("{error} {error:?}").contains(TOKEN), "{error}");
}
