//! Lua's errors in this crate's words, with the script's line where there is one.

use super::MEMORY_BYTES;
use super::names::{CHUNK, PRELUDE, describe};
use crate::error::{GraphError, clip};

/// Characters of a script's own message that are kept.
const MESSAGE_CHARS: usize = 2_000;

/// A script that does not compile.
pub(super) fn syntax(error: &mlua::Error) -> GraphError {
    match error {
        mlua::Error::SyntaxError { message, .. } => {
            // The compiler alone says `3: …`, the loader `script:3: …`.
            let bare = message.split_once(": ").and_then(|(line, rest)| Some((line.parse().ok()?, rest)));
            let (line, message) = bare.map_or_else(|| split_line(message), |(line, rest)| (Some(line), rest));
            GraphError::LuaSyntax { line, message: clip(message, MESSAGE_CHARS) }
        }
        other => host(other),
    }
}

/// An error outside the script's own code: while the VM is built or given its data.
pub(super) fn host(error: &mlua::Error) -> GraphError {
    match error {
        mlua::Error::MemoryError(_) => GraphError::LuaMemory { limit: MEMORY_BYTES },
        mlua::Error::CallbackError { cause, .. } => host(cause),
        other => GraphError::LuaRuntime { line: None, message: clip(&other.to_string(), MESSAGE_CHARS) },
    }
}

/// A value that the script raised, or the VM for it. `line` is where the stack was, for values that do not say.
pub(super) fn raised(value: &mlua::Value, line: Option<u32>) -> GraphError {
    let text = match value {
        mlua::Value::String(text) => beginning(text),
        // What a script throws on purpose is often a table; its `message` is what it means to say.
        mlua::Value::Table(table) => match table.raw_get::<mlua::Value>("message") {
            Ok(mlua::Value::String(text)) => beginning(&text),
            _ => "raised a table without a message; use error({message = \"…\"})".to_owned(),
        },
        mlua::Value::Error(error) => match error.as_ref() {
            mlua::Error::MemoryError(_) => return host(error),
            other => other.to_string(),
        },
        other => format!("raised {}", describe(other)),
    };
    if text == "not enough memory" {
        return GraphError::LuaMemory { limit: MEMORY_BYTES };
    }
    let (own_line, message) = split_line(&text);
    GraphError::LuaRuntime { line: own_line.or(line), message: clip(message, MESSAGE_CHARS) }
}

/// As much of a message as can be kept, without copying the rest: a script may raise megabytes.
fn beginning(text: &mlua::LuaString) -> String {
    let bytes = text.as_bytes();
    String::from_utf8_lossy(bytes.get(..4 * MESSAGE_CHARS).unwrap_or(&bytes)).into_owned()
}

/// Takes a place such as `script:3: ` or `:3: ` off the front. A place in the prelude is taken off and not told: it
/// is no line of the author's.
fn split_line(message: &str) -> (Option<u32>, &str) {
    let parts = message.split_once(':').and_then(|(chunk, rest)| {
        let (line, rest) = rest.split_once(": ")?;
        let chunk = chunk.trim_start_matches("[string \"").trim_end_matches("\"]");
        let known = chunk.is_empty() || chunk == CHUNK || chunk == PRELUDE;
        Some((known.then(|| line.parse::<u32>().ok())??, chunk, rest))
    });
    match parts {
        Some((_, PRELUDE, rest)) => (None, rest),
        Some((line, _, rest)) => (Some(line), rest),
        None => (None, message),
    }
}
