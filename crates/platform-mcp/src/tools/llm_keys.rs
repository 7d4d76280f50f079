//! Keys of LLM providers: the catalog of models and the list of keys; changing and revealing keys need risk.

use agentruntime_bff::{Endpoint, llm_keys};
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

/// The key tools. The page names what they do, not what they are called; the names follow its pattern.
pub const TOOLS: &[ToolEntry] = &[
    ToolEntry::of::<Catalog>(),
    ToolEntry::of::<List>(),
    ToolEntry::of::<Create>(),
    ToolEntry::of::<Update>(),
    ToolEntry::of::<Delete>(),
    ToolEntry::of::<Reveal>(),
];

struct Catalog;

impl Tool for Catalog {
    const SPEC: ToolSpec = ToolSpec::reader(
        "llm_keys_catalog",
        "LLM model catalog",
        "LLM providers and models that workflows can use",
        Group::LlmKeys,
        &[llm_keys::Catalog::ROUTE],
    );
    type Input = Nothing;

    async fn call(cx: &Call, _: Nothing) -> Result<ToolResult, ToolError> {
        cx.ask(&llm_keys::Catalog).await
    }
}

struct List;

impl Tool for List {
    const SPEC: ToolSpec = ToolSpec::reader(
        "llm_keys_list",
        "List LLM keys",
        "List LLM provider keys: names and last four characters",
        Group::LlmKeys,
        &[llm_keys::List::ROUTE],
    );
    type Input = Nothing;

    async fn call(cx: &Call, _: Nothing) -> Result<ToolResult, ToolError> {
        cx.ask(&llm_keys::List).await
    }
}

struct Create;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateInput {
    provider: String,
    display_name: String,
    api_key: String,
}

impl Tool for Create {
    const SPEC: ToolSpec = ToolSpec::writer(
        "llm_keys_create",
        "Add an LLM key",
        "Add a provider key",
        Group::LlmKeys,
        &[llm_keys::Create::ROUTE],
    )
    .with_risk();
    type Input = CreateInput;

    async fn call(cx: &Call, input: CreateInput) -> Result<ToolResult, ToolError> {
        cx.ask(&llm_keys::Create {
            provider: input.provider,
            display_name: input.display_name,
            api_key: input.api_key.into(),
        })
        .await
    }
}

struct Update;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdateInput {
    id: String,
    display_name: Option<String>,
    api_key: Option<String>,
}

impl Tool for Update {
    const SPEC: ToolSpec = ToolSpec::writer(
        "llm_keys_update",
        "Change an LLM key",
        "Rename a provider key or replace it",
        Group::LlmKeys,
        &[llm_keys::Update::ROUTE],
    )
    .with_risk();
    type Input = UpdateInput;

    async fn call(cx: &Call, input: UpdateInput) -> Result<ToolResult, ToolError> {
        if input.display_name.is_none() && input.api_key.is_none() {
            return Err(ToolError::bad_arguments(Self::SPEC.name, &"give `display_name`, `api_key`, or both"));
        }
        cx.ask(&llm_keys::Update {
            id: input.id,
            display_name: input.display_name,
            api_key: input.api_key.map(Into::into),
        })
        .await
    }
}

struct Delete;

impl Tool for Delete {
    const SPEC: ToolSpec = ToolSpec::writer(
        "llm_keys_delete",
        "Delete an LLM key",
        "Delete a provider key; workflows that use it fail from then on",
        Group::LlmKeys,
        &[llm_keys::Delete::ROUTE],
    )
    .with_risk();
    type Input = ById;

    async fn call(cx: &Call, input: ById) -> Result<ToolResult, ToolError> {
        cx.ask(&llm_keys::Delete { id: input.id }).await
    }
}

struct Reveal;

impl Tool for Reveal {
    const SPEC: ToolSpec = ToolSpec {
        role: Role::Contributor,
        ..ToolSpec::reader(
            "llm_keys_reveal",
            "Reveal an LLM key",
            "Reveal a provider key's text",
            Group::LlmKeys,
            &[llm_keys::Reveal::ROUTE],
        )
    }
    .with_risk();
    type Input = ById;

    async fn call(cx: &Call, input: ById) -> Result<ToolResult, ToolError> {
        cx.ask(&llm_keys::Reveal { id: input.id }).await
    }
}
