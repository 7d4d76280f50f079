//! JSON to Lua and back. On the way out nothing of the script runs: tables are read raw, without their metatables.

use mlua::{Lua, LuaSerdeExt, Table};
use serde_json::{Map, Number, Value};

use super::{MAX_RESULT_BYTES, failure, names::describe};
use crate::error::{GraphError, Result, clip};
use crate::template::MAX_DEPTH;

/// Deepest nesting taken in: what a JSON parser lets through.
const MAX_INPUT_DEPTH: usize = 128;
/// Floats hold every whole number up to here.
const EXACT: f64 = 9_007_199_254_740_992.0;

pub(super) fn to_lua(lua: &Lua, value: &Value) -> Result<mlua::Value> {
    into(lua, value, 0)
}

fn into(lua: &Lua, value: &Value, depth: usize) -> Result<mlua::Value> {
    if depth > MAX_INPUT_DEPTH {
        return Err(GraphError::TooDeep { limit: MAX_INPUT_DEPTH });
    }
    let host = |error| failure::host(&error);
    Ok(match value {
        Value::Null => mlua::Value::NULL,
        Value::Bool(value) => mlua::Value::Boolean(*value),
        Value::Number(number) => mlua::Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => mlua::Value::String(lua.create_string(text).map_err(host)?),
        Value::Array(items) => {
            let table = lua.create_table_with_capacity(items.len(), 0).map_err(host)?;
            for (place, item) in (1_i64..).zip(items) {
                table.raw_set(place, into(lua, item, depth + 1)?).map_err(host)?;
            }
            table.set_metatable(Some(lua.array_metatable())).map_err(host)?;
            mlua::Value::Table(table)
        }
        Value::Object(object) => {
            let table = lua.create_table_with_capacity(0, object.len()).map_err(host)?;
            for (key, item) in object.iter().filter(|(_, item)| !item.is_null()) {
                table.raw_set(key.as_str(), into(lua, item, depth + 1)?).map_err(host)?;
            }
            mlua::Value::Table(table)
        }
    })
}

/// A script's table as the step's result.
pub(super) fn result(lua: &Lua, table: &Table) -> Result<Value> {
    let mut reader = Reader { list_mark: lua.array_metatable(), left: MAX_RESULT_BYTES };
    let value = reader.table(table, 0).map_err(|problem| GraphError::LuaResult {
        path: if problem.path.is_empty() { "table".to_owned() } else { clip(&problem.path, 200) },
        problem: problem.text,
    })?;
    // Escapes can make JSON longer than the strings the reader counted.
    let mut written = Count(0);
    let fits = serde_json::to_writer(&mut written, &value).is_ok() && written.0 <= MAX_RESULT_BYTES;
    if fits {
        return Ok(value);
    }
    Err(GraphError::LuaResult { path: "table".to_owned(), problem: too_large() })
}

fn too_large() -> String {
    format!("is larger than {MAX_RESULT_BYTES} bytes as JSON")
}

struct Reader {
    list_mark: Table,
    /// Bytes of JSON that may still come; what is counted is never more than what is written.
    left: usize,
}

struct Problem {
    path: String,
    text: String,
}

impl Problem {
    fn new(text: impl Into<String>) -> Self {
        Self { path: String::new(), text: text.into() }
    }

    fn under(mut self, part: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        // A cycle is found at the deepest level only; its path would be long and say nothing.
        if self.path.len() < 200 {
            self.path = format!("{part}{dot}{}", self.path);
        }
        self
    }
}

