//! Secrets in the vault: listing shows names; reading and writing need risk.

use agentruntime_bff::{Endpoint, vault};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    ListInput,
    rows::{Slice, compact},
};
use crate::{
    call::Call,
    error::ToolError,
    policy::{Group, Role, Scope, ToolSpec},
    result::ToolResult,
    tool::{Tool, ToolEntry},
};

/// The vault tools. The page names what they do, not what they are called; the names follow its pattern.
pub const TOOLS: &[ToolEntry] = &[
    ToolEntry::of::<ListSecrets>(),
    ToolEntry::of::<ReadSecret>(),
    ToolEntry::of::<WriteSecret>(),
    ToolEntry::of::<DeleteSecret>(),
];

struct ListSecrets;

impl Tool for ListSecrets {
    const SPEC: ToolSpec = ToolSpec::reader(
        "vault_list_secrets",
        "List secrets",
        "List vault secrets: names, no values",
        Group::Vault,
        &[vault::ListSecrets::ROUTE],
    );
    type Input = ListInput;

    async fn call(cx: &Call, input: ListInput) -> Result<ToolResult, ToolError> {
        let slice = Slice { limit: input.limit, offset: input.offset };
        let result = cx.ask(&vault::ListSecrets { limit: slice.limit, offset: slice.offset }).await?;
        Ok(compact(result, "secrets", &["path", "name", "version", "updated_at"], slice, input.detail))
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SecretPath {
    path: String,
}

struct ReadSecret;

impl Tool for ReadSecret {
    const SPEC: ToolSpec = ToolSpec {
        role: Role::Contributor,
        ..ToolSpec::reader(
            "vault_read_secret",
            "Read a secret",
            "Read a secret's value",
            Group::Vault,
            &[vault::ReadSecret::ROUTE],
        )
    }
    .with_risk()
    .scoped(&[Scope::WorkflowRead]);
    type Input = SecretPath;

    async fn call(cx: &Call, input: SecretPath) -> Result<ToolResult, ToolError> {
        cx.ask(&vault::ReadSecret { path: input.path }).await
    }
}

struct WriteSecret;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WriteInput {
    path: String,
    value: String,
}

impl Tool for WriteSecret {
    const SPEC: ToolSpec = ToolSpec::writer(
        "vault_write_secret",
        "Write a secret",
        "Create a secret or replace its value",
        Group::Vault,
        &[vault::WriteSecret::ROUTE],
    )
    .with_risk();
    type Input = WriteInput;

    async fn call(cx: &Call, input: WriteInput) -> Result<ToolResult, ToolError> {
        cx.ask(&vault::WriteSecret { path: input.path, value: input.value.into() }).await
    }
}

struct DeleteSecret;

impl Tool for DeleteSecret {
    const SPEC: ToolSpec = ToolSpec::writer(
        "vault_delete_secret",
        "Delete a secret",
        "Delete a secret",
        Group::Vault,
        &[vault::DeleteSecret::ROUTE],
    )
    .with_risk();
    type Input = SecretPath;

    async fn call(cx: &Call, input: SecretPath) -> Result<ToolResult, ToolError> {
        cx.ask(&vault::DeleteSecret { path: input.path }).await
    }
}
