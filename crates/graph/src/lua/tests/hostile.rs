use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{context, is_memory, is_timeout, run, run_briefly};
use crate::error::GraphError;
use crate::lua::{self, CancelFlag, MAX_SCRIPT_BYTES, MAX_TIMEOUT};
use crate::scope::Scope;

#[test]
fn nothing_reaches_the_machine() {
    let names = "os io debug require package load loadstring loadfile dofile print getfenv setfenv newproxy \
        collectgarbage gcinfo buffer vector integer _G";
    let asks: Vec<String> = names.split_whitespace().map(|name| format!("{name} = {name} == nil")).collect();
    let script = format!("return {{{}}}", asks.join(", "));
    let result = run(&script).unwrap();
    for (name, absent) in result.as_object().unwrap() {
        assert_eq!(absent, &json!(true), "{name} must not be there");
    }
}

#[test]
fn libraries_cannot_be_changed() {
    assert!(run("string.find = nil return {}").is_err());
    assert!(run("getmetatable('').__index = nil return {}").is_err());
    assert!(run("rawset(table, 'sort', nil) return {}").is_err());
    assert!(run("setmetatable(string, {}) return {}").is_err());
    // A global of the script's own is the script's business.
    assert_eq!(run("x = 5 return {x = x}").unwrap(), json!({"x": 5}));
    assert_eq!(run("input.n = 9 steps.new = 1 return {n = input.n}").unwrap(), json!({"n": 9}));
}

#[test]
fn bytecode_is_not_a_script() {
    let bytecode = lua::vm::compiler().compile("return {}").unwrap();
    let text = String::from_utf8_lossy(&bytecode).into_owned();
    assert!(run(&text).is_err());
    assert!(run("\u{1b}Lua").is_err());
}

/// Each would run for ever, or for hours, without an interrupt.
#[test]
fn the_deadline_wins() {
    let scripts = [
        "while true do end",
        "repeat until false",
        "for i = 1, math.huge do end",
        "local function f() return f() end while true do pcall(f) end",
        "while true do pcall(function() while true do end end) end",
        "local function f() pcall(f) pcall(f) end f() while true do f() end",
        "while true do xpcall(function() while true do end end, function() while true do end end) end",
        "return coroutine.wrap(function() while true do coroutine.wrap(function() while true do end end)() end end)()",
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
        "local t = setmetatable({}, {__index = function(t, k) while true do end end}) return {x = t.y}",
        "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k .. 'x'] end while true do pcall(function() return t.a end) end",
        "string.find(string.rep('a', 1e5), '.-.-.-.-b')",
        "string.find(string.rep('a', 1e5), string.rep('a?', 100) .. 'b')",
        "string.match(string.rep('a', 1e6), '(.-)(.-)(.-)$x')",
        "for _ in string.gmatch(string.rep('a', 1e6), '.-.-b') do end",
        "string.gsub(string.rep('a', 1e6), '.-.-b', '')",
        "string.find(string.rep('(', 1e6), '%b()')",
        "local a = string.rep('a', 8e6) return {x = string.find(a .. a, a .. 'b', 1, true)}",
        "local a = string.rep('a', 8e6) return {x = string.find(a .. a, a .. 'b')}",
        "local a = string.rep('.', 4e6) return {x = string.find(a .. a, a .. 'b', 1, true)}",
        "local a = string.rep('a', 8e6) return {x = string.split(a .. a, a .. 'b')}",
        "local a, b, t = string.rep('a', 8e6) .. 'a', string.rep('a', 8e6) .. 'b', {} for i = 1, 1e5 do t[i] = if i % 2 == 0 then a else b end table.sort(t) while true do end",
        "table.sort(table.create(1e6, 1), function(a, b) while true do end end)",
        "pcall(function() while true do end end) return {ok = true}",
        "local ok, e = pcall(function() while true do end end) error(e)",
        "local ok, e = pcall(function() while true do end end) error({message = 'mine'})",
    ];
    for script in scripts {
        let begun = Instant::now();
        let outcome = run_briefly(script);
        assert!(is_timeout(&outcome), "{script}: {outcome:?}");
        assert!(begun.elapsed() < MAX_TIMEOUT / 3, "{script} took {:?}", begun.elapsed());
    }
}

