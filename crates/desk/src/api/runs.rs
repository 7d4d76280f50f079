//! Runs as the window shows them: the list, one run as a picture, what changes while it is looked at.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::approvals::Approval;

/// Where a run stands. The platform's words (BFF API, "Runs, events, tasks") in fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RunState {
    /// It has not begun: `queued`, `pending`, `starting`.
    Queued,
    /// It runs.
    Running,
    /// It runs, and a task of it waits for a person.
    Waiting,
    /// A person has paused it.
    Paused,
    /// It is stopped gracefully: what is under way ends.
    Draining,
    /// It ended well.
    Completed,
    /// It failed.
    Failed,
    /// Somebody stopped it.
    Stopped,
}

/// Which run: an id is one within its workflow only.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunRef {
    /// Its workflow.
    pub workflow_id: String,
    /// Its id.
    pub run_id: String,
}

/// A run as a line in a list.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunRow {
    /// Its id.
    pub id: String,
    /// Its workflow.
    pub workflow_id: String,
    /// The workflow's name, where it is known.
    pub workflow_name: Option<String>,
    /// Where it stands.
    pub state: RunState,
    /// How many of its tasks wait for a person.
    pub waiting: u32,
    /// How many of its steps have ended, where it is known.
    pub steps_done: Option<u32>,
    /// How many steps it has, where it is known.
    pub steps: Option<u32>,
    /// When it began, by the platform's clock, where it says so.
    #[ts(type = "string | null")]
    pub started_at: Option<Timestamp>,
    /// When it ended, by the platform's clock; nothing before.
    #[ts(type = "string | null")]
    pub ended_at: Option<Timestamp>,
    /// Why it failed, as the platform's code.
    pub failure_code: Option<String>,
    /// Why it failed, in the platform's words.
    pub error: Option<String>,
    /// Whether a client of this app started it.
    pub started_here: bool,
    /// Whether the person asked to hear of its end.
    pub followed: bool,
}

/// Which runs are asked for, the latest first.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunsQuery {
    /// Only runs in this state. `Running` means every run that has not ended.
    pub state: Option<RunState>,
    /// Only runs of this workflow.
    pub workflow_id: Option<String>,
    /// Only runs that began at this time or later.
    #[ts(type = "string | null")]
    pub since: Option<Timestamp>,
    /// Rows to pass over.
    pub offset: u32,
    /// The most rows, up to 100.
    pub limit: u32,
}

/// A page of runs, the latest first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunsPage {
    /// No more than were asked for.
    pub runs: Vec<RunRow>,
    /// How many the query names in all.
    pub total: u32,
}

/// A workflow to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowChoice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum StepState {
    /// It has not begun.
    Pending,
    /// It works.
    Running,
    /// It waits before another try.
    Retrying,
    /// It waits for a person.
    Waiting,
    /// It ended well.
    Completed,
    /// It failed.
    Failed,
    /// It was stopped on its way.
    Cancelled,
    /// It was passed over.
    Skipped,
}

/// What a step did for a while: a piece of its bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SpanKind {
    /// It worked.
    Work,
    /// It waited for a person.
    Wait,
    /// It failed, and waited before another try.
    Retry,
}

/// A piece of a step's bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StepSpan {
    /// What it did.
    pub kind: SpanKind,
    /// From when.
    #[ts(type = "string")]
    pub from: Timestamp,
    /// Until when; nothing while it lasts.
    #[ts(type = "string | null")]
    pub to: Option<Timestamp>,
    /// Which try it belongs to, from 1.
    pub attempt: u32,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    /// Its id in the graph.
    pub id: String,
    /// Its name for people; its id where it has none.
    pub name: String,
    /// `lua_script`, `human_task`, `mcp_call`, …
    pub kind: Option<String>,
    /// The steps it waits for.
    pub depends_on: Vec<String>,
    /// Where it stands.
    pub state: StepState,
    /// Tries so far, the one under way included.
    pub attempts: u32,
    /// The pieces of its bar, in order.
    pub spans: Vec<StepSpan>,
    /// Why it failed.
    pub error: Option<String>,
    /// Why it was passed over: `blocked`, `out_of_scope`, `step_disabled`, or what the platform says.
    pub skip_reason: Option<String>,
    /// What it was given; nothing before it begins.
    #[ts(type = "unknown")]
    pub input: Option<Value>,
    /// What came of it.
    #[ts(type = "unknown")]
    pub result: Option<Value>,
}

