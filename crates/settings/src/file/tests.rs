use super::{keep_aside, parse};
use crate::{Settings, SettingsError};

fn problem(text: &str) -> (String, String) {
    match parse(text.as_bytes()) {
        Err(SettingsError::Invalid { key, problem }) => (key, problem),
        other => panic!("{other:?}"),
    }
}

#[test]
fn absent_keys_have_defaults() {
    assert_eq!(parse(b"{}").unwrap(), Settings::default());
}

#[test]
fn a_key_that_does_not_fit_is_named_and_its_value_is_not() {
    let id = "0190f6f0-0000-4000-8000-000000000000";
    let profile = |rest: &str| format!(r#"{{"profiles":[{{"id":"{id}","name":"a","backend":"custom"{rest}}}]}}"#);
    for (text, key, problem_has) in [
        (r#"{"prot": 1}"#.to_owned(), "prot", "unknown field `prot`"),
        (r#"{"port": "pat_hidden"}"#.to_owned(), "port", "expected u16"),
        (r#"{"port": 70000}"#.to_owned(), "port", "expected u16"),
        (r#"{"theme": "pat_hidden"}"#.to_owned(), "theme", "expected one of `system`"),
        (r#"{"active_profile": "pat_hidden"}"#.to_owned(), "active_profile", "does not fit"),
        (profile(r#","token":"none""#), "profiles[0]", "missing field `url`"),
        (profile(r#","url":"pat_hidden","token":"none""#), "profiles[0].url", "does not fit"),
        (profile(r#","secret":"pat_hidden""#), "profiles[0].secret", "unknown field `secret`"),
        ("{".to_owned(), "file", "EOF"),
        ("{} pat_hidden".to_owned(), "file", "trailing"),
        (String::new(), "file", "EOF"),
    ] {
        let (found, problem) = problem(&text);
        assert_eq!(found, key, "{text}: {problem}");
        assert!(problem.contains(problem_has), "{text}: {problem}");
        assert!(!problem.contains("pat_hidden"), "{problem}");
    }
}

#[test]
fn no_broken_file_is_kept_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.json");
    let mut kept = std::collections::HashSet::new();
    for round in 0..20 {
        std::fs::write(&path, round.to_string()).unwrap();
        kept.insert(keep_aside(&path).unwrap());
    }
    assert_eq!(kept.len(), 20);
    assert!(!path.exists());
}
