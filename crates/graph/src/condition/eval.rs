//! Judging the tree.

use std::borrow::Cow;

use serde_json::Value;

use super::compare::{compare, truthy};
use super::{Node, Operand};
use crate::error::{GraphError, Result};
use crate::scope::Scope;
use crate::template::{Found, Reference};

impl Node {
    pub(super) fn holds(&self, scope: &Scope<'_>) -> Result<bool> {
        match self {
            Self::Operand(operand) => Ok(truthy(operand.value(scope)?.as_ref())),
            Self::Not(inside) => Ok(!inside.holds(scope)?),
            Self::All(nodes) => {
                for node in nodes {
                    if !node.holds(scope)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Any(nodes) => {
                for node in nodes {
                    if node.holds(scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Compare(left, comparison, right) => {
                compare(left.value(scope)?.as_ref(), *comparison, right.value(scope)?.as_ref())
            }
        }
    }

    pub(super) fn collect<'a>(&'a self, found: &mut Vec<&'a Reference>) {
        match self {
            Self::Operand(operand) => operand.collect(found),
            Self::Not(inside) => inside.collect(found),
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().for_each(|node| node.collect(found)),
            Self::Compare(left, _, right) => {
                left.collect(found);
                right.collect(found);
            }
        }
    }
}

impl Operand {
    /// A missing value is null.
    fn value<'a>(&'a self, scope: &Scope<'a>) -> Result<Cow<'a, Value>> {
        const NULL: &Value = &Value::Null;
        match self {
            Self::Literal(value) => Ok(Cow::Borrowed(value)),
            Self::Expression(expression) => Ok(Cow::Borrowed(match expression.find(scope) {
                Ok(Found::Value(value)) => value,
                Ok(Found::Omitted) | Err(_) => NULL,
            })),
            Self::Text(text) => match text.render_alone(scope) {
                Ok(text) => Ok(Cow::Owned(Value::String(text))),
                Err(GraphError::TemplateUnresolved { .. }) => Ok(Cow::Borrowed(NULL)),
                Err(error) => Err(error),
            },
        }
    }

    fn collect<'a>(&'a self, found: &mut Vec<&'a Reference>) {
        match self {
            Self::Literal(_) => {}
            Self::Expression(expression) => found.extend(&expression.references),
            Self::Text(text) => found.extend(text.expressions().flat_map(|expression| &expression.references)),
        }
    }
}
