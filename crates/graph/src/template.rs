//! Templates: `{{input.f}}`, `{{steps.id.result.f}}`, `{{steps.id.input.f}}` in the strings of any JSON value
//! (BFF API: "Templates").
//!
//! The contract gives the forms; what it leaves open is decided here:
//! - Names are letters and digits of any script, `_ - $ @ :`. Any other key is written `input["a b"]`. A list takes
//!   `items.0`, `items[0]`; an index counts from 0. Object keys of the value itself are never templates.
//! - `|` tries from left to right. Only a *missing* value falls through; null is a value. A JSON literal or `omit`
//!   may stand last. A literal may stand alone: `{{"{{"}}` is how a text holds two braces.
//! - A string that is exactly one template keeps the value's type. Beside other text, strings are put in raw and
//!   everything else as compact JSON.
//! - `omit` drops the object key or list element it is the value of. Beside other text it stands for nothing. Where
//!   there is nothing to drop it from, the value is null.
//! - A lone `}}` is text. A `{{` that is never closed is an error.
//! - Nothing is resolved twice: a `{{` inside a resolved value is data.

mod parse;
mod print;
mod resolve;
mod scan;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::scope::{Scope, Side};

pub use parse::parse;
pub(crate) use parse::{is_name_char, leading_expression, reference};
pub(crate) use resolve::Found;
pub use resolve::{MAX_DEPTH, MAX_OUTPUT_BYTES, resolve, resolve_text};
pub use scan::references;
pub(crate) use scan::scan;

/// A text with its templates parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    pub(crate) pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    Text(String),
    Expression(Expression),
}

/// What stands between `{{` and `}}`: references tried in order, then perhaps a fallback.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// Tried from left to right.
    pub references: Vec<Reference>,
    /// Taken when none of them has a value.
    pub fallback: Option<Fallback>,
}

/// The last resort of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Fallback {
    /// A JSON literal.
    Literal(Value),
    /// `omit`: the key goes whose value the template is.
    Omit,
}

/// A path to a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    /// Where the path begins.
    pub root: Root,
    /// Keys and indices from there.
    pub path: Vec<String>,
}

/// Where a path begins.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Root {
    /// The run's input.
    Input,
    /// A step's data.
    Step {
        id: String,
        /// Its input or its result.
        side: Side,
    },
}

impl Template {
    /// The expression, when the whole text is exactly one.
    pub fn as_single(&self) -> Option<&Expression> {
        match self.pieces.as_slice() {
            [Piece::Expression(expression)] => Some(expression),
            _ => None,
        }
    }

    /// The expressions in order.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Expression(expression) => Some(expression),
            Piece::Text(_) => None,
        })
    }
}

impl Reference {
    /// The value the path leads to; none when any part of it is missing.
    pub fn lookup<'a>(&self, scope: &Scope<'a>) -> Option<&'a Value> {
        let start = match &self.root {
            Root::Input => scope.input(),
            Root::Step { id, side } => scope.step(id, *side)?,
        };
        self.path.iter().try_fold(start, |value, segment| match value {
            Value::Object(object) => object.get(segment),
            Value::Array(items) => items.get(index(segment)?),
            _ => None,
        })
    }
}

/// A list index: digits only, so that `+1` and ` 1` are not.
fn index(segment: &str) -> Option<usize> {
    if segment.bytes().all(|byte| byte.is_ascii_digit()) { segment.parse().ok() } else { None }
}
