use super::{Backend, NewProfile};
use crate::InvalidProfile;

fn new(backend: Backend, url: Option<&str>) -> NewProfile {
    NewProfile { name: "Work".to_owned(), backend, url: url.map(str::to_owned), tenant_id: None, project_id: None }
}

fn field(new: NewProfile) -> &'static str {
    match new.into_profile() {
        Err(InvalidProfile { field, problem }) => {
            assert!(!problem.is_empty());
            field
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_backend_with_a_url_of_its_own_needs_none() {
    let profile = new(Backend::Production, Some("  ")).into_profile().unwrap();
    assert_eq!(profile.url.as_str(), "https://api.agentruntime.io/");
    assert_eq!(field(new(Backend::Custom, None)), "url");
    assert_eq!(field(new(Backend::Sandbox, Some(""))), "url");
}

#[test]
fn a_url_is_https_or_loopback() {
    for good in ["https://bff.example.org/base", "http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:8341"] {
        new(Backend::Custom, Some(good)).into_profile().unwrap();
    }
    for bad in
        ["http://bff.example.org", "ftp://localhost", "https://u:p@h", "https://h/?q", "localhost:8080", "nonsense"]
    {
        assert_eq!(field(new(Backend::Custom, Some(bad))), "url", "{bad}");
    }
}

#[test]
fn the_field_that_does_not_fit_is_named() {
    let good = || new(Backend::Production, None);
    for name in ["", "  ", "a\nb", &"x".repeat(81)] {
        assert_eq!(field(NewProfile { name: name.to_owned(), ..good() }), "name");
    }
    assert_eq!(field(NewProfile { tenant_id: Some("a b".to_owned()), ..good() }), "tenant_id");
    assert_eq!(field(NewProfile { project_id: Some("é".to_owned()), ..good() }), "project_id");
}

#[test]
fn a_profile_reads_back_and_knows_its_keys() {
    let mut new = new(Backend::Production, None);
    new.tenant_id = Some(" t-1 ".to_owned());
    let profile = new.into_profile().unwrap();
    assert_eq!(profile.tenant_id.as_deref(), Some("t-1"));
    let mut value = serde_json::to_value(&profile).unwrap();
    assert_eq!(serde_json::from_value::<super::Profile>(value.clone()).unwrap(), profile);
    value["secret"] = "x".into();
    let error = serde_json::from_value::<super::Profile>(value).unwrap_err().to_string();
    assert!(error.contains("unknown field `secret`"), "{error}");
}
