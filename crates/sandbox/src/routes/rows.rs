//! Rows as they are answered: a page of a list, and a row as an object.

use rusqlite::{Connection, Row, Statement, ToSql, types::ValueRef};
use serde_json::{Map, Value, json};

use crate::{db::Ask as _, error::Result};

/// Which rows of a list are asked for: at most `limit`, after the first `offset`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) limit: u32,
    pub(super) offset: u32,
}

impl Bounds {
    /// The rows of a query within these bounds.
    pub(super) fn rows<T>(
        self,
        connection: &Connection,
        query: &str,
        params: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let bounds: [&dyn ToSql; 2] = [&self.limit, &self.offset];
        connection.all(&format!("{query} LIMIT ? OFFSET ?"), &[params, &bounds].concat(), read)
    }

    /// A list as it is answered: the rows within these bounds under `key`, and as `total` how many there are of `counted`, a
    /// table and its condition, with the same parameters.
    pub(super) fn list(
        self,
        connection: &Connection,
        key: &str,
        (query, counted): (&str, &str),
        params: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<Value>,
    ) -> Result<Value> {
        let rows = self.rows(connection, query, params, read)?;
        Ok(json!({ key: rows, "total": count(connection, counted, params)? }))
    }
}

/// How many rows there are of `counted`, a table and its condition.
pub(super) fn count(connection: &Connection, counted: &str, params: &[&dyn ToSql]) -> Result<i64> {
    let count = connection.one(&format!("SELECT count(*) FROM {counted}"), params, |row| row.get(0))?;
    Ok(count.unwrap_or(0))
}

/// A row as an object: each column under its name and in its place, those named in `json` as the JSON that they hold.
pub(super) fn object(row: &Row<'_>, json: &[&str]) -> rusqlite::Result<Value> {
    let statement: &Statement<'_> = row.as_ref();
    let mut object = Map::new();
    for at in 0..statement.column_count() {
        let name = statement.column_name(at)?;
        let value = match row.get_ref(at)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => json!(number),
            ValueRef::Real(number) => json!(number),
            ValueRef::Text(_) | ValueRef::Blob(_) => {
                let text: String = row.get(at)?;
                if json.contains(&name) { parsed(&text) } else { Value::String(text) }
            }
        };
        object.insert(name.to_owned(), value);
    }
    Ok(Value::Object(object))
}

/// JSON that this crate wrote itself.
pub(super) fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}
