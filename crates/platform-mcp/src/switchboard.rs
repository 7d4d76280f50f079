//! The switches while the server runs: what is listed now, and who is told when that changes.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rmcp::model::Tool;
use tokio::sync::watch;

use crate::catalogue::{self, Switches, ToolEntry};

/// The tools that are listed under some switches, ready to send.
#[derive(Debug)]
pub struct Visible {
    /// The switches this list was made for.
    pub switches: Switches,
    /// The definitions, in catalogue order.
    pub tools: Vec<Tool>,
}

impl Visible {
    fn under(switches: Switches, definitions: &[(&'static ToolEntry, Tool)]) -> Self {
        let tools =
            definitions.iter().filter(|(entry, _)| is_on(entry, switches)).map(|(_, tool)| tool.clone()).collect();
        Self { switches, tools }
    }
}

/// Whether a tool is listed and callable under these switches.
#[must_use]
pub fn is_on(entry: &ToolEntry, switches: Switches) -> bool {
    switches.is_on(entry.spec.group) && (switches.risk() || !entry.spec.risk)
}

/// Holds the switches of a running server.
#[derive(Debug)]
pub struct Switchboard {
    definitions: Vec<(&'static ToolEntry, Tool)>,
    visible: ArcSwap<Visible>,
    turned: watch::Sender<Switches>,
}

impl Switchboard {
    /// A switchboard set as given.
    #[must_use]
    pub fn new(switches: Switches) -> Self {
        let definitions: Vec<_> = catalogue::all().map(|entry| (entry, catalogue::definition(entry))).collect();
        let visible = ArcSwap::from_pointee(Visible::under(switches, &definitions));
        Self { definitions, visible, turned: watch::Sender::new(switches) }
    }

    /// What is listed now.
    #[must_use]
    pub fn visible(&self) -> Arc<Visible> {
        self.visible.load_full()
    }

    /// The switches now.
    #[must_use]
    pub fn switches(&self) -> Switches {
        self.visible.load().switches
    }

    /// The definition of a tool that is on, by present or former name.
    #[must_use]
    pub fn definition(&self, name: &str) -> Option<Tool> {
        let entry = catalogue::find(name)?;
        let visible = self.visible.load();
        visible.tools.iter().find(|tool| tool.name == entry.spec.name).cloned()
    }

    /// Changes the switches; clients that listen are told if anything changed.
    pub fn turn(&self, change: impl FnOnce(Switches) -> Switches) {
        self.turned.send_if_modified(|switches| {
            let next = change(*switches);
            if next == *switches {
                return false;
            }
            // Within the sender's lock, so that two turns cannot leave an older list standing.
            self.visible.store(Arc::new(Visible::under(next, &self.definitions)));
            *switches = next;
            true
        });
    }

    /// Wakes at every change from now on.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Switches> {
        self.turned.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::Switchboard;
    use crate::catalogue::{Group, Switches};

    #[test]
    fn turning_a_group_changes_the_list_and_wakes_listeners_once() {
        let board = Switchboard::new(Switches::all_but_risk());
        let mut watch = board.watch();
        let before = board.visible().tools.len();
        board.turn(|s| s.with_group(Group::Vault, true));
        assert!(!watch.has_changed().unwrap_or(true), "nothing changed, so nobody is told");
        board.turn(|s| s.with_group(Group::Vault, false));
        assert!(watch.has_changed().unwrap_or(false));
        assert!(!watch.borrow_and_update().is_on(Group::Vault));
        assert!(board.visible().tools.len() < before);
        assert!(board.definition("vault_list_secrets").is_none());
        assert!(board.definition("workflows_list").is_some());
    }

    #[test]
    fn risk_tools_appear_only_with_risk() {
        let board = Switchboard::new(Switches::all_but_risk());
        assert!(board.definition("vault_read_secret").is_none());
        board.turn(|s| s.with_risk(true));
        assert!(board.definition("vault_read_secret").is_some());
    }
}
