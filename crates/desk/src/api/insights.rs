//! How runs went over time, from the platform's analytics.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How far back (BFF API: analytics, `window`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum InsightsWindow {
    /// Seven days.
    Week,
    /// Thirty days.
    Month,
    /// Everything.
    All,
}

/// How long a point of a series lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Granularity {
    /// A day.
    Day,
    /// A week.
    Week,
}

/// Runs that began in a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunsPoint {
    /// Its beginning.
    #[ts(type = "string")]
    pub from: Timestamp,
    /// Those that ended well.
    pub completed: u32,
    /// Those that failed.
    pub failed: u32,
    /// Those that were stopped.
    pub stopped: u32,
    /// All, those that have not ended included.
    pub started: u32,
}

/// What was paid for in a span of time.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UsagePoint {
    /// Its beginning.
    #[ts(type = "string")]
    pub from: Timestamp,
    /// Credits, in whole ones and their parts; the platform counts millionths.
    pub credits: f64,
    /// Steps, where they are told.
    pub steps: Option<u32>,
}

/// How runs went. What a deployment does not tell is absent and named in `missing`.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Insights {
    /// Runs that have not ended.
    pub live: Option<u32>,
    /// The part of ended runs that ended well, 0 to 1; nothing with fewer than three.
    pub success_rate: Option<f64>,
    /// Runs that have ended.
    pub ended: Option<u32>,
    /// Credits used within the window.
    pub credits: Option<f64>,
    /// How long a point lasts.
    pub granularity: Granularity,
    /// Runs over time, without gaps.
    pub runs: Vec<RunsPoint>,
    /// Credits over time, without gaps.
    pub usage: Vec<UsagePoint>,
    /// What could not be had: `live`, `successRate`, `credits`, `runs`, `usage`.
    pub missing: Vec<String>,
}
