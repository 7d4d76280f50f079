//! Input schemas, cleaned of what costs context and tells a model nothing.

use std::sync::Arc;

use rmcp::model::JsonObject;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

/// The input schema of `T`: inlined, without `$schema`, titles, number formats, nullable unions and null defaults.
///
/// Some clients' validators print a warning for each `format` they do not know (`uint64`), on every `tools/list`.
#[must_use]
pub fn input_schema<T: JsonSchema>() -> Arc<JsonObject> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    let mut object =
        schema.ensure_object().iter().map(|(key, value)| (key.clone(), value.clone())).collect::<JsonObject>();
    clean_object(&mut object, true);
    object.entry("properties").or_insert_with(|| Value::Object(JsonObject::new()));
    Arc::new(object)
}

fn clean(value: &mut Value) {
    match value {
        Value::Object(object) => clean_object(object, false),
        Value::Array(items) => items.iter_mut().for_each(clean),
        _ => {}
    }
}

fn clean_object(object: &mut JsonObject, root: bool) {
    for noise in ["$schema", "title", "format"] {
        if object.get(noise).is_some_and(Value::is_string) {
            object.shift_remove(noise);
        }
    }
    if root {
        object.shift_remove("description");
    }
    // serde refuses unknown arguments by itself, and says which; the model need not pay for the word.
    object.shift_remove("additionalProperties");
    if object.get("default").is_some_and(Value::is_null) {
        object.shift_remove("default");
    }
    if object.get("minimum").and_then(Value::as_u64) == Some(0) {
        object.shift_remove("minimum");
    }
    drop_null_type(object);
    drop_null_alternative(object);
    for (key, value) in object.iter_mut() {
        if key == "properties" {
            // Its keys are argument names, some of which may be called `title` or `format`.
            if let Value::Object(properties) = value {
                properties.values_mut().for_each(clean);
            }
        } else {
            clean(value);
        }
    }
}

/// `{"type": ["string", "null"]}` → `{"type": "string"}`: leaving an optional argument out says the same.
fn drop_null_type(object: &mut JsonObject) {
    let Some(Value::Array(types)) = object.get_mut("type") else {
        return;
    };
    types.retain(|name| name != "null");
    if types.len() == 1
        && let Some(only) = types.pop()
    {
        object.insert("type".to_owned(), only);
    }
}

/// `{"anyOf": [X, {"type": "null"}]}` → `X`, and no `null` in an `enum`.
fn drop_null_alternative(object: &mut JsonObject) {
    if let Some(Value::Array(words)) = object.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    let Some(Value::Array(choices)) = object.get_mut("anyOf") else {
        return;
    };
    choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
    if choices.len() == 1
        && let Some(Value::Object(only)) = choices.pop()
    {
        object.shift_remove("anyOf");
        for (key, value) in only {
            object.entry(key).or_insert(value);
        }
    }
}
