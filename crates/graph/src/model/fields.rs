//! Reads one step's fields, collecting every problem instead of stopping at the first. Null counts as absent.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Map, Value};

use super::MAX_STEPS;
use crate::error::GraphError;

/// A step's object and where its problems go.
pub(super) struct Fields<'a> {
    /// How messages name the step: its id, or its place when it has none.
    pub(super) step_id: String,
    pub(super) object: &'a Map<String, Value>,
    pub(super) problems: &'a mut Vec<GraphError>,
}

impl<'a> Fields<'a> {
    pub(super) fn get(&self, field: &str) -> Option<&'a Value> {
        self.object.get(field).filter(|value| !value.is_null())
    }

    pub(super) fn add_problem(&mut self, field: &str, problem: impl Into<String>) {
        self.problems.push(GraphError::Schema {
            step_id: Some(self.step_id.clone()),
            field: field.to_owned(),
            problem: problem.into(),
        });
    }

    /// A string that may be absent.
    pub(super) fn string(&mut self, field: &str) -> Option<&'a str> {
        match self.get(field)? {
            Value::String(text) => Some(text),
            other => {
                self.add_problem(field, format!("must be a string, not {}", kind_of(other)));
                None
            }
        }
    }

    /// A string that must be there and not blank. Empty after a problem.
    pub(super) fn required_string(&mut self, field: &str) -> String {
        let present = self.get(field).is_some();
        match self.string(field) {
            Some(text) if !text.trim().is_empty() => text.to_owned(),
            Some(_) => {
                self.add_problem(field, "must not be empty");
                String::new()
            }
            None => {
                if !present {
                    self.add_problem(field, "is required for this step type");
                }
                String::new()
            }
        }
    }

    pub(super) fn boolean(&mut self, field: &str, default: bool) -> bool {
        match self.get(field) {
            None => default,
            Some(Value::Bool(value)) => *value,
            Some(other) => {
                self.add_problem(field, format!("must be true or false, not {}", kind_of(other)));
                default
            }
        }
    }

    pub(super) fn count(&mut self, field: &str, max: u32) -> u32 {
        let Some(value) = self.get(field) else {
            return 0;
        };
        match value.as_u64().and_then(|count| u32::try_from(count).ok()) {
            Some(count) if count <= max => count,
            _ => {
                self.add_problem(field, format!("must be a whole number from 0 to {max}"));
                0
            }
        }
    }

    /// Seconds, fractions allowed.
    pub(super) fn seconds(&mut self, field: &str, max: Duration) -> Option<Duration> {
        let value = self.get(field)?;
        let seconds = value.as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        match seconds {
            Some(seconds) if !seconds.is_zero() && seconds <= max => Some(seconds),
            _ => {
                self.add_problem(field, format!("must be a number of seconds above 0 and at most {}", max.as_secs()));
                None
            }
        }
    }

    /// A list of strings, repeats dropped.
    pub(super) fn strings(&mut self, field: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut seen = HashSet::new();
        match self.get(field) {
            None => {}
            Some(Value::Array(items)) if items.len() > MAX_STEPS => {
                self.add_problem(field, format!("must hold at most {MAX_STEPS} step ids"));
            }
            Some(Value::Array(items)) => {
                for item in items {
                    match item {
                        Value::String(text) => {
                            if seen.insert(text) {
                                found.push(text.clone());
                            }
                        }
                        other => self.add_problem(field, format!("must hold strings only, not {}", kind_of(other))),
                    }
                }
            }
            Some(other) => self.add_problem(field, format!("must be a list of step ids, not {}", kind_of(other))),
        }
        found
    }
}

/// The JSON type of a value, with its article, for messages.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
