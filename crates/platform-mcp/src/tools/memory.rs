//! Long-term memory (a preview feature of the platform: where it is off, the BFF answers 404 or 503).

use agentruntime_bff::{Endpoint, memory};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    call::Call,
    error::ToolError,
    policy::{Group, ToolSpec},
    result::ToolResult,
    tool::{Tool, ToolEntry},
};

/// The memory tools of the page.
pub const TOOLS: &[ToolEntry] = &[
    ToolEntry::of::<Search>(),
    ToolEntry::of::<GetEpisode>(),
    ToolEntry::of::<GetContinuation>(),
    ToolEntry::of::<ProposeItems>(),
    ToolEntry::of::<ConfirmItem>(),
];

struct Search;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SearchInput {
    query: String,
    limit: Option<u32>,
}

impl Tool for Search {
    const SPEC: ToolSpec = ToolSpec {
        reads_by_post: true,
        ..ToolSpec::reader(
            "memory_search",
            "Search memory",
            "Search long-term memory by meaning",
            Group::Memory,
            &[memory::Search::ROUTE],
        )
    };
    type Input = SearchInput;

    async fn call(cx: &Call, input: SearchInput) -> Result<ToolResult, ToolError> {
        cx.ask(&memory::Search { query: input.query, limit: input.limit, project_id: None }).await
    }
}

struct GetEpisode;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EpisodeInput {
    episode_id: String,
    /// With payloads
    #[serde(default)]
    detail: bool,
}

impl Tool for GetEpisode {
    const SPEC: ToolSpec = ToolSpec::reader(
        "memory_get_episode",
        "Get an episode",
        "Get an episode with its items",
        Group::Memory,
        &[memory::GetEpisode::ROUTE],
    );
    type Input = EpisodeInput;

    async fn call(cx: &Call, input: EpisodeInput) -> Result<ToolResult, ToolError> {
        cx.ask(&memory::GetEpisode { episode_id: input.episode_id, detail: Some(input.detail) }).await
    }
}

struct GetContinuation;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ContinuationInput {
    conversation_id: Option<String>,
}

impl Tool for GetContinuation {
    const SPEC: ToolSpec = ToolSpec {
        reads_by_post: true,
        ..ToolSpec::reader(
            "memory_get_continuation",
            "Get the continuation",
            "State of the latest open episode, to go on where work stopped",
            Group::Memory,
            &[memory::CallTool::ROUTE],
        )
    };
    type Input = ContinuationInput;

    async fn call(cx: &Call, input: ContinuationInput) -> Result<ToolResult, ToolError> {
        let arguments = input.conversation_id.map_or_else(|| json!({}), |id| json!({ "conversation_id": id }));
        tool(cx, Self::SPEC.name, arguments).await
    }
}

struct ProposeItems;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ProposeInput {
    /// Each {"content", "kind"?, …}
    items: Vec<Map<String, Value>>,
    episode_id: Option<String>,
}

impl Tool for ProposeItems {
    const SPEC: ToolSpec = ToolSpec::writer(
        "memory_propose_items",
        "Propose memory items",
        "Propose items to remember; they count once confirmed",
        Group::Memory,
        &[memory::CallTool::ROUTE],
    );
    type Input = ProposeInput;

    async fn call(cx: &Call, input: ProposeInput) -> Result<ToolResult, ToolError> {
        let mut arguments = Map::new();
        arguments.insert("items".to_owned(), input.items.into_iter().map(Value::Object).collect());
        arguments.extend(input.episode_id.map(|id| ("episode_id".to_owned(), id.into())));
        tool(cx, Self::SPEC.name, arguments.into()).await
    }
}

struct ConfirmItem;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmInput {
    item_id: String,
}

impl Tool for ConfirmItem {
    const SPEC: ToolSpec = ToolSpec::writer(
        "memory_confirm_item",
        "Confirm a memory item",
        "Confirm a proposed item",
        Group::Memory,
        &[memory::CallTool::ROUTE],
    );
    type Input = ConfirmInput;

    async fn call(cx: &Call, input: ConfirmInput) -> Result<ToolResult, ToolError> {
        tool(cx, Self::SPEC.name, json!({ "item_id": input.item_id })).await
    }
}

/// The BFF's memory tools bear the names that ours do.
async fn tool(cx: &Call, name: &str, arguments: Value) -> Result<ToolResult, ToolError> {
    cx.ask(&memory::CallTool { tool: name.to_owned(), arguments }).await
}
