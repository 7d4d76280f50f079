//! What each route asks of a token, in one table.
//!
//! The contract names scopes and roles and says which role a workflow route needs; which scope belongs to which route is
//! **assumed**: reads need `workflow:read`, writes `workflow:run`, and the MCP catalogue has scopes of its own.

use super::caller::{Caller, Role, Scope};
use crate::error::{Error, Result};

/// What one route asks of a token.
#[derive(Debug)]
pub struct Rule {
    pub method: &'static str,
    /// The path, as the router writes it.
    pub path: &'static str,
    /// One of these is needed.
    pub scopes: &'static [Scope],
    /// At least this role is needed.
    pub role: Role,
}

impl Rule {
    /// # Errors
    /// [`Error::Forbidden`], naming what is missing.
    pub(super) fn check(&self, caller: &Caller) -> Result<()> {
        if !self.scopes.iter().any(|scope| caller.scopes.contains(scope)) {
            let needed = self.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" or ");
            return Err(Error::Forbidden(format!("the token lacks the scope {needed}")));
        }
        if caller.role < self.role {
            return Err(Error::Forbidden(format!("this needs the role {}", self.role.name())));
        }
        Ok(())
    }
}

/// Every guarded route.
pub fn rules() -> &'static [Rule] {
    RULES
}

/// Routes that need no token in the guard's sense. The ingress of a webhook checks its own token and signature; the demo MCP
/// server reads nothing and changes nothing.
pub(super) fn is_public(method: &str, path: &str) -> bool {
    (method == "POST" && path == "/v1/inbound-webhooks/{id}") || path == crate::demo_mcp::PATH
}

const fn read(path: &'static str) -> Rule {
    Rule { method: "GET", path, scopes: &[Scope::WorkflowRead], role: Role::Viewer }
}

/// A read that shows a secret.
const fn reveal(path: &'static str) -> Rule {
    Rule { method: "GET", path, scopes: &[Scope::WorkflowRead], role: Role::Contributor }
}

/// A read that must be asked by POST.
const fn ask(path: &'static str) -> Rule {
    Rule { method: "POST", path, scopes: &[Scope::WorkflowRead], role: Role::Viewer }
}

const fn write(method: &'static str, path: &'static str) -> Rule {
    Rule { method, path, scopes: &[Scope::WorkflowRun], role: Role::Contributor }
}

const fn mcp_read(path: &'static str) -> Rule {
    Rule { method: "GET", path, scopes: &[Scope::McpRead], role: Role::Viewer }
}

const fn mcp_write(method: &'static str, path: &'static str) -> Rule {
    Rule { method, path, scopes: &[Scope::McpWrite], role: Role::Contributor }
}

const fn mcp_run(path: &'static str) -> Rule {
    Rule { method: "POST", path, scopes: &[Scope::McpExecute], role: Role::Contributor }
}

