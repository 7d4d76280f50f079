//! What a token needs for the tools that are on, and what one without it cannot do.

use std::collections::{BTreeMap, BTreeSet};

use super::all;
use crate::policy::{Group, Scope, Scopes, Switches, ToolSpec};

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

    use super::{groups_short_of, scopes_needed};
    use crate::{
        catalogue::find,
        policy::{Group, Scope, Scopes, Switches},
    };

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
