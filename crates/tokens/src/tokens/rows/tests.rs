use agentruntime_settings::{
    Backend, EntryId, JobId, NewProfile, Profile, Reason, Revocation, Rotation, Settings, Stage, TokenFacts, TokenPlace,
};
use jiff::{Timestamp, ToSpan as _};

use super::Listing;
use crate::{Error, PatRow};

/// Rows of these ids, each with how many seconds ago it was used.
fn listing(rows: &[(&str, Option<i64>)]) -> Listing {
    let at: Timestamp = "2026-05-01T12:00:00Z".parse().unwrap();
    let rows = rows.iter().map(|(id, seconds_ago)| PatRow {
        id: (*id).to_owned(),
        display_name: Some("laptop".to_owned()),
        scopes: Vec::new(),
        created_at: None,
        last_used_at: seconds_ago.map(|ago| at.checked_sub(ago.seconds()).unwrap()),
        expires_at: None,
    });
    Listing { rows: rows.collect(), at }
}

fn profile(pat_id: Option<&str>) -> Profile {
    let (name, backend) = ("Work".to_owned(), Backend::Production);
    let new = NewProfile { name, backend, url: None, tenant_id: None, project_id: None };
    let mut profile = new.into_profile().unwrap();
    profile.token = TokenPlace::Keychain;
    profile.facts = Some(TokenFacts {
        pat_id: pat_id.map(str::to_owned),
        display_name: None,
        last_four: None,
        scopes: Vec::new(),
        created_at: None,
        expires_at: None,
        added_at: Timestamp::now(),
    });
    profile
}

fn revocation(profile: &Profile, entry: EntryId, pat_id: Option<&str>) -> Revocation {
    Revocation {
        id: JobId::new(),
        account: profile.account(),
        profile: profile.id,
        pat_id: pat_id.map(str::to_owned),
        display_name: None,
        entry: Some(entry),
        reason: Reason::Asked,
        begun_at: Timestamp::now(),
        hitch: None,
    }
}

fn rotation(profile: &Profile, known: &[&str], stage: Stage) -> Rotation {
    Rotation {
        id: JobId::new(),
        profile: profile.id,
        account: profile.account(),
        old: "old".to_owned(),
        old_entry: profile.entry,
        display_name: "laptop".to_owned(),
        scopes: vec!["workflow:read".to_owned()],
        entry: EntryId::new(),
        known: known.iter().map(|id| (*id).to_owned()).collect(),
        stage,
        begun_at: Timestamp::now(),
        hitch: None,
    }
}

/// The id of the row that was picked; nothing where a person has to.
fn id(picked: Result<&PatRow, Error>) -> Option<&str> {
    match picked {
        Ok(row) => Some(row.id.as_str()),
        Err(Error::WhichToken { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn its_own_row_is_known_only_where_it_is_clear() {
    let id = |rows: &[(&str, Option<i64>)]| listing(rows).asking().map(|row| row.id.clone());
    assert_eq!(id(&[("a", None)]).as_deref(), Some("a"));
    assert_eq!(id(&[("a", None), ("b", Some(2)), ("c", Some(90_000))]).as_deref(), Some("b"));
    assert_eq!(id(&[("a", Some(-3)), ("b", None)]).as_deref(), Some("a"), "a clock that is a little behind");
    for unclear in [
        &[][..],
        &[("a", None), ("b", None)],
        &[("a", Some(2)), ("b", Some(5))],
        &[("a", Some(2)), ("b", Some(1_800))],
        &[("a", Some(600)), ("b", Some(90_000))],
    ] {
        assert_eq!(id(unclear), None, "{unclear:?}");
    }
}

#[test]
fn a_profiles_row_is_the_chosen_the_known_or_the_only_possible_one() {
    let listing = listing(&[("a", Some(1)), ("b", None), ("c", None)]);
    assert_eq!(id(listing.own(&profile(Some("b")), Some("c"))), Some("c"));
    assert_eq!(id(listing.own(&profile(Some("b")), None)), Some("b"));
    assert_eq!(id(listing.own(&profile(None), None)), Some("a"));
    // What is known and not there is no reason to guess.
    assert_eq!(id(listing.own(&profile(Some("gone")), None)), None);
    assert_eq!(id(listing.own(&profile(Some("b")), Some("gone"))), None);
}

#[test]
fn a_dying_tokens_row_is_never_the_one_of_another_profile() {
    let (its, other) = (profile(None), profile(Some("a")));
    let mut settings = Settings::default();
    settings.profiles.push(its.clone());
    let listing = listing(&[("a", Some(1)), ("b", None)]);
    assert_eq!(id(listing.dying(&revocation(&its, its.entry, None), &settings)), Some("a"));
    // The workspace has another token by now: what it knows is of that one.
    settings.profiles[0] = profile(Some("b"));
    settings.profiles[0].id = its.id;
    assert_eq!(id(listing.dying(&revocation(&its, its.entry, None), &settings)), Some("a"));
    settings.profiles.push(other);
    assert_eq!(id(listing.dying(&revocation(&its, its.entry, None), &settings)), None);
}

#[test]
fn a_successors_row_is_one_that_nothing_else_knows() {
    let its = profile(Some("old"));
    let begun = rotation(&its, &["old", "phone"], Stage::Creating);
    let mut settings = Settings::default();
    settings.profiles.push(its.clone());
    let id = |rows: &[(&str, Option<i64>)], settings: &Settings| match listing(rows).successor(&begun, settings) {
        Ok(found) => found.map(|row| row.id.clone()).unwrap_or_default(),
        Err(error) => error.code().to_owned(),
    };
    assert_eq!(id(&[("old", None), ("phone", None)], &settings), "");
    assert_eq!(id(&[("old", None), ("new", None), ("used", Some(5))], &settings), "new");
    assert_eq!(id(&[("new", None), ("newer", None)], &settings), "token_unclear");
    settings.journal.revocations.push(revocation(&its, EntryId::new(), Some("new")));
    assert_eq!(id(&[("new", None), ("newer", None)], &settings), "newer");
    let stage = Stage::Trying { successor: "newer".to_owned() };
    settings.journal.rotations.push(rotation(&profile(None), &[], stage));
    assert_eq!(id(&[("new", None), ("newer", None)], &settings), "");
}
