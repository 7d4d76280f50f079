//! What is asked of the BFF, each question a future of its own, so that streams are heard meanwhile.

use std::{collections::BTreeMap, time::Duration};

use agentruntime_bff::{Endpoint, Error, runs, tasks, workflows};
use tokio_util::sync::CancellationToken;

use crate::{
    followed::Followed,
    model::{RunKey, RunStatus},
};

/// Rows that are asked for at a time: the most there are (BFF API, "Workflows").
pub(super) const PAGE: u32 = 100;
/// Events that are asked for at a time.
pub(super) const EVENTS: u32 = 500;

/// How often an inbox that changes while it is read is read anew.
const INBOX_TRIES: usize = 3;
/// Pages of the inbox: 5,000 tasks. Nobody answers more.
const INBOX_PAGES: usize = 50;

/// A page of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FeedPage {
    pub(super) status: Option<RunStatus>,
    pub(super) offset: u32,
    /// Whether it is one of a whole look at everything, and not at the latest alone.
    pub(super) sweep: bool,
}

impl FeedPage {
    pub(super) const LATEST: Self = Self { status: None, offset: 0, sweep: false };

    /// Everything that has not ended.
    pub(super) const ACTIVE: [Self; 4] = [
        Self { status: Some(RunStatus::Running), offset: 0, sweep: true },
        Self { status: Some(RunStatus::Paused), offset: 0, sweep: true },
        Self { status: Some(RunStatus::Queued), offset: 0, sweep: true },
        Self { status: Some(RunStatus::Draining), offset: 0, sweep: true },
    ];

    pub(super) const fn after(self) -> Self {
        Self { offset: self.offset + PAGE, ..self }
    }
}

/// What the BFF replied to a question, and what the question was about.
#[derive(Debug)]
pub(super) enum Reply {
    Feed(FeedPage, Result<Vec<runs::Run>, Error>),
    Inbox(Result<Vec<tasks::Task>, Error>),
    /// A piece of a log from an event on, and whether the run was known to have ended when it was asked for.
    Log(RunKey, u32, bool, Result<Vec<runs::Event>, Error>),
    Summary(RunKey, Result<runs::Run, Error>),
    /// `None` where nobody can say.
    Name(String, Result<Option<String>, Error>),
}

impl Reply {
    /// Why it tells nothing, where it does not.
    pub(super) const fn error(&self) -> Option<&Error> {
        match self {
            Self::Feed(_, Err(error))
            | Self::Inbox(Err(error))
            | Self::Log(_, _, _, Err(error))
            | Self::Summary(_, Err(error))
            | Self::Name(_, Err(error)) => Some(error),
            _ => None,
        }
    }
}

impl Followed {
    async fn ask<E: Endpoint + Sync>(&self, endpoint: &E, limit: Duration) -> Result<E::Response, Error> {
        // Dropped rather than cancelled, when nobody wants to know any more.
        let never = CancellationToken::new();
        tokio::time::timeout(limit, self.client.call(&self.pat, endpoint, &never))
            .await
            .unwrap_or(Err(Error::Timeout { limit }))
    }

    pub(super) async fn feed(self, page: FeedPage, limit: Duration) -> Reply {
        let status = page.status.map(|status| status.word().to_owned());
        let list = runs::ListTenant { limit: Some(PAGE), offset: Some(page.offset), status };
        Reply::Feed(page, self.ask(&list, limit).await.map(|reply| reply.runs))
    }

    /// The whole inbox: what is not in it waits no longer, so a part of it would not do.
    ///
    /// Each page begins with the last row of the one before. Where that is another one, the list has changed meanwhile and is
    /// read anew; one that never stands still, or takes no offset, is taken as it is.
    pub(super) async fn inbox(self, limit: Duration) -> Reply {
        let mut all = BTreeMap::new();
        for _ in 0..INBOX_TRIES {
            match self.inbox_once(limit).await {
                Ok((tasks, true)) => return Reply::Inbox(Ok(tasks)),
                Ok((tasks, false)) => all.extend(tasks.into_iter().map(|task| (task.task_id.clone(), task))),
                Err(error) => return Reply::Inbox(Err(error)),
            }
        }
        Reply::Inbox(Ok(all.into_values().collect()))
    }

    /// The inbox, and whether it stood still while it was read.
    async fn inbox_once(&self, limit: Duration) -> Result<(Vec<tasks::Task>, bool), Error> {
        let mut all: Vec<tasks::Task> = Vec::new();
        for _ in 0..INBOX_PAGES {
            let offset = u32::try_from(all.len().saturating_sub(1)).ok();
            let mut page = self.ask(&tasks::ListPending { limit: Some(PAGE), offset }, limit).await?.tasks;
            let full = page.len() >= PAGE as usize;
            if let Some(last) = all.last() {
                if page.first().is_none_or(|first| first.task_id != last.task_id) {
                    all.extend(page);
                    return Ok((all, false));
                }
                page.remove(0);
            }
            all.extend(page);
            if !full {
                return Ok((all, true));
            }
        }
        Ok((all, true))
    }

    pub(super) async fn log(self, key: RunKey, offset: u32, ended: bool, limit: Duration) -> Reply {
        let list = runs::ListEvents {
            workflow_id: key.workflow_id.clone(),
            run_id: key.run_id.clone(),
            limit: Some(EVENTS),
            offset: Some(offset),
            after: None,
        };
        let events = self.ask(&list, limit).await.map(|reply| reply.events);
        Reply::Log(key, offset, ended, events)
    }

    pub(super) async fn summary(self, key: RunKey, limit: Duration) -> Reply {
        let get = runs::GetSummary { workflow_id: key.workflow_id.clone(), run_id: key.run_id.clone() };
        let summary = self.ask(&get, limit).await.map(|mut run| {
            run.workflow_id.get_or_insert(key.workflow_id.clone());
            run
        });
        Reply::Summary(key, summary)
    }

    pub(super) async fn name(self, workflow_id: String, limit: Duration) -> Reply {
        let name = match self.ask(&workflows::Get { workflow_id: workflow_id.clone() }, limit).await {
            Ok(workflow) => Ok(Some(workflow.name).filter(|name| !name.trim().is_empty())),
            Err(error) if matches!(error.status(), Some(403 | 404)) => Ok(None),
            Err(error) => Err(error),
        };
        Reply::Name(workflow_id, name)
    }
}
