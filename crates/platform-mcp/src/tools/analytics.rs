//! The five metrics of the page.

use agentruntime_bff::{Endpoint, analytics};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Nothing;
use crate::{
    call::Call,
    error::ToolError,
    policy::{Group, ToolSpec},
    result::ToolResult,
    tool::{Tool, ToolEntry},
};

/// The analytics tools of the page.
pub const TOOLS: &[ToolEntry] = &[
    ToolEntry::of::<LiveRuns>(),
    ToolEntry::of::<SuccessRate>(),
    ToolEntry::of::<CreditsConsumed>(),
    ToolEntry::of::<RunsTimeseries>(),
    ToolEntry::of::<UsageTimeseries>(),
];

#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Window {
    Week,
    Month,
    All,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Granularity {
    Hour,
    Day,
    Week,
}

/// A span of time: a window, or `from` and `to`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Span {
    window: Option<Window>,
    /// ISO 8601, instead of window
    from: Option<String>,
    to: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Series {
    window: Option<Window>,
    /// ISO 8601, instead of window
    from: Option<String>,
    to: Option<String>,
    granularity: Option<Granularity>,
}

impl Window {
    const fn name(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::All => "all",
        }
    }
}

impl Granularity {
    const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
        }
    }
}

/// The span as the BFF takes it. `window` and `from`/`to` exclude each other, so that no answer is about another time than asked.
fn range(
    tool: &'static str,
    window: Option<Window>,
    from: Option<String>,
    to: Option<String>,
) -> Result<analytics::Range, ToolError> {
    if window.is_some() && (from.is_some() || to.is_some()) {
        return Err(ToolError::bad_arguments(tool, &"give either `window`, or `from` and `to`"));
    }
    Ok(analytics::Range { window: window.map(|w| w.name().to_owned()), from, to })
}

struct LiveRuns;

impl Tool for LiveRuns {
    const SPEC: ToolSpec = ToolSpec::reader(
        "analytics_live_runs",
        "Live runs",
        "Runs active now",
        Group::Core,
        &[analytics::LiveRuns::ROUTE],
    );
    type Input = Nothing;

    async fn call(cx: &Call, _: Nothing) -> Result<ToolResult, ToolError> {
        cx.ask(&analytics::LiveRuns).await
    }
}

struct SuccessRate;

impl Tool for SuccessRate {
    const SPEC: ToolSpec = ToolSpec::reader(
        "analytics_success_rate",
        "Success rate",
        "Share of runs that succeeded, in percent; needs 3 finished runs",
        Group::Core,
        &[analytics::SuccessRate::ROUTE],
    );
    type Input = Span;

    async fn call(cx: &Call, input: Span) -> Result<ToolResult, ToolError> {
        let range = range(Self::SPEC.name, input.window, input.from, input.to)?;
        cx.ask(&analytics::SuccessRate { range }).await
    }
}

struct CreditsConsumed;

impl Tool for CreditsConsumed {
    const SPEC: ToolSpec = ToolSpec::reader(
        "analytics_credits_consumed",
        "Credits consumed",
        "Credits used, in microcredits (1,000,000 = 1 credit)",
        Group::Core,
        &[analytics::CreditsConsumed::ROUTE],
    );
    type Input = Span;

    async fn call(cx: &Call, input: Span) -> Result<ToolResult, ToolError> {
        let range = range(Self::SPEC.name, input.window, input.from, input.to)?;
        cx.ask(&analytics::CreditsConsumed { range }).await
    }
}

struct RunsTimeseries;

impl Tool for RunsTimeseries {
    const SPEC: ToolSpec = ToolSpec::reader(
        "analytics_runs_timeseries",
        "Runs over time",
        "Number of runs over time",
        Group::Core,
        &[analytics::RunsTimeseries::ROUTE],
    );
    type Input = Series;

    async fn call(cx: &Call, input: Series) -> Result<ToolResult, ToolError> {
        let range = range(Self::SPEC.name, input.window, input.from, input.to)?;
        let granularity = input.granularity.map(|g| g.name().to_owned());
        cx.ask(&analytics::RunsTimeseries { range, granularity }).await
    }
}

struct UsageTimeseries;

impl Tool for UsageTimeseries {
    const SPEC: ToolSpec = ToolSpec::reader(
        "analytics_usage_timeseries",
        "Usage over time",
        "Credits used over time",
        Group::Core,
        &[analytics::UsageTimeseries::ROUTE],
    );
    type Input = Series;

    async fn call(cx: &Call, input: Series) -> Result<ToolResult, ToolError> {
        let range = range(Self::SPEC.name, input.window, input.from, input.to)?;
        let granularity = input.granularity.map(|g| g.name().to_owned());
        cx.ask(&analytics::UsageTimeseries { range, granularity }).await
    }
}
