//! Which groups are on, and the switch that stands across them: risk.

use super::{group::Group, spec::ToolSpec};

/// Which groups are on, and whether risk tools are.
///
/// `Copy`, so that one call sees one state from its first check to its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switches {
    groups: u16,
    risk: bool,
}

impl Switches {
    /// Every group on and risk off: the default of the headless server.
    #[must_use]
    pub fn all_but_risk() -> Self {
        Self::new(Group::ALL, false)
    }

    /// The given groups on, the others off.
    #[must_use]
    pub fn new(groups: impl IntoIterator<Item = Group>, risk: bool) -> Self {
        let groups = groups.into_iter().fold(0, |bits, group| bits | group.bit());
        Self { groups, risk }
    }

    /// Whether `group` is on.
    #[must_use]
    pub const fn is_on(self, group: Group) -> bool {
        self.groups & group.bit() != 0
    }

    /// Whether tools that return secrets are on.
    #[must_use]
    pub const fn risk(self) -> bool {
        self.risk
    }

    /// Whether they let a tool by: its group is on, and risk is if it is a risk tool.
    #[must_use]
    pub const fn admit(self, spec: &ToolSpec) -> bool {
        self.is_on(spec.group) && (self.risk || !spec.risk)
    }

    /// The same switches with `group` turned on or off.
    #[must_use]
    pub const fn with_group(mut self, group: Group, on: bool) -> Self {
        if on {
            self.groups |= group.bit();
        } else {
            self.groups &= !group.bit();
        }
        self
    }

    /// The same switches with risk turned on or off.
    #[must_use]
    pub const fn with_risk(mut self, on: bool) -> Self {
        self.risk = on;
        self
    }
}
