//! The switches while the server runs: what is listed now, and who is told when that changes.

use std::sync::Arc;

use rmcp::model::Tool;
use tokio::sync::watch;

use crate::{
    catalogue,
    policy::{Scopes, Switches},
    tool::ToolEntry,
};

/// The tools that are listed under some switches and for some token, ready to send.
#[derive(Debug)]
pub struct Visible {
    /// The switches this list was made for.
    pub switches: Switches,
    /// The scopes this list was made for; where they are not known, they cut nothing.
    pub scopes: Option<Scopes>,
    /// The definitions, in catalogue order.
    pub tools: Vec<Tool>,
}

impl Visible {
    fn under(switches: Switches, scopes: Option<Scopes>, definitions: &[(&'static ToolEntry, Tool)]) -> Self {
        let listed = |entry: &ToolEntry| {
            let cut = scopes.as_ref().is_some_and(|scopes| !scopes.missing(&entry.spec).is_empty());
            switches.admit(&entry.spec) && !cut
        };
        let tools = definitions.iter().filter(|(entry, _)| listed(entry)).map(|(_, tool)| tool.clone()).collect();
        Self { switches, scopes, tools }
    }

    /// Whether a client sees the same tools; a tool's definition never changes.
    fn lists_as(&self, other: &Self) -> bool {
        let names = |visible: &'_ Self| visible.tools.iter().map(|tool| tool.name.clone()).collect::<Vec<_>>();
        names(self) == names(other)
    }
}

/// Holds the switches of a running server.
#[derive(Debug)]
pub struct Switchboard {
    definitions: Vec<(&'static ToolEntry, Tool)>,
    /// Read with [`watch::Sender::borrow`], which nobody holds for longer than it takes to copy.
    visible: watch::Sender<Arc<Visible>>,
}

impl Switchboard {
    /// A switchboard set as given, for a token with these scopes.
    #[must_use]
    pub fn new(switches: Switches, scopes: Option<Scopes>) -> Self {
        let definitions: Vec<_> = catalogue::all().map(|entry| (entry, catalogue::definition(entry))).collect();
        let visible = watch::Sender::new(Arc::new(Visible::under(switches, scopes, &definitions)));
        Self { definitions, visible }
    }

    /// What is listed now.
    #[must_use]
    pub fn visible(&self) -> Arc<Visible> {
        Arc::clone(&self.visible.borrow())
    }

    /// The switches now.
    #[must_use]
    pub fn switches(&self) -> Switches {
        self.visible.borrow().switches
    }

    /// The definition of a tool that is listed, by present or former name.
    #[must_use]
    pub fn definition(&self, name: &str) -> Option<Tool> {
        let entry = catalogue::find(name)?;
        self.visible().tools.iter().find(|tool| tool.name == entry.spec.name).cloned()
    }

    /// Changes the switches; clients that listen are told if that changes what is listed.
    pub fn turn(&self, change: impl FnOnce(Switches) -> Switches) {
        self.exchange(|now| (change(now.switches), now.scopes.clone()));
    }

    /// Lists for a token with other scopes from now on; clients that listen are told if that changes what is listed.
    pub(crate) fn bind(&self, scopes: Option<Scopes>) {
        self.exchange(|now| (now.switches, scopes));
    }

    /// All within the sender's lock, so that two changes cannot leave an older list standing.
    fn exchange(&self, change: impl FnOnce(&Visible) -> (Switches, Option<Scopes>)) {
        self.visible.send_if_modified(|visible| {
            let (switches, scopes) = change(visible);
            let next = Visible::under(switches, scopes, &self.definitions);
            let changed = !next.lists_as(visible);
            *visible = Arc::new(next);
            changed
        });
    }

    /// Wakes at every change of what is listed from now on.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Arc<Visible>> {
        self.visible.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::Switchboard;
    use crate::policy::{Group, Scopes, Switches};

    #[test]
    fn turning_a_group_changes_the_list_and_wakes_listeners_once() {
        let board = Switchboard::new(Switches::all_but_risk(), None);
        let mut watch = board.changes();
        let before = board.visible().tools.len();
        board.turn(|s| s.with_group(Group::Vault, true));
        assert!(!watch.has_changed().unwrap_or(true), "nothing changed, so nobody is told");
        board.turn(|s| s.with_group(Group::Vault, false));
        assert!(watch.has_changed().unwrap_or(false));
        assert!(!watch.borrow_and_update().switches.is_on(Group::Vault));
        assert!(board.visible().tools.len() < before);
        assert!(board.definition("vault_list_secrets").is_none());
        assert!(board.definition("workflows_list").is_some());
    }

    #[test]
    fn risk_tools_appear_only_with_risk() {
        let board = Switchboard::new(Switches::all_but_risk(), None);
        assert!(board.definition("vault_read_secret").is_none());
        board.turn(|s| s.with_risk(true));
        assert!(board.definition("vault_read_secret").is_some());
    }

    #[test]
    fn another_tokens_scopes_change_the_list_and_wake_listeners_only_then() {
        let board = Switchboard::new(Switches::all_but_risk(), Scopes::named(["workflow:read", "workflow:run"]));
        let mut watch = board.changes();
        assert!(board.definition("catalog_bff_request").is_none());
        board.bind(Scopes::named(["workflow:run"]));
        assert!(!watch.has_changed().unwrap_or(true), "other scopes, the same tools");
        board.bind(Scopes::named(["workflow:read"]));
        assert!(watch.has_changed().unwrap_or(false));
        assert!(watch.borrow_and_update().tools.iter().all(|tool| tool.name != "workflows_create"));
        board.bind(None);
        assert!(watch.has_changed().unwrap_or(false));
        assert!(board.definition("catalog_bff_request").is_some());
    }

    #[test]
    fn a_switch_that_the_scopes_leave_nothing_to_is_kept_in_silence() {
        let board = Switchboard::new(Switches::all_but_risk(), Scopes::named(["workflow:read"]));
        let watch = board.changes();
        board.turn(|s| s.with_group(Group::Catalog, false));
        assert!(!watch.has_changed().unwrap_or(true), "its only tool was not listed");
        board.bind(None);
        assert!(board.definition("catalog_bff_request").is_none(), "the switch was turned all the same");
    }
}
