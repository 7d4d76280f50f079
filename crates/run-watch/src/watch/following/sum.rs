//! What becomes of the time in which nobody watched.

use jiff::Timestamp;
use tokio::time::Instant;

use super::Following;
use crate::{change::Timeliness, watch::asking::Replied};

#[derive(Debug)]
pub(super) struct Sum {
    /// How it is told what readings bring.
    pub(super) timeliness: Timeliness,
    /// When the sum is told in any case; `None` while nothing is summed up.
    pub(super) by: Option<Instant>,
}

impl Default for Sum {
    fn default() -> Self {
        Self { timeliness: Timeliness::Late, by: None }
    }
}

impl Following {
    /// From now on what is told late is gathered, until both feed and inbox have replied.
    pub(super) fn gather(&mut self, since: Option<Timestamp>) {
        self.book.gather(since);
        self.sum.by = Some(Instant::now() + self.options.summing_up);
        self.asking.replied = Replied::default();
        self.asking.inbox.want();
    }

    /// Tells what was missed, when all of it is there or has been waited for.
    pub(super) fn sum_up(&mut self, now: Instant) {
        let Some(by) = self.sum.by else { return };
        // Nothing is summed up that was not looked at.
        let replied = &self.asking.replied;
        if !replied.feed || !replied.inbox || !self.book.has_begun() {
            if now >= by {
                self.sum.by = Some(now + self.options.summing_up);
            }
            return;
        }
        if (!self.asking.is_looking() && self.book.is_gathered()) || now >= by {
            self.book.sum_up();
            self.sum = Sum { timeliness: Timeliness::OnTime, by: None };
        }
    }
}
