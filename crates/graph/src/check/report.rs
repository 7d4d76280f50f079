//! What a dry run replies, field by field as the contract has it (BFF API: POST `/v1/workflows/{id}/validate`).

use serde::{Deserialize, Serialize};

/// Most issues a report lists; a graph that is wrong all over is no clearer with more.
const MAX_ISSUES: usize = 200;

/// What a dry run found, at most 200 issues long. Serialised, it is what a BFF replies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether there is no error; warnings are allowed.
    pub valid: bool,
    /// Whether a run could start.
    pub readiness: Readiness,
    /// Everything found, at most 200.
    pub issues: Vec<Issue>,
    /// What was looked at.
    pub checks_performed: Vec<Check>,
    /// Step ids, dependencies first; empty when they go in a circle.
    pub topological_order: Vec<String>,
}

/// Whether a run could start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Readiness {
    /// Nothing stands in the way.
    Ready,
    /// There is at least one error.
    Blocked,
}

/// One thing that is wrong, or may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// How bad it is.
    pub severity: Severity,
    /// One of [`codes`](crate::codes), or the code of the error behind it.
    pub code: &'static str,
    /// The step, where it is one step's.
    pub step_id: Option<String>,
    /// What is wrong, and the remedy.
    pub message: String,
}

/// How bad an issue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A run would fail.
    Error,
    /// A run may not do what the author means.
    Warning,
}

/// A kind of check. The names are **assumed**; the contract says what is checked, not what it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Steps exist, ids and types are right, required fields are there, `depends_on` targets exist.
    Schema,
    /// No circles.
    Dependencies,
    /// Syntax and wiring of templates.
    Templates,
    /// Conditions parse.
    Conditions,
    /// Scripts compile.
    Lua,
    /// MCP servers are named and exist.
    McpBindings,
    /// Disabled steps are pointed out.
    EnabledSteps,
    /// The params give every input that is read and fit the `input_schema`; only when there are params.
    Input,
}

impl Report {
    pub(super) fn new() -> Self {
        Self {
            valid: true,
            readiness: Readiness::Ready,
            issues: Vec::new(),
            checks_performed: Vec::new(),
            topological_order: Vec::new(),
        }
    }

    pub(super) fn note_performed(&mut self, check: Check) {
        self.checks_performed.push(check);
    }

    pub(super) fn add_issue(&mut self, severity: Severity, step_id: Option<&str>, code: &'static str, message: String) {
        let issue = Issue { severity, code, step_id: step_id.map(str::to_owned), message };
        self.valid &= severity != Severity::Error;
        if self.issues.len() < MAX_ISSUES && !self.issues.contains(&issue) {
            self.issues.push(issue);
        }
    }

    pub(super) fn close(&mut self) {
        self.readiness = if self.valid { Readiness::Ready } else { Readiness::Blocked };
    }
}
