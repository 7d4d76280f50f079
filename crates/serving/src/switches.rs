//! Which tools are on: as the settings say, and as the command line says over them.

use agentruntime_platform_mcp::catalogue::{Group, Switches};
use agentruntime_settings::Settings;

/// Switches that are set for one server, whatever the settings say.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The groups that are on, and no other.
    pub groups: Option<Vec<Group>>,
    /// Whether tools that return or change secrets are on.
    pub risk: Option<bool>,
}

impl Overrides {
    /// The switches of a server; without settings every group is on, and risk is off. Groups in the settings that this version
    /// does not know are another's.
    #[must_use]
    pub fn over(&self, settings: Option<&Settings>) -> Switches {
        let is_on = |group: &Group| match (&self.groups, settings) {
            (Some(named), _) => named.contains(group),
            (None, Some(settings)) => !settings.groups_off.contains(group.name()),
            (None, None) => true,
        };
        let risk = self.risk.unwrap_or_else(|| settings.is_some_and(|settings| settings.risk));
        Switches::new(Group::ALL.into_iter().filter(is_on), risk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_for_one_server_wins_over_the_settings_and_leaves_the_rest_to_them() {
        let settings = Settings { groups_off: ["vault".to_owned()].into(), risk: true, ..Settings::default() };
        let as_they_are = Overrides::default();
        assert_eq!(as_they_are.over(None), Switches::all_but_risk());
        let switches = as_they_are.over(Some(&settings));
        assert!(switches.risk() && !switches.is_on(Group::Vault) && switches.is_on(Group::Chat));
        let without_risk = Overrides { risk: Some(false), ..Overrides::default() };
        let switches = without_risk.over(Some(&settings));
        assert!(!switches.risk() && !switches.is_on(Group::Vault));
        let vault_alone = Overrides { groups: Some(vec![Group::Vault]), risk: None };
        let switches = vault_alone.over(Some(&settings));
        assert!(switches.risk() && switches.is_on(Group::Vault) && !switches.is_on(Group::Chat));
    }
}
