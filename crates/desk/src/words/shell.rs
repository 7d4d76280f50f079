//! What the shell itself says: the menu bar of macOS, and why there is no window.

use crate::api::Language;

/// The shell's texts. `{}` stands for what the system said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShellWords {
    pub about: &'static str,
    pub hide: &'static str,
    pub hide_others: &'static str,
    pub show_all: &'static str,
    pub quit: &'static str,
    pub edit: &'static str,
    pub undo: &'static str,
    pub redo: &'static str,
    pub cut: &'static str,
    pub copy: &'static str,
    pub paste: &'static str,
    pub select_all: &'static str,
    pub window: &'static str,
    pub minimize: &'static str,
    pub zoom: &'static str,
    pub close: &'static str,
    pub no_start: &'static str,
    pub no_window: &'static str,
    pub no_window_why: &'static str,
    /// The system has no web view: what to install, and from where.
    pub no_web_view: &'static str,
}

// The menu bar's are Apple's own, as in every other app.
const EN: ShellWords = ShellWords {
    about: "About AgentRuntime Desktop",
    hide: "Hide AgentRuntime Desktop",
    hide_others: "Hide Others",
    show_all: "Show All",
    quit: "Quit AgentRuntime Desktop",
    edit: "Edit",
    undo: "Undo",
    redo: "Redo",
    cut: "Cut",
    copy: "Copy",
    paste: "Paste",
    select_all: "Select All",
    window: "Window",
    minimize: "Minimize",
    zoom: "Zoom",
    close: "Close",
    no_start: "AgentRuntime does not start",
    no_window: "The window of AgentRuntime does not open",
    no_window_why: "Serving goes on, and the menu at the icon works. The system says: {}",
    no_web_view: "Windows' web view is missing. Install the “Evergreen Bootstrapper” from https://developer.microsoft.com/microsoft-edge/webview2 and open the window again. Serving goes on meanwhile.",
};

const DE: ShellWords = ShellWords {
    about: "Über AgentRuntime Desktop",
    hide: "AgentRuntime Desktop ausblenden",
    hide_others: "Andere ausblenden",
    show_all: "Alle einblenden",
    quit: "AgentRuntime Desktop beenden",
    edit: "Bearbeiten",
    undo: "Widerrufen",
    redo: "Wiederholen",
    cut: "Ausschneiden",
    copy: "Kopieren",
    paste: "Einsetzen",
    select_all: "Alles auswählen",
    window: "Fenster",
    minimize: "Im Dock ablegen",
    zoom: "Zoomen",
    close: "Schließen",
    no_start: "AgentRuntime startet nicht",
    no_window: "Das Fenster von AgentRuntime geht nicht auf",
    no_window_why: "Der Betrieb läuft weiter, und das Menü am Symbol funktioniert. Das System sagt: {}",
    no_web_view: "Die Web-Ansicht von Windows fehlt. Installiere den „Evergreen Bootstrapper“ von https://developer.microsoft.com/microsoft-edge/webview2 und öffne das Fenster noch einmal. Der Betrieb läuft solange weiter.",
};

impl ShellWords {
    /// The texts of a language.
    pub fn of(language: Language) -> &'static Self {
        if super::is_german(language) { &DE } else { &EN }
    }
}

#[cfg(test)]
mod tests {
    use super::{DE, EN};

    #[test]
    fn both_languages_have_the_same_gaps() {
        for words in [EN, DE] {
            assert_eq!(words.no_window_why.matches("{}").count(), 1);
            assert!(!words.no_web_view.contains("{}"));
        }
    }
}
