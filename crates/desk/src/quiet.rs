//! For how long a person may ask not to be disturbed.

use jiff::{Timestamp, ToSpan as _};

use crate::api::settings::QuietFor;

/// The hour at which a morning begins.
const MORNING: i8 = 8;
/// Before this hour it is still last night.
const SMALL_HOURS: i8 = 5;

/// Until when not to disturb; nothing past the end of the calendar.
pub fn quiet_until(quiet: QuietFor) -> Option<Timestamp> {
    match quiet {
        QuietFor::Hour => Timestamp::now().checked_add(1.hour()).ok(),
        QuietFor::Morning => Some(next_morning(&jiff::Zoned::now()).ok()?.timestamp()),
    }
}

/// The morning that comes next for somebody who is still up, or has just risen: in the small hours that of the same day.
fn next_morning(now: &jiff::Zoned) -> Result<jiff::Zoned, jiff::Error> {
    let day = if now.hour() < SMALL_HOURS { now.clone() } else { now.tomorrow()? };
    day.start_of_day()?.with().hour(MORNING).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_morning_is_that_of_the_same_day_for_who_is_up_at_night() {
        let at = |text: &str| next_morning(&text.parse().unwrap()).unwrap().strftime("%d %H:%M").to_string();
        assert_eq!(at("2026-11-25T00:30:00[Europe/Berlin]"), "25 08:00");
        assert_eq!(at("2026-11-25T23:30:00[Europe/Berlin]"), "26 08:00");
        assert_eq!(at("2026-11-25T06:10:00[Europe/Berlin]"), "26 08:00");
        // The clocks are put back in this night.
        assert_eq!(at("2026-10-25T02:30:00[Europe/Berlin]"), "25 08:00");
    }
}
