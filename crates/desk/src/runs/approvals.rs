//! Tasks as a person reads them.

use agentruntime_run_watch::Task;
use serde_json::{Map, Value};

use crate::api::approvals::{Approval, ChoiceView, FieldKind, TaskField};

/// What stands at its own place, and is not told again among the details.
const OWN_PLACE: [&str; 3] = ["title", "description", "fields"];

/// A task as it is shown.
pub(crate) fn view(task: &Task) -> Approval {
    let payload = task.payload.as_object();
    let text = |key: &str| payload?.get(key)?.as_str().map(str::trim).filter(|text| !text.is_empty());
    let rest = |(key, _): &(&String, &Value)| !OWN_PLACE.contains(&key.as_str());
    // A payload that is no object is all there is to read.
    let details = match payload {
        Some(fields) => fields.iter().filter(rest).map(|(key, value)| (key.clone(), value.clone())).collect(),
        None if task.payload.is_null() => Map::new(),
        None => Map::from_iter([("payload".to_owned(), task.payload.clone())]),
    };
    let title = task.title().or(task.step_id.as_deref()).unwrap_or(&task.id).to_owned();
    Approval {
        task_id: task.id.clone(),
        run_id: task.run.run_id.clone(),
        workflow_id: task.run.workflow_id.clone(),
        workflow_name: task.workflow_name.clone(),
        step_id: task.step_id.clone(),
        task_type: task.kind.clone(),
        title,
        description: text("description").map(str::to_owned),
        details: Value::Object(details),
        fields: fields(payload.and_then(|payload| payload.get("fields"))),
        created_at: task.created_at,
        expires_at: task.expires_at,
    }
}

/// Whether an approval needs something filled in, so that a button alone cannot give it.
pub fn needs_a_form(task: &Task) -> bool {
    view(task).fields.iter().any(|field| field.required && field.value.is_none())
}

/// The fields of a task: a list of them, or an object by name. What their keys are called is documented nowhere, so those
/// that forms commonly use are understood (**assumed**).
fn fields(value: Option<&Value>) -> Vec<TaskField> {
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(|field| one(None, field)).collect(),
        Some(Value::Object(by_name)) => by_name.iter().filter_map(|(name, field)| one(Some(name), field)).collect(),
        _ => Vec::new(),
    }
}

fn one(name: Option<&String>, field: &Value) -> Option<TaskField> {
    if let Value::String(name) = field {
        return one(Some(name), &Value::Object(Map::new()));
    }
    let field = field.as_object()?;
    let text =
        |keys: &[&str]| keys.iter().find_map(|key| field.get(*key)?.as_str()).filter(|text| !text.trim().is_empty());
    let name = name.map(String::as_str).or_else(|| text(&["name", "id", "key"]))?;
    let choices = ["options", "choices", "enum"].iter().find_map(|key| field.get(*key)?.as_array());
    let choices = choices.into_iter().flatten().filter_map(choice).collect::<Vec<_>>();
    let kind = match text(&["type", "kind"]).unwrap_or_default() {
        _ if !choices.is_empty() => FieldKind::Choice,
        "textarea" | "long_text" | "longtext" | "multiline" | "markdown" => FieldKind::LongText,
        "number" | "integer" | "float" | "currency" => FieldKind::Number,
        "boolean" | "bool" | "checkbox" | "switch" | "toggle" => FieldKind::Boolean,
        "date" => FieldKind::Date,
        _ => FieldKind::Text,
    };
    Some(TaskField {
        name: name.to_owned(),
        label: text(&["label", "title"]).unwrap_or(name).to_owned(),
        kind,
        required: field.get("required").and_then(Value::as_bool).unwrap_or(false),
        choices,
        value: ["value", "default", "default_value"]
            .iter()
            .find_map(|key| field.get(*key))
            .filter(|value| !value.is_null())
            .cloned(),
        help: text(&["help", "hint", "description", "placeholder"]).map(str::to_owned),
    })
}

fn choice(choice: &Value) -> Option<ChoiceView> {
    match choice {
        Value::Object(fields) => {
            let value = fields.get("value").or_else(|| fields.get("id"))?.clone();
            let label = fields.get("label").or_else(|| fields.get("name")).and_then(Value::as_str);
            Some(ChoiceView { label: label.map_or_else(|| plain(&value), str::to_owned), value })
        }
        Value::Null | Value::Array(_) => None,
        plain_value => Some(ChoiceView { label: plain(plain_value), value: plain_value.clone() }),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use agentruntime_run_watch::RunKey;
    use serde_json::json;

    use super::*;

    fn task(payload: Value) -> Task {
        Task {
            id: "t".to_owned(),
            run: RunKey::new("wf", "run"),
            workflow_name: None,
            step_id: Some("approve".to_owned()),
            kind: None,
            payload,
            created_at: None,
            expires_at: None,
        }
    }

    #[test]
    fn nothing_of_a_payload_is_hidden_and_nothing_is_told_twice() {
        let approval = view(&task(json!({
            "title": " Publish? ", "description": "It is ready.", "amount": 12, "items": [1], "fields": ["comment"]
        })));
        assert_eq!((approval.title.as_str(), approval.description.as_deref()), ("Publish?", Some("It is ready.")));
        assert_eq!(approval.details, json!({ "amount": 12, "items": [1] }));
        assert_eq!(approval.fields[0].name, "comment");
        for (payload, details) in [(json!("plain"), json!({ "payload": "plain" })), (json!(null), json!({}))] {
            let approval = view(&task(payload));
            assert_eq!((approval.title.as_str(), approval.details), ("approve", details));
        }
    }

    #[test]
    fn fields_are_understood_in_the_forms_that_are_common() {
        let listed = fields(Some(&json!([
            { "name": "comment", "label": "Comment", "type": "textarea", "required": true },
            { "id": "tier", "options": ["gold", { "value": 2, "label": "Silver" }], "default": "gold" },
            { "name": "amount", "type": "number", "value": 3 },
            { "label": "no name" },
            7,
        ])));
        let seen = listed.iter().map(|field| (field.name.as_str(), field.kind, field.required)).collect::<Vec<_>>();
        assert_eq!(
            seen,
            [
                ("comment", FieldKind::LongText, true),
                ("tier", FieldKind::Choice, false),
                ("amount", FieldKind::Number, false)
            ]
        );
        assert_eq!(listed[1].choices[1], ChoiceView { value: json!(2), label: "Silver".to_owned() });
        assert_eq!(listed[2].value, Some(json!(3)));
        let named = fields(Some(&json!({ "agree": { "type": "checkbox", "title": "I agree" } })));
        assert_eq!((named[0].label.as_str(), named[0].kind), ("I agree", FieldKind::Boolean));
    }

    #[test]
    fn only_what_is_required_and_empty_needs_a_form() {
        for (field, needs) in [
            (json!({ "name": "a" }), false),
            (json!({ "name": "a", "required": true }), true),
            (json!({ "name": "a", "required": true, "default": "x" }), false),
        ] {
            assert_eq!(needs_a_form(&task(json!({ "fields": [field] }))), needs);
        }
    }
}
