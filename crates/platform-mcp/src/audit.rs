//! What is told of each call: who, which tool, on what, how it ended. Of arguments the names, and of values only the id or path that the call is about.

use jiff::Timestamp;
use rmcp::model::JsonObject;

use crate::catalogue::ToolSpec;

/// Arguments that name what a call is about, the most telling first: ids, and paths as the client wrote them.
const TARGETS: &[&str] =
    &["task_id", "run_id", "workflow_id", "conversation_id", "episode_id", "item_id", "id", "path"];
/// Longest target that is kept, in characters.
const TARGET_MAX: usize = 128;

/// One tool call that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When it began.
    pub at: Timestamp,
    /// The client's name and version for itself.
    pub client: String,
    /// The tool.
    pub tool: String,
    /// Its group.
    pub group: String,
    /// The id or path that it was about.
    pub target: Option<String>,
    /// The names of its arguments.
    pub arguments: Vec<String>,
    /// `ok`, or the error's code.
    pub code: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// What is known of a call before it runs, since running it takes its arguments.
pub(crate) struct Begun {
    at: Timestamp,
    target: Option<String>,
    arguments: Vec<String>,
}

impl Begun {
    pub(crate) fn now(arguments: &JsonObject) -> Self {
        let target = TARGETS.iter().find_map(|name| arguments.get(*name)?.as_str());
        Self {
            at: Timestamp::now(),
            target: target.map(|target| target.chars().take(TARGET_MAX).collect()),
            arguments: arguments.keys().cloned().collect(),
        }
    }

    pub(crate) fn ended(self, spec: &ToolSpec, client: Option<String>, code: &str) -> Record {
        let taken = Timestamp::now().duration_since(self.at).as_millis();
        Record {
            at: self.at,
            client: client.unwrap_or_else(|| "unknown".to_owned()),
            tool: spec.name.to_owned(),
            group: spec.group.name().to_owned(),
            target: self.target,
            arguments: self.arguments,
            code: code.to_owned(),
            duration_ms: u64::try_from(taken).unwrap_or(0),
        }
    }
}
