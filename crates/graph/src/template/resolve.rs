//! Resolving: a value with templates and a scope become a value without.
//!
//! A small template can name a large value many times over, so everything that is written is paid for from one
//! budget, before it is copied.

use serde_json::{Map, Value};

use super::{Expression, Fallback, Piece, Template, parse};
use crate::error::{GraphError, Result, clip};
use crate::scope::Scope;

/// The most JSON one call of [`resolve`] may give: twice the largest result of a step.
pub const MAX_OUTPUT_BYTES: usize = 2 * 1024 * 1024;
/// The deepest nesting a resolved value may have; low enough that JSON parsers (128) read it back inside a context.
pub const MAX_DEPTH: usize = 96;

/// Resolves every template in the strings of `value`.
///
/// # Errors
/// A template that is malformed or has no value, or a result beyond [`MAX_OUTPUT_BYTES`] or [`MAX_DEPTH`].
pub fn resolve(value: &Value, scope: &Scope<'_>) -> Result<Value> {
    let mut budget = Budget { left: MAX_OUTPUT_BYTES };
    Ok(resolve_value(value, scope, 0, &mut budget)?.unwrap_or(Value::Null))
}

/// Resolves one text.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_text(text: &str, scope: &Scope<'_>) -> Result<Value> {
    let mut budget = Budget { left: MAX_OUTPUT_BYTES };
    Ok(resolve_string(text, scope, 0, &mut budget)?.unwrap_or(Value::Null))
}

/// None means omitted.
fn resolve_value(value: &Value, scope: &Scope<'_>, depth: usize, budget: &mut Budget) -> Result<Option<Value>> {
    within_depth(depth)?;
    match value {
        Value::String(text) => resolve_string(text, scope, depth, budget),
        Value::Array(items) => {
            budget.spend(2)?;
            let mut resolved = Vec::new();
            for item in items {
                resolved.extend(resolve_value(item, scope, depth + 1, budget)?);
            }
            Ok(Some(Value::Array(resolved)))
        }
        Value::Object(object) => {
            budget.spend(2)?;
            let mut resolved = Map::new();
            for (key, item) in object {
                if let Some(item) = resolve_value(item, scope, depth + 1, budget)? {
                    budget.spend(key.len() + 4)?;
                    resolved.insert(key.clone(), item);
                }
            }
            Ok(Some(Value::Object(resolved)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => budget.copy(value, depth).map(Some),
    }
}

fn resolve_string(text: &str, scope: &Scope<'_>, depth: usize, budget: &mut Budget) -> Result<Option<Value>> {
    let template = parse(text)?;
    if let Some(expression) = template.as_single() {
        return match expression.find(scope)? {
            Found::Value(value) => budget.copy(value, depth).map(Some),
            Found::Omitted => Ok(None),
        };
    }
    template.render(scope, budget).map(|text| Some(Value::String(text)))
}

/// What an expression leads to.
pub(crate) enum Found<'a> {
    Value(&'a Value),
    Omitted,
}

impl Expression {
    /// The first alternative that has a value.
    ///
    /// # Errors
    /// [`GraphError::TemplateUnresolved`] when none has.
    pub(crate) fn find<'a>(&'a self, scope: &Scope<'a>) -> Result<Found<'a>> {
        if let Some(value) = self.references.iter().find_map(|reference| reference.lookup(scope)) {
            return Ok(Found::Value(value));
        }
        match &self.fallback {
            Some(Fallback::Literal(value)) => Ok(Found::Value(value)),
            Some(Fallback::Omit) => Ok(Found::Omitted),
            None => Err(GraphError::TemplateUnresolved { expression: clip(&self.to_string(), 120) }),
        }
    }
}

impl Template {
    /// The text with every expression put in, on a budget of its own.
    pub(crate) fn render_alone(&self, scope: &Scope<'_>) -> Result<String> {
        self.render(scope, &mut Budget { left: MAX_OUTPUT_BYTES })
    }

    fn render(&self, scope: &Scope<'_>, budget: &mut Budget) -> Result<String> {
        budget.spend(2)?;
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(part) => {
                    budget.spend(part.len())?;
                    text.push_str(part);
                }
                Piece::Expression(expression) => match expression.find(scope)? {
                    Found::Omitted => {}
                    Found::Value(Value::String(part)) => {
                        budget.spend(part.len())?;
                        text.push_str(part);
                    }
                    Found::Value(value) => {
                        budget.charge(value, 0)?;
                        text.push_str(&value.to_string());
                    }
                },
            }
        }
        Ok(text)
    }
}

/// What may still be written, in bytes of JSON.
struct Budget {
    left: usize,
}

impl Budget {
    fn spend(&mut self, bytes: usize) -> Result<()> {
        self.left = self.left.checked_sub(bytes).ok_or(GraphError::TemplateTooLarge { limit: MAX_OUTPUT_BYTES })?;
        Ok(())
    }

    fn copy(&mut self, value: &Value, depth: usize) -> Result<Value> {
        self.charge(value, depth)?;
        Ok(value.clone())
    }

    /// Pays for a value that will stand `depth` levels deep.
    fn charge(&mut self, value: &Value, depth: usize) -> Result<()> {
        within_depth(depth)?;
        match value {
            Value::Null | Value::Bool(_) => self.spend(5),
            Value::Number(number) => self.spend(number.to_string().len() + 1),
            Value::String(text) => self.spend(text.len() + 3),
            Value::Array(items) => {
                self.spend(2)?;
                items.iter().try_for_each(|item| self.charge(item, depth + 1))
            }
            Value::Object(object) => {
                self.spend(2)?;
                object.iter().try_for_each(|(key, item)| {
                    self.spend(key.len() + 4)?;
                    self.charge(item, depth + 1)
                })
            }
        }
    }
}

fn within_depth(depth: usize) -> Result<()> {
    if depth > MAX_DEPTH { Err(GraphError::TooDeep { limit: MAX_DEPTH }) } else { Ok(()) }
}
