//! What tray and notifications say of runs, in each language the window speaks.

use jiff::SignedDuration;

use crate::api::Language;

/// Texts about runs. `{}` stands for a name, a title or a number; where there are two, they come in the order of the doc.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunWords {
    /// The menu of what waits; a number.
    pub waiting: &'static str,
    /// The menu of what runs; a number.
    pub running: &'static str,
    pub approve: &'static str,
    pub reject: &'static str,
    pub review: &'static str,
    pub open: &'static str,
    pub pause: &'static str,
    pub resume: &'static str,
    /// Stops a run at once, in the menu of the run: the second step of two.
    pub stop: &'static str,
    pub stop_now: &'static str,
    pub stop_gently: &'static str,
    pub all_approvals: &'static str,
    pub all_runs: &'static str,
    /// Who asks, and the task's title.
    pub wants_to_approve: &'static str,
    pub wants_to_reject: &'static str,
    pub allow: &'static str,
    pub decline: &'static str,
    /// The state's line: so many run.
    pub state_running: [&'static str; 2],
    /// So many wait for the person.
    pub state_waiting: [&'static str; 2],
    /// So many have failed and nobody has looked.
    pub state_failed: [&'static str; 2],
    pub quiet: &'static str,
    pub quiet_hour: &'static str,
    pub quiet_morning: &'static str,
    pub quiet_off: &'static str,
    /// A task waits: its workflow.
    pub waits_in: &'static str,
    pub waits: &'static str,
    /// A run failed: its workflow.
    pub failed: &'static str,
    /// The step's name, and why.
    pub failed_in: &'static str,
    /// A run has finished: its workflow.
    pub finished: &'static str,
    pub stopped: &'static str,
    /// How long it took.
    pub took: &'static str,
    /// A client's name.
    pub new_client: &'static str,
    pub new_client_why: &'static str,
    pub sum_away: &'static str,
    pub sum_held: &'static str,
    pub more_waiting: [&'static str; 2],
    pub more_failed: [&'static str; 2],
    pub more_finished: [&'static str; 2],
    pub more_clients: [&'static str; 2],
    pub more_tokens: [&'static str; 2],
    /// An answer was not taken: the notification after it.
    pub not_answered: &'static str,
    pub answered_before: &'static str,
    /// Why a run failed, by the platform's code (BFF API: failure codes).
    failures: [(&'static str, &'static str); 9],
    failure: &'static str,
    ages: [&'static str; 4],
    lasted: [&'static str; 4],
    and: &'static str,
}

const EN: RunWords = RunWords {
    waiting: "Waiting for you ({})",
    running: "Running ({})",
    approve: "Approve",
    reject: "Reject",
    review: "Review…",
    open: "Open",
    pause: "Pause",
    resume: "Resume",
    stop: "Stop",
    stop_now: "Stop now",
    stop_gently: "Stop when the current steps end",
    all_approvals: "All approvals…",
    all_runs: "All runs…",
    wants_to_approve: "{} wants to approve “{}”",
    wants_to_reject: "{} wants to reject “{}”",
    allow: "Allow",
    decline: "Don't allow",
    state_running: ["{} run active", "{} runs active"],
    state_waiting: ["{} waits for you", "{} wait for you"],
    state_failed: ["{} failed", "{} failed"],
    quiet: "Do not disturb",
    quiet_hour: "For an hour",
    quiet_morning: "Until the morning",
    quiet_off: "Off",
    waits_in: "{} waits for your approval.",
    waits: "A workflow waits for your approval.",
    failed: "{} failed",
    failed_in: "In the step “{}”: {}",
    finished: "{} has finished",
    stopped: "{} was stopped",
    took: "It took {}.",
    new_client: "{} is connected",
    new_client_why: "It can use AgentRuntime through this computer. If that was not you, pause serving.",
    sum_away: "While you were away",
    sum_held: "While you did not want to be disturbed",
    more_waiting: ["{} approval waits for you", "{} approvals wait for you"],
    more_failed: ["{} run failed", "{} runs failed"],
    more_finished: ["{} run has finished", "{} runs have finished"],
    more_clients: ["{} new client is connected", "{} new clients are connected"],
    more_tokens: ["There is news of {} more token", "There is news of {} more tokens"],
    not_answered: "Your answer was not taken",
    answered_before: "Somebody has answered it already. Nothing has changed by yours.",
    failures: [
        ("MCP_TOOL_FAILED", "a tool that it called reported an error."),
        ("LLM_REQUEST_FAILED", "the language model did not answer as it should."),
        ("INSUFFICIENT_CREDITS", "the credits are used up."),
        ("RUN_STALLED_OR_TIMED_OUT", "it took longer than it may."),
        ("DRAIN_TIMEOUT", "the steps that were under way did not end in time."),
        ("RUN_STOPPED", "it was stopped."),
        ("HUMAN_TASK_FAILED", "nobody answered in time, or the answer could not be used."),
        ("UPSTREAM_ERROR", "the step itself reported an error."),
        ("DEPENDENCY_UNAVAILABLE", "something that it needs could not be reached."),
    ],
    failure: "it ended with an error.",
    ages: ["just now", "{} min", "{} h", "{} d"],
    lasted: ["{} s", "{} min", "{} h {} min", "{} d {} h"],
    and: ", ",
};

const DE: RunWords = RunWords {
    waiting: "Wartet auf dich ({})",
    running: "Läuft ({})",
    approve: "Freigeben",
    reject: "Ablehnen",
    review: "Ansehen …",
    open: "Öffnen",
    pause: "Pausieren",
    resume: "Fortsetzen",
    stop: "Beenden",
    stop_now: "Jetzt beenden",
    stop_gently: "Beenden, wenn die laufenden Schritte fertig sind",
    all_approvals: "Alle Freigaben …",
    all_runs: "Alle Läufe …",
    wants_to_approve: "{} möchte „{}“ freigeben",
    wants_to_reject: "{} möchte „{}“ ablehnen",
    allow: "Erlauben",
    decline: "Nicht erlauben",
    state_running: ["{} Lauf aktiv", "{} Läufe aktiv"],
    state_waiting: ["{} wartet auf dich", "{} warten auf dich"],
    state_failed: ["{} fehlgeschlagen", "{} fehlgeschlagen"],
    quiet: "Nicht stören",
    quiet_hour: "Eine Stunde lang",
    quiet_morning: "Bis zum Morgen",
    quiet_off: "Aus",
    waits_in: "{} wartet auf deine Freigabe.",
    waits: "Ein Workflow wartet auf deine Freigabe.",
    failed: "{} ist fehlgeschlagen",
    failed_in: "Im Schritt „{}“: {}",
    finished: "{} ist abgeschlossen",
    stopped: "{} wurde beendet",
    took: "Dauer: {}.",
    new_client: "{} ist verbunden",
    new_client_why: "Damit lässt sich AgentRuntime über diesen Computer nutzen. Wenn du das nicht warst, halte den Server an.",
    sum_away: "Während du weg warst",
    sum_held: "Während du nicht gestört werden wolltest",
    more_waiting: ["{} Freigabe wartet auf dich", "{} Freigaben warten auf dich"],
    more_failed: ["{} Lauf ist fehlgeschlagen", "{} Läufe sind fehlgeschlagen"],
    more_finished: ["{} Lauf ist abgeschlossen", "{} Läufe sind abgeschlossen"],
    more_clients: ["{} neuer Client ist verbunden", "{} neue Clients sind verbunden"],
    more_tokens: ["Es gibt Neues zu {} weiteren Token", "Es gibt Neues zu {} weiteren Token"],
    not_answered: "Deine Antwort wurde nicht angenommen",
    answered_before: "Jemand hat schon geantwortet. Durch deine Antwort hat sich nichts geändert.",
    failures: [
        ("MCP_TOOL_FAILED", "Ein Werkzeug, das er aufrief, meldete einen Fehler."),
        ("LLM_REQUEST_FAILED", "Das Sprachmodell hat nicht geantwortet, wie es sollte."),
        ("INSUFFICIENT_CREDITS", "Das Guthaben ist aufgebraucht."),
        ("RUN_STALLED_OR_TIMED_OUT", "Es dauerte länger als erlaubt."),
        ("DRAIN_TIMEOUT", "Die laufenden Schritte wurden nicht rechtzeitig fertig."),
        ("RUN_STOPPED", "Er wurde beendet."),
        ("HUMAN_TASK_FAILED", "Niemand hat rechtzeitig geantwortet, oder die Antwort ließ sich nicht verwenden."),
        ("UPSTREAM_ERROR", "Der Schritt selbst meldete einen Fehler."),
        ("DEPENDENCY_UNAVAILABLE", "Etwas, das er braucht, war nicht erreichbar."),
    ],
    failure: "Er endete mit einem Fehler.",
    ages: ["eben", "{} Min.", "{} Std.", "{} T."],
    lasted: ["{} s", "{} Min.", "{} Std. {} Min.", "{} T. {} Std."],
    and: ", ",
};

impl RunWords {
    /// The words of the language that the settings ask for.
    pub fn of(language: Language) -> &'static Self {
        if super::is_german(language) { &DE } else { &EN }
    }

    /// Why a run failed, for people.
    pub fn failure(&self, code: Option<&str>) -> &'static str {
        let known = self.failures.iter().find(|(known, _)| Some(*known) == code);
        known.map_or(self.failure, |(_, text)| text)
    }

    /// How long ago something was, coarsely: what stands in a menu is not to change all the time.
    pub fn age(&self, age: SignedDuration) -> String {
        let [now, minutes, hours, days] = self.ages;
        match age.as_mins() {
            ..1 => now.to_owned(),
            1..60 => filled(minutes, [&age.as_mins()]),
            60..1440 => filled(hours, [&age.as_hours()]),
            _ => filled(days, [&(age.as_hours() / 24)]),
        }
    }

    /// How long something took.
    pub fn lasted(&self, lasted: SignedDuration) -> String {
        let [seconds, minutes, hours, days] = self.lasted;
        match lasted.as_secs() {
            ..90 => filled(seconds, [&lasted.as_secs().max(1)]),
            90..5_400 => filled(minutes, [&((lasted.as_secs() + 30) / 60)]),
            5_400..172_800 => filled(hours, [&lasted.as_hours(), &(lasted.as_mins() % 60)]),
            _ => filled(days, [&(lasted.as_hours() / 24), &(lasted.as_hours() % 24)]),
        }
    }

    /// Several things in a row.
    pub fn row(&self, parts: &[String]) -> String {
        parts.join(self.and)
    }
}

/// A text for one, or for several.
pub fn counted(texts: [&str; 2], count: usize) -> String {
    let [one, several] = texts;
    filled(if count == 1 { one } else { several }, [&count])
}

/// A text with its gaps filled, in order.
pub fn filled<const N: usize>(text: &str, with: [&dyn std::fmt::Display; N]) -> String {
    let mut rest = text;
    let mut filled = String::with_capacity(text.len() + 32);
    for value in with {
        let Some((before, after)) = rest.split_once("{}") else { break };
        filled.push_str(before);
        filled.push_str(&value.to_string());
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_gaps() {
        let gaps = |words: &RunWords| {
            let one = [
                words.waiting,
                words.running,
                words.waits_in,
                words.failed,
                words.finished,
                words.stopped,
                words.took,
                words.new_client,
            ];
            let two = [words.wants_to_approve, words.wants_to_reject, words.failed_in];
            let counts = [
                words.state_running,
                words.state_waiting,
                words.state_failed,
                words.more_waiting,
                words.more_failed,
                words.more_finished,
                words.more_clients,
                words.more_tokens,
            ];
            let count = |text: &str| text.matches("{}").count();
            (one.map(count), two.map(count), counts.map(|texts| texts.map(count)), words.lasted.map(count))
        };
        assert_eq!(gaps(&EN), gaps(&DE));
        assert_eq!(gaps(&EN), ([1; 8], [2; 3], [[1, 1]; 8], [1, 1, 2, 2]));
    }

    #[test]
    fn what_fills_a_gap_is_not_filled_again() {
        assert_eq!(filled(EN.wants_to_approve, [&"{}", &"x"]), "{} wants to approve “x”");
        assert_eq!(counted(EN.more_failed, 1), "1 run failed");
        assert_eq!(counted(EN.more_failed, 2), "2 runs failed");
    }

    #[test]
    fn times_are_told_as_people_would() {
        let seconds = SignedDuration::from_secs;
        for (age, said) in [(-5, "just now"), (59, "just now"), (60, "1 min"), (7_199, "1 h"), (200_000, "2 d")] {
            assert_eq!(EN.age(seconds(age)), said);
        }
        for (lasted, said) in [(0, "1 s"), (89, "89 s"), (150, "3 min"), (5_460, "1 h 31 min"), (180_000, "2 d 2 h")] {
            assert_eq!(EN.lasted(seconds(lasted)), said);
        }
    }

    #[test]
    fn every_failure_code_of_the_contract_has_its_words() {
        for words in [EN, DE] {
            assert_eq!(words.failure(Some("SOMETHING_NEW")), words.failure);
            assert_eq!(words.failure(None), words.failure);
            assert!(
                words.failures.iter().all(|(code, text)| words.failure(Some(code)) == *text && *text != words.failure)
            );
        }
    }
}
