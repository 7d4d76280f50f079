//! No template, condition or graph makes the language panic, hang, or grow out of proportion.
#![no_main]

use agentruntime_graph::{Scope, check::check, condition, template};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|text: &str| {
    let input = json!({ "n": 1, "list": [1, { "a": null }], "text": text });
    let steps = json!({ "s": { "input": { "x": text }, "result": { "list": [1, 2, 3], "deep": { "er": true } } } });
    let steps = steps.as_object().cloned().unwrap_or_default();
    let scope = Scope::new(&input, &steps);
    if let Ok(resolved) = template::resolve_text(text, &scope) {
        let size = resolved.to_string().len();
        assert!(size <= 2 * template::MAX_OUTPUT_BYTES + 64, "{size} bytes of {} bytes of template", text.len());
    }
    // Whether it holds or errs is the language's business; here it only has to return.
    let _judged = condition::holds(Some(&Value::String(text.to_owned())), &scope);
    let graph = serde_json::from_str(text).unwrap_or_else(|_| json!({ "steps": [{ "id": "a", "type": "human_task",
        "task_type": "approval", "task_payload": { "title": text }, "condition": text }] }));
    let _report = check(&graph, None, &|_: &str| false);
});
