//! What a token may do, and which tools that leaves.
//!
//! The platform names its scopes and says nowhere which route wants which, nor whether one holds another: that `workflows_list`
//! needs `workflow:read` is assumed, as everything in [`ToolSpec::scopes`] is. A tool that is hidden although it would have
//! worked is lost to its owner without a word, while one that is listed in vain is refused by the platform, which says why. So
//! a tool is cut only where no reading of the names lets it work:
//!
//! - A scope may stand for another of its family (the word before the colon), unless it only reads and the other does not:
//!   who may run workflows may well read them, and the Platform MCP page has people make a token with `mcp:execute` and no
//!   other `mcp:` scope, although the passthrough reads and writes too. Never does a scope stand for another family's.
//! - A scope with a name that is not known here (`admin`, `*`) may stand for anything, so nothing is cut then.
//! - No scopes at all means that they are not known: the platform lists none it will not tell, and a token without any would
//!   be good for nothing.

use std::collections::{BTreeMap, BTreeSet};

use agentruntime_bff::Method;

use super::{Group, Routes, Scope, Switches, ToolSpec, all};

impl Scope {
    /// Every scope there is.
    pub const ALL: [Self; 5] = [Self::WorkflowRead, Self::WorkflowRun, Self::McpExecute, Self::McpRead, Self::McpWrite];

    /// The scope of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }

    /// Whether a token with this scope and without `needed` may be let by all the same.
    fn may_stand_for(self, needed: Self) -> bool {
        let family = |scope: Self| scope.name().split(':').next();
        let reads = |scope: Self| matches!(scope, Self::WorkflowRead | Self::McpRead);
        self == needed || (family(self) == family(needed) && (!reads(self) || reads(needed)))
    }
}

/// A token's scopes, as far as they have names that are known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes {
    known: BTreeSet<Scope>,
    /// Whether it has others besides.
    others: bool,
}

impl Scopes {
    /// Scopes by their names, as the platform tells them; `None` where it tells of none.
    #[must_use]
    pub fn named<Name: AsRef<str>>(names: impl IntoIterator<Item = Name>) -> Option<Self> {
        let mut scopes = Self { known: BTreeSet::new(), others: false };
        for name in names {
            match Scope::named(name.as_ref().trim()) {
                Some(scope) => drop(scopes.known.insert(scope)),
                None => scopes.others = true,
            }
        }
        (scopes.others || !scopes.known.is_empty()).then_some(scopes)
    }

    /// The scopes for want of which no call of this tool can work; none where one may.
    #[must_use]
    pub fn missing(&self, spec: &ToolSpec) -> BTreeSet<Scope> {
        let lacks = |needed: &Scope| !self.may_serve(*needed);
        match spec.routes {
            Routes::These(_) => spec.scopes.iter().copied().filter(lacks).collect(),
            // Each of its scopes opens some of its routes.
            Routes::McpPassthrough if spec.scopes.iter().all(lacks) => spec.scopes.iter().copied().collect(),
            Routes::McpPassthrough => BTreeSet::new(),
        }
    }

    /// The scopes for want of which the passthrough's request with this method cannot work.
    ///
    /// What changes things by its method alone needs more than a scope that reads; a POST may be a question.
    #[must_use]
    pub fn missing_for(&self, method: Method) -> BTreeSet<Scope> {
        let changes = matches!(method, Method::Put | Method::Patch | Method::Delete);
        let needed = changes.then_some(Scope::McpWrite);
        needed.into_iter().filter(|needed| !self.may_serve(*needed)).collect()
    }

    fn may_serve(&self, needed: Scope) -> bool {
        self.others || self.known.iter().any(|held| held.may_stand_for(needed))
    }
}

/// The scopes that the tools need which these switches let by, and no others: what to ask for when a token is made.
#[must_use]
pub fn scopes_needed(switches: Switches) -> BTreeSet<Scope> {
    all().filter(|entry| switches.admit(&entry.spec)).flat_map(|entry| entry.spec.scopes).copied().collect()
}

/// What a token cannot do of a group.
#[derive(Debug, Clone)]
pub struct Shortfall {
    /// The scopes it lacks for that.
    pub missing: BTreeSet<Scope>,
    /// The tools that are not listed for want of them, in the catalogue's order, risk tools included.
    pub cut: Vec<&'static ToolSpec>,
    /// Whether nothing is left of the group.
    pub whole: bool,
}

