//! A token that the platform makes or reveals is a secret from the socket on: nothing of the exchange shows it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use agentruntime_bff::{Endpoint as _, pats};
use secrecy::ExposeSecret as _;
use support::{Fake, pat, reply, soon};
use tokio_util::sync::CancellationToken;

/// The token that is made here; the one that asks for it is another.
const MADE: &str = "pat_made_fedcba9876543210";

/// Everything that was logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_made_token_is_shown_nowhere() {
    let lines = Lines::default();
    let writer = lines.clone();
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).init();
    let fake = Fake::start(|nth, seen| {
        let whole = format!(r#"{{ "id": "p-2", "token": "{MADE}", "scopes": [] }}"#);
        match (seen.method.as_str(), nth) {
            ("POST", 0) => reply(201, whole),
            // Answers that cannot be read are told about, too.
            ("POST", 1) => reply(201, format!(r#"{{ "token": "{MADE}" }}"#)),
            ("POST", 2) => reply(201, format!(r#"{{ "id": {{ "{MADE}": 1 }}, "token": "{MADE}" }}"#)),
            ("POST", 3) => reply(201, format!(r#"{{ "id": "p-2", "token": ["{MADE}"] }}"#)),
            ("POST", 4) => reply(201, format!(r#"{{ "id": "p-2", "token": "{MADE} {MADE}" }}"#)),
            ("POST", _) => reply(201, format!(r#"{{ "id": "p-2", "token": "{MADE}"#)),
            (_, 6) => reply(503, "not now"),
            (_, 8) => reply(200, format!("\"{MADE}\" and more")),
            _ => reply(200, whole),
        }
    })
    .await;
    let (client, cancel) = (fake.client(), CancellationToken::new());
    let create = pats::Create { display_name: "laptop".to_owned(), scopes: Vec::new() };
    let reveal = pats::Reveal { id: "p-2".to_owned() };
    let mut shown = Vec::new();

    let created = soon(client.call(&pat(), &create, &cancel)).await.unwrap();
    assert_eq!((created.id.as_str(), created.token.as_secret().expose_secret()), ("p-2", MADE));
    shown.push(format!("{created:?} {created:#?}"));
    for _ in 1..6 {
        let error = soon(client.call(&pat(), &create, &cancel)).await.unwrap_err();
        assert_eq!(error.code(), "invalid_response");
        shown.push(format!("{error} {error:?}"));
    }
    let revealed = soon(client.call(&pat(), &reveal, &cancel)).await.unwrap();
    shown.push(format!("{revealed:?}"));
    assert_eq!(revealed.token.unwrap().as_secret().expose_secret(), MADE);
    let error = soon(client.call(&pat(), &reveal, &cancel)).await.unwrap_err();
    shown.push(format!("{error} {error:?}"));
    // Passed on unread, as a tool does that is there to show it.
    let raw = soon(client.send(&pat(), &reveal.request().unwrap(), &cancel)).await.unwrap();
    assert!(raw.body.windows(MADE.len()).any(|window| window == MADE.as_bytes()));
    shown.push(format!("{raw:?} {raw:#?} {client:?}"));

    assert_eq!(fake.times(), 10);
    shown.push(String::from_utf8(lines.0.lock().unwrap().clone()).unwrap());
    assert!(shown.last().is_some_and(|log| log.contains("trying again")), "else nothing was listened to");
    for text in shown {
        assert!(!text.contains(MADE) && !text.contains("fedcba"), "{text}");
    }
}
