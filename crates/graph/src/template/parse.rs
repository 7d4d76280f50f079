//! The parser. It goes through the text once, left to right, and never backs up.

use serde_json::Value;

use super::{Expression, Fallback, Piece, Reference, Root, Template};
use crate::error::{GraphError, Result, clip};
use crate::scope::Side;

/// Roots that the contract gives to the bodies of `for_each` and `while` steps.
const BODY_ROOTS: [&str; 6] = ["foreach", "item", "index", "body", "while", "loop"];

/// What a step of the parser leaves: the thing read and the rest of the text, or what is wrong.
type Parsed<'a, T> = std::result::Result<(T, &'a str), String>;

enum Alternative {
    Reference(Reference),
    Fallback(Fallback),
}

/// Parses a text. A text without `{{` is a template of itself.
///
/// # Errors
/// [`GraphError::TemplateSyntax`] with the text and what is wrong with it.
pub fn parse(text: &str) -> Result<Template> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let (before, from) = rest.split_at(start);
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        let (expression, remaining) = leading_expression(from)?;
        pieces.push(Piece::Expression(expression));
        rest = remaining;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(Template { pieces })
}

/// The `{{…}}` that `text` begins with, and what follows it.
pub(crate) fn leading_expression(text: &str) -> Result<(Expression, &str)> {
    let after = text.strip_prefix("{{").unwrap_or(text);
    expression(after).map_err(|problem| GraphError::TemplateSyntax {
        text: clip(text, 120),
        problem: if after.contains("}}") { problem } else { "a {{ is never closed by }}".to_owned() },
    })
}

/// What follows a `{{`, up to and with its `}}`.
fn expression(after: &str) -> Parsed<'_, Expression> {
    let mut found = Expression { references: Vec::new(), fallback: None };
    let mut rest = after.trim_start();
    loop {
        let (alternative, after) = alternative(rest)?;
        match alternative {
            Alternative::Reference(reference) => found.references.push(reference),
            Alternative::Fallback(fallback) => found.fallback = Some(fallback),
        }
        let after = after.trim_start();
        if let Some(remaining) = after.strip_prefix("}}") {
            return Ok((found, remaining));
        }
        match after.strip_prefix('|') {
            Some(_) if found.fallback.is_some() => {
                return Err("a default or omit must come last, for nothing after it is ever tried".to_owned());
            }
            Some(next) => rest = next.trim_start(),
            None => return Err(format!("expected | or }}}} before {:?}", clip(after, 20))),
        }
    }
}

fn alternative(text: &str) -> Parsed<'_, Alternative> {
    let (word, after) = name(text);
    match word {
        "omit" => Ok((Alternative::Fallback(Fallback::Omit), after)),
        "input" | "steps" => reference(text).map(|(found, rest)| (Alternative::Reference(found), rest)),
        "true" | "false" | "null" => literal(text),
        "" if text.is_empty() || text.starts_with(['}', '|']) => {
            Err("expected input.…, steps.…, a JSON literal or omit".to_owned())
        }
        _ if text.starts_with(|first: char| first.is_ascii_digit() || "\"[{-".contains(first)) => literal(text),
        _ if BODY_ROOTS.contains(&word) => {
            Err(format!("{word} exists only in for_each and while bodies, which the sandbox does not run yet"))
        }
        _ => {
            let seen = if word.is_empty() { clip(text, 20) } else { clip(word, 40) };
            Err(format!("{seen:?} is not a place to read from; begin with input. or steps.<id>.result"))
        }
    }
}

fn literal(text: &str) -> Parsed<'_, Alternative> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = match values.next() {
        Some(Ok(value)) => value,
        _ => return Err(format!("{:?} is not a JSON literal", clip(text, 20))),
    };
    let rest = text.get(values.byte_offset()..).unwrap_or_default();
    Ok((Alternative::Fallback(Fallback::Literal(value)), rest))
}

/// A path that begins with `input` or `steps`.
pub(crate) fn reference(text: &str) -> Parsed<'_, Reference> {
    let (word, mut rest) = name(text);
    let mut path = Vec::new();
    while let Some((segment, after)) = segment(rest)? {
        path.push(segment);
        rest = after;
    }
    if word == "input" {
        return Ok((Reference { root: Root::Input, path }, rest));
    }
    let mut path = path.into_iter();
    let id = path.next().ok_or("steps must be followed by a step id, as in steps.my-step.result")?;
    let side = match path.next().as_deref() {
        Some("result") => Side::Result,
        Some("input") => Side::Input,
        _ => {
            return Err(format!("write steps.{0}.result or steps.{0}.input", clip(&id, 40)));
        }
    };
    Ok((Reference { root: Root::Step { id, side }, path: path.collect() }, rest))
}

/// `.name`, `[0]` or `["any key"]`; none where the path ends.
fn segment(text: &str) -> std::result::Result<Option<(String, &str)>, String> {
    if let Some(after) = text.strip_prefix('.') {
        let (segment, rest) = name(after);
        if segment.is_empty() {
            return Err(format!("expected a name after the dot, not {:?}", clip(after, 20)));
        }
        return Ok(Some((segment.to_owned(), rest)));
    }
    let Some(after) = text.strip_prefix('[') else {
        return Ok(None);
    };
    let wrong = || "inside [ ] write an index such as [0] or a quoted key such as [\"a b\"]".to_owned();
    let mut keys = serde_json::Deserializer::from_str(after).into_iter::<Value>();
    let key = match keys.next() {
        Some(Ok(Value::String(key))) => key,
        Some(Ok(Value::Number(index))) => index.as_u64().ok_or_else(wrong)?.to_string(),
        _ => return Err(wrong()),
    };
    let rest = after.get(keys.byte_offset()..).and_then(|rest| rest.trim_start().strip_prefix(']'));
    rest.map(|rest| Some((key, rest))).ok_or_else(wrong)
}

/// The longest run of name characters at the start.
fn name(text: &str) -> (&str, &str) {
    let end = text.find(|letter| !is_name_char(letter)).unwrap_or(text.len());
    text.split_at(end)
}

/// Whether a key with this character can be written without quotes.
pub(crate) fn is_name_char(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-' | '$' | '@' | ':')
}
