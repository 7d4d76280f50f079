//! Times and ids as the API writes them.

use jiff::Timestamp;
use uuid::Uuid;

/// Now, in ISO 8601 UTC to the millisecond; texts of this shape sort as the times they stand for.
pub(crate) fn now() -> String {
    written(Timestamp::now())
}

/// A time as the API writes it.
pub(crate) fn written(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// A new id that sorts by its time of birth: `prefix_…`.
pub(crate) fn new_id(prefix: &str) -> String {
    format!("{prefix}_{}", Uuid::now_v7().simple())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{new_id, written};

    #[test]
    fn times_always_have_three_digits() {
        assert_eq!(written(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn ids_bear_their_prefix() {
        assert!(new_id("run").starts_with("run_") && new_id("run") != new_id("run"));
    }
}
