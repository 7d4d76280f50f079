//! What a refusal of the BFF becomes: a stable code, and a text that keeps the BFF's words and says what to do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::{convert::Infallible, time::Duration};

use agentruntime_bff::{Error, Method};
use axum::body::{Body, Bytes};
use futures_util::stream;
use support::{Fake, client, config, ended, head, raw, reply, reply_with, say, send};

#[tokio::test]
async fn every_status_has_its_code_the_bffs_words_and_an_advice() {
    for (status, code, advice) in [
        (400, "bad_request", "correct what the message names"),
        (401, "unauthorized", "set a working one"),
        (403, "forbidden", "use a token that has them"),
        (404, "not_found", "Check the id"),
        (409, "conflict", "read the state, then decide"),
        (422, "validation_failed", "correct what the message names"),
        (429, "rate_limited", "wait, then try again"),
        (500, "upstream_unavailable", "try again later"),
        (502, "upstream_unavailable", "try again later"),
        (503, "upstream_unavailable", "try again later"),
        (504, "upstream_unavailable", "try again later"),
    ] {
        let fake =
            Fake::start(move |_, _| reply(status, r#"{"error":"the step is gone","code":"GONE_STEP","new":1}"#)).await;
        let error = send(&fake.client(), Method::Post).await.unwrap_err();
        assert_eq!((error.code(), error.status()), (code, Some(status)));
        let text = error.to_string();
        assert!(text.contains("the step is gone") && text.contains(advice), "{status}: {text}");
        assert!(text.contains(&status.to_string()), "{text}");
        let Error::Refused { bff_code, .. } = error else { panic!("{error:?}") };
        assert_eq!(bff_code.as_deref(), Some("GONE_STEP"));
    }
}

/// What is said of a 502 with this body.
async fn said_of(body: &'static [u8]) -> String {
    let fake = Fake::start(move |_, _| reply(502, body)).await;
    let error = send(&fake.client(), Method::Post).await.unwrap_err();
    assert_eq!(error.code(), "upstream_unavailable");
    let text = error.to_string();
    assert!(text.starts_with("the BFF answered 502") && text.contains("try again later"), "{text}");
    text
}

#[tokio::test]
async fn a_body_that_is_no_json_is_no_obstacle() {
    let page = said_of(b"<!DOCTYPE html><html><body>nginx</body></html>").await;
    assert!(!page.contains('<') && !page.contains("nginx"), "{page}");
    let half = said_of(b"{\"error\": \"half").await;
    assert!(half.contains("half"), "{half}");
    let words = said_of(b"upstream connect error\n").await;
    assert!(words.contains("upstream connect error. "), "{words}");
    let no_utf8 = said_of(b"caf\xe9 closed").await;
    assert!(no_utf8.contains("closed"), "{no_utf8}");
    let nothing = said_of(b"").await;
    assert!(nothing.starts_with("the BFF answered 502. "), "{nothing}");
}

#[tokio::test]
async fn a_long_text_is_cut_and_its_beginning_kept() {
    let body = format!(r#"{{"error":"it began so {}","code":"{}"}}"#, "ü ".repeat(3_000), "C".repeat(3_000));
    let fake = Fake::start(move |_, _| reply(422, body.clone())).await;
    let error = send(&fake.client(), Method::Post).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("it began so ü ü") && text.contains("correct what the message names"), "{text}");
    assert!(text.chars().count() < 700, "{}", text.chars().count());
    let Error::Refused { bff_code: Some(code), .. } = error else { panic!("no code") };
    assert!(code.len() <= 64, "{}", code.len());
}

#[tokio::test]
async fn the_status_survives_an_endless_or_a_stuck_body() {
    let fake = Fake::start(|_, _| {
        reply(403, Body::from_stream(stream::repeat(Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 1024])))))
    })
    .await;
    let error = send(&fake.client(), Method::Post).await.unwrap_err();
    assert_eq!(error.code(), "forbidden");
    assert!(error.to_string().chars().count() < 700);

    let (url, _serving) = raw(|mut stream| async move {
        head(&mut stream).await;
        say(&mut stream, "HTTP/1.1 409 Conflict\r\ncontent-length: 100\r\n\r\n").await;
        ended(&mut stream).await;
    })
    .await;
    let mut config = config(&url);
    config.read_timeout = Duration::from_secs(1);
    assert_eq!(send(&client(config), Method::Post).await.unwrap_err().code(), "conflict");
}

#[tokio::test]
async fn a_success_that_is_no_json_is_passed_raw_and_refused_as_a_value() {
    let fake = Fake::start(|_, _| reply_with(200, ("content-type", "text/html"), "<html>sign in, s3cr3t</html>")).await;
    let reply = send(&fake.client(), Method::Get).await.unwrap();
    assert_eq!((reply.status, &reply.body[..6]), (200, b"<html>".as_slice()));
    assert_eq!(reply.content_type.unwrap(), "text/html");

    let cancel = Default::default();
    let error = fake.client().call(&support::pat(), &agentruntime_bff::pats::List, &cancel).await.unwrap_err();
    assert_eq!(error.code(), "invalid_response");
    assert!(error.to_string().contains("Is this the BFF's URL?"), "{error}");
    assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{error}");
}

#[tokio::test]
async fn a_success_without_a_body_is_null() {
    let fake = Fake::always(204, "").await;
    let delete = agentruntime_bff::pats::Delete { id: "p".to_owned() };
    let value = fake.client().call(&support::pat(), &delete, &Default::default()).await.unwrap();
    assert!(value.is_null());
    assert_eq!(fake.seen()[0].method, "DELETE");
}
