//! One run, whole. Whoever looks at a run asks again with each change, so only what is new of it is asked of the platform.

use agentruntime_bff::{Error, runs, tasks, workflows};
use agentruntime_run_watch::{Inbox, Link, Run, RunEvent, RunKey, Task, picture::Picture};
use agentruntime_settings::Backend;
use jiff::Timestamp;
use serde_json::Value;

use agentruntime_run_watch::Followed;

use super::{approvals, asking::ask, held::Runs, looked::Looked, said};
use crate::{
    api::runs::{EventView, RunDetail},
    failure::Failed,
};

/// Events that are asked for at a time.
const PAGE: u32 = 500;
/// The most that other lists of the platform give (BFF API, "Workflows").
const USUAL: usize = 100;
/// Events that are shown; a run with more says so.
const MOST_EVENTS: usize = 5_000;
/// Where the Console shows a workflow (BFF API, "Hosts and auth"). The parameter that names the run is **assumed**.
const CONSOLE: &str = "https://console.agentruntime.io/workflow/";

impl Runs {
    /// One run, whole.
    ///
    /// # Errors
    /// [`Failed`] with what the platform replied.
    pub async fn detail(&self, key: RunKey) -> Result<RunDetail, Failed> {
        self.watch.look_at(key.clone());
        let account = self.account()?;
        let before = self.known().looked_at.clone();
        let before = before.filter(|looked| looked.key == key && looked.account == account.id);
        let looked = self.look_at(&account, key, before).await?;
        self.known().looked_at = Some(looked.clone());
        Ok(self.show(looked).await)
    }

    async fn look_at(&self, account: &Followed, key: RunKey, before: Option<Looked>) -> Result<Looked, Failed> {
        let Followed { client, pat, id, .. } = account;
        let get = runs::GetSummary { workflow_id: key.workflow_id.clone(), run_id: key.run_id.clone() };
        let context = runs::GetContext { workflow_id: key.workflow_id.clone(), run_id: key.run_id.clone() };
        // The log first: a summary that is read after it is never older than what it tells.
        let (mut events, mut more_events) =
            before.as_ref().map(|looked| (looked.events.clone(), looked.more_events)).unwrap_or_default();
        let new = self.events(account, &key, &mut events, &mut more_events).await?;
        let before = match before {
            Some(looked) if !new && looked.run.status.is_over() => return Ok(looked),
            before => before,
        };
        let (summary, variables) =
            tokio::join!(ask(client, pat, &get, &self.shutdown), client.call(pat, &context, &self.shutdown));
        let mut summary = summary?;
        summary.workflow_id.get_or_insert(key.workflow_id.clone());
        let no_run = || Failed::new("invalid_response", "The platform's answer does not say which run it is about.");
        let run = Run::of(&summary).ok_or_else(no_run)?;
        let graph = match before.and_then(|looked| looked.graph) {
            Some(graph) => Some(graph),
            None => self.graph(account, &key.workflow_id, summary.extra.get("version")).await,
        };
        // Variables may be refused where the status is not.
        let context = variables.unwrap_or_else(|error: Error| {
            tracing::info!(code = error.code(), "the run's variables cannot be read");
            Value::Null
        });
        Ok(Looked { account: id.clone(), key, events, more_events, graph, run, context })
    }

    /// Reads what is new of the log. Whether anything is.
    async fn events(
        &self,
        account: &Followed,
        key: &RunKey,
        events: &mut Vec<RunEvent>,
        more: &mut bool,
    ) -> Result<bool, Failed> {
        let before = events.len();
        while events.len() < MOST_EVENTS {
            let list = runs::ListEvents {
                workflow_id: key.workflow_id.clone(),
                run_id: key.run_id.clone(),
                limit: Some(PAGE),
                offset: Some(said::count(events.len())),
                after: None,
            };
            let page = ask(&account.client, &account.pat, &list, &self.shutdown).await?.events;
            // A deployment may give fewer than it is asked for.
            let full = page.len() >= PAGE as usize || page.len() == USUAL;
            events.extend(page.into_iter().map(|row| RunEvent::of(key, row)));
            *more = full && events.len() >= MOST_EVENTS;
            if !full {
                break;
            }
        }
        Ok(events.len() > before)
    }

