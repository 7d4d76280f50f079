//! What the feed shows.

use std::collections::HashSet;

use agentruntime_bff::{Error, runs};

use super::Following;
use crate::{
    change::Timeliness,
    model::{Run, RunKey},
    watch::question::{FeedPage, PAGE},
};

/// Pages of one whole look at the feed: 2,000 runs. What lies deeper is asked for one by one.
const SWEEP_PAGES: u32 = 20;
/// Runs that are asked for one by one in a look.
const ONE_BY_ONE: usize = 5;

/// What is known of runs deeper in the feed than its latest page.
#[derive(Debug, Default)]
pub(super) struct Depth {
    /// Whether there were more runs at the first look than a page shows.
    is_deep: bool,
    /// Pages that could not be had.
    unfinished: Vec<FeedPage>,
}

impl Depth {
    /// What was under way is asked for once more.
    pub(super) fn begin_anew(&mut self) {
        if self.is_deep {
            self.unfinished.extend(FeedPage::ACTIVE);
        }
    }
}

impl Following {
    pub(super) fn take_page(&mut self, page: FeedPage, rows: &[runs::Run]) {
        self.asking.sweep.deeper.remove(&page);
        let is_latest = page == FeedPage::LATEST;
        if is_latest {
            self.asking.feed.succeed();
            self.take_return();
            self.asking.replied.feed = true;
        }
        for row in rows {
            let workflow = row.workflow_id.clone().unwrap_or_default();
            self.asking.sweep.see(&RunKey::new(workflow, row.run_id.clone()));
        }
        let more = self.book.take_rows(rows, self.sum.timeliness);
        let is_full = rows.len() >= PAGE as usize;
        if is_latest && !self.book.has_begun() {
            let oldest = rows.iter().filter_map(Run::of).filter_map(|run| run.started_at).min();
            self.book.begin(oldest.filter(|_| is_full));
            if is_full {
                // Runs that have not ended may lie deeper than the latest hundred.
                self.depth.is_deep = true;
                FeedPage::ACTIVE.into_iter().for_each(|page| self.asking.ask_page(page));
            }
        } else if is_latest {
            self.look_deeper(rows, is_full && more);
        } else if is_full
            && page.offset < SWEEP_PAGES * PAGE
            && (more || page.status.is_some() || self.asking.sweep.has_unseen())
        {
            self.asking.ask_page(page.after());
        }
        if page.sweep && page.status.is_none() && (!is_full || page.offset >= SWEEP_PAGES * PAGE) {
            self.ask_one_by_one();
        }
    }

    /// After a look at the latest runs: asks for more, where more is wanted.
    fn look_deeper(&mut self, rows: &[runs::Run], all_new: bool) {
        let is_whole = self.asking.sweep.count_look() || self.sum.timeliness == Timeliness::Late;
        if is_whole {
            self.book.ask_names_again();
        }
        if is_whole && self.asking.sweep.unseen.is_none() {
            let shown = rows.iter().map(|row| row.run_id.as_str()).collect::<HashSet<_>>();
            let active = self.book.runs().filter(|run| !run.is_over()).map(|run| run.key());
            let unseen = active.filter(|key| !shown.contains(key.run_id.as_str()));
            self.asking.sweep.unseen = Some(unseen.cloned().collect());
        }
        for page in std::mem::take(&mut self.depth.unfinished) {
            self.asking.ask_page(page);
        }
        if self.asking.sweep.may_begin() {
            if self.asking.sweep.unseen.as_ref().is_some_and(|unseen| unseen.len() <= ONE_BY_ONE) {
                // Cheaper than all the pages before them.
                self.ask_one_by_one();
            }
            let sweep = self.asking.sweep.unseen.is_some();
            if all_new || sweep {
                self.asking.ask_page(FeedPage { sweep, ..FeedPage::LATEST.after() });
            }
        }
        self.read_what_is_left();
    }

    /// What a whole look did not show lies deeper than it went, or is gone.
    fn ask_one_by_one(&mut self) {
        let unseen = self.asking.sweep.unseen.take().unwrap_or_default();
        for key in unseen.into_iter().take(ONE_BY_ONE) {
            self.asking.ask_summary(key);
        }
    }

    pub(super) fn take_page_failure(&mut self, page: FeedPage, error: &Error) {
        tracing::debug!(code = error.code(), ?page, "a deeper look is made another time");
        self.asking.sweep.deeper.remove(&page);
        if page.sweep && page.status.is_none() {
            // The next whole look begins anew.
            self.asking.sweep.unseen = None;
        } else if !matches!(error.status(), Some(400 | 403 | 404 | 422)) {
            // Unless the platform knows no such page.
            self.depth.unfinished.push(page);
        }
    }
}
