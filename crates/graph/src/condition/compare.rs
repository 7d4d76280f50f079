//! How values are judged and compared.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::Comparison;
use crate::error::{GraphError, Result};
use crate::model::kind_of;

/// Whether a lone value holds: not null, `false`, `0`, an empty list or object, nor a string that is empty or reads
/// `false`.
pub(super) fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64().is_none_or(|number| number != 0.0),
        Value::String(text) => !matches!(text.trim(), "" | "false"),
        Value::Array(items) => !items.is_empty(),
        Value::Object(object) => !object.is_empty(),
    }
}

pub(super) fn compare(left: &Value, comparison: Comparison, right: &Value) -> Result<bool> {
    let accepts: fn(Ordering) -> bool = match comparison {
        Comparison::Equal => return Ok(equal(left, right)),
        Comparison::NotEqual => return Ok(!equal(left, right)),
        Comparison::Less => Ordering::is_lt,
        Comparison::LessOrEqual => Ordering::is_le,
        Comparison::Greater => Ordering::is_gt,
        Comparison::GreaterOrEqual => Ordering::is_ge,
    };
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => Ok(false),
        (Value::Number(left), Value::Number(right)) => Ok(order(left, right).is_some_and(accepts)),
        (Value::String(left), Value::String(right)) => Ok(accepts(left.cmp(right))),
        _ => Err(GraphError::ConditionType { left: kind_of(left), right: kind_of(right) }),
    }
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => order(left, right) == Some(Ordering::Equal),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| equal(value, other)))
        }
        _ => left == right,
    }
}

/// Whole numbers are compared as such: as floats, large ones that differ would look the same.
fn order(left: &Number, right: &Number) -> Option<Ordering> {
    match (whole(left), whole(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

fn whole(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}
