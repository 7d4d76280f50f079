#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{LONGEST_MESSAGE, message_of};
use crate::Pat;

const TOKEN: &str = "pat_0123456789abcdef";

fn said(body: &str) -> (String, Option<String>) {
    let pat: Pat = TOKEN.parse().unwrap();
    message_of(body.as_bytes(), &pat)
}

#[test]
fn the_bffs_own_words_are_found() {
    assert_eq!(
        said(r#"{"error":"no such run.","code":"NOT_FOUND"}"#),
        ("no such run".into(), Some("NOT_FOUND".into()))
    );
    assert_eq!(said(r#"{"error":{"message":"m","code":"C"}}"#), ("m".into(), Some("C".into())));
    assert_eq!(said(r#"{"message":"m"}"#).0, "m");
    assert_eq!(said("bad gateway\n").0, "bad gateway");
    assert_eq!(said("  <html><body>502</body></html>").0, "");
    assert_eq!(said("").0, "");
    assert_eq!(said("[1,2]").0, "[1,2]");
    assert_eq!(said(r#"{"error":17}"#).0, r#"{"error":17}"#);
}

#[test]
fn foreign_text_is_one_bounded_line() {
    let (message, _) = said("{\"error\":\"a\\nb\\u0007\\u001b[31m c\\u202e d\"}");
    assert_eq!(message, "a b [31m c d");
    let (message, _) = said(&format!(r#"{{"error":"{}"}}"#, "ü".repeat(5_000)));
    assert_eq!(message.chars().count(), LONGEST_MESSAGE);
}

#[test]
fn no_part_of_an_echoed_token_stays() {
    for at in 0..40 {
        // Once it straddles the bound, wherever that falls in it.
        let (message, _) = said(&format!(r#"{{"error":"{}{TOKEN}"}}"#, "x".repeat(LONGEST_MESSAGE - at)));
        assert!(!message.contains(&TOKEN[..5]), "{message}");
    }
    let (message, code) = said(&format!(r#"{{"error":"{}\u200b{}","code":"{TOKEN}"}}"#, &TOKEN[..9], &TOKEN[9..]));
    assert_eq!((message.as_str(), code.as_deref()), ("[token]", Some("[token]")));
}
