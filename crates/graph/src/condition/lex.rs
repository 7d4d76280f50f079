//! A condition's tokens.

use serde_json::Value;

use super::{Comparison, Operand};
use crate::error::{GraphError, Result, clip};
use crate::template::{self, Expression, is_name_char};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Operand(Operand),
    Compare(Comparison),
    Not,
    And,
    Or,
    Open,
    Close,
}

/// Longer signs first, so that `<=` is not read as `<`.
const SIGNS: [(&str, Token); 11] = [
    ("==", Token::Compare(Comparison::Equal)),
    ("!=", Token::Compare(Comparison::NotEqual)),
    ("<=", Token::Compare(Comparison::LessOrEqual)),
    (">=", Token::Compare(Comparison::GreaterOrEqual)),
    ("<", Token::Compare(Comparison::Less)),
    (">", Token::Compare(Comparison::Greater)),
    ("&&", Token::And),
    ("||", Token::Or),
    ("!", Token::Not),
    ("(", Token::Open),
    (")", Token::Close),
];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (token, after) = token(rest).map_err(|error| match error {
            Wrong::Here(problem) => GraphError::ConditionSyntax { text: clip(text, 120), problem },
            Wrong::Template(error) => error,
        })?;
        found.push(token);
        rest = after.trim_start();
    }
    Ok(found)
}

enum Wrong {
    Here(String),
    Template(GraphError),
}

fn token(text: &str) -> Result<(Token, &str), Wrong> {
    if let Some((sign, token)) = SIGNS.iter().find(|(sign, _)| text.starts_with(sign)) {
        return Ok((token.clone(), text.get(sign.len()..).unwrap_or_default()));
    }
    let operand = |(operand, rest)| (Token::Operand(operand), rest);
    if text.starts_with("{{") {
        return template::leading_expression(text)
            .map(|(expression, rest)| operand((Operand::Expression(expression), rest)))
            .map_err(Wrong::Template);
    }
    match text.chars().next() {
        Some('\'') => single_quoted(text).map(operand),
        Some('"' | '[' | '{') => literal(text).map(operand),
        Some('-' | '0'..='9') => number(text).map(operand),
        _ => word(text).map(operand),
    }
}

fn literal(text: &str) -> Result<(Operand, &str), Wrong> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let Some(Ok(value)) = values.next() else {
        return Err(Wrong::Here(format!("{:?} is not a JSON literal", clip(text, 20))));
    };
    let rest = text.get(values.byte_offset()..).unwrap_or_default();
    let operand = match value {
        Value::String(text) => quoted(&text)?,
        value => Operand::Literal(value),
    };
    Ok((operand, rest))
}

/// Ends where an operator begins, which JSON alone would not allow: `1<2`.
fn number(text: &str) -> Result<(Operand, &str), Wrong> {
    let end =
        text.find(|letter: char| !letter.is_ascii_alphanumeric() && !"+-.".contains(letter)).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    match serde_json::from_str::<Value>(number) {
        Ok(value) => Ok((Operand::Literal(value), rest)),
        Err(_) => Err(Wrong::Here(format!("{:?} is not a number", clip(number, 20)))),
    }
}

/// `'…'` without escapes; a text that needs a single quote inside is written with double ones.
fn single_quoted(text: &str) -> Result<(Operand, &str), Wrong> {
    let unquoted = text.strip_prefix('\'').and_then(|after| after.split_once('\''));
    let (inside, rest) = unquoted.ok_or_else(|| Wrong::Here("a ' is never closed".to_owned()))?;
    Ok((quoted(inside)?, rest))
}

/// A quoted text is always a string, also when it is exactly one template.
fn quoted(text: &str) -> Result<Operand, Wrong> {
    if text.contains("{{") {
        return template::parse(text).map(Operand::Text).map_err(Wrong::Template);
    }
    Ok(Operand::Literal(Value::from(text)))
}

fn word(text: &str) -> Result<(Operand, &str), Wrong> {
    let end = text.find(|letter| !is_name_char(letter)).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    match word {
        "true" => Ok((Operand::Literal(Value::Bool(true)), rest)),
        "false" => Ok((Operand::Literal(Value::Bool(false)), rest)),
        "null" => Ok((Operand::Literal(Value::Null), rest)),
        "input" | "steps" => {
            let (reference, rest) = template::reference(text).map_err(Wrong::Here)?;
            Ok((Operand::Expression(Expression { references: vec![reference], fallback: None }), rest))
        }
        "" => Err(Wrong::Here(format!("{:?} is not understood here", clip(text, 20)))),
        _ => Err(Wrong::Here(format!(
            "{0} is neither a path nor a literal; a string needs quotes: \"{0}\"",
            clip(word, 40)
        ))),
    }
}
