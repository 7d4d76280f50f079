//! Of what a person is told by notifications, and when not.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Preference, SettingsError, preferences::preferences};

preferences! {
    /// Of what the person is told by notifications.
    pub struct Notifications;
    /// Of what the person is told by notifications.
    pub struct NotificationsView as "Notifications";
    /// Notifications to be changed; what is left out stays.
    pub struct NotificationsChange;
    preferred {
        /// A task waits for the person, or an agent wants to answer one.
        approvals: bool = true;
        /// A run failed.
        failures: bool = true;
        /// A run has ended that the person started here or follows, or that took long.
        finished: bool = true;
        /// From how many minutes on a run counts as long.
        long_minutes: u16 = 2, within 1..=1440;
        /// A token wants something.
        tokens: bool = true;
        /// A client connected that never has before.
        clients: bool = true;
        /// Hours in which nothing is shown but what the settings page names.
        quiet_hours: Option<QuietHours> = None;
    }
}

/// Hours in which notifications wait, by this computer's clock; they may pass midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// From then, as `22:00`.
    pub from: String,
    /// Until then, as `07:00`.
    pub to: String,
}

impl QuietHours {
    /// Whether this time of day is one of them; never, where a time cannot be read.
    #[must_use]
    pub fn hold(&self, now: Time) -> bool {
        let (Some(from), Some(to)) = (time(&self.from), time(&self.to)) else { return false };
        if from <= to { from <= now && now < to } else { from <= now || now < to }
    }
}

/// Hours and minutes, and nothing else.
fn time(text: &str) -> Option<Time> {
    let plain = text.len() == 5 && text.bytes().enumerate().all(|(at, byte)| (at == 2) == (byte == b':'));
    Time::strptime("%H:%M", text).ok().filter(|_| plain)
}

impl Preference for Option<QuietHours> {
    type View = Self;
    type Change = Self;

    fn view(&self) -> Self {
        self.clone()
    }

    fn change(&mut self, change: Self) {
        *self = change;
    }

    fn fits(&self) -> Result<(), SettingsError> {
        let Some(hours) = self else { return Ok(()) };
        for (key, text) in [("from", &hours.from), ("to", &hours.to)] {
            if time(text).is_none() {
                return Err(SettingsError::invalid(key, "is no time of day such as 22:00"));
            }
        }
        if hours.from == hours.to {
            let problem = "is the same as `from`, which leaves no time for notifications; switch them off instead";
            return Err(SettingsError::invalid("to", problem));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn hours(from: &str, to: &str) -> QuietHours {
        QuietHours { from: from.to_owned(), to: to.to_owned() }
    }

    #[test]
    fn quiet_hours_may_pass_midnight() {
        let at = |text: &str| time(text).unwrap();
        let night = hours("22:00", "07:00");
        for (now, quiet) in [("21:59", false), ("22:00", true), ("00:00", true), ("06:59", true), ("07:00", false)] {
            assert_eq!(night.hold(at(now)), quiet, "{now}");
        }
        let noon = hours("12:00", "13:30");
        for (now, quiet) in [("11:59", false), ("12:00", true), ("13:29", true), ("13:30", false), ("23:00", false)] {
            assert_eq!(noon.hold(at(now)), quiet, "{now}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let with = |change: fn(&mut Notifications)| {
            let mut notifications = Notifications::default();
            change(&mut notifications);
            notifications.fits().unwrap_err().to_string()
        };
        assert!(with(|wanted| wanted.long_minutes = 0).contains("long_minutes"));
        for (from, to, key) in
            [("25:00", "07:00", "from"), ("22:00", "7:00", "to"), ("22:00", "22:00", "to"), ("+2:00", "07:00", "from")]
        {
            let wanted = Notifications { quiet_hours: Some(hours(from, to)), ..Notifications::default() };
            assert!(wanted.fits().unwrap_err().to_string().contains(&format!("quiet_hours.{key}")), "{from} {to}");
        }
        assert_eq!(Notifications::default().fits(), Ok(()));
    }
}