    /// The graph that the run executes, or else today's draft.
    async fn graph(&self, account: &Followed, workflow_id: &str, version: Option<&Value>) -> Option<Value> {
        let Followed { client, pat, .. } = account;
        let list = workflows::ListVersions { workflow_id: workflow_id.to_owned() };
        let versions = client.call(pat, &list, &self.shutdown).await.map(|reply| reply.versions).unwrap_or_default();
        let same = |row: &workflows::Version| version.is_some_and(|version| *version == row.version);
        let snapshot = versions.into_iter().find(same).and_then(|mut row| row.extra.remove("graph_snapshot"));
        if snapshot.is_some() {
            return snapshot;
        }
        let get = workflows::Get { workflow_id: workflow_id.to_owned() };
        client.call(pat, &get, &self.shutdown).await.ok()?.graph
    }

    async fn show(&self, looked: Looked) -> RunDetail {
        let Looked { key, events, more_events, graph, mut run, context, .. } = looked;
        let board = self.watch.board().borrow().clone();
        let waiting = if run.status.is_over() { Vec::new() } else { self.waiting(&key).await };
        run.waiting = said::count(waiting.len());
        let picture = Picture::of(&events, graph.as_ref(), Some(&context));
        let named =
            board.active.iter().find(|active| active.key == key).and_then(|active| active.workflow_name.clone());
        run.workflow_name = match run.workflow_name.or(named) {
            Some(name) => Some(name),
            None => self.workflow_names().await.get(&key.workflow_id).cloned(),
        };
        let ended = picture.steps.iter().filter(|step| step.has_ended()).count();
        run.steps = Some(said::count(picture.steps.len()).max(run.steps.unwrap_or(0)));
        run.steps_done = Some(said::count(ended));
        let event = |event: &RunEvent| EventView {
            id: event.id.clone(),
            kind: event.kind.clone(),
            step_id: event.step_id.clone(),
            at: event.at,
            data: event.data.clone(),
        };
        RunDetail {
            run: self.row(&run),
            failed_step: picture.failed_step,
            steps: picture.steps.into_iter().map(said::step).collect(),
            events: events.iter().map(event).collect(),
            more_events,
            input: context.get("input").cloned().unwrap_or_default(),
            input_schema: graph.and_then(|mut graph| graph.as_object_mut()?.remove("input_schema")),
            context,
            approvals: waiting.iter().map(approvals::view).collect(),
            console_url: self.console_url(&key),
            now: Timestamp::now(),
        }
    }

    /// The run's tasks that wait: of the follower's if it knows of any, or knows that there is none, else asked for.
    async fn waiting(&self, key: &RunKey) -> Vec<Task> {
        let board = self.watch.board().borrow().clone();
        let known = board.waiting.iter().filter(|task| task.run == *key).map(|task| (**task).clone());
        let known = known.collect::<Vec<_>>();
        if !known.is_empty() || (board.link == Link::Live && board.inbox == Inbox::Read) {
            return known;
        }
        let list = tasks::ListPendingRun { workflow_id: key.workflow_id.clone(), run_id: key.run_id.clone() };
        let pending = self.ask(&list).await.map(|reply| reply.tasks).unwrap_or_default();
        let of_run = |mut row: tasks::Task| {
            row.workflow_id.get_or_insert(key.workflow_id.clone());
            row.run_id.get_or_insert(key.run_id.clone());
            Task::of(&row)
        };
        pending.into_iter().filter_map(of_run).collect()
    }

    /// Where the Console shows the run: only the platform's own deployment has one that is known.
    fn console_url(&self, key: &RunKey) -> Option<String> {
        let settings = self.settings.get();
        let production = settings.active().is_some_and(|profile| profile.backend == Backend::Production);
        let mut url = url::Url::parse(CONSOLE).ok().filter(|_| production)?;
        url.path_segments_mut().ok()?.pop_if_empty().push(&key.workflow_id);
        url.query_pairs_mut().append_pair("run_id", &key.run_id);
        Some(url.into())
    }
}
