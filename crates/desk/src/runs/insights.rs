//! How runs went, from the platform's analytics. What a deployment does not tell is absent and named.

use agentruntime_bff::{
    Error,
    analytics::{CreditsConsumed, LiveRuns, Range, RunsTimeseries, SuccessRate, UsageTimeseries},
};
use jiff::Timestamp;
use serde_json::Value;

use agentruntime_run_watch::Followed;

use super::held::Runs;
use crate::{
    api::insights::{Granularity, Insights, InsightsWindow, RunsPoint, UsagePoint},
    failure::Failed,
};

/// A credit in microcredits (BFF API: analytics).
const CREDIT: f64 = 1_000_000.0;

impl Runs {
    /// How runs went in a span of time.
    ///
    /// # Errors
    /// [`Failed`] where the platform tells nothing at all, with what it replied.
    pub async fn insights(&self, window: InsightsWindow) -> Result<Insights, Failed> {
        // Held until the replies are there: a token that is to be retired is waited for.
        let account = self.account()?;
        let Followed { client, pat, .. } = &account;
        let (word, granularity, points) = match window {
            InsightsWindow::Week => ("week", Granularity::Day, "day"),
            InsightsWindow::Month => ("month", Granularity::Day, "day"),
            InsightsWindow::All => ("all", Granularity::Week, "week"),
        };
        let range = Range { window: Some(word.to_owned()), ..Range::default() };
        let granular = Some(points.to_owned());
        let runs = RunsTimeseries { range: range.clone(), granularity: granular.clone() };
        let usage = UsageTimeseries { range: range.clone(), granularity: granular };
        let (rate, consumed) = (SuccessRate { range: range.clone() }, CreditsConsumed { range });
        let never = &self.shutdown;
        let (live, rate, credits, runs, usage) = tokio::join!(
            client.call(pat, &LiveRuns, never),
            client.call(pat, &rate, never),
            client.call(pat, &consumed, never),
            client.call(pat, &runs, never),
            client.call(pat, &usage, never),
        );
        let replies = [("live", live), ("successRate", rate), ("credits", credits), ("runs", runs), ("usage", usage)];
        tell(granularity, replies)
    }
}

fn tell(granularity: Granularity, replies: [(&str, Result<Value, Error>); 5]) -> Result<Insights, Failed> {
    let mut missing = Vec::new();
    let mut first = None;
    let [live, rate, credits, runs, usage] = replies.map(|(what, reply)| {
        reply.map_err(|error| {
            missing.push(what.to_owned());
            first.get_or_insert(error);
        })
    });
    if missing.len() == 5
        && let Some(error) = first
    {
        return Err(error.into());
    }
    let number = |reply: &Result<Value, ()>, keys: &[&str]| {
        let reply = reply.as_ref().ok()?;
        keys.iter().find_map(|key| reply.get(*key)?.as_f64())
    };
    let points = |reply: &Result<Value, ()>| {
        let list = reply.as_ref().ok().and_then(|reply| reply.get("points").or(Some(reply))?.as_array().cloned());
        list.unwrap_or_default()
    };
    Ok(Insights {
        live: number(&live, &["live_runs", "count", "total"]).map(whole),
        success_rate: number(&rate, &["success_rate"])
            .or_else(|| number(&rate, &["success_percent"]).map(|percent| percent / 100.0))
            .map(|rate| rate.clamp(0.0, 1.0)),
        ended: number(&rate, &["terminal_runs", "total"]).map(whole),
        credits: number(&credits, &["microcredits", "total_microcredits"])
            .map(|micro| micro / CREDIT)
            .or_else(|| number(&credits, &["credits"])),
        granularity,
        runs: points(&runs).iter().filter_map(runs_point).collect(),
        usage: points(&usage).iter().filter_map(usage_point).collect(),
        missing,
    })
}

fn runs_point(point: &Value) -> Option<RunsPoint> {
    let count = |keys: &[&str]| keys.iter().find_map(|key| point.get(*key)?.as_f64()).map_or(0, whole);
    let (completed, failed, stopped) = (count(&["completed"]), count(&["failed"]), count(&["stopped", "cancelled"]));
    let started = count(&["started", "runs", "total"]).max(completed + failed + stopped);
    Some(RunsPoint { from: begins(point)?, completed, failed, stopped, started })
}

fn usage_point(point: &Value) -> Option<UsagePoint> {
    let number = |key: &str| point.get(key).and_then(Value::as_f64);
    let credits = number("microcredits").map(|micro| micro / CREDIT).or_else(|| number("credits"))?;
    Some(UsagePoint { from: begins(point)?, credits, steps: number("steps").map(whole) })
}

fn begins(point: &Value) -> Option<Timestamp> {
    ["from", "timestamp", "bucket", "date"].iter().find_map(|key| point.get(*key)?.as_str()?.parse().ok())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "kept within what a count can be")]
fn whole(number: f64) -> u32 {
    number.round().clamp(0.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use serde_json::json;

    use super::*;

    fn away() -> Result<Value, Error> {
        Err(Error::Refused { status: 503, message: "off".to_owned(), bff_code: None, retry_after: None })
    }

    #[test]
    fn what_a_deployment_does_not_tell_is_named_and_the_rest_is_told() {
        let insights = tell(
            Granularity::Day,
            [
                ("live", Ok(json!({ "live_runs": 2 }))),
                ("successRate", Ok(json!({ "success_rate": null, "terminal_runs": 1 }))),
                ("credits", Ok(json!({ "microcredits": 12_500_000 }))),
                (
                    "runs",
                    Ok(json!({ "points": [{ "from": "2026-11-25T00:00:00Z", "completed": 2, "failed": 1 }, {}] })),
                ),
                ("usage", away()),
            ],
        )
        .unwrap();
        assert_eq!(
            (insights.live, insights.success_rate, insights.ended, insights.credits),
            (Some(2), None, Some(1), Some(12.5))
        );
        assert_eq!((insights.runs.len(), insights.runs[0].started, insights.usage.len()), (1, 3, 0));
        assert_eq!(insights.missing, ["usage"]);
    }

    #[test]
    fn a_platform_that_tells_nothing_is_a_failure() {
        let nothing = ["live", "successRate", "credits", "runs", "usage"].map(|what| (what, away()));
        assert_eq!(tell(Granularity::Day, nothing).unwrap_err().code(), "upstream_unavailable");
    }
}
