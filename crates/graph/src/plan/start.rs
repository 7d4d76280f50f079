//! The input of a run, from a start's params.

use serde_json::{Map, Value};

/// Params of a `start` that steer it and are not input (BFF API: "Command body").
pub const START_KEYS: [&str; 6] =
    ["trigger_type", "trigger_payload", "trigger_steps", "excluded_step_ids", "use_run_setup_defaults", "run_id"];

/// What `{{input.*}}` reads: the members of `trigger_payload` and every param that is not in [`START_KEYS`].
/// **Assumed**: where both have a key, `trigger_payload` wins; a payload that is no object, such as a webhook's list,
/// is the whole input when there are no other keys and `input.trigger_payload` when there are.
pub fn start_input(params: &Map<String, Value>) -> Value {
    let others = params.iter().filter(|(key, _)| !START_KEYS.contains(&key.as_str()));
    let mut input: Map<String, Value> = others.map(|(key, value)| (key.clone(), value.clone())).collect();
    match params.get("trigger_payload") {
        None | Some(Value::Null) => {}
        Some(Value::Object(payload)) => input.extend(payload.clone()),
        Some(payload) if input.is_empty() => return payload.clone(),
        Some(payload) => {
            input.insert("trigger_payload".to_owned(), payload.clone());
        }
    }
    Value::Object(input)
}
