#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::json;

use super::Request;
use crate::{Method, Route};

const TWO: Route = Route::get("/v1/workflows/{id}/runs/{run_id}/summary");

#[test]
fn ids_stay_in_their_segments() {
    for (id, sent) in [
        ("wf_1-2.3~4", "wf_1-2.3~4"),
        ("a/b", "a%2Fb"),
        ("%2f", "%252f"),
        ("%2e%2e", "%252e%252e"),
        ("..\\x", "..%5Cx"),
        ("...", "..."),
        ("a?b#c", "a%3Fb%23c"),
        (" \t\r\n\0", "%20%09%0D%0A%00"),
        ("ü", "%C3%BC"),
    ] {
        let request = Request::new(TWO, &[("workflow_id", id), ("run_id", "r")]).unwrap();
        assert_eq!(request.path(), format!("/v1/workflows/{sent}/runs/r/summary"), "{id:?}");
        assert!(TWO.matches(Method::Get, request.path()));
    }
}

#[test]
fn an_id_that_escaping_cannot_hold_is_refused_by_name() {
    for id in ["", ".", ".."] {
        let error = Request::new(TWO, &[("workflow_id", "w"), ("run_id", id)]).unwrap_err();
        assert_eq!(error.code(), "invalid_argument");
        assert!(error.to_string().contains("`run_id`"), "{error}");
    }
}

#[test]
fn as_many_values_as_segments() {
    for given in [&[][..], &[("a", "1")], &[("a", "1"), ("b", "2"), ("c", "3")]] {
        assert_eq!(Request::new(TWO, given).unwrap_err().code(), "invalid_argument");
    }
}

#[test]
fn a_raw_path_is_plain_and_absolute() {
    let raw = |path| Request::raw(Method::Get, path, Vec::new(), None);
    for path in ["/", "/v1/mcp/servers/a%2Fb", "/v1//x", "/v1/mcp/"] {
        assert_eq!(raw(path).unwrap().path(), path);
    }
    for path in [
        "",
        "v1/mcp",
        "//other.example/v1",
        "/\\other.example",
        "https://other.example/v1",
        "http:/v1",
        "/v1/../x",
        "/v1/%2e%2E/x",
        "/v1/.%2e/x",
        "/v1/./x",
        "/v1\\x",
        "/v1?x=1",
        "/v1#x",
        "/v1/a b",
        "/v1/ü",
        "/v1\n/x",
        "/v1/x\t",
        " /v1",
    ] {
        assert_eq!(raw(path).unwrap_err().code(), "invalid_argument", "{path:?}");
    }
}

#[test]
fn a_query_is_escaped_and_repeats() {
    let pairs = [("a&b", "c=d#"), ("a&b", "ü +")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    let request = Request::raw(Method::Get, "/v1", pairs.to_vec(), None).unwrap().query("none", None::<u8>);
    assert_eq!(request.query_text(), Some("a%26b=c%3Dd%23&a%26b=%C3%BC+%2B"));
}

#[test]
fn debug_shows_neither_body_nor_query() {
    let request = Request::new(Route::post("/v1/x"), &[]).unwrap();
    let shown = format!("{:?}", request.json(&json!({ "k": "s3cr3t" })).query("q", Some("s3cr3t")));
    assert!(shown.contains("/v1/x") && !shown.contains("s3cr3t"), "{shown}");
}

proptest! {
    #[test]
    fn any_raw_path_is_sent_as_it_was_judged_or_not_at_all(path in "[/\\\\.%a-f2eE:?#@ \\PC]{0,24}") {
        if let Ok(request) = Request::raw(Method::Get, &path, Vec::new(), None) {
            let url = url::Url::parse(&format!("http://127.0.0.1:1{}", request.path())).unwrap();
            prop_assert_eq!(url.path(), path.as_str());
            prop_assert_eq!(url.origin().ascii_serialization(), "http://127.0.0.1:1");
            prop_assert!(url.query().is_none() && url.fragment().is_none());
        }
    }
}
