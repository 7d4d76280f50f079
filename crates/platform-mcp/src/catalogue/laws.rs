//! Laws over the whole catalogue: a contradiction between declarations fails here.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeSet, HashSet};

use agentruntime_bff::{Endpoint as _, Method, tasks};
use serde_json::{Value, json};

use super::{all, definition};
use crate::{
    error::ToolError,
    passthrough,
    policy::{Group, Role, Routes, Scope, Switches},
    switchboard::Switchboard,
};

/// The names the Platform MCP page gives, which may not change.
const NAMED_BY_THE_PAGE: &[&str] = &[
    "ar_health_summary",
    "workflows_list",
    "workflows_get",
    "workflows_create",
    "workflows_patch",
    "workflows_publish_version",
    "workflows_validate",
    "workflows_execute_command",
    "workflows_list_runs",
    "runs_get_summary",
    "runs_list_tenant",
    "runs_list_events",
    "runs_get_context",
    "tasks_list_pending",
    "tasks_list_pending_run",
    "tasks_complete",
    "analytics_live_runs",
    "analytics_success_rate",
    "analytics_credits_consumed",
    "analytics_runs_timeseries",
    "analytics_usage_timeseries",
    "catalog_bff_request",
    "memory_search",
    "memory_get_episode",
    "memory_get_continuation",
    "memory_propose_items",
    "memory_confirm_item",
    "workflows_stream_websocket",
];

#[test]
fn every_name_of_the_page_is_there() {
    let names: HashSet<&str> = all().map(|entry| entry.spec.name).collect();
    for name in NAMED_BY_THE_PAGE {
        assert!(names.contains(name), "{name} is missing");
    }
}

