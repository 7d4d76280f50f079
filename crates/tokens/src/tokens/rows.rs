//! An account's tokens, as the platform lists them.

use agentruntime_bff::{Client, Pat, pats};
use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::{Error, PatRow};

/// A token that was used just now shows it within so many seconds of our clock.
const JUST_NOW: i64 = 30;
/// A platform may note a use no oftener than this, in minutes: within it nobody knows which token was used last.
const UNCLEAR: i64 = 60;

/// All rows.
pub(super) async fn list(client: &Client, pat: &Pat) -> Result<Vec<PatRow>, Error> {
    let answer = client.call(pat, &pats::List, &CancellationToken::new()).await?;
    let rows = answer.as_array().or_else(|| answer.as_object()?.values().find_map(Value::as_array));
    // No list is not an empty list: what is decided by what is missing from it would be wrong.
    let unreadable = || agentruntime_bff::Error::InvalidResponse { problem: "it holds no list of tokens".to_owned() };
    Ok(rows.ok_or_else(unreadable)?.iter().filter_map(PatRow::read).collect())
}

/// The row of a token that was used a moment ago, where the platform tells, and clearly.
///
/// # Errors
/// The BFF's.
pub async fn own_row(client: &Client, pat: &Pat) -> Result<Option<PatRow>, Error> {
    let rows = list(client, pat).await?;
    Ok(own(&rows, Timestamp::now()).cloned())
}

/// The row of the token that asked for the list: the only one, or the one that alone was used just now.
pub(super) fn own(rows: &[PatRow], now: Timestamp) -> Option<&PatRow> {
    if let [only] = rows {
        return Some(only);
    }
    let since = now.checked_sub(UNCLEAR.minutes()).ok()?;
    let mut lately = rows.iter().filter_map(|row| Some((row, row.last_used_at?))).filter(|(_, at)| *at >= since);
    let (row, at) = lately.next()?;
    let alone = lately.next().is_none();
    (alone && now.duration_since(at).as_secs().abs() <= JUST_NOW).then_some(row)
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, ToSpan as _};
    use serde_json::json;

    use super::own;
    use crate::PatRow;

    fn id(rows: &[(&str, Option<i64>)]) -> Option<String> {
        let now: Timestamp = "2026-05-01T12:00:00Z".parse().unwrap();
        let rows = rows.iter().map(|(id, seconds_ago)| {
            let at = seconds_ago.map(|ago| now.checked_sub(ago.seconds()).unwrap().to_string());
            PatRow::read(&json!({ "id": id, "last_used_at": at })).unwrap()
        });
        own(&rows.collect::<Vec<_>>(), now).map(|row| row.id.clone())
    }

    #[test]
    fn its_own_row_is_known_only_where_it_is_clear() {
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
}
