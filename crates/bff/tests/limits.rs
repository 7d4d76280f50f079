//! Limits of size and time, and the end of a request that nobody waits for any more.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::disallowed_methods)]

mod support;

use std::{convert::Infallible, sync::Arc, time::Duration};

use agentruntime_bff::{Client, Method};
use axum::body::{Body, Bytes};
use futures_util::stream;
use support::{Fake, client, config, done, ended, head, pat, raw, reply, reply_with, request, say, send, soon};
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

const HOUR: Duration = Duration::from_secs(3600);
const LIMIT: usize = 1000;

fn small(url: &str) -> Client {
    let mut config = config(url);
    config.max_response_bytes = LIMIT;
    client(config)
}

/// A body without a length, in pieces.
fn chunked(piece: usize, pieces: usize) -> Body {
    Body::from_stream(stream::iter(vec![Ok::<_, Infallible>(Bytes::from(vec![b'x'; piece])); pieces]))
}

#[tokio::test]
async fn an_answer_may_be_as_large_as_the_limit_and_no_larger() {
    let fake = Fake::start(|_, seen| match seen.uri.path() {
        "/v1/things" => reply(200, vec![b'x'; LIMIT]),
        _ => reply(200, vec![b'x'; LIMIT + 1]),
    })
    .await;
    let reply = send(&small(&fake.url), Method::Get).await.unwrap();
    assert_eq!(reply.body.len(), LIMIT);
    let above = small(&format!("{}/above", fake.url));
    let error = send(&above, Method::Get).await.unwrap_err();
    assert_eq!(error.code(), "response_too_large");
    assert!(error.to_string().contains("1000") && error.to_string().contains("Ask for less"), "{error}");
    assert_eq!(fake.times(), 2, "a size will not change: no other try");
}

#[tokio::test]
async fn a_body_without_a_length_is_bounded_too() {
    for (piece, pieces, fits) in
        [(LIMIT, 1, true), (100, 10, true), (1, LIMIT, true), (LIMIT + 1, 1, false), (999, 2, false), (100, 11, false)]
    {
        let fake = Fake::start(move |_, _| reply(200, chunked(piece, pieces))).await;
        let got = send(&small(&fake.url), Method::Get).await;
        match got {
            Ok(reply) => assert!(fits && reply.body.len() == LIMIT, "{piece} {pieces}"),
            Err(error) => assert_eq!((error.code(), fits), ("response_too_large", false), "{piece} {pieces}"),
        }
    }
}

#[tokio::test]
async fn an_endless_body_ends() {
    let fake = Fake::start(|_, _| {
        reply(200, Body::from_stream(stream::repeat(Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 1024])))))
    })
    .await;
    let error = send(&fake.client(), Method::Get).await.unwrap_err();
    assert_eq!(error.code(), "response_too_large");
}

#[tokio::test]
async fn an_announced_size_is_believed_before_a_byte_of_it_comes() {
    let (url, _serving) = raw(|mut stream| async move {
        head(&mut stream).await;
        say(&mut stream, "HTTP/1.1 200 OK\r\ncontent-length: 9000000000000\r\n\r\n").await;
        ended(&mut stream).await;
    })
    .await;
    let error = send(&client(config(&url)), Method::Get).await.unwrap_err();
    assert_eq!(error.code(), "response_too_large");
}

#[tokio::test]
async fn silence_is_a_timeout_before_the_answer_and_within_it() {
    for beginning in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[1"] {
        let silent = Silent::start(beginning).await;
        let mut config = config(&silent.url);
        (config.read_timeout, config.overall_timeout) = (Duration::from_millis(300), HOUR);
        let error = send(&client(config), Method::Get).await.unwrap_err();
        assert_eq!(error.code(), "timeout", "{beginning:?}");
        assert!(error.to_string().contains("300ms") && error.to_string().contains("read the state"), "{error}");
        soon(silent.closed.notified()).await;
    }
}

#[tokio::test]
async fn all_tries_together_have_a_limit() {
    let silent = Silent::start("").await;
    let mut config = config(&silent.url);
    (config.read_timeout, config.overall_timeout) = (HOUR, Duration::from_millis(320));
    let error = send(&client(config), Method::Get).await.unwrap_err();
    assert_eq!(error.code(), "timeout");
    assert!(error.to_string().contains("320ms"), "{error}");
    soon(silent.closed.notified()).await;
}

#[tokio::test]
async fn a_limit_that_no_clock_can_hold_is_no_limit() {
    let fake = Fake::always(200, "[]").await;
    let mut config = config(&fake.url);
    config.overall_timeout = Duration::MAX;
    send(&client(config), Method::Get).await.unwrap();
}

#[tokio::test]
async fn a_cancelled_request_closes_its_connection() {
    for beginning in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[1"] {
        let silent = Silent::start(beginning).await;
        let (client, cancel) = (client(config(&silent.url)), CancellationToken::new());
        let task = tokio::spawn({
            let cancel = cancel.clone();
            async move { client.send(&pat(), &request(Method::Post), &cancel).await }
        });
        soon(silent.arrived.notified()).await;
        cancel.cancel();
        assert_eq!(done(task).await.unwrap_err().code(), "cancelled");
        soon(silent.closed.notified()).await;
    }
}

#[tokio::test]
async fn a_dropped_request_closes_its_connection() {
    for beginning in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[1"] {
        let silent = Silent::start(beginning).await;
        let client = client(config(&silent.url));
        let kept = client.clone();
        let task = tokio::spawn(async move { send(&client, Method::Get).await });
        soon(silent.arrived.notified()).await;
        task.abort();
        soon(silent.closed.notified()).await;
        drop(kept);
    }
}

#[tokio::test]
async fn a_request_that_was_cancelled_before_is_not_sent() {
    let fake = Fake::always(200, "").await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let error = fake.client().send(&pat(), &request(Method::Post), &cancel).await.unwrap_err();
    assert_eq!((error.code(), fake.times()), ("cancelled", 0));
}

#[tokio::test]
async fn a_wait_before_another_try_ends_with_the_cancellation() {
    let asked = Arc::new(Notify::new());
    let told = asked.clone();
    let fake = Fake::start(move |_, _| {
        told.notify_one();
        reply_with(503, ("retry-after", "1800"), "")
    })
    .await;
    let mut config = config(&fake.url);
    (config.longest_wait, config.overall_timeout) = (HOUR, HOUR);
    let (client, cancel) = (client(config), CancellationToken::new());
    let task = tokio::spawn({
        let cancel = cancel.clone();
        async move { client.send(&pat(), &request(Method::Get), &cancel).await }
    });
    soon(asked.notified()).await;
    cancel.cancel();
    assert_eq!(done(task).await.unwrap_err().code(), "cancelled");
    assert_eq!(fake.times(), 1);
}

/// Says the beginning of an answer, no more, and tells when a request came and when its connection was closed.
struct Silent {
    url: String,
    arrived: Arc<Notify>,
    closed: Arc<Notify>,
    _serving: AbortOnDropHandle<()>,
}

impl Silent {
    async fn start(beginning: &'static str) -> Self {
        let (arrived, closed) = <(Arc<Notify>, Arc<Notify>)>::default();
        let signals = (arrived.clone(), closed.clone());
        let (url, serving) = raw(move |mut stream| {
            let (arrived, closed) = signals.clone();
            async move {
                head(&mut stream).await;
                say(&mut stream, beginning).await;
                arrived.notify_one();
                ended(&mut stream).await;
                closed.notify_one();
            }
        })
        .await;
        Self { url, arrived, closed, _serving: serving }
    }
}
