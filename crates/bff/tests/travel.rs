//! Where a token and an id may travel: to the BFF's own origin, over TLS or loopback, and an id within its segment.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::disallowed_methods)]

mod support;

use agentruntime_bff::{Client, Error, Method, Request, Route};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use support::{Fake, TOKEN, client, config, pat, reply, reply_with, request, send};
use tokio::{io::AsyncReadExt as _, net::TcpListener};
use tokio_util::sync::CancellationToken;

const MOVED: [u16; 5] = [301, 302, 303, 307, 308];

#[tokio::test]
async fn a_redirect_to_another_port_or_host_is_not_followed() {
    let other = Fake::always(200, "").await;
    for status in MOVED {
        for method in [Method::Get, Method::Post, Method::Delete] {
            let port = other.url.rsplit(':').next().unwrap().to_owned();
            for (to, origin) in [
                (format!("{}/v1/things", other.url), other.url.clone()),
                (format!("http://localhost:{port}/v1/things"), format!("http://localhost:{port}")),
                (format!("//127.0.0.1:{port}/x?q=s3cr3t"), other.url.clone()),
                (format!("https://127.0.0.1:{port}/"), format!("https://127.0.0.1:{port}")),
            ] {
                let fake = Fake::start(move |_, _| reply_with(status, ("location", &to), "")).await;
                let error = send(&fake.client(), method).await.unwrap_err();
                assert_eq!((error.code(), fake.times()), ("redirect_refused", 1));
                let text = error.to_string();
                assert!(text.contains(&origin) && text.contains("Check the BFF URL"), "{text}");
                assert!(!text.contains("s3cr3t"), "{text}");
            }
        }
    }
    assert_eq!(other.times(), 0, "not even without the token");
}

#[tokio::test]
async fn the_same_port_under_another_name_is_another_place() {
    let fake = Fake::start(|_, seen| {
        let port = seen.header("host").unwrap().rsplit(':').next().unwrap().to_owned();
        reply_with(302, ("location", &format!("http://localhost:{port}/x")), "")
    })
    .await;
    assert_eq!(send(&fake.client(), Method::Get).await.unwrap_err().code(), "redirect_refused");
    assert_eq!(fake.times(), 1);
}

#[tokio::test]
async fn a_redirect_with_a_user_in_it_is_not_followed() {
    let fake = Fake::start(|_, seen| {
        let to = format!("http://u:p@{}/x", seen.header("host").unwrap());
        reply_with(307, ("location", &to), "")
    })
    .await;
    assert_eq!(send(&fake.client(), Method::Get).await.unwrap_err().code(), "redirect_refused");
    assert_eq!(fake.times(), 1);
}