#[test]
fn names_and_aliases_are_unique_and_well_formed() {
    let mut seen = HashSet::new();
    for entry in all() {
        for name in entry.spec.aliases.iter().chain([&entry.spec.name]) {
            assert!(seen.insert(*name), "two tools are called {name}");
            assert!(name.len() <= 40 && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        }
    }
}

#[test]
fn every_group_has_a_tool_and_the_page_s_groups_are_all() {
    let groups: BTreeSet<Group> = all().map(|entry| entry.spec.group).collect();
    assert_eq!(groups, BTreeSet::from(Group::ALL));
    for group in Group::ALL {
        assert_eq!(group.name().parse::<Group>().unwrap(), group);
        assert_eq!(serde_json::to_value(group).unwrap(), group.name());
    }
}

#[test]
fn roles_and_hints_agree_with_the_methods() {
    for entry in all() {
        let spec = &entry.spec;
        let Routes::These(routes) = spec.routes else {
            assert_eq!(spec.annotations().read_only_hint, Some(false), "{}", spec.name);
            continue;
        };
        assert!(!routes.is_empty(), "{} declares no route", spec.name);
        let gets_only = routes.iter().all(|route| route.method == Method::Get);
        assert!(!(gets_only && spec.reads_by_post), "{} reads by GET and says it reads by POST", spec.name);
        assert!(routes.iter().all(|r| r.method != Method::Delete) || !spec.reads_by_post, "{}", spec.name);
        let hints = spec.annotations();
        if hints.read_only_hint == Some(true) {
            assert!(!spec.risk && (gets_only || spec.reads_by_post), "{} is marked as read-only", spec.name);
        }
        if !gets_only && !spec.reads_by_post {
            assert_eq!(spec.role, Role::Contributor, "{} writes", spec.name);
            assert!(spec.scopes.contains(&Scope::WorkflowRun), "{} writes", spec.name);
        }
        if routes.iter().any(|r| r.method == Method::Delete) {
            assert_eq!(hints.destructive_hint, Some(true), "{}", spec.name);
        }
    }
}

#[test]
fn what_reveals_or_mutates_secrets_is_risk() {
    for entry in all() {
        let name = entry.spec.name;
        let sensitive = name.contains("reveal")
            || matches!(
                name,
                "vault_read_secret"
                    | "vault_write_secret"
                    | "vault_delete_secret"
                    | "pats_create"
                    | "inbound_create_webhook"
            )
            || (name.starts_with("llm_keys_") && !matches!(name, "llm_keys_catalog" | "llm_keys_list"));
        assert_eq!(entry.spec.risk, sensitive, "{name}");
    }
}

/// What answers in the person's name declares it, does nothing else, and has no way round through the passthrough.
#[test]
fn what_answers_in_a_person_s_name_needs_their_consent() {
    let answers = tasks::Complete::ROUTE;
    assert!(all().any(|entry| entry.spec.needs_consent));
    for entry in all() {
        let Routes::These(routes) = entry.spec.routes else { continue };
        assert_eq!(entry.spec.needs_consent, routes.contains(&answers), "{}", entry.spec.name);
        assert!(
            !entry.spec.needs_consent || routes == [answers],
            "{}: all it sends must be a question",
            entry.spec.name
        );
    }
    let path = answers.path.replace(['{', '}'], "");
    assert!(matches!(passthrough::admit(&path, true), Err(ToolError::OutsideCatalog { .. })));
}

#[test]
fn schemas_are_clean_and_valid() {
    for entry in all() {
        let schema = Value::Object((*(entry.schema)()).clone());
        let text = schema.to_string();
        for noise in ["$schema", "\"title\":\"", "\"format\":", "additionalProperties", "\"null\"", "$ref", "$defs"] {
            assert!(!text.contains(noise), "{}: {noise} in {text}", entry.spec.name);
        }
        assert_eq!(schema["type"], "object", "{}", entry.spec.name);
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{}: {text}", entry.spec.name);
    }
}

/// Clients differ in how they show descriptions, so each is one or two short sentences without a final full stop.
#[test]
fn descriptions_are_short() {
    for entry in all() {
        let spec = &entry.spec;
        assert!((8..=200).contains(&spec.description.len()), "{}", spec.name);
        assert!(!spec.description.ends_with('.') && !spec.title.ends_with('.'), "{}", spec.name);
    }
}

#[test]
fn definitions_are_thrifty_with_context() {
    let tokens = tiktoken_rs::o200k_base().unwrap();
    let cost = |tool: &rmcp::model::Tool| {
        let slim = json!({ "name": tool.name, "description": tool.description, "inputSchema": tool.input_schema });
        tokens.encode_ordinary(&slim.to_string()).len()
    };
    let everything: Vec<usize> = all().map(|entry| cost(&definition(entry))).collect();
    let estimated: usize = all().map(super::cost).sum();
    let counted: usize = everything.iter().sum();
    assert!(estimated.abs_diff(counted) * 10 < counted, "estimated {estimated}, counted {counted}");
    let mean = everything.iter().sum::<usize>() / everything.len();
    assert!(mean < 100, "a definition costs {mean} tokens on average");
    let by_default: usize = Switchboard::new(Switches::all_but_risk(), None).visible().tools.iter().map(cost).sum();
    assert!(by_default < 4_000, "the tools that are on by default cost {by_default} tokens");
}

/// One snapshot a tool: what clients see, and what the gate allows.
#[test]
fn snapshots() {
    for entry in all() {
        let spec = &entry.spec;
        let routes: Vec<String> = match spec.routes {
            Routes::These(routes) => routes.iter().map(ToString::to_string).collect(),
            Routes::McpPassthrough => vec!["any /v1/mcp/*".to_owned()],
        };
        let seen = json!({
            "group": spec.group.name(),
            "risk": spec.risk,
            "scopes": spec.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>(),
            "role": spec.role.name(),
            "routes": routes,
            "definition": definition(entry),
        });
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../../snapshots" }, {
            insta::assert_json_snapshot!(spec.name, seen);
        });
    }
}
