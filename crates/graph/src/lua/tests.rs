#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::disallowed_methods)]

mod hostile;
mod language;

use std::time::Duration;

use serde_json::{Value, json};

use super::CancelFlag;
use crate::error::{GraphError, Result};
use crate::scope::Scope;

fn context() -> Value {
    json!({
        "input": {"n": 3, "name": "Zoë", "nothing": null, "tags": ["a", null, "c"], "none": [], "deep": {"x": 1.5}},
        "steps": {"fetch-all": {"input": {"q": 1}, "result": {"rows": [1, 2, 3]}}},
    })
}

fn run(script: &str) -> Result<Value> {
    super::run(script, &Scope::of_context(&context()), None, &CancelFlag::default())
}

/// A run with a limit so short that only an interrupt can keep the test from hanging.
fn run_briefly(script: &str) -> Result<Value> {
    super::run(script, &Scope::of_context(&context()), Some(Duration::from_millis(60)), &CancelFlag::default())
}

fn is_timeout(outcome: &Result<Value>) -> bool {
    matches!(outcome, Err(GraphError::LuaTimeout { .. }))
}

fn is_memory(outcome: &Result<Value>) -> bool {
    matches!(outcome, Err(GraphError::LuaMemory { .. }))
}
