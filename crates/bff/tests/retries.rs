//! What is tried again, how often, and how a BFF that asks for patience is heard.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use agentruntime_bff::Method;
use support::{Fake, client, config, head, raw, reply, reply_with, say, send};

const CHANGES: [Method; 4] = [Method::Post, Method::Put, Method::Patch, Method::Delete];
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_read_is_tried_three_times_at_most() {
    for status in [429, 502, 503, 504] {
        let fake = Fake::start(move |_, _| reply(status, "")).await;
        let error = send(&fake.client(), Method::Get).await.unwrap_err();
        assert_eq!((error.status(), fake.times()), (Some(status), 3));
    }
}

#[tokio::test]
async fn a_change_is_sent_exactly_once() {
    for method in CHANGES {
        for status in [429, 500, 502, 503, 504] {
            let fake = Fake::start(move |_, _| reply_with(status, ("retry-after", "0"), "")).await;
            let error = send(&fake.client(), method).await.unwrap_err();
            assert_eq!((error.status(), fake.times()), (Some(status), 1), "{method}");
        }
    }
}

#[tokio::test]
async fn what_will_not_change_is_asked_once() {
    for status in [400, 401, 403, 404, 408, 409, 410, 413, 422, 500, 501] {
        let fake = Fake::start(move |_, _| reply(status, "")).await;
        let error = send(&fake.client(), Method::Get).await.unwrap_err();
        assert_eq!((error.status(), fake.times()), (Some(status), 1));
    }
}

#[tokio::test]
async fn a_later_try_that_succeeds_is_the_answer() {
    for failures in [1, 2] {
        let fake = Fake::start(move |nth, _| if nth < failures { reply(503, "") } else { reply(200, "[7]") }).await;
        let got = send(&fake.client(), Method::Get).await.unwrap();
        assert_eq!((&got.body[..], fake.times()), (b"[7]".as_slice(), failures + 1));
        let seen = fake.seen();
        let first = seen[0].header("authorization");
        assert!(first.is_some() && seen.iter().all(|again| again.header("authorization") == first));
    }
}

#[tokio::test]
async fn a_later_try_with_another_fault_says_that_one() {
    let fake = Fake::start(|nth, _| reply(if nth == 0 { 503 } else { 404 }, "")).await;
    assert_eq!(send(&fake.client(), Method::Get).await.unwrap_err().code(), "not_found");
    assert_eq!(fake.times(), 2);
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again_for_reads_only() {
    // Before the head, and amid the body.
    for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[1"] {
        for (method, tries) in [(Method::Get, 3), (Method::Post, 1), (Method::Delete, 1)] {
            let asked = Arc::new(AtomicUsize::new(0));
            let count = asked.clone();
            let (url, _serving) = raw(move |mut stream| {
                let count = count.clone();
                async move {
                    if head(&mut stream).await {
                        count.fetch_add(1, Ordering::SeqCst);
                    }
                    say(&mut stream, answer).await;
                }
            })
            .await;
            let error = send(&client(config(&url)), method).await.unwrap_err();
            assert_eq!((error.code(), asked.load(Ordering::SeqCst)), ("unreachable", tries), "{method} {answer:?}");
            assert!(error.to_string().contains("read the state first"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_change_on_a_connection_that_was_kept_is_not_sent_again_either() {
    let heads = Arc::new(AtomicUsize::new(0));
    let count = heads.clone();
    let (url, _serving) = raw(move |mut stream| {
        let count = count.clone();
        async move {
            head(&mut stream).await;
            count.fetch_add(1, Ordering::SeqCst);
            say(&mut stream, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]").await;
            // The second request on it is read, then the connection ends.
            if head(&mut stream).await {
                count.fetch_add(1, Ordering::SeqCst);
            }
        }
    })
    .await;
    let client = client(config(&url));
    send(&client, Method::Get).await.unwrap();
    assert_eq!(send(&client, Method::Delete).await.unwrap_err().code(), "unreachable");
    assert_eq!(heads.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn nobody_there_is_unreachable_and_names_the_place() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = client(config(&format!("http://{address}")));
    for method in [Method::Get, Method::Post] {
        let error = send(&client, method).await.unwrap_err();
        assert_eq!((error.code(), error.status()), ("unreachable", None));
        let text = error.to_string();
        assert!(text.contains(&address.to_string()) && text.contains("Check the network"), "{text}");
    }
}

#[tokio::test]
async fn retry_after_in_seconds_is_waited_for() {
    let fake =
        Fake::start(|nth, _| if nth == 0 { reply_with(429, ("retry-after", "1"), "") } else { reply(200, "") }).await;
    let began = Instant::now();
    send(&fake.client(), Method::Get).await.unwrap();
    // Only a lower bound: how much longer it takes is the machine's business.
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(fake.times(), 2);
}

#[tokio::test]
async fn a_date_that_has_passed_asks_for_no_wait() {
    let fake = Fake::start(|nth, _| match nth {
        0 => reply_with(503, ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), ""),
        _ => reply(200, ""),
    })
    .await;
    send(&fake.client(), Method::Get).await.unwrap();
    assert_eq!(fake.times(), 2);
}

#[tokio::test]
async fn a_longer_wait_than_is_allowed_ends_the_tries_and_is_told() {
    let fake = Fake::start(|_, _| reply_with(429, ("retry-after", "30"), "")).await;
    let error = send(&fake.client(), Method::Get).await.unwrap_err();
    assert_eq!((error.retry_after(), fake.times()), (Some(Duration::from_secs(30)), 1));

    let date = httpdate::fmt_http_date(SystemTime::now() + HOUR);
    let fake = Fake::start(move |_, _| reply_with(503, ("retry-after", &date), "")).await;
    let error = send(&fake.client(), Method::Get).await.unwrap_err();
    let asked = error.retry_after().expect("the date");
    assert!(asked <= HOUR && asked > HOUR / 2, "{asked:?}");
    assert_eq!(fake.times(), 1);
}

#[tokio::test]
async fn a_wait_that_would_pass_the_time_of_all_tries_is_not_begun() {
    let fake = Fake::start(|_, _| reply_with(503, ("retry-after", "3600"), "")).await;
    let mut config = config(&fake.url);
    (config.longest_wait, config.overall_timeout) = (2 * HOUR, HOUR);
    let error = send(&client(config), Method::Get).await.unwrap_err();
    assert_eq!((error.code(), error.retry_after(), fake.times()), ("upstream_unavailable", Some(HOUR), 1));
}

#[tokio::test]
async fn retry_after_is_told_for_changes_capped_at_a_day_and_nonsense_is_ignored() {
    for (text, told) in [
        ("7", Some(Duration::from_secs(7))),
        (" 7 ", Some(Duration::from_secs(7))),
        ("999999999", Some(24 * HOUR)),
        ("18446744073709551615", Some(24 * HOUR)),
        ("184467440737095516150", Some(24 * HOUR)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", Some(24 * HOUR)),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
    ] {
        let fake = Fake::start(move |_, _| reply_with(429, ("retry-after", text), "")).await;
        let error = send(&fake.client(), Method::Post).await.unwrap_err();
        assert_eq!(error.retry_after(), told, "{text:?}");
    }
}
