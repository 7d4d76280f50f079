//! Every tool against the sandbox: it passes with exactly the scopes it declares, is refused with one of them removed, and asks
//! for exactly the routes it declares.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use agentruntime_platform_mcp::catalogue::{self, Group, Routes, Scopes, ToolSpec};
use agentruntime_sandbox::Scope;
use serde_json::{Value, json};
use support::{World, call, scope};

/// Arguments with which the tool does its work in this world.
async fn arguments(world: &World, tool: &str) -> Value {
    let small = json!({ "steps": [{ "id": "only", "type": "lua_script", "script": "return { ok = true }" }] });
    match tool {
        "workflows_get" | "workflows_validate" | "workflows_publish_version" | "workflows_list_runs" => {
            json!({ "workflow_id": "wf_example_parallel" })
        }
        "workflows_create" => json!({ "name": "Made by a test", "graph": small }),
        "workflows_patch" => json!({ "workflow_id": "wf_example_parallel", "description": "Changed" }),
        "workflows_execute_command" => json!({ "workflow_id": "wf_example_parallel", "command": "start" }),
        "runs_get_summary" | "runs_list_events" | "runs_get_context" | "tasks_list_pending_run" => {
            let (workflow, run, _) = world.waiting_run().await;
            json!({ "workflow_id": workflow, "run_id": run })
        }
        "tasks_complete" => {
            let (workflow, run, task) = world.waiting_run().await;
            json!({ "workflow_id": workflow, "run_id": run, "task_id": task, "approved": true })
        }
        "workflows_stream_websocket" => {
            let (workflow, run, _) = world.waiting_run().await;
            json!({ "workflow_id": workflow, "run_id": run, "max_messages": 2 })
        }
        "runs_wait" => {
            let (workflow, run) = world.busy_run().await;
            json!({ "workflow_id": workflow, "run_id": run, "max_seconds": 1 })
        }
        "memory_search" => json!({ "query": "pricing" }),
        "memory_get_episode" => json!({ "episode_id": proposed(world).await.0 }),
        "memory_propose_items" => json!({ "items": [{ "content": "Prices rise in May" }] }),
        "memory_confirm_item" => json!({ "item_id": proposed(world).await.1 }),
        "chat_list_messages" => json!({ "conversation_id": conversation(world).await }),
        "chat_send_message" => json!({ "conversation_id": conversation(world).await, "content": "Hello" }),
        "files_get_metadata" => json!({ "id": "file_guide" }),
        "vault_write_secret" => json!({ "path": "team/db", "value": "correct horse" }),
        "vault_read_secret" | "vault_delete_secret" => {
            world.ask("PUT", "/v1/vault/secrets/team%2Fdb", json!({ "value": "correct horse" })).await;
            json!({ "path": "team/db" })
        }
        "pats_create" => json!({ "display_name": "Made by a test", "scopes": ["workflow:run"] }),
        "pats_reveal" => json!({ "id": world.token(&[Scope::WorkflowRead]).await.0 }),
        // The platform of these tests does not know which token is its own.
        "pats_revoke" => json!({ "id": world.token(&[Scope::WorkflowRead]).await.0, "confirm_own_token": true }),
        "inbound_create_webhook" => json!({ "workflow_id": "wf_example_parallel", "name": "Orders" }),
        "inbound_delete_webhook" => {
            let body = json!({ "workflow_id": "wf_example_parallel", "name": "Orders" });
            let made = world.ask("POST", "/v1/inbound-webhooks", body).await;
            json!({ "id": made["subscription"]["id"] })
        }
        "llm_keys_create" => json!({ "provider": "openai", "display_name": "Ours", "api_key": "sk-of-a-test" }),
        "llm_keys_update" => json!({ "id": provider_key(world).await, "display_name": "Theirs" }),
        "llm_keys_delete" | "llm_keys_reveal" => json!({ "id": provider_key(world).await }),
        _ => json!({}),
    }
}

async fn proposed(world: &World) -> (String, String) {
    let body = json!({ "tool": "memory_propose_items", "arguments": { "items": [{ "content": "Prices rise" }] } });
    let made = world.ask("POST", "/v1/memory/tools/call", body).await["result"].take();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made["episode_id"]), text(&made["item_ids"][0]))
}

async fn conversation(world: &World) -> Value {
    world.ask("GET", "/v1/chat/conversations", Value::Null).await["conversations"][0]["id"].take()
}

async fn provider_key(world: &World) -> Value {
    let body = json!({ "provider": "openai", "display_name": "Ours", "api_key": "sk-of-a-test" });
    world.ask("POST", "/v1/llm-provider-keys", body).await["id"].take()
}

/// What the sandbox answers where it cannot do better: it keeps tokens as hashes.
fn expected(tool: &str) -> Option<&'static str> {
    (tool == "pats_reveal").then_some("not_found")
}

fn checked() -> impl Iterator<Item = &'static ToolSpec> {
    catalogue::all().map(|entry| &entry.spec).filter(|spec| spec.group != Group::Catalog)
}

