//! The one error type of this crate. Every variant has a stable code; the text says what is wrong and where.

use std::time::Duration;

use crate::codes;

/// What can go wrong when a graph is read, checked, or one of its templates, conditions or scripts is run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// The graph does not have the shape the language asks for.
    #[error("{}{field}: {problem}", step_prefix(step_id.as_deref()))]
    Schema {
        /// The step it happened in; none for the graph itself.
        step_id: Option<String>,
        /// The field, as written in the graph.
        field: String,
        /// What is wrong, and the remedy.
        problem: String,
    },
    /// The dependencies go round in a circle.
    #[error("the steps depend on each other in a circle: {}", path.join(" -> "))]
    Cycle {
        /// The circle, each step depending on the next; the first step stands again at the end.
        path: Vec<String>,
    },
    /// A start names a step that the graph does not have.
    #[error("{field}: the graph has no step \"{id}\"")]
    UnknownStep {
        /// The start parameter that names it.
        field: &'static str,
        /// The unknown id.
        id: String,
    },
    /// A text has a `{{` that does not begin a well-formed template.
    #[error("template {text:?}: {problem}")]
    TemplateSyntax {
        /// The text, shortened.
        text: String,
        /// What is wrong.
        problem: String,
    },
    /// No alternative of a template has a value.
    #[error("template {expression} has no value; give it a default, as in {{{{input.name | \"none\"}}}}")]
    TemplateUnresolved {
        /// The template as written back, shortened.
        expression: String,
    },
    /// What a template resolves to is larger than the limit.
    #[error("the templates resolve to more than {limit} bytes; pass a smaller part of the value")]
    TemplateTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// A value is nested deeper than the limit.
    #[error("the value is nested deeper than {limit} levels")]
    TooDeep {
        /// The limit in levels.
        limit: usize,
    },
    /// A condition cannot be read.
    #[error("condition {text:?}: {problem}")]
    ConditionSyntax {
        /// The condition, shortened.
        text: String,
        /// What is wrong.
        problem: String,
    },
    /// A condition orders two values that have no order.
    #[error("condition: {left} and {right} cannot be ordered; compare two numbers or two strings")]
    ConditionType {
        /// The JSON type on the left.
        left: &'static str,
        /// The JSON type on the right.
        right: &'static str,
    },
    /// A script does not compile.
    #[error("lua{}: {message}", at_line(*line))]
    LuaSyntax {
        /// The line, from 1, where known.
        line: Option<u32>,
        /// What Lua says.
        message: String,
    },
    /// A script raised an error.
    #[error("lua{}: {message}", at_line(*line))]
    LuaRuntime {
        /// The line, from 1, where known.
        line: Option<u32>,
        /// What Lua says, shortened.
        message: String,
    },
    /// A script ran longer than it may.
    #[error("lua: the script ran longer than {limit:?} and was stopped")]
    LuaTimeout {
        /// The limit that was in force.
        limit: Duration,
    },
    /// A script was stopped from outside.
    #[error("lua: the script was stopped because its run ended")]
    LuaCancelled,
    /// A script, with the data it was given, needs more memory than it may have.
    #[error("lua: the script and its data need more than {limit} bytes of memory")]
    LuaMemory {
        /// The limit in bytes.
        limit: usize,
    },
    /// What a script returned cannot be a step's result.
    #[error("lua: the returned {path} {problem}")]
    LuaResult {
        /// Where in the returned value.
        path: String,
        /// What is wrong.
        problem: String,
    },
}

/// The result of everything fallible in this crate.
pub type Result<T, E = GraphError> = std::result::Result<T, E>;

impl GraphError {
    /// The stable snake_case code. Dry-run issues carry the same codes (BFF API: "Dry-run checks").
    pub fn code(&self) -> &'static str {
        match self {
            Self::Schema { .. } => codes::GRAPH_SCHEMA_VALIDATION,
            Self::Cycle { .. } => codes::DEPENDENCY_CYCLE,
            Self::UnknownStep { .. } => "unknown_step",
            Self::TemplateSyntax { .. } => codes::TEMPLATE_SYNTAX,
            Self::TemplateUnresolved { .. } => codes::TEMPLATE_UNRESOLVED,
            Self::TemplateTooLarge { .. } => "template_too_large",
            Self::TooDeep { .. } => "value_too_deep",
            Self::ConditionSyntax { .. } => codes::CONDITION_SYNTAX,
            Self::ConditionType { .. } => "condition_type",
            Self::LuaSyntax { .. } => codes::LUA_SYNTAX,
            Self::LuaRuntime { .. } => "lua_runtime",
            Self::LuaTimeout { .. } => "lua_timeout",
            Self::LuaCancelled => "lua_cancelled",
            Self::LuaMemory { .. } => "lua_memory",
            Self::LuaResult { .. } => "lua_result",
        }
    }

    /// The step the error names, where it names one.
    pub fn step_id(&self) -> Option<&str> {
        match self {
            Self::Schema { step_id, .. } => step_id.as_deref(),
            Self::Cycle { path } => path.first().map(String::as_str),
            _ => None,
        }
    }
}

/// Shortens `text` to `max` characters for a message, marking the cut.
pub(crate) fn clip(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((at, _)) => format!("{}…", text.split_at(at).0),
        None => text.to_owned(),
    }
}

fn step_prefix(step_id: Option<&str>) -> String {
    step_id.map_or_else(String::new, |id| format!("step \"{id}\", "))
}

fn at_line(line: Option<u32>) -> String {
    line.map_or_else(String::new, |line| format!(" line {line}"))
}
