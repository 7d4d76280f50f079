//! Analytics, computed from what ran (BFF API, "Everything else"). What the answers look like is documented only in part; the
//! rest is **assumed**.

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use jiff::{Span, Timestamp, ToSpan as _, Unit, tz::TimeZone};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::Query;
use crate::{
    app::App,
    clock::written,
    db::Ask as _,
    error::{Error, Result},
};

/// Terminal runs that a success rate needs at least.
const RATE_NEEDS: i64 = 3;
/// Most points of a timeseries.
const POINTS_MOST: usize = 1000;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/analytics/live-runs", get(live_runs))
        .route("/v1/analytics/success-rate", get(success_rate))
        .route("/v1/analytics/credits-consumed", get(credits_consumed))
        .route("/v1/analytics/runs-timeseries", get(runs_timeseries))
        .route("/v1/analytics/usage-timeseries", get(usage_timeseries))
        .route("/v1/analytics/execution-duration", get(execution_duration))
        .route("/v1/analytics/runs-count", get(runs_count))
        .route("/v1/analytics/steps-executed", get(steps_executed))
        .route("/v1/analytics/steps-summary", get(steps_summary))
}

#[derive(Deserialize)]
struct Asked {
    window: Option<String>,
    from: Option<String>,
    to: Option<String>,
    granularity: Option<String>,
}

/// A span of time; its end is not part of it.
struct Range {
    from: Timestamp,
    to: Timestamp,
}

impl Asked {
    /// `from` and `to` win over `window`; without any, the last 30 days.
    fn range(&self) -> Result<Range> {
        let now = Timestamp::now();
        // A millisecond more, so that what happened just now counts.
        let soon = now.checked_add(1.millisecond()).unwrap_or(now);
        let (from, to) = if self.from.is_some() || self.to.is_some() {
            (
                time("from", self.from.as_ref())?.unwrap_or(Timestamp::UNIX_EPOCH),
                time("to", self.to.as_ref())?.unwrap_or(soon),
            )
        } else {
            let hours = match self.window.as_deref() {
                None | Some("month") => Some(30 * 24),
                Some("week") => Some(7 * 24),
                Some("all") => None,
                Some(_) => return Err(Error::invalid("window", "must be week, month or all")),
            };
            (hours.and_then(|hours: i64| now.checked_sub(hours.hours()).ok()).unwrap_or(Timestamp::UNIX_EPOCH), soon)
        };
        if from >= to {
            return Err(Error::invalid("from", "must be before to"));
        }
        Ok(Range { from, to })
    }

    fn granularity(&self) -> Result<(Unit, &'static str)> {
        match self.granularity.as_deref() {
            None | Some("day") => Ok((Unit::Day, "day")),
            Some("hour") => Ok((Unit::Hour, "hour")),
            Some("week") => Ok((Unit::Week, "week")),
            Some(_) => Err(Error::invalid("granularity", "must be hour, day or week")),
        }
    }
}

fn time(field: &str, text: Option<&String>) -> Result<Option<Timestamp>> {
    let Some(text) = text else { return Ok(None) };
    let date = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    let time = text.parse::<Timestamp>().ok().or_else(date);
    time.map(Some).ok_or_else(|| {
        Error::invalid(field, "must be a date or a time in ISO 8601, such as 2026-01-31 or 2026-01-31T12:00:00Z")
    })
}

impl Range {
    fn bounds(&self) -> (String, String) {
        (written(self.from), written(self.to))
    }

    fn json(&self) -> Value {
        json!({ "from": written(self.from), "to": written(self.to) })
    }
}

async fn live_runs(State(app): State<Arc<App>>) -> Result<Json<Value>> {
    let counts = app.db.read(|connection| {
        let sql = "SELECT status, count(*) FROM runs WHERE status IN ('queued', 'starting', 'running', 'paused', 'draining') GROUP BY status";
        connection.all(sql, &[], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))
    });
    let counts = counts.await?;
    let total: i64 = counts.iter().map(|(_, count)| count).sum();
    let by_status: serde_json::Map<_, _> = counts.into_iter().map(|(status, count)| (status, json!(count))).collect();
    Ok(Json(json!({ "live_runs": total, "by_status": by_status })))
}

