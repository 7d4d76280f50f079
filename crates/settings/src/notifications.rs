//! Of what a person is told by notifications, and when not.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use crate::SettingsError;

/// Of what the person is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Notifications {
    /// A task waits for them, or an agent wants to answer one.
    pub approvals: bool,
    /// A run failed.
    pub failures: bool,
    /// A run has ended that they started here or follow, or that took long.
    pub finished: bool,
    /// From how many minutes on a run counts as long, 1 to 1440.
    pub long_minutes: u16,
    /// A token wants something.
    pub tokens: bool,
    /// A client connected that never has before.
    pub clients: bool,
    /// Hours in which nothing is shown.
    pub quiet_hours: Option<QuietHours>,
}

impl Default for Notifications {
    fn default() -> Self {
        Self {
            approvals: true,
            failures: true,
            finished: true,
            long_minutes: 2,
            tokens: true,
            clients: true,
            quiet_hours: None,
        }
    }
}

/// Hours in which notifications wait, by this computer's clock; they may pass midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

impl Notifications {
    /// Whether the values can be used.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`], which names the key.
    pub fn check(&self) -> Result<(), SettingsError> {
        if !(1..=1440).contains(&self.long_minutes) {
            return Err(SettingsError::invalid("notifications.long_minutes", "is not between 1 and 1440"));
        }
        let Some(hours) = &self.quiet_hours else { return Ok(()) };
        for (key, text) in [("from", &hours.from), ("to", &hours.to)] {
            if time(text).is_none() {
                let key = format!("notifications.quiet_hours.{key}");
                return Err(SettingsError::invalid(key, "is no time of day such as 22:00"));
            }
        }
        if hours.from == hours.to {
            let problem = "is the same as `from`, which leaves no time for notifications; switch them off instead";
            return Err(SettingsError::invalid("notifications.quiet_hours.to", problem));
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
            notifications.check().unwrap_err().to_string()
        };
        assert!(with(|told| told.long_minutes = 0).contains("long_minutes"));
        for (from, to, key) in
            [("25:00", "07:00", "from"), ("22:00", "7:00", "to"), ("22:00", "22:00", "to"), ("+2:00", "07:00", "from")]
        {
            let told = Notifications { quiet_hours: Some(hours(from, to)), ..Notifications::default() };
            assert!(told.check().unwrap_err().to_string().contains(&format!("quiet_hours.{key}")), "{from} {to}");
        }
        assert_eq!(Notifications::default().check(), Ok(()));
    }
}