/// Something that happened in a run.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// Its id.
    pub id: String,
    /// `run_started`, `step_completed`, …
    pub kind: String,
    /// The step, where it is about one.
    pub step_id: Option<String>,
    /// When, by the platform's clock, where it says so.
    #[ts(type = "string | null")]
    pub at: Option<Timestamp>,
    /// What is told of it.
    #[ts(type = "unknown")]
    pub data: Value,
}

/// One run with its steps, events and tasks.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunDetail {
    /// The run.
    pub run: RunRow,
    /// Its steps: those that have begun in the order they did, then the others in the order of the graph.
    pub steps: Vec<StepView>,
    /// The step that failed first, where one did.
    pub failed_step: Option<String>,
    /// What happened, in order.
    pub events: Vec<EventView>,
    /// Whether there were more events than are shown.
    pub more_events: bool,
    /// What it was started with.
    #[ts(type = "unknown")]
    pub input: Value,
    /// The workflow's JSON schema for the input, where it has one.
    #[ts(type = "unknown")]
    pub input_schema: Option<Value>,
    /// Its variables: the input, and each step's input and result.
    #[ts(type = "unknown")]
    pub context: Value,
    /// Its tasks that wait for a person.
    pub approvals: Vec<Approval>,
    /// Where the Console shows it; nothing for the sandbox.
    pub console_url: Option<String>,
    /// The platform's time just now, by this computer's clock: what bars that last are drawn up to.
    #[ts(type = "string")]
    pub now: Timestamp,
}

/// What may be asked of a run that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RunCommand {
    /// Nothing new begins.
    Pause,
    /// It goes on.
    Resume,
    /// What is under way ends, then the run (`mode: graceful`).
    Drain,
    /// Everything ends now (`mode: immediate`).
    Stop,
}

/// How the app hears of runs just now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum LinkView {
    /// There is no workspace to follow.
    None,
    /// It is about to hear of them for the first time.
    Starting,
    /// It hears of them.
    Live,
    /// It does not, and tries again.
    Away {
        /// Since when.
        #[ts(type = "string")]
        since: Timestamp,
        /// Why, as a stable code.
        code: String,
    },
}

/// What is known of runs, in short: what tray, rail and Home show.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WatchView {
    /// How the app hears of runs.
    pub link: LinkView,
    /// How many runs have not ended.
    pub active: u32,
    /// How many tasks wait for a person.
    pub waiting: u32,
    /// When the first of these tasks ends unanswered, where one does.
    #[ts(type = "string | null")]
    pub first_end: Option<Timestamp>,
    /// Runs that failed while the app followed them and that nobody has looked at, the latest first, at most ten.
    pub failures: Vec<RunRow>,
    /// The latest runs that have not ended, at most five.
    pub latest: Vec<RunRow>,
    /// What an agent wants to answer in the person's name.
    pub questions: Vec<super::approvals::QuestionView>,
    /// Until when notifications are held back, where the person asked for that.
    #[ts(type = "string | null")]
    pub do_not_disturb: Option<Timestamp>,
    /// Counts changes of the tasks that wait: whoever shows them asks again.
    pub approvals_revision: u32,
    /// Counts runs that came or went: whoever shows a list asks again.
    pub runs_revision: u32,
    /// Counts changes of where active runs stand: a list of one state asks again.
    pub states_revision: u32,
}
