//! What the inbox holds, and how it is heard of.

use std::time::Duration;

use agentruntime_bff::{Error, tasks};
use jiff::Timestamp;

use super::Following;
use crate::{change::Timeliness, watch::board::Inbox};

/// How long a deployment or token without an inbox is not asked for one.
const WITHOUT: Duration = Duration::from_secs(600);
/// Before that, a reply that there is none may have been given in passing.
const MAYBE_WITHOUT: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(super) struct InboxState {
    /// As it is shown on the board.
    pub(super) shown: Inbox,
    /// Since when nobody has told what waits, where a sum was told without it.
    owed: Option<Timestamp>,
}

impl Following {
    pub(super) fn take_inbox(&mut self, tasks: &[tasks::Task]) {
        self.asking.inbox.succeed();
        self.inbox.shown = Inbox::Read;
        if let Some(since) = self.inbox.owed.take() {
            // The sum was told without it.
            self.sum.timeliness = Timeliness::Late;
            self.gather(Some(since));
            self.look();
        }
        self.asking.replied.inbox = true;
        self.book.take_inbox(tasks, self.sum.timeliness);
    }

    pub(super) fn take_inbox_failure(&mut self, error: &Error) {
        let has_failed_often = self.asking.inbox.fail();
        if matches!(error.status(), Some(403 | 404)) {
            // What is known is not taken back at once: a reply in passing must not take away what waits.
            self.asking.replied.inbox = true;
            self.inbox.shown = Inbox::Read;
            if has_failed_often {
                tracing::info!(code = error.code(), "there is no inbox to read with this token just now");
                self.book.take_inbox(&[], self.sum.timeliness);
            }
            self.asking.inbox.rest(if has_failed_often { WITHOUT } else { MAYBE_WITHOUT });
            return;
        }
        tracing::debug!(code = error.code(), "what waits is not heard of just now");
        if has_failed_often {
            self.inbox.shown = Inbox::Failing { code: error.code() };
            if !std::mem::replace(&mut self.asking.replied.inbox, true) {
                self.inbox.owed.get_or_insert(self.reach.heard_at());
            }
        }
        self.asking.inbox.rest_after(error);
    }
}
