//! Conversations and messages; every path here is **assumed** (BFF API, "Everything else": a proxy under `/v1/chat/*`).

use serde_json::Value;

use super::{object, page};
use crate::Route;

page!(
    /// `GET /v1/chat/conversations` (**assumed**)
    ListConversations => Value, Route::get("/v1/chat/conversations")
);

/// `GET /v1/chat/conversations/{id}/messages` (**assumed**)
#[derive(Debug, Clone)]
pub struct ListMessages {
    pub conversation_id: String,
    pub limit: Option<u32>,
    pub offset: Option<u32>,
}
endpoint!(ListMessages => Value, Route::get("/v1/chat/conversations/{id}/messages"), [conversation_id], query [limit, offset]);

/// `POST /v1/chat/conversations/{id}/messages` (**assumed**)
#[derive(Debug, Clone)]
pub struct SendMessage {
    pub conversation_id: String,
    pub content: String,
}
endpoint!(SendMessage => Value, Route::post("/v1/chat/conversations/{id}/messages"), [conversation_id], body |send| object([
    ("content", Some(send.content.as_str().into())),
]));
