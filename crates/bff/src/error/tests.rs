#![allow(clippy::unwrap_used)]

use std::time::Duration;

use super::Error;

#[test]
fn every_refusal_has_a_code_and_an_advice() {
    for (status, code) in [
        (400, "bad_request"),
        (401, "unauthorized"),
        (402, "bad_request"),
        (403, "forbidden"),
        (404, "not_found"),
        (405, "bad_request"),
        (409, "conflict"),
        (410, "not_found"),
        (422, "validation_failed"),
        (429, "rate_limited"),
        (500, "upstream_unavailable"),
        (503, "upstream_unavailable"),
        (599, "upstream_unavailable"),
    ] {
        let retry_after = Some(Duration::from_secs(3));
        let error = Error::Refused { status, message: "why".into(), bff_code: None, retry_after };
        assert_eq!((error.code(), error.status(), error.retry_after()), (code, Some(status), retry_after));
        let text = error.to_string();
        assert!(text.starts_with(&format!("the BFF answered {status}: why. ")) && text.ends_with('.'), "{text}");
    }
}

#[test]
fn what_serde_quotes_is_not_passed_on() {
    let wrong = serde_json::from_str::<u32>("\"s3cr3t\"").unwrap_err();
    assert!(wrong.to_string().contains("s3cr3t"), "else this test shows nothing");
    assert!(!Error::unreadable(&wrong).to_string().contains("s3cr3t"));
    let broken = serde_json::from_str::<u32>("{").unwrap_err();
    assert!(Error::unreadable(&broken).to_string().contains("line 1"));
}
