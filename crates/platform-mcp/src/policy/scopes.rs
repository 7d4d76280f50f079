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

use std::collections::BTreeSet;

use agentruntime_bff::Method;

use super::{
    scope::Scope,
    spec::{Routes, ToolSpec},
};

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use agentruntime_bff::Method;

    use super::{Scope, Scopes};

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
}
