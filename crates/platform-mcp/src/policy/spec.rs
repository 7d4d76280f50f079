//! What is said of a tool, once: everything that lists, gates, documents or tests a tool reads this.

use std::time::Duration;

use agentruntime_bff::{Method, Route};
use rmcp::model::ToolAnnotations;

use super::{
    group::Group,
    scope::{Role, Scope},
};
use crate::consent::TIME_TO_DECIDE;

/// Which effective requests a tool may make: the gate compares each one with this.
#[derive(Debug, Clone, Copy)]
pub enum Routes {
    /// Exactly these.
    These(&'static [Route]),
    /// Whatever the passthrough's confinement lets by (`/v1/mcp/*`).
    McpPassthrough,
}

/// All policy data of one tool.
#[derive(Debug, Clone, Copy)]
pub struct ToolSpec {
    /// The name clients call it by.
    pub name: &'static str,
    /// A short title for people.
    pub title: &'static str,
    /// What a model needs to know to choose the tool; short, it is paid for in context.
    pub description: &'static str,
    /// The group whose switch it hangs on.
    pub group: Group,
    /// Returns or changes secrets: listed and callable only while risk is on.
    pub risk: bool,
    /// The scopes a PAT needs for every route of the tool.
    pub scopes: &'static [Scope],
    /// The role a PAT's user needs.
    pub role: Role,
    /// The requests it makes.
    pub routes: Routes,
    /// Reads only, though a route's method is not GET (a search, a dry run).
    pub reads_by_post: bool,
    /// It answers in the person's name: the gate asks them before a request of it is sent. [`ToolSpec::with_consent`] sets it.
    pub needs_consent: bool,
    /// How long a call may take. [`ToolSpec::CALL_LIMIT`] unless the tool waits by purpose.
    pub limit: Duration,
    /// Names it had before, still answered.
    pub aliases: &'static [&'static str],
}

impl ToolSpec {
    /// Every call that does not wait by purpose ends within this.
    pub const CALL_LIMIT: Duration = Duration::from_secs(60);

    /// A tool that reads one or more routes: what most tools are. The rest is set with struct update.
    #[must_use]
    pub const fn reader(
        name: &'static str,
        title: &'static str,
        description: &'static str,
        group: Group,
        routes: &'static [Route],
    ) -> Self {
        Self {
            name,
            title,
            description,
            group,
            risk: false,
            scopes: &[Scope::WorkflowRead],
            role: Role::Viewer,
            routes: Routes::These(routes),
            reads_by_post: false,
            needs_consent: false,
            limit: Self::CALL_LIMIT,
            aliases: &[],
        }
    }

    /// A tool that changes something.
    #[must_use]
    pub const fn writer(
        name: &'static str,
        title: &'static str,
        description: &'static str,
        group: Group,
        routes: &'static [Route],
    ) -> Self {
        Self {
            scopes: &[Scope::WorkflowRun],
            role: Role::Contributor,
            ..Self::reader(name, title, description, group, routes)
        }
    }

    /// The same tool, marked as returning or changing secrets.
    #[must_use]
    pub const fn with_risk(self) -> Self {
        Self { risk: true, ..self }
    }

    /// The same tool with other scopes.
    #[must_use]
    pub const fn scoped(self, scopes: &'static [Scope]) -> Self {
        Self { scopes, ..self }
    }

    /// The same tool, for whose requests the gate asks the person first. They may take their time; the answer itself is quick.
    #[must_use]
    pub const fn with_consent(self) -> Self {
        let limit = Duration::from_secs(TIME_TO_DECIDE.as_secs() + Self::CALL_LIMIT.as_secs());
        Self { needs_consent: true, limit, ..self }
    }

    /// Whether the tool changes nothing.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.reads_by_post
            || matches!(self.routes, Routes::These(routes) if routes.iter().all(|r| r.method == Method::Get))
    }

    /// MCP's hints, derived from risk and HTTP method, never authored.
    ///
    /// A GET that reveals a secret reads, but it is not harmless to call unasked, so risk tools never carry the read-only hint.
    #[must_use]
    pub fn annotations(&self) -> ToolAnnotations {
        let methods: &[Route] = match self.routes {
            Routes::These(routes) => routes,
            Routes::McpPassthrough => &[],
        };
        let passthrough = methods.is_empty();
        let read_only = !passthrough && !self.risk && self.is_read_only();
        let overwrites =
            methods.iter().any(|route| matches!(route.method, Method::Delete | Method::Put | Method::Patch));
        let repeatable = !passthrough
            && methods.iter().all(|route| matches!(route.method, Method::Get | Method::Put | Method::Delete));
        let hints = ToolAnnotations::new().read_only(read_only);
        if read_only {
            hints.open_world(false)
        } else {
            hints
                .destructive(passthrough || overwrites || self.risk)
                .idempotent(repeatable || self.reads_by_post)
                .open_world(false)
        }
    }
}
