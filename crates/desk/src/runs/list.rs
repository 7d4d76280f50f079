//! Lists of runs, a page at a time.

use std::{collections::HashMap, sync::Arc, time::Duration};

use agentruntime_bff::runs;
use agentruntime_run_watch::Run;
use jiff::Timestamp;
use tokio::time::Instant;

use super::{held::Runs, said};
use crate::{
    api::runs::{RunState, RunsPage, RunsQuery},
    failure::Failed,
};

/// The most rows of a page (BFF API, "Workflows").
const MOST: u32 = 100;
/// How long a count holds that took several questions: a list is asked for in many pages.
const COUNT_HOLDS: Duration = Duration::from_secs(15);
/// How long the names of workflows hold.
const NAMES_HOLD: Duration = Duration::from_secs(60);
/// Pages of workflows that are read for their names: a thousand.
const NAME_PAGES: u32 = 10;
/// Where the platform does not say how many there are, no more are looked for.
const DEEPEST: u32 = 1 << 20;

impl Runs {
    /// The runs that a query names, the latest first.
    ///
    /// # Errors
    /// [`Failed`] with what the platform replied.
    pub async fn list(&self, query: RunsQuery) -> Result<RunsPage, Failed> {
        if query.state.is_some_and(RunState::is_of_the_board) {
            return Ok(self.active_runs(&query));
        }
        let limit = query.limit.clamp(1, MOST);
        let page = self.page(&query, query.offset, limit).await?;
        let Some(since) = query.since else {
            let seen = query.offset.saturating_add(said::count(page.runs.len()));
            let known = page.total.map(|total| u32::try_from(total).unwrap_or(u32::MAX));
            // Where nobody says how many there are, a full page means that there is at least one more.
            let total = known.unwrap_or(if page.runs.len() < limit as usize { seen } else { seen + 1 });
            return Ok(self.shown(&page.runs, total).await);
        };
        let total = self.count_since(&query, since, page.total).await?;
        let within = total.saturating_sub(query.offset) as usize;
        Ok(self.shown(page.runs.get(..within.min(page.runs.len())).unwrap_or_default(), total).await)
    }

    /// Runs that have not ended: the follower knows all of them.
    fn active_runs(&self, query: &RunsQuery) -> RunsPage {
        let board = self.watch.board().borrow().clone();
        let fits = |run: &&Arc<Run>| {
            (query.state != Some(RunState::Waiting) || run.waiting > 0)
                && query.workflow_id.as_ref().is_none_or(|workflow| *workflow == run.key.workflow_id)
                && query.since.is_none_or(|since| run.started_at.is_none_or(|at| at >= since))
        };
        let fitting = board.active.iter().filter(fits).collect::<Vec<_>>();
        let rows = fitting.iter().skip(query.offset as usize).take(query.limit.clamp(1, MOST) as usize);
        RunsPage { runs: rows.map(|run| self.row(run)).collect(), total: said::count(fitting.len()) }
    }

    async fn page(&self, query: &RunsQuery, offset: u32, limit: u32) -> Result<runs::Runs, Failed> {
        let status = query.state.and_then(said::status).map(|status| status.word().to_owned());
        let (limit, offset) = (Some(limit), Some(offset));
        match query.workflow_id.clone() {
            None => self.ask(&runs::ListTenant { limit, offset, status }).await,
            Some(workflow_id) => {
                self.ask(&agentruntime_bff::workflows::ListRuns { workflow_id, limit, offset, status }).await
            }
        }
    }

    /// Rows with what the follower knows besides.
    async fn shown(&self, rows: &[runs::Run], total: u32) -> RunsPage {
        let board = self.watch.board().borrow().clone();
        let names = self.workflow_names().await;
        let row = |run: Run| {
            // The follower may not have heard yet that it has ended.
            let followed = board.active.iter().find(|active| active.key == run.key && !run.status.is_over());
            let mut row = self.row(followed.map_or(&run, |active| active));
            row.workflow_name = row.workflow_name.or_else(|| names.get(&run.key.workflow_id).cloned());
            row
        };
        RunsPage { runs: rows.iter().filter_map(Run::of).map(row).collect(), total }
    }

    /// What workflows are called, as it was a moment ago. Where it cannot be asked, what was known before holds.
    pub(super) async fn workflow_names(&self) -> Arc<HashMap<String, String>> {
        let known = self.known().names.clone();
        if let Some((names, at)) = &known
            && at.elapsed() < NAMES_HOLD
        {
            return names.clone();
        }
        let mut names = known.map(|(names, _)| (*names).clone()).unwrap_or_default();
        for page in 0..NAME_PAGES {
            let list = agentruntime_bff::workflows::List { limit: Some(MOST), offset: Some(page * MOST) };
            let Ok(rows) = self.ask(&list).await.map(|list| list.workflows) else { return Arc::new(names) };
            let full = rows.len() >= MOST as usize;
            let named = rows.into_iter().filter(|workflow| !workflow.name.trim().is_empty());
            let before = names.len();
            names.extend(named.map(|row| (row.id, row.name)));
            // A deployment that takes no offset gives the same page again.
            if !full || names.len() == before {
                break;
            }
        }
        let names = Arc::new(names);
        self.known().names = Some((names.clone(), Instant::now()));
        names
    }

    /// How many of the runs began at this time or later. The platform lists the latest first and takes no time, so the place
    /// in the list is looked for by halves.
    async fn count_since(&self, query: &RunsQuery, asked: Timestamp, all: Option<u64>) -> Result<u32, Failed> {
        // To the minute: who scrolls asks for one page after the other.
        let since = asked.round(jiff::TimestampRound::new().smallest(jiff::Unit::Minute).mode(jiff::RoundMode::Floor));
        let since = since.unwrap_or(asked);
        let key = format!("{:?} {:?} {since}", query.state, query.workflow_id);
        if let Some((count, at)) = self.known().counts.get(&key)
            && at.elapsed() < COUNT_HOLDS
        {
            return Ok(*count);
        }
        let (mut low, mut high) = (0, all.map_or(DEEPEST, |all| u32::try_from(all).unwrap_or(DEEPEST)));
        while low < high {
            let middle = low + (high - low) / 2;
            let row = self.page(query, middle, 1).await?.runs;
            let began = row.first().and_then(Run::of).and_then(|run| run.started_at);
            if began.is_some_and(|began| began >= since) { low = middle + 1 } else { high = middle }
        }
        let mut known = self.known();
        known.counts.retain(|_, (_, at)| at.elapsed() < COUNT_HOLDS);
        known.counts.insert(key, (low, Instant::now()));
        Ok(low)
    }
}

impl RunState {
    /// Whether every run that has not ended is meant, of which the follower knows each.
    const fn is_of_the_board(self) -> bool {
        matches!(self, Self::Running | Self::Waiting)
    }
}
