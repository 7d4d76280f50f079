//! Reading the log: pages, filters, and a look back.

use jiff::Timestamp;
use rusqlite::{Connection, Row, ToSql, Transaction, params};

use crate::audit::Record;

/// The most calls on a page.
const PAGE_MOST: u32 = 10_000;

/// A call in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number; later calls have larger ones.
    pub id: i64,
    pub call: Record,
}

/// Which calls are asked for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Only calls with this text in the tool, the client, the target or the code.
    pub text: Option<String>,
    /// Only calls of this tool.
    pub tool: Option<String>,
    /// Only calls of this client.
    pub client: Option<String>,
    /// Only calls that did not end with `ok`.
    pub failed_only: bool,
    /// Only calls before this number: the last one of the page before.
    pub before: Option<i64>,
    /// The most calls; at most 10,000.
    pub limit: u32,
}

/// Some calls, the latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub calls: Vec<Entry>,
    /// How many calls match the filters in all.
    pub total: u64,
    /// Whether there are more after these.
    pub more: bool,
}

/// What was called since some moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    pub calls: u64,
    /// Calls that did not end with `ok`.
    pub failed: u64,
    /// Clients that made them.
    pub clients: u64,
}

pub(super) fn insert(transaction: &Transaction<'_>, record: Record) -> rusqlite::Result<Entry> {
    transaction
        .prepare_cached(
            "INSERT INTO calls (at, client, tool, tool_group, target, arguments, code, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            record.at.as_millisecond(),
            record.client,
            record.tool,
            record.group,
            record.target,
            record.arguments.join(","),
            record.code,
            i64::try_from(record.duration_ms).unwrap_or(i64::MAX),
        ])?;
    Ok(Entry { id: transaction.last_insert_rowid(), call: record })
}

pub(super) fn find(connection: &Connection, query: &Query) -> rusqlite::Result<Found> {
    let mut terms = vec!["1 = 1"];
    let mut values: Vec<&dyn ToSql> = Vec::new();
    let pattern = query.text.as_ref().map(|text| like(text));
    if let Some(pattern) = &pattern {
        terms.push("(tool || ' ' || client || ' ' || coalesce(target, '') || ' ' || code) LIKE ? ESCAPE '\\'");
        values.push(pattern);
    }
    if let Some(tool) = &query.tool {
        terms.push("tool = ?");
        values.push(tool);
    }
    if let Some(client) = &query.client {
        terms.push("client = ?");
        values.push(client);
    }
    if query.failed_only {
        terms.push("code <> 'ok'");
    }
    let filter = terms.join(" AND ");
    let total = connection
        .prepare_cached(&format!("SELECT count(*) FROM calls WHERE {filter}"))?
        .query_row(values.as_slice(), |row| row.get::<_, i64>(0))?;
    let before = query.before.unwrap_or(i64::MAX);
    let limit = query.limit.clamp(1, PAGE_MOST);
    // One more than asked for tells whether there are more.
    let reach = limit + 1;
    values.extend::<[&dyn ToSql; 2]>([&before, &reach]);
    let sql = format!(
        "SELECT id, at, client, tool, tool_group, target, arguments, code, duration_ms FROM calls
         WHERE {filter} AND id < ? ORDER BY id DESC LIMIT ?"
    );
    let mut calls =
        connection.prepare_cached(&sql)?.query_map(values.as_slice(), entry)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let more = calls.len() > limit as usize;
    calls.truncate(limit as usize);
    Ok(Found { calls, total: u64::try_from(total).unwrap_or(0), more })
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let arguments: String = row.get(6)?;
    let call = Record {
        at: Timestamp::from_millisecond(row.get(1)?).unwrap_or(Timestamp::UNIX_EPOCH),
        client: row.get(2)?,
        tool: row.get(3)?,
        group: row.get(4)?,
        target: row.get(5)?,
        arguments: arguments.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        code: row.get(7)?,
        duration_ms: u64::try_from(row.get::<_, i64>(8)?).unwrap_or(0),
    };
    Ok(Entry { id: row.get(0)?, call })
}

pub(super) fn summary(connection: &Connection, from: Timestamp) -> rusqlite::Result<Summary> {
    let sql = "SELECT count(*), count(*) FILTER (WHERE code <> 'ok'), count(DISTINCT client) FROM calls WHERE at >= ?";
    connection.prepare_cached(sql)?.query_row([from.as_millisecond()], |row| {
        let number = |at: usize| row.get::<_, i64>(at).map(|number| u64::try_from(number).unwrap_or(0));
        Ok(Summary { calls: number(0)?, failed: number(1)?, clients: number(2)? })
    })
}

pub(super) fn forget_before(connection: &Connection, oldest: Timestamp) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM calls WHERE at < ?", [oldest.as_millisecond()]).map(drop)
}

/// A pattern that finds the text itself, whatever is in it.
fn like(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
