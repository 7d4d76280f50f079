use std::time::Duration;

use serde_json::{Value, json};

use super::run;
use crate::error::GraphError;
use crate::lua::{self, CancelFlag, DEFAULT_TIMEOUT, MAX_RESULT_BYTES, MAX_SCRIPT_BYTES, MAX_TIMEOUT};
use crate::scope::Scope;
use crate::template::MAX_DEPTH;

fn problem(script: &str) -> String {
    run(script).unwrap_err().to_string()
}

#[test]
fn sees_the_input_and_the_steps_before_it() {
    assert_eq!(run("return {n = input.n + 1, name = input.name}").unwrap(), json!({"n": 4, "name": "Zoë"}));
    let by_id = run("return {a = steps['fetch-all'].result.rows[2], b = steps.fetch_all.result.rows[3]}").unwrap();
    assert_eq!(by_id, json!({"a": 2, "b": 3}));
    assert_eq!(run("return {q = steps.fetch_all.input.q}").unwrap(), json!({"q": 1}));
    assert_eq!(run("return {missing = steps.other == nil}").unwrap(), json!({"missing": true}));
}

#[test]
fn an_alias_never_hides_a_real_step() {
    let context = json!({"steps": {"a-b": {"result": {"v": 1}}, "a_b": {"result": {"v": 2}}}});
    let script = "return {dash = steps['a-b'].result.v, line = steps.a_b.result.v}";
    let outcome = lua::run(script, &Scope::of_context(&context), None, &CancelFlag::default());
    assert_eq!(outcome.unwrap(), json!({"dash": 1, "line": 2}));
}

#[test]
fn an_input_that_is_null_is_an_empty_table() {
    let outcome = lua::run("return {x = input.x == nil}", &Scope::of_input(&Value::Null), None, &CancelFlag::default());
    assert_eq!(outcome.unwrap(), json!({"x": true}));
}

#[test]
fn null_is_nil_in_objects_and_null_in_lists() {
    let script = "return {gone = input.nothing == nil, n = #input.tags, second = input.tags[2] == null}";
    assert_eq!(run(script).unwrap(), json!({"gone": true, "n": 3, "second": true}));
    assert_eq!(run("return {tags = input.tags, x = null}").unwrap(), json!({"tags": ["a", null, "c"], "x": null}));
}

#[test]
fn lists_and_objects_are_told_apart() {
    assert_eq!(run("return {}").unwrap(), json!({}));
    assert_eq!(run("return {1, 2}").unwrap(), json!([1, 2]));
    assert_eq!(run("return {a = {}, b = array({}), c = input.none}").unwrap(), json!({"a": {}, "b": [], "c": []}));
    assert_eq!(run("return {m = {10, x = 1}}").unwrap(), json!({"m": {"1": 10, "x": 1}}));
    assert_eq!(run("return {s = {[1] = 'a', [3] = 'c'}}").unwrap(), json!({"s": {"1": "a", "3": "c"}}));
    assert_eq!(run("local t = input.tags; table.insert(t, 'd'); return {t = t}").unwrap()["t"][3], "d");
    assert_eq!(run("return {t = {[0.5] = 1, [-2] = 2}}").unwrap(), json!({"t": {"-2": 2, "0.5": 1}}));
}

#[test]
fn whole_numbers_are_integers() {
    let result = run("return {a = 10 / 2, b = 0.5, c = 2^53, d = -0.0, e = 1e300, f = input.deep.x * 2}").unwrap();
    assert_eq!(result["a"], json!(5));
    assert!(result["a"].is_i64() && result["c"].is_i64() && result["d"].is_i64() && result["f"].is_i64());
    assert_eq!(result["b"], json!(0.5));
    assert_eq!(result["e"], json!(1e300));
}

