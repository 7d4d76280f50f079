//! What the tray says, in each language the window speaks.

use crate::api::Language;

/// The tray's texts. `{}` stands for a name or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    pub starting: &'static str,
    pub paused: &'static str,
    pub serving: &'static str,
    pub serving_nothing: &'static str,
    pub checking: &'static str,
    pub port_taken: &'static str,
    pub not_running: &'static str,
    pub no_token: &'static str,
    pub no_answer: &'static str,
    pub workspace: &'static str,
    pub add_workspace: &'static str,
    pub groups: &'static str,
    pub risk: &'static str,
    pub copy: &'static str,
    pub pause: &'static str,
    pub resume: &'static str,
    pub open: &'static str,
    pub login: &'static str,
    pub quit: &'static str,
    pub needed: &'static str,
    /// The groups in the order of Platform MCP's page.
    pub group_names: [(&'static str, &'static str); 10],
}

const EN: Words = Words {
    starting: "Starting",
    paused: "Paused",
    serving: "Serving {}",
    serving_nothing: "Serving, but no workspace is chosen",
    checking: "Serving, checking {}",
    port_taken: "Needs attention: port {} is taken",
    not_running: "Needs attention: the server does not run",
    no_token: "Needs attention: no token for {}",
    no_answer: "Needs attention: {} does not answer",
    workspace: "Workspace",
    add_workspace: "Add a workspace…",
    groups: "Tool groups",
    risk: "Tools that reveal or change secrets",
    copy: "Copy address",
    pause: "Pause serving",
    resume: "Serve again",
    open: "Open AgentRuntime",
    login: "Start at login",
    quit: "Quit",
    needed: "AgentRuntime needs you",
    group_names: [
        ("core", "Workflows and runs"),
        ("catalog", "Connector catalogue"),
        ("memory", "Memory"),
        ("chat", "Chat"),
        ("files", "Files"),
        ("websocket", "Live streams"),
        ("vault", "Vault"),
        ("pat", "Access tokens"),
        ("inbound", "Inbound webhooks"),
        ("llm_keys", "LLM keys"),
    ],
};

const DE: Words = Words {
    starting: "Startet",
    paused: "Angehalten",
    serving: "In Betrieb für {}",
    serving_nothing: "In Betrieb, aber kein Arbeitsbereich gewählt",
    checking: "In Betrieb, {} wird geprüft",
    port_taken: "Braucht dich: Port {} ist belegt",
    not_running: "Braucht dich: Der Server läuft nicht",
    no_token: "Braucht dich: kein Token für {}",
    no_answer: "Braucht dich: {} antwortet nicht",
    workspace: "Arbeitsbereich",
    add_workspace: "Arbeitsbereich hinzufügen …",
    groups: "Werkzeuggruppen",
    risk: "Werkzeuge, die Geheimnisse zeigen oder ändern",
    copy: "Adresse kopieren",
    pause: "Anhalten",
    resume: "Wieder in Betrieb nehmen",
    open: "AgentRuntime öffnen",
    login: "Bei der Anmeldung starten",
    quit: "Beenden",
    needed: "AgentRuntime braucht dich",
    group_names: [
        ("core", "Workflows und Läufe"),
        ("catalog", "Konnektor-Katalog"),
        ("memory", "Gedächtnis"),
        ("chat", "Chat"),
        ("files", "Dateien"),
        ("websocket", "Live-Streams"),
        ("vault", "Tresor"),
        ("pat", "Zugangstoken"),
        ("inbound", "Eingehende Webhooks"),
        ("llm_keys", "LLM-Schlüssel"),
    ],
};

impl Words {
    /// The words of the language that the settings ask for.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &EN,
            Language::De => &DE,
            Language::System if system_speaks_german() => &DE,
            Language::System => &EN,
        }
    }

    /// A group's name for people.
    pub fn group(&self, id: &str) -> &'static str {
        self.group_names.iter().find(|(known, _)| *known == id).map_or("", |(_, name)| name)
    }
}

/// A text with its gap filled.
pub fn filled(text: &str, with: impl std::fmt::Display) -> String {
    text.replacen("{}", &with.to_string(), 1)
}

fn system_speaks_german() -> bool {
    sys_locale::get_locale().is_some_and(|locale| locale.to_lowercase().starts_with("de"))
}

#[cfg(test)]
mod tests {
    use agentruntime_platform_mcp::catalogue::Group;

    use super::{DE, EN};

    #[test]
    fn every_group_has_a_name_in_every_language() {
        for words in [EN, DE] {
            for group in Group::ALL {
                assert!(!words.group(group.name()).is_empty(), "{group}");
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_gaps() {
        let gaps = |words: &super::Words| {
            [words.serving, words.checking, words.port_taken, words.no_token, words.no_answer]
                .map(|text| text.matches("{}").count())
        };
        assert_eq!(gaps(&EN), gaps(&DE));
        assert_eq!(gaps(&EN), [1; 5]);
    }
}
