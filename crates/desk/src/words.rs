//! What the tray says, in each language the window speaks.

pub mod runs;
pub mod shell;

use crate::{api::Language, standing::Need};

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
    pub refused: &'static str,
    pub revoked_here: &'static str,
    pub no_answer: &'static str,
    pub failing: &'static str,
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
    pub emergency: &'static str,
    pub panic: &'static str,
    pub token_old: &'static str,
    pub token_old_why: &'static str,
    pub token_ends: &'static str,
    pub token_ends_week: &'static str,
    pub token_ends_day: &'static str,
    pub token_ended: &'static str,
    pub token_ended_why: &'static str,
    pub rotated: &'static str,
    pub rotated_why: &'static str,
    pub undone: &'static str,
    pub undone_why: &'static str,
    pub revoked: &'static str,
    pub revoked_why: &'static str,
    pub left: &'static str,
    pub left_why: &'static str,
    pub not_rotated: &'static str,
    pub not_rotated_why: &'static str,
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
    refused: "Needs attention: the token of {} is refused",
    revoked_here: "Needs attention: {} has no token",
    no_answer: "Needs attention: {} does not answer",
    failing: "Part of the app keeps failing",
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
    emergency: "Emergency stop",
    panic: "Pause, switch risk off and revoke the token",
    token_old: "A token is getting old",
    token_old_why: "The token of {} has reached the age you set. Open the workspace to rotate it.",
    token_ends: "A token ends soon",
    token_ends_week: "The token of {} ends within a week. Rotate it before then, and nothing stops.",
    token_ends_day: "The token of {} ends within a day. Rotate it now, and nothing stops.",
    token_ended: "A token has ended",
    token_ended_why: "The token of {} has ended. Paste a new one, and your IDEs go on.",
    rotated: "A token was rotated",
    rotated_why: "{} has a new token, and the old one is being revoked. Your IDEs notice nothing.",
    undone: "A rotation was taken back",
    undone_why: "The rotation for {} was cut off. The token in use is the old one, and it works.",
    revoked: "The token is revoked",
    revoked_why: "A token that could not be revoked before is dead now.",
    left: "A token still has to be revoked",
    left_why: "It is tried again by itself. Open the workspace to see what stands in the way.",
    not_rotated: "A token was not rotated",
    not_rotated_why: "The token of {} was due and could not be rotated. It works as before; rotate it in its workspace to see why.",
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
    refused: "Braucht dich: Das Token von {} wird abgelehnt",
    revoked_here: "Braucht dich: {} hat kein Token",
    no_answer: "Braucht dich: {} antwortet nicht",
    failing: "Ein Teil der App fällt immer wieder aus",
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
    emergency: "Not-Halt",
    panic: "Anhalten, Risiko ausschalten und Token widerrufen",
    token_old: "Ein Token wird alt",
    token_old_why: "Das Token von {} hat das Alter erreicht, das du gesetzt hast. Öffne den Arbeitsbereich, um es zu erneuern.",
    token_ends: "Ein Token läuft bald ab",
    token_ends_week: "Das Token von {} läuft in weniger als einer Woche ab. Erneuere es vorher, dann steht nichts still.",
    token_ends_day: "Das Token von {} läuft in weniger als einem Tag ab. Erneuere es jetzt, dann steht nichts still.",
    token_ended: "Ein Token ist abgelaufen",
    token_ended_why: "Das Token von {} ist abgelaufen. Füge ein neues ein, dann arbeiten deine IDEs weiter.",
    rotated: "Ein Token wurde erneuert",
    rotated_why: "{} hat ein neues Token, das alte wird widerrufen. Deine IDEs merken nichts davon.",
    undone: "Eine Erneuerung wurde zurückgenommen",
    undone_why: "Die Erneuerung für {} wurde unterbrochen. In Gebrauch ist das alte Token, und es funktioniert.",
    revoked: "Das Token ist widerrufen",
    revoked_why: "Ein Token, das vorher nicht widerrufen werden konnte, ist jetzt ungültig.",
    left: "Ein Token muss noch widerrufen werden",
    left_why: "Es wird von selbst wieder versucht. Öffne den Arbeitsbereich, um zu sehen, was im Weg steht.",
    not_rotated: "Ein Token wurde nicht erneuert",
    not_rotated_why: "Das Token von {} war fällig und ließ sich nicht erneuern. Es funktioniert wie zuvor; erneuere es in seinem Arbeitsbereich, um zu sehen, warum.",
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
        if is_german(language) { &DE } else { &EN }
    }

    /// A group's name for people.
    pub fn group(&self, id: &str) -> &'static str {
        self.group_names.iter().find(|(known, _)| *known == id).map_or("", |(_, name)| name)
    }
}

impl Words {
    /// What the person is needed for.
    pub fn need(&self, need: &Need) -> String {
        match need {
            Need::PortTaken(port) => filled(self.port_taken, port),
            Need::NotRunning => self.not_running.to_owned(),
            Need::NoToken(name) => filled(self.no_token, name),
            Need::Refused(name) => filled(self.refused, name),
            Need::Revoked(name) => filled(self.revoked_here, name),
            Need::NoAnswer(name) => filled(self.no_answer, name),
        }
    }
}

/// A text with its gap filled.
pub fn filled(text: &str, with: impl std::fmt::Display) -> String {
    text.replacen("{}", &with.to_string(), 1)
}

fn is_german(language: Language) -> bool {
    match language {
        Language::En => false,
        Language::De => true,
        Language::System => system_speaks_german(),
    }
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
            [
                words.serving,
                words.checking,
                words.port_taken,
                words.no_token,
                words.refused,
                words.revoked_here,
                words.no_answer,
                words.token_old_why,
                words.token_ends_week,
                words.token_ends_day,
                words.token_ended_why,
                words.rotated_why,
                words.undone_why,
                words.not_rotated_why,
            ]
            .map(|text| text.matches("{}").count())
        };
        assert_eq!(gaps(&EN), gaps(&DE));
        assert_eq!(gaps(&EN), [1; 14]);
    }
}
