//! Tokens to a tree. `||` binds weakest, then `&&`, then `!`, then a comparison.

use std::iter::Peekable;
use std::vec::IntoIter;

use serde_json::Value;

use super::lex::{Token, tokens};
use super::{MAX_CONDITION_BYTES, MAX_NESTING, Node, Operand};
use crate::error::{GraphError, Result, clip};

type Problem = String;

pub(super) fn condition(value: &Value) -> Result<Node> {
    let text = match value {
        Value::String(text) => text,
        other => return Ok(Node::Operand(Operand::Literal(other.clone()))),
    };
    if text.trim().is_empty() {
        return Ok(Node::Operand(Operand::Literal(Value::Bool(true))));
    }
    let wrong = |problem: Problem| GraphError::ConditionSyntax { text: clip(text, 120), problem };
    if text.len() > MAX_CONDITION_BYTES {
        return Err(wrong(format!("is longer than {MAX_CONDITION_BYTES} bytes")));
    }
    let mut parser = Parser { tokens: tokens(text)?.into_iter().peekable() };
    let node = parser.any(0).map_err(wrong)?;
    match parser.tokens.next() {
        None => Ok(node),
        Some(Token::Close) => Err(wrong("there is a ) too many".to_owned())),
        Some(_) => Err(wrong("two values must be joined by a comparison, && or ||".to_owned())),
    }
}

struct Parser {
    tokens: Peekable<IntoIter<Token>>,
}

impl Parser {
    fn take(&mut self, token: &Token) -> bool {
        self.tokens.next_if_eq(token).is_some()
    }

    fn any(&mut self, depth: usize) -> Result<Node, Problem> {
        let first = self.all(depth)?;
        let mut nodes = vec![first];
        while self.take(&Token::Or) {
            nodes.push(self.all(depth)?);
        }
        Ok(single_or(nodes, Node::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Node, Problem> {
        let first = self.not(depth)?;
        let mut nodes = vec![first];
        while self.take(&Token::And) {
            nodes.push(self.not(depth)?);
        }
        Ok(single_or(nodes, Node::All))
    }

    fn not(&mut self, depth: usize) -> Result<Node, Problem> {
        if depth > MAX_NESTING {
            return Err(format!("is nested deeper than {MAX_NESTING} levels"));
        }
        if self.take(&Token::Not) {
            return Ok(Node::Not(Box::new(self.not(depth + 1)?)));
        }
        if self.take(&Token::Open) {
            let inside = self.any(depth + 1)?;
            return if self.take(&Token::Close) { Ok(inside) } else { Err("a ( is never closed".to_owned()) };
        }
        let left = self.operand()?;
        match self.tokens.next_if(|token| matches!(token, Token::Compare(_))) {
            Some(Token::Compare(comparison)) => Ok(Node::Compare(left, comparison, self.operand()?)),
            _ => Ok(Node::Operand(left)),
        }
    }

    fn operand(&mut self) -> Result<Operand, Problem> {
        match self.tokens.next() {
            Some(Token::Operand(operand)) => Ok(operand),
            Some(_) => Err("an operator stands where a value is expected".to_owned()),
            None => Err("ends where a value is expected".to_owned()),
        }
    }
}

fn single_or(mut nodes: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(only) if nodes.is_empty() => only,
        last => {
            nodes.extend(last);
            join(nodes)
        }
    }
}
