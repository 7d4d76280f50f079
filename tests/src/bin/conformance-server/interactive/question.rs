//! One question: how it is put, to whom it may be put, and which answers are answers.

use rmcp::{
    ErrorData,
    model::{ClientCapabilities, InputRequest, InputResponses},
};
use serde_json::{Value, json};

/// A question under the key that its answer comes back with.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    pub key: &'static str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// To the user: one field to fill in.
    Form { message: &'static str, field: &'static str, r#type: &'static str },
    /// To the client's model.
    Sampling { prompt: &'static str },
    /// To the client itself: which folders it works in.
    Roots,
}

impl Question {
    /// Asks the user for one field of a JSON type.
    pub const fn form(key: &'static str, message: &'static str, field: &'static str, r#type: &'static str) -> Self {
        Self { key, kind: Kind::Form { message, field, r#type } }
    }

    /// Asks the client's model.
    pub const fn sampling(key: &'static str, prompt: &'static str) -> Self {
        Self { key, kind: Kind::Sampling { prompt } }
    }

    /// Asks for the client's folders.
    pub const fn roots(key: &'static str) -> Self {
        Self { key, kind: Kind::Roots }
    }

    /// Whether the client said that it can be asked this.
    pub fn suits(self, client: &ClientCapabilities) -> bool {
        match self.kind {
            Kind::Form { .. } => client.elicitation.is_some(),
            Kind::Sampling { .. } => client.sampling.is_some(),
            Kind::Roots => client.roots.is_some(),
        }
    }

    /// What a client must be able to do to be asked this.
    pub fn needed(self) -> ClientCapabilities {
        let mut needed = ClientCapabilities::default();
        match self.kind {
            Kind::Form { .. } => needed.elicitation = Some(Default::default()),
            Kind::Sampling { .. } => needed.sampling = Some(Default::default()),
            Kind::Roots => needed.roots = Some(Default::default()),
        }
        needed
    }

    /// The question as part of an `input_required` result.
    pub fn request(self) -> Result<InputRequest, ErrorData> {
        let asked = match self.kind {
            Kind::Form { message, field, r#type } => {
                elicitation(message, &json!({ field: { "type": r#type } }), &[field])
            }
            Kind::Sampling { prompt } => sampling(prompt),
            Kind::Roots => json!({ "method": "roots/list", "params": {} }),
        };
        serde_json::from_value(asked).map_err(|error| ErrorData::internal_error(error.to_string(), None))
    }

    /// Whether `response` has the shape of an answer to this. That a user declines is an answer too.
    pub fn is_answered_by(self, response: &Value) -> bool {
        match self.kind {
            Kind::Form { .. } => match response.get("action").and_then(Value::as_str) {
                Some("accept") => response.get("content").is_some_and(Value::is_object),
                Some("decline" | "cancel") => true,
                _ => false,
            },
            Kind::Sampling { .. } => response.get("content").is_some(),
            Kind::Roots => response.get("roots").is_some_and(Value::is_array),
        }
    }
}

/// `elicitation/create` with a form.
pub fn elicitation(message: &str, properties: &Value, required: &[&str]) -> Value {
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    json!({ "method": "elicitation/create", "params": { "message": message, "requestedSchema": schema } })
}

/// `sampling/createMessage` with one message of the user's.
pub fn sampling(prompt: &str) -> Value {
    let message = json!({ "role": "user", "content": { "type": "text", "text": prompt } });
    json!({ "method": "sampling/createMessage", "params": { "messages": [message], "maxTokens": 100 } })
}

/// The text at a JSON pointer into the answers, each under its question's key.
pub fn given(answers: &InputResponses, pointer: &str) -> String {
    let Some((key, rest)) = pointer.trim_start_matches('/').split_once('/') else {
        return NOTHING.to_owned();
    };
    let value = answers.get(key).and_then(|answer| answer.pointer(&format!("/{rest}")));
    value.map_or_else(|| NOTHING.to_owned(), |value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// What stands for an answer that was declined.
const NOTHING: &str = "(not told)";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Question, given};

    #[test]
    fn only_answers_count_as_answers() {
        let name = Question::form("name", "Your name?", "name", "string");
        assert!(name.is_answered_by(&json!({ "action": "accept", "content": { "name": "Ada" } })));
        assert!(name.is_answered_by(&json!({ "action": "decline" })));
        for bad in [json!(12345), json!(null), json!({ "action": "accept" }), json!({ "action": "shrug" })] {
            assert!(!name.is_answered_by(&bad), "{bad}");
        }
        assert!(!Question::roots("roots").is_answered_by(&json!({ "roots": "none" })));
    }

    #[test]
    fn every_kind_of_question_can_be_put() {
        for question in [Question::form("a", "A?", "a", "boolean"), Question::sampling("b", "B?"), Question::roots("c")]
        {
            assert!(question.request().is_ok(), "{question:?}");
            assert!(question.suits(&question.needed()));
            assert!(!question.suits(&Default::default()));
        }
    }

    #[test]
    fn answers_are_found_by_pointer() {
        let answers = [("name".to_owned(), json!({ "content": { "name": "Ada", "age": 36 } }))].into();
        assert_eq!(given(&answers, "/name/content/name"), "Ada");
        assert_eq!(given(&answers, "/name/content/age"), "36");
        assert_eq!(given(&answers, "/other/content"), "(not told)");
    }
}
