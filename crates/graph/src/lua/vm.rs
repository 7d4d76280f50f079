//! One VM for one script: built, closed, run, thrown away.

use mlua::chunk::{ChunkMode, Compiler};
use mlua::{Function, Lua, LuaOptions, LuaSerdeExt, StdLib, Table, VmState};
use serde_json::Value;

use super::names::{CHUNK, PRELUDE, describe};
use super::{MEMORY_BYTES, Stop, convert, failure};
use crate::error::{GraphError, Result};
use crate::scope::Scope;

/// Everything a script may find in its globals, besides `input`, `steps`, `null` and `array`.
const GLOBALS: &str = "_VERSION assert bit32 coroutine error getmetatable ipairs math next pairs pcall rawequal rawget \
    rawlen rawset select setmetatable string table tonumber tostring type typeof unpack utf8 xpcall";

pub(super) fn compiler() -> Compiler {
    // Level 2 inlines and unrolls, which costs time on hostile sources and lines in error messages.
    Compiler::new().set_optimization_level(1).set_debug_level(1)
}

pub(super) fn run(script: &str, scope: &Scope<'_>, stop: &Stop) -> Result<Value> {
    let (lua, runner) = open(stop).map_err(|error| failure::host(&error))?;
    let function = lua
        .load(script)
        .set_name(format!("={CHUNK}"))
        .set_mode(ChunkMode::Text)
        .set_compiler(compiler())
        .into_function()
        .map_err(|error| failure::syntax(&error))?;
    give(&lua, scope)?;
    let returned: (bool, mlua::Value, Option<u32>) = runner.call(function).map_err(|error| failure::host(&error))?;
    match returned {
        (true, mlua::Value::Table(table), _) => convert::result(&lua, &table),
        (true, other, _) => Err(GraphError::LuaResult {
            path: "value".to_owned(),
            problem: format!("is {}, and a step must return a table, as in return {{ok = true}}", describe(&other)),
        }),
        (false, value, line) => Err(failure::raised(&value, line)),
    }
}

/// A closed VM, and the prelude's function that runs a script in it.
fn open(stop: &Stop) -> mlua::Result<(Lua, Function)> {
    let libraries =
        StdLib::STRING | StdLib::TABLE | StdLib::MATH | StdLib::BIT | StdLib::UTF8 | StdLib::COROUTINE | StdLib::DEBUG;
    let lua = Lua::new_with(libraries, LuaOptions::new())?;
    let runner: Function =
        lua.load(include_str!("prelude.luau")).set_name(format!("={PRELUDE}")).set_compiler(compiler()).eval()?;
    let globals = lua.globals();
    let names: Vec<mlua::Value> =
        globals.pairs::<mlua::Value, mlua::Value>().map(|pair| Ok(pair?.0)).collect::<mlua::Result<_>>()?;
    for name in names {
        let allowed = name.as_string().is_some_and(|name| {
            GLOBALS.split_ascii_whitespace().any(|allowed| *name.as_bytes() == *allowed.as_bytes())
        });
        if !allowed {
            globals.raw_set(name, mlua::Value::Nil)?;
        }
    }
    lua.sandbox(true)?;
    lua.set_memory_limit(MEMORY_BYTES)?;
    let stop = stop.clone();
    lua.set_interrupt(move |_| {
        if stop.is_due() { Err(mlua::Error::runtime("the script was stopped")) } else { Ok(VmState::Continue) }
    });
    Ok((lua, runner))
}

/// Puts the data in view. After the VM is closed, so that a script may change its own copy.
fn give(lua: &Lua, scope: &Scope<'_>) -> Result<()> {
    let globals = lua.globals();
    let set = |name: &str, value: mlua::Value| globals.raw_set(name, value).map_err(|error| failure::host(&error));
    // A run without input: `input.x` is then nil, as for any input that lacks it.
    let nothing = Value::Object(serde_json::Map::new());
    let input = if scope.input().is_null() { &nothing } else { scope.input() };
    set("input", convert::to_lua(lua, input)?)?;
    set("steps", mlua::Value::Table(steps(lua, scope)?))?;
    set("null", mlua::Value::NULL)?;
    let array = lua.create_function(|lua, table: Table| {
        table.set_metatable(Some(lua.array_metatable()))?;
        Ok(table)
    });
    set("array", mlua::Value::Function(array.map_err(|error| failure::host(&error))?))
}

/// Every step under its id; one with hyphens also with underscores, unless another step has that very id.
fn steps(lua: &Lua, scope: &Scope<'_>) -> Result<Table> {
    let host = |error| failure::host(&error);
    let table = lua.create_table().map_err(host)?;
    for (id, data) in scope.steps() {
        table.raw_set(id.as_str(), convert::to_lua(lua, data)?).map_err(host)?;
    }
    for (id, _) in scope.steps().filter(|(id, _)| id.contains('-')) {
        let alias = id.replace('-', "_");
        if !table.contains_key(alias.as_str()).map_err(host)? {
            let data: mlua::Value = table.raw_get(id.as_str()).map_err(host)?;
            table.raw_set(alias, data).map_err(host)?;
        }
    }
    Ok(table)
}