/// Each asks one native function for more than it may do in one go, and is told so.
#[test]
fn long_native_work_is_refused() {
    let set = "local s = string.rep('b', 2e7) local p = '[' .. string.rep('a', 1e6) .. 'b]*' return {x = string.FUNCTION(s, p, '')}";
    for function in ["find", "match", "gmatch", "gsub"] {
        let outcome = run(&set.replace("FUNCTION", function));
        let GraphError::LuaRuntime { line, message } = outcome.unwrap_err() else { panic!("{function}") };
        assert_eq!(line, Some(1));
        assert!(message.contains("too long"), "{message}");
    }
    assert!(run("table.move({}, 1, 2^31 - 2, 5) return {}").is_err());
    assert!(run("table.move({}, -2^31, 2^31 - 2, 5) return {}").is_err());
    assert_eq!(run("return {n = #string.rep('', 2^31 - 1)}").unwrap(), json!({"n": 0}));
}

#[test]
fn memory_is_bounded() {
    let scripts = [
        "return {s = string.rep('x', 1e9)}",
        "local s = 'x' while true do s = s .. s end",
        "local t = {} for i = 1, math.huge do t[i] = {i} end",
        "local t = table.create(5e6, 1) return {}",
        "local t = {} while true do table.insert(t, coroutine.create(function() end)) end",
        "local t = {} for i = 1, 1e6 do t[i] = string.rep('x', 1000) end return {s = table.concat(t)}",
        "string.gsub(string.rep('a', 1e6), '', string.rep('b', 1e6)) return {}",
    ];
    for script in scripts {
        let outcome = run(script);
        assert!(is_memory(&outcome), "{script}: {outcome:?}");
    }
    // A script may catch it and go on with less.
    assert_eq!(run("return {ok = (pcall(string.rep, 'x', 1e9))}").unwrap(), json!({"ok": false}));
}

#[test]
fn data_larger_than_the_memory_is_an_error() {
    // Equal strings would be kept once.
    let input = Value::from((0..100_000).map(|n| format!("{n:>1000}")).collect::<Vec<_>>());
    let outcome = lua::run("return {}", &Scope::of_input(&input), None, &CancelFlag::default());
    assert!(is_memory(&outcome), "{outcome:?}");
}

#[test]
fn recursion_ends_in_an_error() {
    let scripts = [
        "local function f() return 1 + f() end return {x = f()}",
        "local t = setmetatable({}, {__index = function(t, k) return t[k] end}) return {x = t.y}",
        "local t = setmetatable({}, {}) getmetatable(t).__index = t return {x = t.y}",
        "local function f() return coroutine.wrap(f)() end return {x = f()}",
        "local t = setmetatable({}, {__tostring = function(t) return tostring(t) end}) return {x = tostring(t)}",
        "local f f = function(e) error(f(e)) end xpcall(f, f) return {x = f()}",
        "local t = {} t.t = t return t",
        "return {x = string.find(string.rep('a', 300000), string.rep('(a)', 40))}",
        "return {x = string.find(string.rep('a', 5000), string.rep('a-', 5000) .. 'b')}",
    ];
    for script in scripts {
        let outcome = run_briefly(script);
        assert!(outcome.is_err(), "{script}: {outcome:?}");
    }
}

