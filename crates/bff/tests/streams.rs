//! The live stream over a real WebSocket: its bounds, its ends, its door.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::disallowed_methods)]

mod support;

use std::{future::Future, sync::Arc, time::Duration};

use agentruntime_bff::{Client, Error, Heard, StreamBounds, StreamEnd, StreamReading};
use axum::{
    Router,
    extract::ws::{Message, WebSocket, WebSocketUpgrade},
};
use http::{HeaderMap, Uri};
use serde_json::json;
use support::{Fake, TOKEN, client, config, done, ended, head, pat, raw, reply, reply_with, say, serve, soon};
use tokio::sync::{Notify, mpsc};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

const WIDE: StreamBounds = StreamBounds { duration: Duration::from_secs(600), messages: 1000, bytes: 1 << 20 };
const LARGEST: usize = 2 * 1024 * 1024;

/// A BFF whose stream does what `play` does; tells how it was asked.
async fn streaming<F, T>(play: F) -> (Client, mpsc::UnboundedReceiver<(Uri, HeaderMap)>, AbortOnDropHandle<()>)
where
    F: Fn(WebSocket) -> T + Clone + Send + Sync + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    let (tell, asked) = mpsc::unbounded_channel();
    let router = Router::new().fallback(move |uri: Uri, headers: HeaderMap, upgrade: WebSocketUpgrade| {
        tell.send((uri, headers)).unwrap();
        let play = play.clone();
        async move { upgrade.on_upgrade(play) }
    });
    let (url, serving) = serve(router).await;
    (client(config(&url)), asked, serving)
}

async fn read(client: &Client, bounds: StreamBounds) -> Result<StreamReading, Error> {
    soon(client.stream(&pat(), "wf", None, bounds, &CancellationToken::new())).await
}

async fn tell(socket: &mut WebSocket, text: &str) {
    socket.send(Message::text(text)).await.unwrap();
}

