//! What a script's author calls things, in messages.

/// The name of the script's chunk; messages begin with it.
pub(super) const CHUNK: &str = "script";
/// The name of the chunk that is loaded before the script.
pub(super) const PRELUDE: &str = "prelude";

/// The type of a Lua value as its author knows it, with its article.
pub(super) fn describe(value: &mlua::Value) -> &'static str {
    match value {
        mlua::Value::Nil => "nil",
        mlua::Value::Boolean(_) => "a boolean",
        mlua::Value::Integer(_) | mlua::Value::Number(_) => "a number",
        mlua::Value::String(_) => "a string",
        mlua::Value::Table(_) => "a table",
        mlua::Value::Function(_) => "a function",
        mlua::Value::Thread(_) => "a thread",
        other if other.is_null() => "null",
        _ => "a value of the sandbox",
    }
}
