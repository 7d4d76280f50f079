//! Lua's errors in this crate's words, with the script's line where there is one.

use super::MEMORY_BYTES;
use super::vm::CHUNK;
use crate::error::{GraphError, clip};

/// Characters of a script's own message that are kept.
const MESSAGE_CHARS: usize = 2_000;

/// A script that does not compile.
pub(super) fn syntax(error: &mlua::Error) -> GraphError {
    match error {
        mlua::Error::SyntaxError { message, .. } => {
            let (line, message) = split_line(message);
            GraphError::LuaSyntax {
                line,
                message: clip(message, MESSAGE_CHARS),
            }
        }
        other => host(other),
    }
}

/// An error outside the script's own code: while the VM is built or given its data.
pub(super) fn host(error: &mlua::Error) -> GraphError {
    match error {
        mlua::Error::MemoryError(_) => GraphError::LuaMemory {
            limit: MEMORY_BYTES,
        },
        mlua::Error::CallbackError { cause, .. } => host(cause),
        other => GraphError::LuaRuntime {
            line: None,
            message: clip(&other.to_string(), MESSAGE_CHARS),
        },
    }
}

/// A value that the script raised, or the VM for it. `line` is where the stack was, for values that do not say.
pub(super) fn raised(value: &mlua::Value, line: Option<u32>) -> GraphError {
    let text = match value {
        mlua::Value::String(text) => text.to_string_lossy(),
        // What a script throws on purpose is often a table; its `message` is what it means to say.
        mlua::Value::Table(table) => match table.raw_get::<mlua::Value>("message") {
            Ok(mlua::Value::String(text)) => text.to_string_lossy(),
            _ => "raised a table without a message; use error({message = \"…\"})".to_owned(),
        },
        mlua::Value::Error(error) => match error.as_ref() {
            mlua::Error::MemoryError(_) => return host(error),
            other => other.to_string(),
        },
        other => format!("raised {}", other.type_name()),
    };
    if text == "not enough memory" {
        return GraphError::LuaMemory {
            limit: MEMORY_BYTES,
        };
    }
    let (own_line, message) = split_line(&text);
    GraphError::LuaRuntime {
        line: own_line.or(line),
        message: clip(message, MESSAGE_CHARS),
    }
}

/// Takes a place such as `script:3: ` or `:3: ` off the front. A place in the prelude is taken off and not told: it
/// is no line of the author's.
fn split_line(message: &str) -> (Option<u32>, &str) {
    let parts = message.split_once(':').and_then(|(chunk, rest)| {
        let (line, rest) = rest.split_once(": ")?;
        let chunk = chunk
            .trim_start_matches("[string \"")
            .trim_end_matches("\"]");
        let known = chunk.is_empty() || chunk == CHUNK || chunk == "prelude";
        Some((known.then(|| line.parse::<u32>().ok())??, chunk, rest))
    });
    match parts {
        Some((_, "prelude", rest)) => (None, rest),
        Some((line, _, rest)) => (Some(line), rest),
        None => (None, message),
    }
}