fn scopes(spec: &ToolSpec) -> Vec<Scope> {
    spec.scopes.iter().map(|declared| scope(declared.name())).collect()
}

#[tokio::test]
async fn each_tool_passes_with_exactly_its_scopes_and_asks_exactly_its_routes() {
    let world = World::start().await;
    for spec in checked() {
        let (_, token) = world.token(&scopes(spec)).await;
        let platform = world.platform(&token);
        let arguments = arguments(&world, spec.name).await;
        world.tap.take();
        let answer = call(&platform, spec.name, arguments).await;
        assert_eq!(answer.as_ref().err().map(String::as_str), expected(spec.name), "{}: {answer:?}", spec.name);

        let Routes::These(routes) = spec.routes else { panic!("{} passes through", spec.name) };
        let asked = world.tap.take();
        for (method, path) in &asked {
            let declared =
                routes.iter().any(|route| route.method.to_string() == *method && route.matches(route.method, path));
            assert!(declared, "{} asked {method} {path}, which it does not declare", spec.name);
        }
        for route in routes {
            let seen = asked
                .iter()
                .any(|(method, path)| route.method.to_string() == *method && route.matches(route.method, path));
            assert!(seen, "{} declares {route}, but asked only {asked:?}", spec.name);
        }
    }
}

#[tokio::test]
async fn each_tool_is_refused_with_one_of_its_scopes_removed() {
    let world = World::start().await;
    for spec in checked() {
        for removed in scopes(spec) {
            let others = Scope::ALL.into_iter().filter(|scope| *scope != removed).collect::<Vec<_>>();
            let (_, token) = world.token(&others).await;
            let arguments = arguments(&world, spec.name).await;
            let answer = call(&world.platform(&token), spec.name, arguments).await;
            assert_eq!(answer, Err("forbidden".to_owned()), "{} without {}", spec.name, removed.name());
        }
    }
}

#[tokio::test]
async fn what_is_cut_for_want_of_a_scope_would_have_been_refused() {
    let world = World::start().await;
    let mut cut = 0;
    for held in Scope::ALL {
        let (_, token) = world.token(&[held]).await;
        // It knows nothing of its token's scopes, so that the sandbox is the one to refuse.
        let platform = world.platform(&token);
        let scopes = Scopes::named([held.name()]).unwrap();
        for spec in checked().filter(|spec| !scopes.missing(spec).is_empty()) {
            let answer = call(&platform, spec.name, arguments(&world, spec.name).await).await;
            assert_eq!(answer, Err("forbidden".to_owned()), "{} with {} alone", spec.name, held.name());
            cut += 1;
        }
    }
    assert!(cut > 100, "only {cut} tools were cut: the test tests little");
}

#[tokio::test]
async fn the_role_a_tool_declares_is_the_one_its_routes_ask() {
    for spec in checked() {
        let Routes::These(routes) = spec.routes else { continue };
        for route in routes {
            let rules = agentruntime_sandbox::rules().iter();
            let rule =
                rules.filter(|rule| rule.method == route.method.to_string()).find(|rule| same(rule.path, route.path));
            let rule = rule.unwrap_or_else(|| panic!("the sandbox has no {route}"));
            // Which role the memory tools need depends on the tool, so their one route asks for the least.
            if rule.path != "/v1/memory/tools/call" {
                assert_eq!(support::role(spec.role.name()), rule.role, "{}: {route}", spec.name);
            }
        }
    }
}

/// Paths that differ only in the names of their parameters are the same.
fn same(one: &str, other: &str) -> bool {
    let plain = |path: &str| {
        path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }.to_owned()).collect::<Vec<_>>()
    };
    plain(one) == plain(other)
}

#[tokio::test]
async fn the_passthrough_needs_the_scope_of_what_it_asks_for() {
    let world = World::start().await;
    let server =
        world.ask("GET", "/v1/mcp/servers", Value::Null).await["servers"][0]["id"].as_str().unwrap().to_owned();
    let requests = [
        (Scope::McpRead, json!({ "method": "GET", "path": "/v1/mcp/instances" })),
        (
            Scope::McpWrite,
            json!({ "method": "PATCH", "path": format!("/v1/mcp/servers/{server}"), "body": { "description": "Ours" } }),
        ),
        (Scope::McpExecute, json!({ "method": "POST", "path": format!("/v1/mcp/servers/{server}/validate") })),
    ];
    for (needed, arguments) in requests {
        let (_, token) = world.token(&[needed]).await;
        let answer = call(&world.platform(&token), "catalog_bff_request", arguments.clone()).await;
        assert!(answer.is_ok(), "{arguments}: {answer:?}");
        let others = Scope::ALL.into_iter().filter(|scope| *scope != needed).collect::<Vec<_>>();
        let (_, token) = world.token(&others).await;
        let answer = call(&world.platform(&token), "catalog_bff_request", arguments.clone()).await;
        assert_eq!(answer, Err("forbidden".to_owned()), "{arguments}");
    }
}
