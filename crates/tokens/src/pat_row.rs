//! A token as the platform lists it.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

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
    pub(crate) fn read(row: &Value) -> Option<Self> {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::PatRow;

    #[test]
    fn a_row_without_an_id_is_none() {
        assert_eq!(PatRow::read(&json!({ "display_name": "laptop" })), None);
        assert_eq!(PatRow::read(&json!(3)), None);
    }
}
