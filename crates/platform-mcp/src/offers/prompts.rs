//! The example prompts of the Platform MCP page, with arguments where the page has placeholders.

use rmcp::model::{GetPromptResult, JsonObject, Prompt, PromptArgument, PromptMessage, Role};

/// One prompt: its arguments, and the text with `{argument}` where each one goes.
struct Offer {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    arguments: &'static [Argument],
    text: &'static str,
}

struct Argument {
    name: &'static str,
    description: &'static str,
    /// What stands for it when it is left out; `None` makes it required.
    default: Option<&'static str>,
}

const OFFERS: &[Offer] = &[
    Offer {
        name: "recent_runs",
        title: "Recent runs",
        description: "List the workflows and the most recent runs",
        arguments: &[Argument { name: "count", description: "How many runs to show", default: Some("three") }],
        text: "List my workflows and show the {count} most recent runs.",
    },
    Offer {
        name: "validate_and_start",
        title: "Validate and start a workflow",
        description: "Dry-run a workflow, start it if it is ready, follow it to its end or to an approval",
        arguments: &[
            Argument { name: "workflow_id", description: "The workflow's id", default: None },
            Argument { name: "params", description: "Run parameters as JSON", default: Some("{}") },
        ],
        text: "Validate workflow {workflow_id} and start a run with params {params}. Keep the run_id, poll runs_get_summary, \
               and check tasks_list_pending_run before you tell me that it is done.",
    },
    Offer {
        name: "credits_used",
        title: "Credits used",
        description: "How many credits the project used in a time window",
        arguments: &[Argument {
            name: "window",
            description: "A time window such as week or month",
            default: Some("week"),
        }],
        text: "How many credits did my project consume this {window}?",
    },
    Offer {
        name: "search_memory",
        title: "Search memory",
        description: "Search long-term memory for decisions about a topic",
        arguments: &[Argument { name: "topic", description: "What the decisions are about", default: None }],
        text: "Search memory for decisions about {topic}.",
    },
    Offer {
        name: "pending_approvals",
        title: "Pending approvals",
        description: "What waits for a person, and what each approval would do",
        arguments: &[],
        text: "List the tasks that wait for my approval. For each, say which workflow and run it belongs to and what approving it would do. \
               Do not complete any of them before I have decided.",
    },
];

/// The prompts as `prompts/list` sends them.
#[must_use]
pub fn list() -> Vec<Prompt> {
    OFFERS
        .iter()
        .map(|offer| {
            let arguments = offer.arguments.iter().map(|argument| {
                PromptArgument::new(argument.name)
                    .with_description(argument.description)
                    .with_required(argument.default.is_none())
            });
            Prompt::new(offer.name, Some(offer.description), Some(arguments.collect())).with_title(offer.title)
        })
        .collect()
}

/// One prompt with its arguments filled in.
///
/// # Errors
/// A sentence that names the prompt or argument that is wrong.
pub fn get(name: &str, arguments: Option<&JsonObject>) -> Result<GetPromptResult, String> {
    let offer = OFFERS.iter().find(|offer| offer.name == name).ok_or_else(|| {
        let names = OFFERS.iter().map(|offer| offer.name).collect::<Vec<_>>().join(", ");
        format!("there is no prompt `{name}`; the prompts are: {names}")
    })?;
    let mut values = Vec::with_capacity(offer.arguments.len());
    for argument in offer.arguments {
        let given = arguments
            .and_then(|all| all.get(argument.name))
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .filter(|text| !text.trim().is_empty());
        let value = given.or_else(|| argument.default.map(str::to_owned)).ok_or_else(|| {
            format!("the prompt `{name}` needs the argument `{}`: {}", argument.name, argument.description)
        })?;
        values.push((argument.name, value));
    }
    let message = PromptMessage::new_text(Role::User, fill(offer.text, &values));
    Ok(GetPromptResult::new(vec![message]).with_description(offer.description))
}

/// Puts each value in its place, in one pass: a value that looks like a placeholder stays what it is.
fn fill(text: &str, values: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let found = after
            .split_once('}')
            .and_then(|(name, tail)| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (value, tail)));
        if let Some((value, tail)) = found {
            filled.push_str(value);
            rest = tail;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

/// Whether `argument` of the prompt `name` is a workflow's id, for completion.
#[must_use]
pub fn takes_workflow_id(name: &str, argument: &str) -> bool {
    argument == "workflow_id"
        && OFFERS.iter().any(|offer| offer.name == name && offer.arguments.iter().any(|a| a.name == argument))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::{get, list};

    fn text(name: &str, arguments: &serde_json::Value) -> Result<String, String> {
        let result = get(name, arguments.as_object())?;
        Ok(serde_json::to_value(&result).unwrap()["messages"][0]["content"]["text"].as_str().unwrap().to_owned())
    }

    #[test]
    fn arguments_are_filled_in_and_not_read_again() {
        let filled =
            text("validate_and_start", &json!({ "workflow_id": "{params}", "params": "{\"env\": \"staging\"}" }))
                .unwrap();
        assert!(
            filled.starts_with("Validate workflow {params} and start a run with params {\"env\": \"staging\"}."),
            "{filled}"
        );
    }

    #[test]
    fn a_missing_argument_is_named() {
        assert!(text("search_memory", &json!({})).unwrap_err().contains("`topic`"));
        assert!(text("nothing", &json!({})).unwrap_err().contains("recent_runs"));
        assert_eq!(text("recent_runs", &json!({})).unwrap(), "List my workflows and show the three most recent runs.");
    }

    #[test]
    fn every_listed_prompt_can_be_got() {
        for prompt in list() {
            let arguments: serde_json::Map<_, _> =
                prompt.arguments.iter().flatten().map(|a| (a.name.clone(), json!("x"))).collect();
            let filled = text(&prompt.name, &json!(arguments)).unwrap();
            assert!(!filled.contains('{'), "{filled}");
        }
    }
}
