//! What a token's owner wishes for it as it ages, and what they were told of it.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Bounds, InvalidProfile};

/// What becomes of a token as it ages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Care {
    /// Its owner is reminded of it.
    Remind {
        /// After so many days, 1 to 3650, and after as many again.
        days: u16,
    },
    /// It is rotated by itself, at a quiet moment.
    Rotate {
        /// After so many days, 1 to 3650.
        days: u16,
    },
    /// Nothing.
    Never,
}

impl Default for Care {
    fn default() -> Self {
        Self::Remind { days: 90 }
    }
}

impl Care {
    /// How many days it may be: up to ten years.
    pub const DAYS: RangeInclusive<u16> = 1..=3650;
    /// The same, as the page is told it.
    pub const BOUNDS: Bounds = Bounds::new("care_days", &Self::DAYS);

    /// Whether its days are some.
    ///
    /// # Errors
    /// [`InvalidProfile`], for `care`.
    pub fn check(self) -> Result<(), InvalidProfile> {
        match self {
            Self::Remind { days } | Self::Rotate { days } if !Self::DAYS.contains(&days) => {
                Err(InvalidProfile::new("care", format!("days: give {} to {}", Self::DAYS.start(), Self::DAYS.end())))
            }
            _ => Ok(()),
        }
    }
}

/// What a person is reminded of, once for each token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reminder {
    /// It is as old as they wished to be reminded at.
    Old,
    EndsWithinAWeek,
    EndsWithinADay,
    Ended,
}

#[cfg(test)]
mod tests {
    use super::Care;

    #[test]
    fn days_have_bounds() {
        for (care, fits) in [
            (Care::Remind { days: 0 }, false),
            (Care::Rotate { days: 1 }, true),
            (Care::Rotate { days: 3651 }, false),
            (Care::Never, true),
        ] {
            assert_eq!(care.check().is_ok(), fits, "{care:?}");
        }
    }
}