/// Deep or long sources must end in an answer, not in the end of the compiler's stack.
#[test]
fn hostile_sources_get_an_answer() {
    let deep = |open: &str, inside: &str, close: &str| {
        let levels = (MAX_SCRIPT_BYTES - 64) / (open.len() + close.len()).max(1);
        format!("{}{inside}{}", open.repeat(levels), close.repeat(levels))
    };
    for source in [
        deep("(", "", ""),
        deep("{", "1", "}"),
        deep("not ", "1", ""),
        deep("- ", "1", ""),
        deep("1+", "1", ""),
        deep("1^", "1", ""),
        deep("'a'..", "'a'", ""),
        deep("a or ", "a", ""),
        deep("a and ", "a", ""),
        format!("f{}", deep("()", "", "")),
        format!("a{}", deep(".b", "", "")),
        format!("a{}", deep("[1]", "", "")),
        format!("a{}", deep("[a", "1", "]")),
        deep("f(", "1", ")"),
        deep("`{", "1", "}`"),
        deep("if a then 1 else ", "1", ""),
        deep("function() return ", "1", " end"),
        format!("1 :: {}", deep("{", "number", "}")),
        format!("1 :: {}", deep("(", "", ")->()")),
        format!("1 :: {}", deep("a|", "a", "")),
    ] {
        let _ = lua::check_syntax(&format!("return {source}"));
    }
    for source in [
        deep("do ", "", " end"),
        deep("while a do ", "", " end"),
        deep("if a then ", "", " end"),
        format!("if a then {} end", deep("elseif a then ", "", "")),
        deep("local a = 1 ", "", ""),
        deep("local function f() ", "", " end"),
        deep("a=1 ", "", ""),
        deep("--[[", "", "]]"),
        deep("goto a ", "", ""),
        deep("type a = b ", "", ""),
        deep("for i=1,2 do ", "", " end"),
        deep("repeat ", "", " until a"),
        format!("local {}", deep("a,", "a", "")),
        format!("f({})", deep("a,", "a", "")),
        "\0".repeat(MAX_SCRIPT_BYTES),
    ] {
        let _ = lua::check_syntax(&source);
    }
}

#[test]
fn a_small_table_cannot_become_a_large_result() {
    let shared = "local t = {1} for i = 1, 90 do t = {t, t} end return t";
    assert!(matches!(run(shared).unwrap_err(), GraphError::LuaResult { .. }));
    let text = "local s, t = string.rep('x', 1e5), {} for i = 1, 1e5 do t[i] = s end return t";
    assert!(matches!(run(text).unwrap_err(), GraphError::LuaResult { .. }));
    let sparse = "local t = {} t[2^40] = 1 t[-1] = 2 return t";
    assert_eq!(run(sparse).unwrap(), json!({"-1": 2, "1099511627776": 1}));
}

#[test]
fn the_result_is_read_without_running_the_script_again() {
    let script = "return setmetatable({a = 1}, {__index = error, __iter = error, __len = error, __pairs = error, __metatable = 'no'})";
    assert_eq!(run(script).unwrap(), json!({"a": 1}));
}

#[test]
fn odd_errors_are_only_errors() {
    for script in [
        "error(setmetatable({}, {__tostring = function() while true do end end}))",
        "error(setmetatable({}, {__index = function() while true do end end}))",
        "error(function() end)",
        "error(coroutine.create(type))",
        "error(string.rep('x', 1e7))",
        "error('\\xff\\xfe')",
        "error({message = {}})",
        "error(array)",
        "array(5)",
        "array(string)",
        "coroutine.yield()",
        "coroutine.close(coroutine.running())",
        "error(':99999999999999999999: x')",
        "script = 1 error('script:x: y', 0)",
    ] {
        let error = run(script).unwrap_err();
        assert!(matches!(error, GraphError::LuaRuntime { .. }), "{script}: {error:?}");
        assert!(error.to_string().chars().count() < 2_200, "{script}");
    }
}

#[test]
fn a_script_can_be_stopped_from_outside() {
    let cancel = CancelFlag::default();
    let flag = Arc::clone(&cancel);
    let script = std::thread::spawn(move || {
        lua::run("while true do pcall(type) end", &Scope::of_context(&context()), Some(MAX_TIMEOUT), &flag)
    });
    cancel.store(true, Ordering::Relaxed);
    assert_eq!(script.join().unwrap(), Err(GraphError::LuaCancelled));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_script_makes_it_panic(pieces in prop::collection::vec(prop_oneof![
        Just("return "), Just("{"), Just("}"), Just("input"), Just(".n"), Just("steps"), Just("null"), Just("array("),
        Just(")"), Just("local a = "), Just("error("), Just("'x'"), Just("1"), Just(" + "), Just("setmetatable({}, "),
        Just("function() "), Just(" end "), Just("string.rep('a', 1e6)"), Just(" a "), Just("["), Just("]"), Just(" = "),
        Just("coroutine.wrap("), Just("é"), Just(","),
    ], 0..16)) {
        let _ = run_briefly(&pieces.concat());
    }
}
