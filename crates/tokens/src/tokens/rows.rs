//! An account's tokens, as the platform lists them.

use agentruntime_bff::{Client, Pat, pats};
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::Error;

/// A row of `GET /v1/pats` (BFF API, "Everything else"). It carries no token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PatRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub display_name: Option<String>,
    /// What it may do; empty where the platform does not say.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last used, where the platform says; it may note that seldomer than it happens.
    pub last_used_at: Option<Timestamp>,
    /// When it ends by itself, where it does.
    pub expires_at: Option<Timestamp>,
}

impl PatRow {
    /// What can be read of a row; `None` without an id.
    pub(super) fn read(row: &Value) -> Option<Self> {
        let text = |key: &str| row.get(key)?.as_str().map(str::to_owned);
        let time = |key: &str| text(key).and_then(|time| time.parse().ok());
        let scopes = row.get("scopes").and_then(Value::as_array).into_iter().flatten();
        Some(Self {
            id: text("id")?,
            display_name: text("display_name"),
            scopes: scopes.filter_map(|scope| scope.as_str().map(str::to_owned)).collect(),
            created_at: time("created_at"),
            last_used_at: time("last_used_at"),
            expires_at: time("expires_at"),
        })
    }
}

/// A token that was used just now shows it within so many seconds of our clock.
const JUST_NOW: i64 = 30;
/// A platform may note a use no oftener than this, in minutes: within it nobody knows which token was used last.
const UNCLEAR: i64 = 60;

/// All rows.
pub(super) async fn list(client: &Client, pat: &Pat) -> Result<Vec<PatRow>, Error> {
    let answer = client.call(pat, &pats::List, &CancellationToken::new()).await?;
    let rows = answer.as_array().or_else(|| answer.as_object()?.values().find_map(Value::as_array));
    Ok(rows.into_iter().flatten().filter_map(PatRow::read).collect())
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

    use super::{PatRow, own};

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

    #[test]
    fn a_row_without_an_id_is_none() {
        assert_eq!(PatRow::read(&json!({ "display_name": "laptop" })), None);
        assert_eq!(PatRow::read(&json!(3)), None);
    }
}
