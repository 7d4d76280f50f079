//! What is told of each call: who, which tool, on what, how it ended. Of arguments the names, and of values only the id or path that the call is about.

use jiff::Timestamp;
use rmcp::model::JsonObject;

use crate::policy::ToolSpec;

/// Arguments that name what a call is about, the most telling first: ids, and paths as the client wrote them.
const TARGETS: &[&str] =
    &["task_id", "run_id", "workflow_id", "conversation_id", "episode_id", "item_id", "id", "path"];
/// Longest target that is kept, in characters.
const TARGET_MAX: usize = 128;
/// What a token begins with, and the least length of what follows.
const TOKEN: (&str, usize) = ("pat_", 24);

/// One tool call that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When it began.
    pub at: Timestamp,
    /// The client's name and version for itself.
    pub client: String,
    pub tool: String,
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
        let shown = |target: &str| match may_hold_a_token(target) {
            true => "[token]".to_owned(),
            false => target.chars().take(TARGET_MAX).collect(),
        };
        Self { at: Timestamp::now(), target: target.map(shown), arguments: arguments.keys().cloned().collect() }
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

/// Whether a token may have been given where its id was asked for: `pat_` and then more random characters than an id has.
///
/// Ids begin like tokens do, so letters of both cases and digits among them are what tells a token's random part.
fn may_hold_a_token(text: &str) -> bool {
    let (prefix, shortest) = TOKEN;
    let random = |part: &str| {
        let end = part.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(part.len());
        let part = part.get(..end).unwrap_or(part);
        let has = |kind: fn(&char) -> bool| part.chars().any(|c| kind(&c));
        let mixed = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase) && has(char::is_ascii_digit);
        part.len() >= shortest && mixed
    };
    text.split(prefix).skip(1).any(random)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Begun, JsonObject};

    fn target(id: &str) -> Option<String> {
        let arguments: JsonObject = [("id".to_owned(), json!(id))].into_iter().collect();
        Begun::now(&arguments).target
    }

    #[test]
    fn a_token_given_for_an_id_is_not_kept() {
        for id in ["pat_550e8400-e29b-41d4-a716-446655440000", "pat_local_0123456789abcdef0123456789abcdef", "pat_1"] {
            assert_eq!(target(id).as_deref(), Some(id));
        }
        // Put together here, so that nobody takes it for a token that was left in the sources.
        let random = ["qT7vXe2LmZ0c", "RkWb4YhPs9Ju", "Na1DfGo6"].concat();
        for id in [format!("pat_{random}"), format!("ar_pat_{random}"), format!("Bearer pat_{random} ")] {
            assert_eq!(target(&id).as_deref(), Some("[token]"));
        }
    }
}
