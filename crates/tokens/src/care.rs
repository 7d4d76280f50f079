//! When a token wants its owner's attention: its age, and its end.

use std::collections::BTreeSet;

use agentruntime_settings::{Care, Profile, Reminder, TokenFacts, TokenPlace};
use jiff::{SignedDuration, Timestamp};

/// What a token wants now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Whether it is to be rotated by itself.
    pub rotate: bool,
    /// What its owner is to be reminded of, and was not yet. At most one: the most urgent.
    pub reminder: Option<Reminder>,
    /// Everything that counts as told once `reminder` was.
    pub told: BTreeSet<Reminder>,
}

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A token's age: since the platform made it, or, where it does not tell, since it was given to this app.
#[must_use]
pub fn age(facts: &TokenFacts, now: Timestamp) -> SignedDuration {
    now.duration_since(facts.created_at.unwrap_or(facts.added_at))
}

/// What a workspace's token wants at `now`. Nothing where there is no token, or nothing is known of it.
#[must_use]
pub fn due(profile: &Profile, now: Timestamp) -> Due {
    let mut due = Due { rotate: false, reminder: None, told: profile.told.clone() };
    let Some(facts) = profile.facts.as_ref().filter(|_| profile.token != TokenPlace::None) else { return due };
    let old = |days: u16| age(facts, now) >= DAY * i32::from(days);
    due.rotate = profile.token == TokenPlace::Keychain && matches!(profile.care, Care::Rotate { days } if old(days));
    let ends = facts.expires_at.map(|end| end.duration_since(now));
    let stands = [
        (Reminder::Old, matches!(profile.care, Care::Remind { days } if old(days))),
        (Reminder::EndsWithinAWeek, ends.is_some_and(|left| left <= WEEK)),
        (Reminder::EndsWithinADay, ends.is_some_and(|left| left <= DAY)),
        (Reminder::Ended, ends.is_some_and(|left| left <= SignedDuration::ZERO)),
    ];
    for (reminder, stands) in stands {
        // Who hears of the last day need not hear of the week as well.
        if stands && due.told.insert(reminder) {
            due.reminder = Some(reminder);
        }
    }
    due
}

#[cfg(test)]
mod tests {
    use agentruntime_settings::{Backend, Care, NewProfile, Profile, Reminder, TokenFacts, TokenPlace};
    use jiff::{Timestamp, ToSpan as _};

    use super::due;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn profile(care: Care, expires_at: Option<&str>) -> Profile {
        let new = NewProfile {
            name: "Work".to_owned(),
            backend: Backend::Production,
            url: None,
            tenant_id: None,
            project_id: None,
        };
        let mut profile = new.into_profile().unwrap();
        profile.token = TokenPlace::Keychain;
        profile.care = care;
        profile.facts = Some(TokenFacts {
            pat_id: None,
            display_name: None,
            last_four: None,
            scopes: Vec::new(),
            created_at: Some(at("2026-01-01T00:00:00Z")),
            expires_at: expires_at.map(at),
            added_at: at("2026-02-01T00:00:00Z"),
        });
        profile
    }

    #[test]
    fn a_reminder_comes_once_when_its_days_are_over() {
        let mut profile = profile(Care::Remind { days: 10 }, None);
        assert_eq!(due(&profile, at("2026-01-10T23:59:59Z")).reminder, None);
        let found = due(&profile, at("2026-01-11T00:00:00Z"));
        assert_eq!((found.reminder, found.rotate), (Some(Reminder::Old), false));
        profile.told = found.told;
        assert_eq!(due(&profile, at("2026-06-01T00:00:00Z")).reminder, None);
    }

    #[test]
    fn a_schedule_rotates_and_says_nothing() {
        let mut profile = profile(Care::Rotate { days: 30 }, None);
        let later = at("2026-01-31T00:00:00Z");
        assert!(!due(&profile, later.checked_sub(1.second()).unwrap()).rotate);
        assert!(due(&profile, later).rotate);
        assert_eq!(due(&profile, later).reminder, None);
        profile.token = TokenPlace::Memory;
        assert!(!due(&profile, later).rotate, "its successor would be lost with the process");
        profile.token = TokenPlace::Keychain;
        profile.care = Care::Never;
        assert!(!due(&profile, later).rotate);
    }

    #[test]
    fn its_end_is_told_a_week_and_a_day_ahead_and_then() {
        let mut profile = profile(Care::Never, Some("2026-03-31T12:00:00Z"));
        for (now, reminder) in [
            ("2026-03-24T11:59:59Z", None),
            ("2026-03-24T12:00:00Z", Some(Reminder::EndsWithinAWeek)),
            ("2026-03-28T12:00:00Z", None),
            ("2026-03-30T12:00:00Z", Some(Reminder::EndsWithinADay)),
            ("2026-03-31T11:00:00Z", None),
            ("2026-03-31T12:00:00Z", Some(Reminder::Ended)),
            ("2026-05-01T12:00:00Z", None),
        ] {
            let found = due(&profile, at(now));
            assert_eq!(found.reminder, reminder, "{now}");
            profile.told = found.told;
        }
    }

    #[test]
    fn of_several_the_most_urgent_is_told() {
        let profile = profile(Care::Remind { days: 1 }, Some("2026-03-31T12:00:00Z"));
        let found = due(&profile, at("2026-03-31T00:00:00Z"));
        assert_eq!(found.reminder, Some(Reminder::EndsWithinADay));
        assert_eq!(found.told.len(), 3);
    }
}