const RULES: &[Rule] = &[
    read("/v1/workflows"),
    write("POST", "/v1/workflows"),
    read("/v1/workflows/{id}"),
    write("PATCH", "/v1/workflows/{id}"),
    write("DELETE", "/v1/workflows/{id}"),
    read("/v1/workflows/{id}/versions"),
    write("POST", "/v1/workflows/{id}/versions"),
    write("POST", "/v1/workflows/{id}/validate"),
    write("POST", "/v1/workflows/{id}/command"),
    read("/v1/workflows/{id}/runs"),
    read("/v1/workflows/{id}/stream"),
    read("/v1/runs"),
    read("/v1/workflows/{id}/runs/{run_id}/summary"),
    read("/v1/workflows/{id}/runs/{run_id}/events"),
    read("/v1/workflows/{id}/runs/{run_id}/context"),
    read("/v1/tasks/pending"),
    read("/v1/workflows/{id}/runs/{run_id}/tasks/pending"),
    write("POST", "/v1/workflows/{id}/runs/{run_id}/tasks/{task_id}/complete"),
    read("/v1/analytics/live-runs"),
    read("/v1/analytics/success-rate"),
    read("/v1/analytics/credits-consumed"),
    read("/v1/analytics/runs-timeseries"),
    read("/v1/analytics/usage-timeseries"),
    read("/v1/analytics/execution-duration"),
    read("/v1/analytics/runs-count"),
    read("/v1/analytics/steps-executed"),
    read("/v1/analytics/steps-summary"),
    read("/v1/billing/usage"),
    mcp_read("/v1/mcp/platform-catalog"),
    mcp_read("/v1/mcp/tools"),
    mcp_read("/v1/mcp/servers"),
    mcp_write("POST", "/v1/mcp/servers"),
    mcp_read("/v1/mcp/servers/{id}"),
    mcp_write("PATCH", "/v1/mcp/servers/{id}"),
    mcp_write("DELETE", "/v1/mcp/servers/{id}"),
    mcp_run("/v1/mcp/servers/{id}/discover"),
    mcp_run("/v1/mcp/servers/{id}/validate"),
    mcp_read("/v1/mcp/servers/{id}/versions"),
    mcp_write("POST", "/v1/mcp/servers/{id}/versions"),
    mcp_run("/v1/mcp/servers/{id}/connections/{connection_id}/validate"),
    mcp_read("/v1/mcp/instances"),
    mcp_write("POST", "/v1/mcp/instances"),
    mcp_run("/v1/mcp/instances/resolve"),
    mcp_read("/v1/mcp/instances/{id}"),
    mcp_write("PATCH", "/v1/mcp/instances/{id}"),
    mcp_write("DELETE", "/v1/mcp/instances/{id}"),
    mcp_run("/v1/mcp/instances/{id}/validate"),
    mcp_read("/v1/mcp/instances/{id}/credentials"),
    mcp_write("PUT", "/v1/mcp/instances/{id}/credentials"),
    mcp_write("DELETE", "/v1/mcp/instances/{id}/credentials"),
    mcp_read("/v1/mcp/instances/{id}/config-profiles"),
    mcp_write("POST", "/v1/mcp/instances/{id}/config-profiles"),
    mcp_read("/v1/mcp/instances/{id}/config-profiles/{profile_id}"),
    mcp_write("PATCH", "/v1/mcp/instances/{id}/config-profiles/{profile_id}"),
    mcp_write("DELETE", "/v1/mcp/instances/{id}/config-profiles/{profile_id}"),
    mcp_write("POST", "/v1/mcp/instances/{id}/config-profiles/{profile_id}/set-active"),
    ask("/v1/memory/search"),
    read("/v1/memory/episodes/{id}"),
    // Which of the two depends on the tool; the handler knows.
    Rule {
        method: "POST",
        path: "/v1/memory/tools/call",
        scopes: &[Scope::WorkflowRead, Scope::WorkflowRun],
        role: Role::Viewer,
    },
    write("POST", "/v1/memory/index-conversation"),
    write("POST", "/v1/memory/index-file"),
    read("/v1/memory/extract/{job_id}"),
    read("/v1/chat/conversations"),
    write("POST", "/v1/chat/conversations"),
    read("/v1/chat/conversations/{id}/messages"),
    write("POST", "/v1/chat/conversations/{id}/messages"),
    read("/v1/work/files"),
    read("/v1/work/files/{file_id}"),
    read("/v1/vault/secrets"),
    reveal("/v1/vault/secrets/{path}"),
    write("PUT", "/v1/vault/secrets/{path}"),
    write("DELETE", "/v1/vault/secrets/{path}"),
    read("/v1/pats"),
    write("POST", "/v1/pats"),
    reveal("/v1/pats/{id}/reveal"),
    write("DELETE", "/v1/pats/{id}"),
    read("/v1/inbound-webhooks"),
    write("POST", "/v1/inbound-webhooks"),
    write("DELETE", "/v1/inbound-webhooks/{id}"),
    read("/v1/llm-provider-keys/catalog"),
    read("/v1/llm-provider-keys"),
    write("POST", "/v1/llm-provider-keys"),
    write("PATCH", "/v1/llm-provider-keys/{id}"),
    write("DELETE", "/v1/llm-provider-keys/{id}"),
    reveal("/v1/llm-provider-keys/{id}/reveal"),
];
