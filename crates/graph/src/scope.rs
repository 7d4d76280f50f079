//! What templates, conditions and scripts can see: a run's input and what its steps took and gave.

use serde_json::{Map, Value};

/// The data in view, borrowed from a run's context
/// (BFF API: `{"input":{…},"steps":{id:{"input":…,"result":…}}}`).
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    input: &'a Value,
    steps: Option<&'a Map<String, Value>>,
}

/// Which half of a step's data a reference means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// What the step was given.
    Input,
    /// What the step returned.
    Result,
}

impl Side {
    /// The word for it in templates and in the context.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Result => "result",
        }
    }
}

impl<'a> Scope<'a> {
    /// A scope of `input` and `steps`, where each step is `{"input":…,"result":…}` and either may be missing.
    pub fn new(input: &'a Value, steps: &'a Map<String, Value>) -> Self {
        Self {
            input,
            steps: Some(steps),
        }
    }

    /// A scope with an input and no steps.
    pub fn of_input(input: &'a Value) -> Self {
        Self { input, steps: None }
    }

    /// The scope of a whole context object. A missing `input` reads as null, missing `steps` as none.
    pub fn of_context(context: &'a Value) -> Self {
        const NOTHING: &Value = &Value::Null;
        Self {
            input: context.get("input").unwrap_or(NOTHING),
            steps: context.get("steps").and_then(Value::as_object),
        }
    }

    /// The run's input.
    pub fn input(&self) -> &'a Value {
        self.input
    }

    /// One half of a step's data; none when the step has not got that far or was skipped.
    pub fn step(&self, id: &str, side: Side) -> Option<&'a Value> {
        self.steps?.get(id)?.get(side.as_str())
    }

    /// Every step in view.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.steps.into_iter().flatten()
    }
}