#[tokio::test]
async fn a_read_follows_its_own_origin_with_its_token() {
    for status in MOVED {
        let fake = Fake::start(move |_, seen| match seen.uri.path() {
            "/v1/things" => reply_with(status, ("location", "/v2/things?page=1"), ""),
            _ => reply(200, "[2]"),
        })
        .await;
        assert_eq!(&send(&fake.client(), Method::Get).await.unwrap().body[..], b"[2]");
        let seen = fake.seen();
        assert_eq!(seen[1].uri, "/v2/things?page=1");
        assert_eq!(seen[1].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    }
}

#[tokio::test]
async fn a_change_and_a_raw_request_follow_nowhere() {
    let fake = Fake::start(|_, _| reply_with(307, ("location", "/v2/things"), "")).await;
    let raw = Request::raw(Method::Get, "/v1/mcp/tools", Vec::new(), None).unwrap();
    for (nth, request) in [request(Method::Post), request(Method::Delete), raw].iter().enumerate() {
        let error = fake.client().send(&pat(), request, &CancellationToken::new()).await.unwrap_err();
        assert_eq!((error.code(), fake.times()), ("redirect_refused", nth + 1));
    }
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let fake = Fake::start(|_, _| reply_with(302, ("location", "/v1/things"), "")).await;
    assert_eq!(send(&fake.client(), Method::Get).await.unwrap_err().code(), "invalid_response");
    assert_eq!(fake.times(), 4);
}

#[tokio::test]
async fn a_redirect_without_a_place_is_no_answer() {
    for status in [300, 302, 304] {
        let fake = Fake::start(move |_, _| reply(status, "")).await;
        let error = send(&fake.client(), Method::Get).await.unwrap_err();
        assert_eq!((error.code(), fake.times()), ("invalid_response", 1));
    }
}

#[tokio::test]
async fn plain_http_beyond_loopback_is_refused_before_anything_is_sent() {
    // It listens on every address, so that a request would arrive.
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let url = format!("http://0.0.0.0:{port}/");
    let error = Client::new(config(&url)).unwrap_err();
    assert!(matches!(error, Error::InsecureTransport { .. }), "{error:?}");
    assert_eq!(error.code(), "insecure_transport");
    assert!(error.to_string().contains(&url) && error.to_string().contains("Use an https URL"), "{error}");

    // Loopback is fine, and what comes first is this request: nothing was sent before.
    let client = client(config(&format!("http://127.0.0.1:{port}")));
    let asking = tokio::spawn(async move { send(&client, Method::Get).await });
    let (mut stream, _) = support::soon(listener.accept()).await.unwrap();
    let mut beginning = [0; 14];
    stream.read_exact(&mut beginning).await.unwrap();
    assert_eq!(&beginning, b"GET /v1/things");
    asking.abort();
}

#[tokio::test]
async fn what_is_sent_is_what_was_asked() {
    let fake = Fake::always(200, "").await;
    let mut config = config(&format!("{}/bff/", fake.url));
    config.tenant_id = Some("t-1".to_owned());
    let request = Request::new(Route::patch("/v1/x/{id}"), &[("id", "a b")]).unwrap();
    let request = request.query("q", Some("1&2")).json(&serde_json::json!({ "n": null }));
    client(config).send(&pat(), &request, &CancellationToken::new()).await.unwrap();
    let seen = &fake.seen()[0];
    assert_eq!((seen.method.as_str(), seen.uri.to_string().as_str()), ("PATCH", "/bff/v1/x/a%20b?q=1%262"));
    assert_eq!(&seen.body[..], br#"{"n":null}"#);
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("x-tenant-id"), Some("t-1"));
    assert_eq!(seen.header("x-project-id"), None, "the BFF infers what is not set");
    assert!(seen.header("user-agent").unwrap().starts_with("agentruntime-desktop/"));
}

#[test]
fn any_id_arrives_whole_in_its_own_segment_or_not_at_all() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (fake, client) = runtime.block_on(async {
        let fake = Fake::always(200, "").await;
        let client = fake.client();
        (fake, client)
    });
    let ids = prop_oneof![
        any::<String>(),
        "[./%\\\\?#;:@&=+a-f2eE \\n\\x00]{0,12}",
        prop::sample::select(vec!["", ".", "..", "%2e", "%2E%2e", "...", "/", "//", "..;", "/../../v1/pats"])
            .prop_map(str::to_owned),
    ];
    let config = ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(id in ids, other in "[a-z./]{1,4}")| {
        prop_assume!(!matches!(other.as_str(), "." | ".."));
        let route = Route::get("/v1/a/{id}/b/{other}/c");
        let request = match Request::new(route, &[("id", &id), ("other", &other)]) {
            Ok(request) => request,
            Err(error) => {
                prop_assert!(matches!(id.as_str(), "" | "." | ".."), "{:?} was refused", id);
                prop_assert_eq!(error.code(), "invalid_argument");
                return Ok(());
            }
        };
        let sent = runtime.block_on(support::soon(client.send(&pat(), &request, &CancellationToken::new())));
        prop_assert!(sent.is_ok(), "{:?}", sent);
        let seen = fake.seen().pop().unwrap();
        prop_assert_eq!(seen.uri.query(), None);
        let segments: Vec<_> =
            seen.uri.path().split('/').map(|segment| percent_decode_str(segment).decode_utf8().unwrap()).collect();
        prop_assert_eq!(segments, ["", "v1", "a", id.as_str(), "b", other.as_str(), "c"]);
    });
}
