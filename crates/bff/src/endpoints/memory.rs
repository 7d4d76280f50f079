//! Long-term memory, a preview feature: 404 or 503 where it is off (BFF API, "Everything else").

use serde_json::Value;

use super::object;
use crate::Route;

/// `POST /v1/memory/search`
#[derive(Debug, Clone)]
pub struct Search {
    pub query: String,
    pub limit: Option<u32>,
    /// A project other than the token's.
    pub project_id: Option<String>,
}
endpoint!(Search => Value, Route::post("/v1/memory/search"), [], body |search| object([
    ("query", Some(search.query.as_str().into())),
    ("limit", search.limit.map(Value::from)),
    ("project_id", search.project_id.clone().map(Value::from)),
]));

/// `GET /v1/memory/episodes/{id}`
#[derive(Debug, Clone)]
pub struct GetEpisode {
    pub episode_id: String,
    /// `false` drops payloads.
    pub detail: Option<bool>,
}
endpoint!(GetEpisode => Value, Route::get("/v1/memory/episodes/{id}"), [episode_id], query [detail]);

/// `POST /v1/memory/tools/call`: the shape of the body is **assumed**.
#[derive(Debug, Clone)]
pub struct CallTool {
    /// `memory_get_continuation`, `memory_propose_items` or `memory_confirm_item`.
    pub tool: String,
    pub arguments: Value,
}
endpoint!(CallTool => Value, Route::post("/v1/memory/tools/call"), [], body |call| object([
    ("tool", Some(call.tool.as_str().into())),
    ("arguments", Some(call.arguments.clone())),
]));
