//! Personal access tokens: list and revoke; creating and revealing need risk.

use agentruntime_bff::{Endpoint, pats};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ById, Nothing};
use crate::{
    call::Call,
    error::ToolError,
    policy::{Group, Role, ToolSpec},
    result::ToolResult,
    tool::{Tool, ToolEntry},
};

/// The token tools. The page names what they do, not what they are called; the names follow its pattern.
pub const TOOLS: &[ToolEntry] =
    &[ToolEntry::of::<List>(), ToolEntry::of::<Revoke>(), ToolEntry::of::<Create>(), ToolEntry::of::<Reveal>()];

struct List;

impl Tool for List {
    const SPEC: ToolSpec = ToolSpec::reader(
        "pats_list",
        "List access tokens",
        "List personal access tokens: names, scopes, dates; no token text",
        Group::Pat,
        &[pats::List::ROUTE],
    );
    type Input = Nothing;

    async fn call(cx: &Call, _: Nothing) -> Result<ToolResult, ToolError> {
        cx.ask(&pats::List).await
    }
}

struct Revoke;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RevokeInput {
    id: String,
    /// Revoke it even if it is, or may be, this server's own token: every client of this server stops working. Ask the person first
    #[serde(default)]
    confirm_own_token: bool,
}

impl Tool for Revoke {
    const SPEC: ToolSpec = ToolSpec::writer(
        "pats_revoke",
        "Revoke an access token",
        "Revoke a token for good; what uses it stops working",
        Group::Pat,
        &[pats::Delete::ROUTE],
    );
    type Input = RevokeInput;

    async fn call(cx: &Call, input: RevokeInput) -> Result<ToolResult, ToolError> {
        if !input.confirm_own_token {
            unless_own(cx.own_pat_id(), &input.id)?;
        }
        cx.ask(&pats::Delete { id: input.id }).await
    }
}

/// Refuses to revoke the token that the call goes with, and any token where that one is not known: whoever saws at the branch they
/// sit on loses the server at once and for every client, while asking once more costs a moment.
fn unless_own(own: Option<&str>, id: &str) -> Result<(), ToolError> {
    let Some(own) = own else {
        return Err(ToolError::OwnToken {
            which: "it is not known which access token this server works with, and this may be the one",
            otherwise: ", or if you know that the token is another one",
        });
    };
    // A platform may read an id in more than one spelling (a UUID in capitals, or without its hyphens).
    let plain =
        |id: &str| id.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect::<String>();
    if plain(own) == plain(id) {
        return Err(ToolError::OwnToken {
            which: "this is the access token that this server itself works with",
            otherwise: "",
        });
    }
    Ok(())
}

struct Create;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateInput {
    display_name: String,
    /// workflow:read, workflow:run, mcp:execute, mcp:read, mcp:write
    scopes: Vec<String>,
}

impl Tool for Create {
    const SPEC: ToolSpec = ToolSpec::writer(
        "pats_create",
        "Create an access token",
        "Create a token; its text is in the answer, once",
        Group::Pat,
        &[pats::Create::ROUTE],
    )
    .with_risk();
    type Input = CreateInput;

    async fn call(cx: &Call, input: CreateInput) -> Result<ToolResult, ToolError> {
        cx.ask(&pats::Create { display_name: input.display_name, scopes: input.scopes }).await
    }
}

struct Reveal;

impl Tool for Reveal {
    const SPEC: ToolSpec = ToolSpec {
        role: Role::Contributor,
        ..ToolSpec::reader(
            "pats_reveal",
            "Reveal an access token",
            "Reveal a token's text, where the platform still can",
            Group::Pat,
            &[pats::Reveal::ROUTE],
        )
    }
    .with_risk();
    type Input = ById;

    async fn call(cx: &Call, input: ById) -> Result<ToolResult, ToolError> {
        cx.ask(&pats::Reveal { id: input.id }).await
    }
}
