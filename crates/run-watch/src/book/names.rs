//! What workflows are called.

use std::collections::HashMap;

/// After a question that told nothing, so many occasions to ask again are let pass at most.
const LONGEST_REST: u32 = 64;

/// What is known of a workflow's name.
#[derive(Debug)]
enum Name {
    /// It is to be asked, after so many questions that told nothing.
    Wanted { failures: u32 },
    /// It is being asked.
    Asked { failures: u32 },
    /// It was told.
    Known(String),
    /// The last question told nothing; after so many occasions it is asked again.
    Unknown { failures: u32, rest: u32 },
}

/// The names, by the workflow's id.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, Name>);

impl Names {
    pub(super) fn expect(&mut self, id: &str) {
        let failures = match self.0.get(id) {
            Some(Name::Wanted { failures }) => *failures,
            _ => 0,
        };
        self.0.insert(id.to_owned(), Name::Asked { failures });
    }

    /// The answer; `None` where it told nothing.
    pub(super) fn take_in(&mut self, id: &str, name: Option<String>) {
        let failures = match self.0.get(id) {
            Some(Name::Asked { failures } | Name::Wanted { failures }) => *failures,
            _ => 0,
        };
        // Twice as long each time: it may have failed in passing, or nobody can say.
        let rest = 1_u32.checked_shl(failures).unwrap_or(LONGEST_REST).min(LONGEST_REST);
        let unknown = Name::Unknown { failures: failures.saturating_add(1), rest };
        self.0.insert(id.to_owned(), name.map_or(unknown, Name::Known));
    }

    /// An occasion to ask again.
    pub(super) fn ask_again(&mut self) {
        for name in self.0.values_mut() {
            if let Name::Unknown { failures, rest } = name {
                *rest = rest.saturating_sub(1);
                if *rest == 0 {
                    *name = Name::Wanted { failures: *failures };
                }
            }
        }
    }

    /// The answers that were awaited will not come.
    pub(super) fn forget_asked(&mut self) {
        for name in self.0.values_mut() {
            if let Name::Asked { failures } = name {
                *name = Name::Wanted { failures: *failures };
            }
        }
    }

    pub(super) fn get(&self, id: &str) -> Option<String> {
        if let Some(Name::Known(name)) = self.0.get(id) { Some(name.clone()) } else { None }
    }

    /// Whether a name may come yet without being asked for again.
    pub(super) fn is_awaited(&self, id: &str) -> bool {
        matches!(self.0.get(id), None | Some(Name::Asked { .. } | Name::Wanted { failures: 0 }))
    }

    pub(super) fn is_wanted(&self, id: &str) -> bool {
        matches!(self.0.get(id), None | Some(Name::Wanted { .. }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_tells_is_asked_for_less_and_less_often() {
        let mut names = Names::default();
        let mut asked = Vec::new();
        for occasion in 0..200 {
            names.ask_again();
            if names.is_wanted("wf") {
                names.expect("wf");
                names.take_in("wf", None);
                asked.push(occasion);
            }
        }
        assert_eq!(asked, [0, 1, 3, 7, 15, 31, 63, 127, 191]);
        names.take_in("wf", Some("Orders".to_owned()));
        assert_eq!(names.get("wf").as_deref(), Some("Orders"));
        assert!(!names.is_wanted("wf"));
    }

    #[test]
    fn a_question_that_was_dropped_is_asked_again() {
        let mut names = Names::default();
        names.expect("wf");
        assert!(!names.is_wanted("wf") && names.is_awaited("wf"));
        names.forget_asked();
        assert!(names.is_wanted("wf") && names.is_awaited("wf"));
    }
}