/// Waits for the other side's goodbye, or for its end.
async fn goodbye(socket: &mut WebSocket) -> bool {
    while let Some(Ok(message)) = socket.recv().await {
        if matches!(message, Message::Close(_)) {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn the_token_the_run_and_the_escaped_id_are_in_the_upgrade() {
    let (client, mut asked, _serving) = streaming(|_| async {}).await;
    let cancel = CancellationToken::new();
    drop(soon(client.open_stream(&pat(), "a/b", Some("r&1"), &cancel)).await.unwrap());
    let (uri, headers) = asked.recv().await.unwrap();
    assert_eq!(uri, "/v1/workflows/a%2Fb/stream?run_id=r%261");
    assert_eq!(headers["authorization"], format!("Bearer {TOKEN}"));
    let error = client.open_stream(&pat(), "..", None, &cancel).await.unwrap_err();
    assert_eq!(error.code(), "invalid_argument");
}

#[tokio::test]
async fn frames_come_in_order_until_the_bff_closes() {
    let (client, _asked, _serving) = streaming(|mut socket| async move {
        tell(&mut socket, r#"{"event_type":"run_started","new":1}"#).await;
        socket.send(Message::binary(vec![0, 159])).await.unwrap();
        socket.send(Message::Ping("are you there".into())).await.unwrap();
        tell(&mut socket, "not JSON").await;
        socket.send(Message::Close(None)).await.unwrap();
        goodbye(&mut socket).await;
    })
    .await;
    let reading = read(&client, WIDE).await.unwrap();
    assert_eq!(reading.ended, StreamEnd::Closed);
    assert_eq!(reading.frames, [json!({ "event_type": "run_started", "new": 1 }), json!("not JSON")]);
}

#[tokio::test]
async fn a_reading_of_one_run_ends_with_the_run() {
    let (client, _asked, _serving) = streaming(|mut socket| async move {
        tell(&mut socket, r#"{"event_type":"run_completed","run_id":"other"}"#).await;
        tell(&mut socket, r#"{"event_type":"step_completed","run_id":"mine"}"#).await;
        tell(&mut socket, r#"{"event_type":"run_failed","run_id":"mine"}"#).await;
        goodbye(&mut socket).await;
    })
    .await;
    let reading = soon(client.stream(&pat(), "wf", Some("mine"), WIDE, &CancellationToken::new())).await.unwrap();
    assert_eq!((reading.frames.len(), reading.ended), (3, StreamEnd::RunEnded));
    // Without a run to follow, one that ends is one of many.
    let reading = read(&client, StreamBounds { messages: 3, ..WIDE }).await.unwrap();
    assert_eq!(reading.ended, StreamEnd::Messages);
}

#[tokio::test]
async fn a_reading_ends_with_enough_messages_and_says_goodbye() {
    let said = Arc::new(Notify::new());
    let signal = said.clone();
    let (client, _asked, _serving) = streaming(move |mut socket| {
        let signal = signal.clone();
        async move {
            for nth in 0..5 {
                tell(&mut socket, &nth.to_string()).await;
            }
            if goodbye(&mut socket).await {
                signal.notify_one();
            }
        }
    })
    .await;
    let reading = read(&client, StreamBounds { messages: 3, ..WIDE }).await.unwrap();
    assert_eq!((reading.frames, reading.ended), (vec![json!(0), json!(1), json!(2)], StreamEnd::Messages));
    soon(said.notified()).await;
    let reading = read(&client, StreamBounds { messages: 0, ..WIDE }).await.unwrap();
    assert_eq!((reading.frames.len(), reading.ended), (0, StreamEnd::Messages));
}

#[tokio::test]
async fn a_reading_ends_before_the_frame_that_is_too_much() {
    let (client, _asked, _serving) = streaming(|mut socket| async move {
        for _ in 0..3 {
            tell(&mut socket, "1234567890").await;
        }
        let _ = socket.send(Message::Close(None)).await;
        goodbye(&mut socket).await;
    })
    .await;
    for (bytes, frames, ended) in [
        (30, 3, StreamEnd::Closed),
        (29, 2, StreamEnd::Bytes),
        (20, 2, StreamEnd::Bytes),
        (9, 0, StreamEnd::Bytes),
        (0, 0, StreamEnd::Bytes),
    ] {
        let reading = read(&client, StreamBounds { bytes, ..WIDE }).await.unwrap();
        assert_eq!((reading.frames.len(), reading.ended), (frames, ended), "{bytes}");
    }
}

#[tokio::test]
async fn a_reading_ends_when_the_time_is_up() {
    let (open, _asked, _serving) = streaming(|mut socket| async move {
        tell(&mut socket, "1").await;
        // Frames that nobody reads keep no reading alive.
        while socket.send(Message::binary(vec![0; 64])).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let reading = read(&open, StreamBounds { duration: Duration::from_secs(2), ..WIDE }).await.unwrap();
    assert_eq!((reading.frames, reading.ended), (vec![json!(1)], StreamEnd::Duration));

    let (url, _serving) = raw(|mut stream| async move { ended(&mut stream).await }).await;
    let bounds = StreamBounds { duration: Duration::from_millis(50), ..WIDE };
    assert_eq!(read(&client(config(&url)), bounds).await.unwrap_err().code(), "timeout");
}

#[tokio::test]
async fn a_frame_of_two_mebibytes_is_taken_and_none_larger() {
    let (client, _asked, _serving) = streaming(|mut socket| async move {
        let _ = socket.send(Message::text("x".repeat(LARGEST))).await;
        let _ = socket.send(Message::text("x".repeat(LARGEST + 1))).await;
        goodbye(&mut socket).await;
    })
    .await;
    let reading = read(&client, StreamBounds { bytes: 10 * LARGEST, ..WIDE }).await.unwrap();
    assert_eq!((reading.frames.len(), reading.ended), (1, StreamEnd::Bytes));

    let (client, _asked, _serving) = streaming(|mut socket| async move {
        let _ = socket.send(Message::text("x".repeat(LARGEST + 1))).await;
        goodbye(&mut socket).await;
    })
    .await;
    assert_eq!(read(&client, WIDE).await.unwrap_err().code(), "response_too_large");
}

#[tokio::test]
async fn a_connection_that_breaks_is_an_end_after_a_frame_and_an_error_before() {
    for frames in [0, 1] {
        let (client, _asked, _serving) = streaming(move |mut socket| async move {
            for _ in 0..frames {
                tell(&mut socket, "1").await;
            }
        })
        .await;
        match read(&client, WIDE).await {
            Ok(reading) => assert_eq!((reading.frames.len(), reading.ended), (frames, StreamEnd::Broken)),
            Err(error) => assert_eq!((error.code(), frames), ("unreachable", 0)),
        }
    }
}

#[tokio::test]
async fn a_cancelled_reading_and_a_dropped_stream_close_the_connection() {
    let (tell_of, mut told) = mpsc::unbounded_channel();
    let (client, _asked, _serving) = streaming(move |mut socket| {
        let tell_of = tell_of.clone();
        async move {
            // Only one who is reading the stream answers this.
            socket.send(Message::Ping("are you there".into())).await.unwrap();
            assert!(matches!(socket.recv().await, Some(Ok(Message::Pong(_)))));
            tell(&mut socket, "1").await;
            tell_of.send("begun").unwrap();
            goodbye(&mut socket).await;
            tell_of.send("over").unwrap();
        }
    })
    .await;
    let cancel = CancellationToken::new();
    let task = tokio::spawn({
        let (client, cancel) = (client.clone(), cancel.clone());
        async move { client.stream(&pat(), "wf", None, WIDE, &cancel).await }
    });
    assert_eq!(soon(told.recv()).await, Some("begun"));
    cancel.cancel();
    assert_eq!(done(task).await.unwrap_err().code(), "cancelled");
    assert_eq!(soon(told.recv()).await, Some("over"));

    let mut stream = soon(client.open_stream(&pat(), "wf", None, &CancellationToken::new())).await.unwrap();
    assert_eq!(soon(stream.next()).await.unwrap().as_deref(), Some("1"));
    assert_eq!(soon(told.recv()).await, Some("begun"));
    drop(stream);
    assert_eq!(soon(told.recv()).await, Some("over"));

    let error = client.stream(&pat(), "wf", None, WIDE, &cancel).await.unwrap_err();
    assert_eq!(error.code(), "cancelled");
}

#[tokio::test]
async fn a_refused_upgrade_is_an_error_like_any_other() {
    for (status, code) in [(401, "unauthorized"), (404, "not_found"), (429, "rate_limited"), (200, "invalid_response")]
    {
        let fake = Fake::start(move |_, _| reply(status, r#"{"error":"not here"}"#)).await;
        let error = read(&fake.client(), WIDE).await.unwrap_err();
        assert_eq!((error.code(), fake.times()), (code, 1));
        assert!(status == 200 || error.to_string().contains("not here"), "{error}");
    }
    let other = Fake::always(200, "").await;
    let to = format!("{}/v1/workflows/wf/stream", other.url);
    let fake = Fake::start(move |_, _| reply_with(302, ("location", &to), "")).await;
    assert_eq!(read(&fake.client(), WIDE).await.unwrap_err().code(), "redirect_refused");
    assert_eq!(other.times(), 0);
}

#[tokio::test]
async fn a_server_that_only_claims_to_speak_websocket_is_not_believed() {
    let (url, _serving) = raw(|mut stream| async move {
        head(&mut stream).await;
        let claim = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                     sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
        say(&mut stream, claim).await;
        ended(&mut stream).await;
    })
    .await;
    assert_eq!(read(&client(config(&url)), WIDE).await.unwrap_err().code(), "invalid_response");
}

#[tokio::test]
async fn a_refusal_that_never_ends_is_a_timeout() {
    let (url, _serving) = raw(|mut stream| async move {
        head(&mut stream).await;
        say(&mut stream, "HTTP/1.1 503 Busy\r\ncontent-length: 9000\r\n\r\n").await;
        ended(&mut stream).await;
    })
    .await;
    let mut slow = config(&url);
    slow.overall_timeout = Duration::from_millis(100);
    let error = soon(client(slow).open_stream(&pat(), "wf", None, &CancellationToken::new())).await.unwrap_err();
    assert_eq!(error.code(), "timeout");
}

#[tokio::test]
async fn an_open_stream_may_be_silent_for_longer_than_an_answer() {
    let go = Arc::new(Notify::new());
    let gone = go.clone();
    let (open, _asked, _serving) = streaming(move |mut socket| {
        let gone = gone.clone();
        async move {
            gone.notified().await;
            tell(&mut socket, "1").await;
            goodbye(&mut socket).await;
        }
    })
    .await;
    let mut short = config(open.base_url().as_str());
    (short.read_timeout, short.overall_timeout) = (Duration::from_secs(2), Duration::from_secs(2));
    let mut stream = soon(client(short).open_stream(&pat(), "wf", None, &CancellationToken::new())).await.unwrap();
    // Nothing tells that both limits are past but the clock.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    go.notify_one();
    assert_eq!(soon(stream.next()).await.unwrap().as_deref(), Some("1"));
    soon(stream.close()).await;
}

#[tokio::test]
async fn a_sign_of_life_is_asked_for_and_told() {
    let (client, _asked, _serving) = streaming(|mut socket| async move {
        // Pings are answered by the library, as they are on the other side.
        assert!(matches!(socket.recv().await, Some(Ok(Message::Ping(_)))));
        tell(&mut socket, "1").await;
        goodbye(&mut socket).await;
    })
    .await;
    let mut stream = soon(client.open_stream(&pat(), "wf", None, &CancellationToken::new())).await.unwrap();
    stream.ping().await.unwrap();
    let mut heard = Vec::new();
    while heard.len() < 2 {
        heard.push(soon(stream.hear()).await.unwrap().unwrap());
    }
    assert!(heard.contains(&Heard::Alive), "{heard:?}");
    assert!(heard.contains(&Heard::Frame("1".to_owned())), "{heard:?}");
    soon(stream.close()).await;
}
