//! Scopes of a token and roles of its user, by the platform's names.

/// A PAT scope (BFF API, "Hosts and auth").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

    /// The scope as it stands in a PAT.
    #[must_use]
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
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }

    /// Whether a token with this scope and without `needed` may be let by all the same.
    pub(super) fn may_stand_for(self, needed: Self) -> bool {
        let family = |scope: Self| scope.name().split(':').next();
        let reads = |scope: Self| matches!(scope, Self::WorkflowRead | Self::McpRead);
        self == needed || (family(self) == family(needed) && (!reads(self) || reads(needed)))
    }
}

/// The project role a tool's routes ask for besides scopes (BFF API, "Hosts and auth").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// `project_viewer`: reads.
    Viewer,
    /// `project_contributor`: writes.
    Contributor,
}

impl Role {
    /// The role as the BFF spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "project_viewer",
            Self::Contributor => "project_contributor",
        }
    }
}
