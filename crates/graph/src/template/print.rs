//! Writes a parsed template back in its plainest form; parsing that again gives the same template.

use std::fmt::{Display, Formatter, Result};

use serde_json::Value;

use super::{Expression, Fallback, Piece, Reference, Root, Template, is_name_char};

impl Display for Template {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.write_str(text)?,
                Piece::Expression(expression) => expression.fmt(out)?,
            }
        }
        Ok(())
    }
}

impl Display for Expression {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        let mut between = "";
        out.write_str("{{")?;
        for reference in &self.references {
            write!(out, "{between}{reference}")?;
            between = " | ";
        }
        match &self.fallback {
            None => {}
            // The space keeps an object's closing brace apart from the template's.
            Some(Fallback::Literal(value)) => write!(out, "{between}{value} ")?,
            Some(Fallback::Omit) => write!(out, "{between}omit")?,
        }
        out.write_str("}}")
    }
}

impl Display for Reference {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match &self.root {
            Root::Input => out.write_str("input")?,
            Root::Step { id, side } => {
                out.write_str("steps")?;
                segment(id, out)?;
                segment(side.as_str(), out)?;
            }
        }
        self.path.iter().try_for_each(|part| segment(part, out))
    }
}

fn segment(part: &str, out: &mut Formatter<'_>) -> Result {
    if !part.is_empty() && part.chars().all(is_name_char) {
        write!(out, ".{part}")
    } else {
        write!(out, "[{}]", Value::from(part))
    }
}
