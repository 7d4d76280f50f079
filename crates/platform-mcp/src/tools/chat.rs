//! Conversations and their messages.

use agentruntime_bff::{Endpoint, chat};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    ListInput,
    rows::{Slice, compact},
};
use crate::{
    call::Call,
    error::ToolError,
    policy::{Group, ToolSpec},
    result::ToolResult,
    tool::{Tool, ToolEntry},
};

/// The chat tools. The page names what they do, not what they are called; the names follow its pattern.
pub const TOOLS: &[ToolEntry] =
    &[ToolEntry::of::<ListConversations>(), ToolEntry::of::<ListMessages>(), ToolEntry::of::<SendMessage>()];

struct ListConversations;

impl Tool for ListConversations {
    const SPEC: ToolSpec = ToolSpec::reader(
        "chat_list_conversations",
        "List conversations",
        "List conversations",
        Group::Chat,
        &[chat::ListConversations::ROUTE],
    );
    type Input = ListInput;

    async fn call(cx: &Call, input: ListInput) -> Result<ToolResult, ToolError> {
        let slice = Slice { limit: input.limit, offset: input.offset };
        let result = cx.ask(&chat::ListConversations { limit: slice.limit, offset: slice.offset }).await?;
        Ok(compact(result, "conversations", &["id", "title", "updated_at", "created_at"], slice, input.detail))
    }
}

struct ListMessages;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MessagesInput {
    conversation_id: String,
    limit: Option<u32>,
    offset: Option<u32>,
}

impl Tool for ListMessages {
    const SPEC: ToolSpec = ToolSpec::reader(
        "chat_list_messages",
        "List messages",
        "List a conversation's messages in order",
        Group::Chat,
        &[chat::ListMessages::ROUTE],
    );
    type Input = MessagesInput;

    async fn call(cx: &Call, input: MessagesInput) -> Result<ToolResult, ToolError> {
        let slice = Slice { limit: input.limit, offset: input.offset };
        let result = cx
            .ask(&chat::ListMessages {
                conversation_id: input.conversation_id,
                limit: slice.limit,
                offset: slice.offset,
            })
            .await?;
        Ok(compact(result, "messages", &[], slice, true))
    }
}

struct SendMessage;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SendInput {
    conversation_id: String,
    content: String,
}

impl Tool for SendMessage {
    const SPEC: ToolSpec = ToolSpec::writer(
        "chat_send_message",
        "Send a message",
        "Send a message to a conversation",
        Group::Chat,
        &[chat::SendMessage::ROUTE],
    );
    type Input = SendInput;

    async fn call(cx: &Call, input: SendInput) -> Result<ToolResult, ToolError> {
        cx.ask(&chat::SendMessage { conversation_id: input.conversation_id, content: input.content }).await
    }
}