/// The groups of which a token with these scopes cannot do everything. Empty where nothing is cut or the scopes are not known.
#[must_use]
pub fn groups_short_of(scopes: Option<&Scopes>) -> BTreeMap<Group, Shortfall> {
    let mut short = BTreeMap::new();
    let Some(scopes) = scopes else { return short };
    for group in Group::ALL {
        let of_group = || all().map(|entry| &entry.spec).filter(|spec| spec.group == group);
        let cut: Vec<_> = of_group().filter(|spec| !scopes.missing(spec).is_empty()).collect();
        if !cut.is_empty() {
            let missing = cut.iter().flat_map(|spec| scopes.missing(spec)).collect();
            let whole = cut.len() == of_group().count();
            short.insert(group, Shortfall { missing, cut, whole });
        }
    }
    short
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::collections::BTreeSet;

    use agentruntime_bff::Method;

    use super::{Scopes, groups_short_of, scopes_needed};
    use crate::catalogue::{Group, Scope, Switches, find};

    fn cut(names: &[&str]) -> BTreeSet<&'static str> {
        let scopes = Scopes::named(names);
        groups_short_of(scopes.as_ref()).values().flat_map(|short| &short.cut).map(|spec| spec.name).collect()
    }

    #[test]
    fn only_what_cannot_work_is_cut() {
        let reader = cut(&["workflow:read"]);
        for (tool, is_cut) in [
            ("workflows_list", false),
            ("workflows_execute_command", true),
            ("vault_list_secrets", false),
            ("vault_read_secret", false),
            ("vault_write_secret", true),
            ("pats_revoke", true),
            ("catalog_bff_request", true),
        ] {
            assert_eq!(reader.contains(tool), is_cut, "{tool}");
        }
        assert_eq!(cut(&["workflow:run"]), BTreeSet::from(["catalog_bff_request"]), "who runs may be let read");
        let connector = cut(&["mcp:execute"]);
        assert!(connector.contains("workflows_list") && !connector.contains("catalog_bff_request"));
        assert!(cut(&["workflow:run", "mcp:read"]).is_empty());
    }

    #[test]
    fn what_is_not_known_cuts_nothing() {
        assert_eq!(Scopes::named::<&str>([]), None);
        assert!(cut(&[]).is_empty());
        assert!(cut(&["*"]).is_empty());
        assert!(cut(&["workflow:read", "admin"]).is_empty());
    }

    #[test]
    fn a_group_says_what_it_lacks_and_whether_anything_is_left() {
        let scopes = Scopes::named(["workflow:read", " mcp:read "]);
        let short = groups_short_of(scopes.as_ref());
        assert_eq!(short[&Group::Core].missing, BTreeSet::from([Scope::WorkflowRun]));
        assert!(!short[&Group::Core].whole);
        assert!(!short.contains_key(&Group::Catalog) && !short.contains_key(&Group::Files));
        let scopes = Scopes::named(["workflow:read"]);
        let short = groups_short_of(scopes.as_ref());
        assert!(short[&Group::Catalog].whole);
        let all_of_mcp = BTreeSet::from([Scope::McpExecute, Scope::McpRead, Scope::McpWrite]);
        assert_eq!(short[&Group::Catalog].missing, all_of_mcp);
    }

    #[test]
    fn a_request_that_changes_needs_more_than_to_read() {
        let missing = |names: &[&str], method| Scopes::named(names).unwrap().missing_for(method);
        let write = BTreeSet::from([Scope::McpWrite]);
        for method in [Method::Put, Method::Patch, Method::Delete] {
            assert_eq!(missing(&["mcp:read", "workflow:run"], method), write, "{method}");
            assert!(missing(&["mcp:execute"], method).is_empty(), "{method}");
            assert!(missing(&["mcp:read", "mcp:all"], method).is_empty(), "{method}");
        }
        for method in [Method::Get, Method::Post] {
            assert!(missing(&["mcp:read"], method).is_empty(), "{method}");
        }
    }

    #[test]
    fn a_token_is_to_have_what_its_switches_need_and_no_more() {
        let needed = |groups: &[Group], risk| scopes_needed(Switches::new(groups.iter().copied(), risk));
        assert!(needed(&[], true).is_empty());
        assert_eq!(needed(&[Group::Files], true), BTreeSet::from([Scope::WorkflowRead]));
        assert_eq!(needed(&[Group::Vault], false), BTreeSet::from([Scope::WorkflowRead]));
        assert_eq!(needed(&[Group::Vault], true), BTreeSet::from([Scope::WorkflowRead, Scope::WorkflowRun]));
        assert_eq!(needed(&Group::ALL, false), BTreeSet::from(Scope::ALL));
        for entry in [find("catalog_bff_request").unwrap(), find("vault_write_secret").unwrap()] {
            let needed = needed(&[entry.spec.group], true);
            let names: Vec<_> = needed.iter().map(|scope| scope.name()).collect();
            assert!(Scopes::named(names).unwrap().missing(&entry.spec).is_empty(), "{}", entry.spec.name);
        }
    }
}
