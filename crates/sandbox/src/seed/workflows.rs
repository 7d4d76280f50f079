//! The example workflows.

use serde_json::{Value, json};

/// A workflow of the first start.
pub(super) struct Example {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) graph: Value,
}

/// The four of them; `instance` is the MCP instance that one calls.
pub(super) fn examples(instance: &str) -> [Example; 4] {
    [
        Example {
            id: "wf_example_approval",
            name: "Publish with approval",
            description: "Drafts an announcement, asks a person, and publishes it or files it away. Input: title, author.",
            graph: approval(),
        },
        Example {
            id: "wf_example_parallel",
            name: "Quarterly figures in parallel",
            description: "Sums three regions at the same time and joins them into one report. Input: factor.",
            graph: parallel(),
        },
        Example {
            id: "wf_example_failure",
            name: "Check that fails on purpose",
            description: "Shows what a failed run looks like: a check finds a wrong order and fails the run. Input: orders.",
            graph: failure(),
        },
        Example {
            id: "wf_example_mcp",
            name: "Text statistics by MCP",
            description: "Calls a tool of an MCP server and judges its answer. Input: text.",
            graph: mcp(instance),
        },
    ]
}

fn approval() -> Value {
    json!({
        "input_schema": { "type": "object", "properties": { "title": { "type": "string" }, "author": { "type": "string" } } },
        "steps": [
            { "id": "draft", "type": "lua_script", "name": "Draft the announcement",
              "script": "local title = input.title or \"Spring release\"\nreturn { title = title, text = title .. \" is ready. Thank you, \" .. (input.author or \"everyone\") .. \".\" }" },
            { "id": "approve", "type": "human_task", "name": "Ask for approval", "depends_on": ["draft"], "task_type": "approval",
              "task_payload": { "title": "Publish \"{{steps.draft.result.title}}\"?", "description": "{{steps.draft.result.text}}",
                                "fields": [{ "name": "comment", "label": "Comment", "type": "text" }] } },
            { "id": "publish", "type": "lua_script", "name": "Publish", "depends_on": ["approve"],
              "condition": "{{steps.approve.result.approved}}",
              "script": "return { published = true, text = steps.draft.result.text, comment = steps.approve.result.comment }" },
            { "id": "shelve", "type": "lua_script", "name": "File it away", "depends_on": ["approve"],
              "condition": "!{{steps.approve.result.approved}}",
              "script": "return { published = false, reason = steps.approve.result.comment or \"not approved\" }" }
        ]
    })
}

fn parallel() -> Value {
    let region = |id: &str, name: &str, sales: &str| {
        json!({ "id": id, "type": "lua_script", "name": name, "depends_on": ["prepare"],
                "script": format!("local sum = 0\nfor _, sale in ipairs({{ {sales} }}) do sum = sum + sale end\nreturn {{ sum = sum * steps.prepare.result.factor }}") })
    };
    json!({
        "input_schema": { "type": "object", "properties": { "factor": { "type": "number" } } },
        "steps": [
            { "id": "prepare", "type": "lua_script", "name": "Prepare", "script": "return { factor = input.factor or 1 }" },
            region("north", "Sum the north", "120, 80, 200"),
            region("south", "Sum the south", "90, 140"),
            region("west", "Sum the west", "60, 75, 30, 110"),
            { "id": "report", "type": "lua_script", "name": "Join the report", "depends_on": ["north", "south", "west"],
              "script": "local r = { north = steps.north.result.sum, south = steps.south.result.sum, west = steps.west.result.sum }\nr.total = r.north + r.south + r.west\nreturn r" }
        ]
    })
}

fn failure() -> Value {
    json!({
        "steps": [
            { "id": "load", "type": "lua_script", "name": "Load the orders",
              "script": "return { orders = input.orders or array({ { id = 1, amount = 40 }, { id = 2, amount = -5 } }) }" },
            { "id": "check", "type": "lua_script", "name": "Check the orders", "depends_on": ["load"],
              "script": "for _, order in ipairs(steps.load.result.orders) do\n  if order.amount < 0 then error(\"order \" .. order.id .. \" has a negative amount\") end\nend\nreturn { ok = true }" },
            { "id": "book", "type": "lua_script", "name": "Book the orders", "depends_on": ["check"], "script": "return { booked = true }" }
        ]
    })
}

fn mcp(instance: &str) -> Value {
    json!({
        "input_schema": { "type": "object", "properties": { "text": { "type": "string" } } },
        "steps": [
            { "id": "count", "type": "mcp_call", "name": "Count the words", "instance_id": instance, "tool_name": "text_statistics",
              "tool_args": { "text": "{{input.text | \"The quick brown fox jumps over the lazy dog\"}}" }, "retry_count": 2, "timeout_s": 20 },
            { "id": "judge", "type": "lua_script", "name": "Judge the length", "depends_on": ["count"],
              "script": "local words = steps.count.result.words\nreturn { words = words, verdict = words > 50 and \"long\" or \"short\" }" }
        ]
    })
}
