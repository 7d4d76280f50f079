//! What templates, conditions and scripts can see: a run's input and what its steps took and gave.

use serde_json::{Map, Value};

/// The data in view, borrowed from a run's context
/// (BFF API: `{"input":{…},"steps":{id:{"input":…,"result":…}}}`).
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    input: &'a Value,
    steps: Option<&'a Map<String, Value>>,
    among: Option<&'a [&'a str]>,
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
        Self { input, steps: Some(steps), among: None }
    }

    /// A scope with an input and no steps.
    pub fn of_input(input: &'a Value) -> Self {
        Self { input, steps: None, among: None }
    }

    /// The scope of a whole context object. A missing `input` reads as null, missing `steps` as none.
    pub fn of_context(context: &'a Value) -> Self {
        const NOTHING: &Value = &Value::Null;
        Self {
            input: context.get("input").unwrap_or(NOTHING),
            steps: context.get("steps").and_then(Value::as_object),
            among: None,
        }
    }

    /// The same scope with only these steps in view. A step should see its [`crate::plan::Plan::ancestors`] and no
    /// others: what a step beside it has come to by now is chance.
    pub fn among(self, ids: &'a [&'a str]) -> Self {
        Self { among: Some(ids), ..self }
    }

    /// The run's input.
    pub fn input(&self) -> &'a Value {
        self.input
    }

    /// One half of a step's data; none when the step has not got that far or was skipped.
    pub fn step(&self, id: &str, side: Side) -> Option<&'a Value> {
        if !self.shows(id) {
            return None;
        }
        self.steps?.get(id)?.get(side.as_str())
    }

    /// Every step in view.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (&'a String, &'a Value)> + '_ {
        self.steps.into_iter().flatten().filter(|(id, _)| self.shows(id))
    }

    fn shows(&self, id: &str) -> bool {
        self.among.is_none_or(|ids| ids.contains(&id))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use serde_json::json;

    use super::{Scope, Side};

    #[test]
    fn only_the_steps_in_view_are_seen() {
        let context = json!({"input": 1, "steps": {"a": {"result": 2}, "b": {"result": 3, "input": 4}}});
        let all = Scope::of_context(&context);
        assert_eq!((all.input(), all.step("b", Side::Input)), (&json!(1), Some(&json!(4))));
        assert_eq!(all.step("a", Side::Input), None);
        let some = all.among(&["a", "c"]);
        assert_eq!(some.step("a", Side::Result), Some(&json!(2)));
        assert_eq!((some.step("b", Side::Result), some.step("c", Side::Result)), (None, None));
        assert_eq!(some.steps().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["a"]);
        assert_eq!(Scope::of_context(&json!([])).input(), &json!(null));
    }
}
