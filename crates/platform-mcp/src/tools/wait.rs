//! `runs_wait`: waits until a run has ended or needs a person. A tool of ours: the page leaves the waiting to the model,
//! which pays for every look with a turn.

use std::time::Duration;

use agentruntime_bff::{
    Endpoint, Error, LiveStream,
    runs::{self, RunStatus},
    stream, tasks,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use crate::{
    call::Call,
    error::ToolError,
    policy::{Group, ToolSpec},
    result::ToolResult,
    tool::{Tool, ToolEntry},
};

/// The waiting tool.
pub const TOOLS: &[ToolEntry] = &[ToolEntry::of::<Wait>()];

/// Longest wait, in seconds.
const LONGEST: u64 = 600;
/// Wait unless asked otherwise, in seconds: within the time that most clients give a tool.
const USUAL: u64 = 45;
/// Between two looks where the run's stream tells of changes.
const WITH_STREAM: Duration = Duration::from_secs(10);
/// Between two looks where it does not.
const WITHOUT: Duration = Duration::from_secs(2);
/// Frames come in bursts: so long after one, the next are taken with it.
const BURST: Duration = Duration::from_millis(100);
/// The least time between two looks: a run that does much is looked at no more often.
const LEAST: Duration = Duration::from_secs(1);

struct Wait;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WaitInput {
    workflow_id: String,
    run_id: String,
    /// Default 45, at most 600
    max_seconds: Option<u64>,
}

impl Tool for Wait {
    const SPEC: ToolSpec = ToolSpec {
        limit: Duration::from_secs(LONGEST + ToolSpec::CALL_LIMIT.as_secs()),
        ..ToolSpec::reader(
            "runs_wait",
            "Wait for a run",
            "Wait until a run ends, is paused or needs approval. outcome still_running: call again",
            Group::Core,
            &[runs::GetSummary::ROUTE, tasks::ListPendingRun::ROUTE, stream::ROUTE],
        )
    };
    type Input = WaitInput;

    async fn call(cx: &Call, input: WaitInput) -> Result<ToolResult, ToolError> {
        let seconds = input.max_seconds.unwrap_or(USUAL);
        if !(1..=LONGEST).contains(&seconds) {
            let problem = format!("`max_seconds` is {seconds}, but it is between 1 and {LONGEST}");
            return Err(ToolError::bad_arguments(Self::SPEC.name, &problem));
        }
        let begun = Instant::now();
        let waiting = Waiting { cx, run: input, until: begun + Duration::from_secs(seconds) };
        let (outcome, run, pending) = waiting.outcome().await?;
        let mut result = json!({ "outcome": outcome, "waited_s": begun.elapsed().as_secs(), "run": run });
        if let (Some(fields), true) = (result.as_object_mut(), outcome == "needs_approval") {
            fields.insert("tasks".to_owned(), pending);
        }
        Ok(ToolResult::Json(result))
    }
}

/// Whether another look may succeed.
const fn in_passing(error: &Error) -> bool {
    error.is_transient() || matches!(error, Error::Timeout { .. })
}

struct Waiting<'a> {
    cx: &'a Call,
    run: WaitInput,
    until: Instant,
}

impl Waiting<'_> {
    /// Looks until there is something to say: what, the run's summary, and its pending tasks.
    async fn outcome(&self) -> Result<(&'static str, Value, Value), ToolError> {
        // Before the first look, so that nothing that happens after it is missed.
        let mut stream = self.stream().await?;
        let mut last = None;
        let seen = loop {
            let looked_at = Instant::now();
            let late = looked_at >= self.until;
            let mut rest = LEAST;
            match (self.look().await, last.take()) {
                (Ok((run, pending)), _) => {
                    if let Some(outcome) = outcome(&run, &pending).or(late.then_some("still_running")) {
                        break (outcome, run, pending);
                    }
                    self.cx.set_doing(progress(&run));
                    last = Some((run, pending));
                }
                // One look that fails in passing does not end a wait that may last for minutes.
                (Err(ToolError::Bff(error)), Some((run, pending))) if in_passing(&error) => {
                    if late {
                        break ("still_running", run, pending);
                    }
                    tracing::debug!(code = error.code(), "the run is looked at again in a moment");
                    rest = rest.max(error.retry_after().unwrap_or_default());
                    last = Some((run, pending));
                }
                (Err(error), _) => return Err(error),
            }
            self.pause(&mut stream).await;
            tokio::time::sleep_until((looked_at + rest).min(self.until)).await;
        };
        if let Some(stream) = stream {
            stream.close().await;
        }
        Ok(seen)
    }

    /// The run's stream, unless its group is off or the deployment has none: looking does without.
    async fn stream(&self) -> Result<Option<LiveStream>, ToolError> {
        if !self.cx.switches().is_on(Group::Websocket) {
            return Ok(None);
        }
        match self.cx.follow(&self.run.workflow_id, &self.run.run_id).await {
            Ok(stream) => Ok(Some(stream)),
            Err(error) if matches!(error.code(), "unauthorized" | "no_token" | "cancelled") => Err(error),
            Err(error) => {
                tracing::debug!(code = error.code(), "waiting without a stream");
                Ok(None)
            }
        }
    }

    async fn look(&self) -> Result<(Value, Value), ToolError> {
        let (workflow_id, run_id) = (self.run.workflow_id.clone(), self.run.run_id.clone());
        let summary = runs::GetSummary { workflow_id: workflow_id.clone(), run_id: run_id.clone() };
        let pending = tasks::ListPendingRun { workflow_id, run_id };
        let (run, pending) = tokio::try_join!(self.cx.ask(&summary), self.cx.ask(&pending))?;
        let mut pending = pending.into_json();
        Ok((run.into_json(), pending.get_mut("tasks").map(Value::take).unwrap_or_default()))
    }

    /// Waits until it is worth looking again.
    async fn pause(&self, stream: &mut Option<LiveStream>) {
        let every = if stream.is_some() { WITH_STREAM } else { WITHOUT };
        let again = (Instant::now() + every).min(self.until);
        let Some(open) = stream else { return tokio::time::sleep_until(again).await };
        let Ok(mut heard) = timeout_at(again, open.next()).await else { return };
        let burst = (Instant::now() + BURST).min(self.until);
        while matches!(heard, Ok(Some(_))) {
            let Ok(next) = timeout_at(burst, open.next()).await else { return };
            heard = next;
        }
        *stream = None;
    }
}

/// What there is to say of a run; nothing while it goes on.
fn outcome(run: &Value, pending: &Value) -> Option<&'static str> {
    let status = run.get("status").and_then(Value::as_str).and_then(RunStatus::named);
    match status {
        Some(RunStatus::Completed) => Some("completed"),
        Some(RunStatus::Failed) => Some("failed"),
        Some(RunStatus::Stopped) => Some("stopped"),
        _ if run.get("run_complete").and_then(Value::as_bool) == Some(true) => Some("completed"),
        _ if pending.as_array().is_some_and(|tasks| !tasks.is_empty()) => Some("needs_approval"),
        Some(RunStatus::Paused) => Some("paused"),
        _ => None,
    }
}

/// How far the run is, for the client's progress.
fn progress(run: &Value) -> String {
    let count = |state: &str| run.pointer(&format!("/steps_by_state/{state}")).and_then(Value::as_u64).unwrap_or(0);
    let ended = ["completed", "failed", "cancelled", "skipped"].map(count).iter().sum::<u64>();
    let all = ended + count("pending") + count("running");
    if all == 0 { "The run goes on".to_owned() } else { format!("{ended} of {all} steps have ended") }
}
