//! Who asks, and how far a token can reach: scopes and roles.

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The token's id.
    pub(crate) id: String,
    /// What the token may do.
    pub(crate) scopes: Vec<Scope>,
    pub(crate) role: Role,
}

/// What a token may do (BFF API, "Hosts and auth").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    WorkflowRead,
    WorkflowRun,
    McpExecute,
    McpRead,
    McpWrite,
}

impl Scope {
    /// Every scope there is.
    pub const ALL: [Self; 5] = [Self::WorkflowRead, Self::WorkflowRun, Self::McpExecute, Self::McpRead, Self::McpWrite];

    /// As a token carries it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WorkflowRead => "workflow:read",
            Self::WorkflowRun => "workflow:run",
            Self::McpExecute => "mcp:execute",
            Self::McpRead => "mcp:read",
            Self::McpWrite => "mcp:write",
        }
    }

    /// The scope of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// A role in the project; each may do what the one before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// `project_viewer`: reads.
    Viewer,
    /// `project_contributor`: writes.
    Contributor,
}

impl Role {
    /// As the platform writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "project_viewer",
            Self::Contributor => "project_contributor",
        }
    }

    /// The role of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Viewer, Self::Contributor].into_iter().find(|role| role.name() == name)
    }
}
