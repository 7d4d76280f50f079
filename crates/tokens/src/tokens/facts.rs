//! What may be shown of a token, and which of a person's tokens it is.

use agentruntime_bff::{Client, Pat, pats};
use jiff::{Timestamp, ToSpan};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::TokenFacts;

/// Of a shorter token, four characters would tell much.
const LONG_ENOUGH: usize = 16;
/// A token that was just used shows it within so many seconds of our clock.
const JUST_NOW: i64 = 30;
/// A platform may note a use no oftener than this, in minutes: within it nobody knows which token was used last.
const UNCLEAR: i64 = 60;

/// The facts of a token that was used a moment ago. A platform that does not tell, or not clearly, leaves them empty: it is
/// better to show nothing than another token's name.
pub(super) async fn gather(client: &Client, pat: &Pat, token: &SecretString) -> TokenFacts {
    let rows = client.call(pat, &pats::List, &CancellationToken::new()).await.unwrap_or_else(|error| {
        tracing::debug!(code = error.code(), "the token's own row cannot be read");
        Value::Null
    });
    let now = Timestamp::now();
    let token = token.expose_secret();
    let tail = token.len().checked_sub(4).filter(|_| token.len() >= LONG_ENOUGH);
    let row = own_row(&rows, now);
    let text = |key: &str| row.and_then(|row| row.get(key)?.as_str()).map(str::to_owned);
    let scopes = row
        .and_then(|row| row.get("scopes")?.as_array())
        .map(|scopes| scopes.iter().filter_map(|scope| scope.as_str().map(str::to_owned)).collect());
    TokenFacts {
        pat_id: text("id"),
        display_name: text("display_name"),
        last_four: tail.and_then(|tail| token.get(tail..)).map(str::to_owned),
        scopes: scopes.unwrap_or_default(),
        created_at: text("created_at").and_then(|time| time.parse().ok()),
        added_at: now,
    }
}

/// The row of the token that asked for the list: the only one, or the one that alone was used just now.
fn own_row(answer: &Value, now: Timestamp) -> Option<&Value> {
    let rows = answer.as_array().or_else(|| answer.as_object()?.values().find_map(Value::as_array))?;
    if let [only] = rows.as_slice() {
        return Some(only);
    }
    let used = |row: &Value| row.get("last_used_at")?.as_str()?.parse::<Timestamp>().ok();
    let since = now.checked_sub(UNCLEAR.minutes()).ok()?;
    let mut lately = rows.iter().filter_map(|row| Some((row, used(row)?))).filter(|(_, at)| *at >= since);
    let (row, at) = lately.next()?;
    let alone = lately.next().is_none();
    (alone && now.duration_since(at).as_secs().abs() <= JUST_NOW).then_some(row)
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, ToSpan};
    use serde_json::{Value, json};

    use super::own_row;

    fn id(rows: &[(&str, Option<i64>)]) -> Option<Value> {
        let now: Timestamp = "2026-05-01T12:00:00Z".parse().unwrap();
        let rows = rows.iter().map(|(id, seconds_ago)| {
            json!({ "id": id, "last_used_at": seconds_ago.map(|ago| now.checked_sub(ago.seconds()).unwrap().to_string()) })
        });
        own_row(&json!({ "pats": rows.collect::<Vec<_>>() }), now).map(|row| row["id"].clone())
    }

    #[test]
    fn its_own_row_is_known_only_where_it_is_clear() {
        assert_eq!(id(&[("a", None)]), Some("a".into()));
        assert_eq!(id(&[("a", None), ("b", Some(2)), ("c", Some(90_000))]), Some("b".into()));
        assert_eq!(id(&[("a", Some(-3)), ("b", None)]), Some("a".into()), "a clock that is a little behind");
        for unclear in [
            &[][..],
            &[("a", None), ("b", None)],
            &[("a", Some(2)), ("b", Some(5))],
            &[("a", Some(2)), ("b", Some(1_800))],
            &[("a", Some(600)), ("b", Some(90_000))],
        ] {
            assert_eq!(id(unclear), None, "{unclear:?}");
        }
        assert_eq!(own_row(&Value::Null, Timestamp::now()), None);
    }
}