#[test]
fn the_same_table_gives_the_same_json() {
    assert_eq!(run("return {b = 1, a = 2, c = 3}").unwrap().to_string(), r#"{"a":2,"b":1,"c":3}"#);
}

#[test]
fn only_a_table_is_a_result() {
    assert_eq!(
        problem("return 5"),
        "lua: the returned value is a number, and a step must return a table, as in return {ok = true}"
    );
    assert!(problem("local x = 1").contains("must return a table"));
    assert!(problem("return nil").contains("must return a table"));
}

#[test]
fn what_json_cannot_hold_is_named_with_its_place() {
    assert!(problem("return {rows = {{}, {total = 0/0}}}").contains("returned rows[2].total is not a number"));
    assert!(problem("return {f = print or type}").contains("returned f is a function"));
    assert!(problem("return {s = '\\xff'}").contains("returned s is a string that is not UTF-8"));
    assert!(problem("return {[{}] = 1}").contains("has a table as a key"));
    assert!(problem("return {t = coroutine.create(type)}").contains("returned t is a thread"));
}

#[test]
fn errors_tell_the_line() {
    assert_eq!(
        run("local a = 1\nerror('no rows')").unwrap_err(),
        GraphError::LuaRuntime { line: Some(2), message: "no rows".into() }
    );
    let GraphError::LuaRuntime { line, message } = run("\n\nlocal x = nil\nreturn x.y").unwrap_err() else { panic!() };
    assert_eq!(line, Some(4));
    assert!(message.contains("index nil"), "{message}");
    let GraphError::LuaRuntime { line, message } = run("local t = {}\nstring.find(nil, 'x')").unwrap_err() else {
        panic!()
    };
    assert_eq!(line, Some(2));
    assert!(message.contains("#1"), "{message}");
    let thrown = run("local x\n\nerror({message = 'quota reached', code = 7})").unwrap_err();
    assert_eq!(thrown, GraphError::LuaRuntime { line: Some(3), message: "quota reached".into() });
    assert!(matches!(run("error({code = 7})").unwrap_err(), GraphError::LuaRuntime { line: Some(1), .. }));
    assert!(matches!(run("error(nil)").unwrap_err(), GraphError::LuaRuntime { .. }));
}

#[test]
fn syntax_errors_tell_the_line() {
    let wrong = "local a = 1\nlocal b = = 2";
    let GraphError::LuaSyntax { line, message } = lua::check_syntax(wrong).unwrap_err() else { panic!() };
    assert_eq!(line, Some(2));
    assert!(!message.contains(":2:"), "{message}");
    assert_eq!(run(wrong).unwrap_err().code(), "lua_syntax");
    assert!(matches!(run(wrong).unwrap_err(), GraphError::LuaSyntax { line: Some(2), .. }));
    lua::check_syntax("return {rows = {{1, 2}}}").unwrap();
}

#[test]
fn the_libraries_do_what_authors_expect() {
    let script = r#"
        local words = string.split("c,a,b", ",")
        table.sort(words)
        local down = {3, 1, 2}
        table.sort(down, function(a, b) return a > b end)
        return {
            words = words, down = down, upper = ("x"):upper(), found = {string.find("a.b", ".", 1, true)},
            swapped = (string.gsub("hello world", "(%w+) (%w+)", "%2 %1")), matched = string.match("id=42", "%d+"),
            moved = table.move({1, 2}, 1, 2, 2, {0}), pairs = (function() local n = 0 for w in string.gmatch("a b c", "%a") do n += 1 end return n end)(),
            bits = bit32.band(6, 3), utf = utf8.len("Zoë"), floor = math.floor(2.7),
        }"#;
    assert_eq!(
        run(script).unwrap(),
        json!({
            "words": ["a", "b", "c"], "down": [3, 2, 1], "upper": "X", "found": [2, 2], "swapped": "world hello",
            "matched": "42", "moved": [0, 1, 2], "pairs": 3, "bits": 2, "utf": 3, "floor": 2,
        })
    );
}

#[test]
fn long_texts_are_searched_right_though_slowly() {
    let script = r#"
        local needle = string.rep("ab", 3000)
        local text = string.rep("xy", 20000) .. needle .. "." .. string.rep("z", 20000)
        local parts = string.split(text, needle .. ".")
        return {
            dot = {string.find(text, needle .. ".", 1, true)}, letters = {string.find(text, needle)},
            first = #parts[1], last = #parts[2], n = #parts, none = string.find(text, needle .. "zz") == nil,
        }"#;
    assert_eq!(
        run(script).unwrap(),
        json!({
            "dot": [40001, 46001], "letters": [40001, 46000], "first": 40000, "last": 20000, "n": 2, "none": true,
        })
    );
}

#[test]
fn limits_are_exact() {
    let blank = " ".repeat(MAX_SCRIPT_BYTES - 9);
    lua::check_syntax(&format!("return {{}}{blank}")).unwrap();
    assert_eq!(lua::check_syntax(&format!("return {{}}{blank} ")).unwrap_err().code(), "lua_syntax");
    assert_eq!(run(&format!("return {{}}{blank} ")).unwrap_err().code(), "lua_syntax");

    let around = r#"{"s":""}"#.len();
    let fits = format!("return {{s = string.rep('x', {})}}", MAX_RESULT_BYTES - around);
    assert_eq!(run(&fits).unwrap().to_string().len(), MAX_RESULT_BYTES);
    let over = format!("return {{s = string.rep('x', {})}}", MAX_RESULT_BYTES - around + 1);
    assert!(problem(&over).contains("larger than 1048576 bytes"));
    assert!(problem("return {s = string.rep('\\1', 300000)}").contains("larger than"), "escapes count");

    let nest = |levels: usize| format!("local t = {{}} for i = 2, {levels} do t = {{t = t}} end return t");
    let deepest = run(&nest(MAX_DEPTH)).unwrap();
    serde_json::from_str::<Value>(&json!({"steps": {"a": {"result": deepest}}}).to_string()).unwrap();
    assert!(problem(&nest(MAX_DEPTH + 1)).contains("nested deeper"));
}

#[test]
fn the_time_limit_of_a_step_is_bounded() {
    assert_eq!(lua::time_limit(None), DEFAULT_TIMEOUT);
    assert_eq!(lua::time_limit(Some(Duration::from_secs(10))), Duration::from_secs(10));
    assert_eq!(lua::time_limit(Some(Duration::from_secs(3600))), MAX_TIMEOUT);
}
