//! A step's `condition`: it must hold for the step to run.
//!
//! **Assumed throughout**: the contract names the field and says no more. The language here is small:
//! - `true` and `false` are themselves; an absent or blank condition holds.
//! - An operand is a template (`{{input.env}}`), a bare path (`input.env`), a JSON literal, or a string in double or
//!   single quotes, which may hold templates (`"{{input.region}}-1"`).
//! - `==` and `!=` compare any two values, numbers by value (`1 == 1.0`). `<`, `<=`, `>`, `>=` order two numbers or
//!   two strings; with null on either side they do not hold, with anything else they are an error.
//! - `!`, `&&`, `||` and parentheses, in the usual order of strength. `&&` and `||` stop as soon as they know.
//! - A lone operand holds unless it is null, `false`, `0`, an empty list or object, or a string that is empty or
//!   reads `false`.
//! - A path with no value is null here, unlike in a template: asking whether something is there is what conditions
//!   are for.

mod compare;
mod eval;
mod lex;
mod parse;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::error::Result;
use crate::scope::Scope;
use crate::template::{Expression, Reference, Template};

/// Longest condition in bytes.
pub const MAX_CONDITION_BYTES: usize = 8 * 1024;
/// Deepest nesting of parentheses and `!`.
const MAX_NESTING: usize = 64;

/// A parsed condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    root: Node,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Operand(Operand),
    Not(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
    Compare(Operand, Comparison, Operand),
}

#[derive(Debug, Clone, PartialEq)]
enum Operand {
    Literal(Value),
    Expression(Expression),
    Text(Template),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Condition {
    /// Parses a step's condition; a boolean or a string, as [`crate::Graph::parse`] has made sure.
    ///
    /// # Errors
    /// [`crate::GraphError::ConditionSyntax`] or [`crate::GraphError::TemplateSyntax`].
    pub fn parse(value: &Value) -> Result<Self> {
        parse::condition(value).map(|root| Self { root })
    }

    /// Whether the condition holds.
    ///
    /// # Errors
    /// [`crate::GraphError::ConditionType`] when two values without an order are ordered,
    /// [`crate::GraphError::TemplateTooLarge`] when a text in it grows beyond the limit.
    pub fn holds(&self, scope: &Scope<'_>) -> Result<bool> {
        self.root.holds(scope)
    }

    /// Every reference in it, in order.
    pub fn references(&self) -> Vec<&Reference> {
        let mut found = Vec::new();
        self.root.collect(&mut found);
        found
    }
}

/// Whether a step with this condition runs: parses and judges in one go.
///
/// # Errors
/// As [`Condition::parse`] and [`Condition::holds`].
pub fn holds(condition: Option<&Value>, scope: &Scope<'_>) -> Result<bool> {
    condition.map_or(Ok(true), |condition| Condition::parse(condition)?.holds(scope))
}