impl Reader {
    fn spend(&mut self, bytes: usize) -> Result<(), Problem> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| Problem::new(too_large()))?;
        Ok(())
    }

    fn value(&mut self, value: mlua::Value, depth: usize) -> Result<Value, Problem> {
        if value.is_null() || value.is_nil() {
            self.spend(4)?;
            return Ok(Value::Null);
        }
        match value {
            mlua::Value::Boolean(value) => {
                self.spend(4)?;
                Ok(Value::Bool(value))
            }
            mlua::Value::Integer(value) => self.number(value.into()),
            mlua::Value::Number(value) => self
                .number(number(value).ok_or_else(|| Problem::new("is not a number JSON can hold (NaN or infinite)"))?),
            mlua::Value::String(text) => self.text(&text).map(Value::String),
            mlua::Value::Table(table) => self.table(&table, depth),
            other => Err(Problem::new(format!("is {}, which JSON cannot hold", describe(&other)))),
        }
    }

    fn number(&mut self, number: Number) -> Result<Value, Problem> {
        self.spend(1)?;
        Ok(Value::Number(number))
    }

    fn text(&mut self, text: &mlua::LuaString) -> Result<String, Problem> {
        let bytes = text.as_bytes();
        self.spend(bytes.len() + 2)?;
        match std::str::from_utf8(&bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(Problem::new("is a string that is not UTF-8")),
        }
    }

    fn table(&mut self, table: &Table, depth: usize) -> Result<Value, Problem> {
        if depth >= MAX_DEPTH {
            return Err(Problem::new(format!("is nested deeper than {MAX_DEPTH} levels, or contains itself")));
        }
        self.spend(2)?;
        let length = table.raw_len();
        let mut pairs = 0_usize;
        let mut list = true;
        for pair in table.pairs::<mlua::Value, mlua::Value>() {
            let (key, _) = pair.map_err(|error| Problem::new(error.to_string()))?;
            pairs += 1;
            list = list && place(&key).is_some_and(|place| place <= length);
            if !list {
                break;
            }
        }
        let marked = || table.metatable().is_some_and(|mark| mark == self.list_mark);
        if list && pairs == length && (pairs > 0 || marked()) {
            return self.list(table, length, depth);
        }
        self.object(table, depth)
    }

    fn list(&mut self, table: &Table, length: usize, depth: usize) -> Result<Value, Problem> {
        let mut items = Vec::new();
        for place in 1..=length {
            let item = table.raw_get(place).map_err(|error| Problem::new(error.to_string()))?;
            items.push(self.value(item, depth + 1).map_err(|problem| problem.under(&format!("[{place}]")))?);
        }
        Ok(Value::Array(items))
    }

    fn object(&mut self, table: &Table, depth: usize) -> Result<Value, Problem> {
        let mut object = Map::new();
        for pair in table.pairs::<mlua::Value, mlua::Value>() {
            let (key, item) = pair.map_err(|error| Problem::new(error.to_string()))?;
            let key = self.key(&key)?;
            self.spend(1)?;
            let item = self.value(item, depth + 1).map_err(|problem| problem.under(&clip(&key, 40)))?;
            object.insert(key, item);
        }
        // A Lua table has no order; sorted keys give the same result for the same script.
        object.sort_keys();
        Ok(Value::Object(object))
    }

    fn key(&mut self, key: &mlua::Value) -> Result<String, Problem> {
        match key {
            mlua::Value::String(text) => self.text(text),
            mlua::Value::Integer(_) | mlua::Value::Number(_) => match self.value(key.clone(), 0)? {
                Value::Number(number) => Ok(number.to_string()),
                _ => Ok(String::new()),
            },
            other => Err(Problem::new(format!("has {} as a key, and JSON keys are strings", describe(other)))),
        }
    }
}

/// A key's place in a list, from 1.
fn place(key: &mlua::Value) -> Option<usize> {
    match key {
        mlua::Value::Integer(place) => usize::try_from(*place).ok().filter(|place| *place > 0),
        mlua::Value::Number(place) if *place >= 1.0 => {
            number(*place)?.as_u64().and_then(|place| usize::try_from(place).ok())
        }
        _ => None,
    }
}

/// Whole floats become integers.
fn number(value: f64) -> Option<Number> {
    if value.fract() == 0.0 && value.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        return Some(Number::from(value as i64));
    }
    Number::from_f64(value)
}

/// Counts what is written and stops a writer that has gone too far.
struct Count(usize);

impl std::io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        if self.0 > MAX_RESULT_BYTES { Err(std::io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