async fn success_rate(State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Result<Json<Value>> {
    let range = asked.range()?;
    let (from, to) = range.bounds();
    let (completed, failed, stopped) = app.db.read(move |connection| ended(connection, &from, &to)).await?;
    let terminal = completed + failed + stopped;
    let rate = (terminal >= RATE_NEEDS).then(|| completed as f64 / terminal as f64);
    Ok(Json(json!({
        "success_rate": rate,
        "success_percent": rate.map(|rate| (rate * 1000.0).round() / 10.0),
        "completed": completed,
        "failed": failed,
        "stopped": stopped,
        "terminal_runs": terminal,
        "enough_data": rate.is_some(),
        "needs_terminal_runs": RATE_NEEDS,
        "range": range.json(),
    })))
}

fn ended(connection: &Connection, from: &str, to: &str) -> Result<(i64, i64, i64)> {
    let sql = "SELECT count(*) FILTER (WHERE status = 'completed'), count(*) FILTER (WHERE status = 'failed'),
               count(*) FILTER (WHERE status = 'stopped') FROM runs WHERE started_at >= ? AND started_at < ?";
    Ok(connection.one(sql, &[&from, &to], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.unwrap_or_default())
}

async fn credits_consumed(State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Result<Json<Value>> {
    let range = asked.range()?;
    let (from, to) = range.bounds();
    let (steps, microcredits) = app.db.read(move |connection| charged(connection, &from, &to)).await?;
    Ok(Json(
        json!({ "microcredits": microcredits, "credits": microcredits as f64 / 1e6, "steps": steps, "range": range.json() }),
    ))
}

/// Steps and microcredits within a span of time.
fn charged(connection: &Connection, from: &str, to: &str) -> Result<(i64, i64)> {
    let sql = "SELECT count(*), coalesce(sum(microcredits), 0) FROM charges WHERE charged_at >= ? AND charged_at < ?";
    Ok(connection.one(sql, &[&from, &to], |row| Ok((row.get(0)?, row.get(1)?)))?.unwrap_or_default())
}

async fn runs_timeseries(State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Result<Json<Value>> {
    let first = "SELECT min(started_at) FROM runs WHERE started_at >= ? AND started_at < ?";
    series(&app, &asked, first, |connection, from, to| {
        let (completed, failed, stopped) = ended(connection, from, to)?;
        let sql = "SELECT count(*) FROM runs WHERE started_at >= ? AND started_at < ?";
        let started = connection.one(sql, &[&from, &to], |row| row.get::<_, i64>(0))?.unwrap_or(0);
        Ok(json!({ "started": started, "completed": completed, "failed": failed, "stopped": stopped }))
    })
    .await
}

async fn usage_timeseries(State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Result<Json<Value>> {
    // A step may be paid for long after its run began.
    let first = "SELECT min(charged_at) FROM charges WHERE charged_at >= ? AND charged_at < ?";
    series(&app, &asked, first, |connection, from, to| {
        let (steps, microcredits) = charged(connection, from, to)?;
        Ok(json!({ "steps": steps, "microcredits": microcredits }))
    })
    .await
}

/// One point for every hour, day or week (UTC) from the time on that `first` finds in range.
async fn series(
    app: &App,
    asked: &Asked,
    first: &'static str,
    point: fn(&Connection, &str, &str) -> Result<Value>,
) -> Result<Json<Value>> {
    let Range { from, to } = asked.range()?;
    let (unit, name) = asked.granularity()?;
    let points = app.db.read(move |connection| {
        let (begin, end) = (written(from), written(to));
        let first = connection.one(first, &[&begin, &end], |row| row.get::<_, Option<String>>(0))?.flatten();
        let Some(first) = first.and_then(|first| first.parse::<Timestamp>().ok()) else { return Ok(Vec::new()) };
        let mut points = Vec::new();
        let mut at = floor(first.max(from), unit);
        while at < to {
            let next = at
                .to_zoned(TimeZone::UTC)
                .checked_add(one(unit))
                .map_err(|_| Error::invalid("to", "is too far away"))?
                .timestamp();
            if points.len() == POINTS_MOST {
                return Err(Error::invalid(
                    "granularity",
                    format!("gives more than {POINTS_MOST} points; choose a larger one or a shorter time"),
                ));
            }
            let mut value = point(connection, &written(at.max(from)), &written(next.min(to)))?;
            if let Some(value) = value.as_object_mut() {
                value.shift_insert(0, "from".to_owned(), json!(written(at)));
            }
            points.push(value);
            at = next;
        }
        Ok(points)
    });
    Ok(Json(json!({ "granularity": name, "points": points.await?, "range": Range { from, to }.json() })))
}

fn one(unit: Unit) -> Span {
    match unit {
        Unit::Hour => 1.hour(),
        Unit::Week => 1.week(),
        _ => 1.day(),
    }
}

/// The beginning of the hour, day or week (from Monday) that holds this time, in UTC.
fn floor(at: Timestamp, unit: Unit) -> Timestamp {
    let zoned = at.to_zoned(TimeZone::UTC);
    let floored = match unit {
        Unit::Hour => zoned.with().minute(0).second(0).subsec_nanosecond(0).build(),
        Unit::Week => {
            let back = i64::from(zoned.weekday().to_monday_zero_offset());
            zoned.start_of_day().and_then(|day| day.checked_sub(back.days()))
        }
        _ => zoned.start_of_day(),
    };
    floored.map_or(at, |floored| floored.timestamp())
}

async fn execution_duration(State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Result<Json<Value>> {
    let range = asked.range()?;
    let (from, to) = range.bounds();
    let answer = app.db.read(move |connection| {
        let sql = "SELECT count(*), avg(ms), min(ms), max(ms) FROM (SELECT round((julianday(completed_at) - julianday(started_at)) * 86400000) AS ms
                   FROM runs WHERE completed_at IS NOT NULL AND started_at >= ? AND started_at < ?)";
        connection.one(sql, &[&from, &to], |row| {
            let number = |at: usize| row.get::<_, Option<f64>>(at).map(|number| number.map(f64::round));
            Ok(json!({ "runs": row.get::<_, i64>(0)?, "average_ms": number(1)?, "shortest_ms": number(2)?, "longest_ms": number(3)? }))
        })
    });
    Ok(Json(answer.await?.unwrap_or_default()))
}

async fn runs_count(State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Result<Json<Value>> {
    let range = asked.range()?;
    let (from, to) = range.bounds();
    let rows = app.db.read(move |connection| {
        let sql = "SELECT status, count(*) FROM runs WHERE started_at >= ? AND started_at < ? GROUP BY status";
        connection.all(sql, &[&from, &to], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))
    });
    let rows = rows.await?;
    let by_status: serde_json::Map<_, _> = rows.iter().map(|(status, count)| (status.clone(), json!(count))).collect();
    Ok(Json(
        json!({ "runs": rows.iter().map(|(_, count)| count).sum::<i64>(), "by_status": by_status, "range": range.json() }),
    ))
}

async fn steps_executed(State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Result<Json<Value>> {
    let range = asked.range()?;
    let (from, to) = range.bounds();
    let (steps, _) = app.db.read(move |connection| charged(connection, &from, &to)).await?;
    Ok(Json(json!({ "steps_executed": steps, "range": range.json() })))
}

async fn steps_summary(State(app): State<Arc<App>>, Query(asked): Query<Asked>) -> Result<Json<Value>> {
    let range = asked.range()?;
    let (from, to) = range.bounds();
    let rows = app.db.read(move |connection| {
        let sql = "SELECT step_type, count(*), sum(microcredits), avg(milliseconds) FROM charges WHERE charged_at >= ? AND charged_at < ?
                   GROUP BY step_type ORDER BY step_type";
        connection.all(sql, &[&from, &to], |row| {
            Ok(json!({
                "step_type": row.get::<_, String>(0)?,
                "steps": row.get::<_, i64>(1)?,
                "microcredits": row.get::<_, i64>(2)?,
                "average_ms": row.get::<_, f64>(3)?.round(),
            }))
        })
    });
    Ok(Json(json!({ "step_types": rows.await?, "range": range.json() })))
}
