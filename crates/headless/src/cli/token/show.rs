//! How workspaces, tokens and what is left to do are shown.

use std::io::Write as _;

use agentruntime_settings::{Hitch, Journal, Profile, Reason, Settings, TokenPlace};
use agentruntime_tokens::PatRow;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

/// Prints text, or an object.
pub(super) fn print(as_json: bool, value: &Value, text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let printed =
        if as_json { writeln!(out, "{}", serde_json::to_string_pretty(value)?) } else { writeln!(out, "{text}") };
    match printed {
        // A reader such as `head` has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        printed => Ok(printed?),
    }
}

/// A workspace and what may be shown of its token.
pub(super) fn profile(profile: &Profile, settings: &Settings) -> Value {
    json!({
        "id": profile.id,
        "name": profile.name,
        "bff_url": profile.url,
        "active": settings.active_profile == Some(profile.id),
        "place": profile.token,
        "token": profile.facts,
        "care": profile.care,
    })
}

/// A workspace in two lines.
pub(super) fn profile_text(profile: &Profile, settings: &Settings) -> String {
    let mark = if settings.active_profile == Some(profile.id) { "*" } else { " " };
    let token = match (profile.token, &profile.facts) {
        (TokenPlace::None, _) => "no token".to_owned(),
        (_, None) => "a token of which nothing is known".to_owned(),
        (place, Some(facts)) => {
            let name = facts.display_name.as_deref().unwrap_or("a token");
            let tail = facts.last_four.as_deref().map(|tail| format!(" …{tail}")).unwrap_or_default();
            let id = facts.pat_id.as_deref().map(|id| format!(" ({id})")).unwrap_or_default();
            let made = facts.created_at.map(|at| format!(", made {}", day(at))).unwrap_or_default();
            let ends = facts.expires_at.map(|at| format!(", ends {}", day(at))).unwrap_or_default();
            let scopes =
                if facts.scopes.is_empty() { String::new() } else { format!(", may {}", facts.scopes.join(" ")) };
            let memory = if place == TokenPlace::Memory { ", in memory of another process only" } else { "" };
            format!("{name}{tail}{id}{made}{ends}{scopes}{memory}")
        }
    };
    format!("{mark} {}  {}\n    {token}", profile.name, profile.url)
}

/// A row of the account's list in one line.
pub(super) fn row(row: &PatRow) -> String {
    let name = row.display_name.as_deref().unwrap_or("(no name)");
    let made = row.created_at.map(|at| format!(", made {}", day(at))).unwrap_or_default();
    let used = row.last_used_at.map(|at| format!(", last used {}", day(at))).unwrap_or_default();
    format!("{}  {name}{made}{used}", row.id)
}

/// What is left to do.
pub(super) fn jobs(journal: &Journal) -> Vec<Value> {
    let rotations = journal.rotations.iter().map(|rotation| {
        json!({
            "id": rotation.id, "kind": "rotation", "profile": rotation.profile, "pat_id": rotation.stage.successor(),
            "display_name": rotation.display_name, "since": rotation.begun_at, "hitch": rotation.hitch,
        })
    });
    let revocations = journal.revocations.iter().map(|revocation| {
        let kind = match revocation.reason {
            Reason::Rotated => "revoke_old",
            Reason::Undone => "revoke_successor",
            Reason::Asked => "revoke_asked",
        };
        json!({
            "id": revocation.id, "kind": kind, "profile": revocation.profile, "pat_id": revocation.pat_id,
            "display_name": revocation.display_name, "since": revocation.begun_at, "hitch": revocation.hitch,
        })
    });
    rotations.chain(revocations).collect()
}

/// What is left to do, a line each.
pub(super) fn jobs_text(journal: &Journal) -> String {
    let line = |what: &str, pat: Option<&str>, hitch: Option<&Hitch>| {
        let pat = pat.map(|id| format!(" {id}")).unwrap_or_default();
        let hitch = hitch.map_or_else(|| "under way, or cut off".to_owned(), |hitch| format!("met {}", hitch.code));
        format!("\n  {what}{pat}: {hitch}")
    };
    let rotations = journal
        .rotations
        .iter()
        .map(|rotation| line("finish a rotation, successor", rotation.stage.successor(), rotation.hitch.as_ref()));
    let revocations = journal.revocations.iter().map(|revocation| {
        let what = match revocation.reason {
            Reason::Rotated => "revoke the old token",
            Reason::Undone => "revoke the successor that came to nothing",
            Reason::Asked => "revoke the token",
        };
        line(what, revocation.pat_id.as_deref(), revocation.hitch.as_ref())
    });
    rotations.chain(revocations).collect()
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).date().to_string()
}
