//! The work of a step, away from its driver: a script in a process of its own, a call to an MCP server, the wait for a person.

use std::{
    collections::HashMap,
    future::Future,
    pin::pin,
    sync::{Arc, PoisonError},
    time::Duration,
};

use agentruntime_graph::{McpBinding, StepKind, plan::StepState};
use agentruntime_lifecycle::caught;
use jiff::Timestamp;
use serde_json::{Map, Value};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    Engine,
    batch::Change,
    driver::Driver,
    outcome::{Done, Failure, Happened, retry_pause},
    status::Status,
};
use crate::{
    db::Ask as _,
    demo_mcp,
    error::Error,
    mcp_client::{self, DEFAULT_TIMEOUT, Target},
    scripts::Job,
};

/// Processes that a step's work may be begun in, one after the other, without one of them ending in order: what was under way
/// each time may well be what ended them, and a third would be one too many.
const MOST_STARTS: u32 = 2;
/// How long such a step has the process to itself, so that it is known which one it was.
const ALONE: Duration = Duration::from_secs(10);

impl Driver {
    /// Begins a step's work, after a pause if it was tried before.
    pub(super) fn begin(&mut self, id: &str) {
        let Some(step) = self.graph.step(id).cloned() else { return };
        let tried = self.attempts.get(id).copied().unwrap_or(1).saturating_sub(1);
        let pause = retry_pause(tried);
        match step.kind {
            StepKind::LuaScript { script } => {
                let before = self.plan.ancestors(id);
                let seen = before
                    .iter()
                    .filter_map(|id| self.steps.get_key_value(*id))
                    .map(|(id, seen)| (id.clone(), seen.clone()));
                let (steps, input) = (seen.collect::<Map<_, _>>(), Arc::clone(&self.input));
                let job = Job { script, input, steps, timeout: step.timeout };
                let scripts = self.engine.0.scripts.clone();
                self.work_on(id, async move {
                    scripts.run(job).await.map_err(|error| Failure::lasting("UPSTREAM_ERROR", error.to_string()))
                });
            }
            StepKind::McpCall { binding, tool_name, .. } => {
                let arguments = self
                    .steps
                    .get(id)
                    .and_then(|seen| seen.get("input"))
                    .and_then(Value::as_object)
                    .cloned()
                    .unwrap_or_default();
                let (engine, limit) = (self.engine.clone(), step.timeout.unwrap_or(DEFAULT_TIMEOUT));
                self.work_on(id, async move {
                    tokio::time::sleep(pause).await;
                    call(&engine, binding, &tool_name, arguments, limit).await
                });
            }
            StepKind::HumanTask { .. } => {}
            StepKind::Unsupported(name) => {
                let failure = Failure::lasting("UPSTREAM_ERROR", format!("the sandbox does not run {name} steps yet"));
                self.work_on(id, async move { Err(failure) });
            }
        }
    }

    /// Has a step's work done beside the driver. A fault of ours in it is its failure.
    fn work_on(&mut self, id: &str, work: impl Future<Output = Result<Value, Failure>> + Send + 'static) {
        let (step_id, turn) = (id.to_owned(), self.turns.remove(id));
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).insert(step_id.clone());
        let work = caught(work);
        let brake = self.work.spawn(async move {
            let mut work = pin!(work);
            let first = match turn {
                Some(_alone) => tokio::time::timeout(ALONE, &mut work).await.ok(),
                None => None,
            };
            let outcome = match first {
                Some(outcome) => outcome,
                None => work.await,
            };
            let outcome = outcome.unwrap_or_else(|fault| Err(Failure::lasting("UPSTREAM_ERROR", fault.to_string())));
            Happened::Done(Done { step_id, outcome })
        });
        self.brakes.insert(id.to_owned(), brake);
    }

    /// Waits for a person; with a deadline, not for ever.
    pub(super) fn wait_for_person(&mut self, task_id: String, step_id: String, deadline: Option<&str>) {
        self.tasks.insert(task_id, step_id.clone());
        let Some(deadline) = deadline.and_then(|deadline| deadline.parse::<Timestamp>().ok()) else { return };
        let left = Duration::try_from(deadline.duration_since(Timestamp::now())).unwrap_or_default();
        self.work_on(&step_id, async move {
            tokio::time::sleep(left).await;
            Err(Failure::lasting("HUMAN_TASK_FAILED", "nobody answered in time"))
        });
    }

    /// Takes up the work that a restart broke off. A script has no effects and runs again. A tool call may have had one: it is
    /// repeated only where the author allowed retries, and fails otherwise. People are still waited for.
    ///
    /// Work that was under way when a process died may be what ended it. Such steps are tried again one at a time, and where
    /// that ends a process too, the step fails: `starts` says in how many processes each was begun. What this one began itself is
    /// begun again as it was: a driver made anew is no death.
    pub(super) fn take_up(&mut self, starts: &HashMap<String, u32>) {
        if self.status.is_terminal() {
            return;
        }
        let waiting = self.tasks.values().cloned().collect::<Vec<_>>();
        let graph = Arc::clone(&self.graph);
        for step in &graph.steps {
            if self.states.get(&step.id) != Some(&StepState::Running) || waiting.contains(&step.id) {
                continue;
            }
            let lost = matches!(step.kind, StepKind::McpCall { .. }) && step.retry_count == 0;
            if lost && self.status != Status::Stopped {
                let text = "the sandbox was stopped while the tool was being called; whether the call had its effect is unknown";
                self.fail(&step.id, Failure::lasting("RUN_STALLED_OR_TIMED_OUT", text));
                return;
            }
            let ours = self.begun.lock().unwrap_or_else(PoisonError::into_inner).contains(&step.id);
            match starts.get(&step.id).copied().unwrap_or_default() {
                _ if ours => self.to_start.push(step.id.clone()),
                0 => self.begin_anew(&step.id, 1),
                begun if begun < MOST_STARTS => self.wait_for_turn(&step.id),
                begun => {
                    let text = format!(
                        "the sandbox ended {begun} times in a row while this step was under way, so it is not begun once more"
                    );
                    self.fail(&step.id, Failure::lasting("RUN_STALLED_OR_TIMED_OUT", text));
                    return;
                }
            }
        }
    }

    /// Has a step wait until no other is suspected of having ended a process.
    fn wait_for_turn(&mut self, id: &str) {
        let (step_id, turns) = (id.to_owned(), Arc::clone(&self.engine.0.suspects));
        let brake = self.work.spawn(async move {
            match turns.acquire_owned().await {
                Ok(turn) => Happened::Turn { step_id, turn },
                // Nobody closes it.
                Err(_) => std::future::pending().await,
            }
        });
        self.brakes.insert(id.to_owned(), brake);
    }

    /// It is a waiting step's turn.
    pub(super) fn try_again(&mut self, step_id: String, turn: OwnedSemaphorePermit) {
        if self.brakes.remove(&step_id).is_none() {
            return;
        }
        self.begin_anew(&step_id, MOST_STARTS);
        self.turns.insert(step_id, turn);
    }

    /// Begins a step's work once it is written down in how many processes that was done before.
    fn begin_anew(&mut self, id: &str, starts: u32) {
        self.batch.push(Change::TakenUp { step_id: id.to_owned(), starts });
        self.to_start.push(id.to_owned());
    }
}

async fn call(
    engine: &Engine,
    binding: McpBinding,
    tool: &str,
    mut arguments: Map<String, Value>,
    limit: Duration,
) -> Result<Value, Failure> {
    let target = match binding {
        McpBinding::Server(url) => Target { url, credential: None },
        McpBinding::Instance(id) => {
            let (target, defaults) = engine
                .target(&id)
                .await
                .map_err(|error| Failure::lasting("DEPENDENCY_UNAVAILABLE", error.to_string()))?;
            for (key, value) in defaults {
                arguments.entry(key).or_insert(value);
            }
            target
        }
    };
    let called = mcp_client::call_tool(&engine.reachable(target), tool, arguments, limit).await;
    called.map_err(|error| Failure {
        code: if error.is_transient() { "DEPENDENCY_UNAVAILABLE" } else { "MCP_TOOL_FAILED" },
        transient: error.is_transient(),
        message: error.to_string(),
    })
}

impl Engine {
    /// Where an instance's server is, its credential, and the arguments its active profile adds.
    pub(crate) async fn target(&self, instance_id: &str) -> Result<(Target, Map<String, Value>), Error> {
        let id = instance_id.to_owned();
        let found = self.0.db.read(move |connection| {
            connection.one(
                "SELECT v.url, p.defaults, s.sealed FROM mcp_instances i
                 JOIN mcp_versions v ON v.server_id = i.server_id AND v.version = i.server_version
                 LEFT JOIN mcp_profiles p ON p.id = i.active_profile
                 LEFT JOIN secrets s ON s.kind = 'mcp' AND s.id = i.id WHERE i.id = ?",
                &[&id],
                |row| {
                    Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, Option<Vec<u8>>>(2)?))
                },
            )
        });
        let (url, defaults, sealed) = found.await?.ok_or_else(|| Error::not_found("MCP instance", instance_id))?;
        let credential =
            sealed.map(|sealed| self.0.sealer.open_sealed(&format!("mcp/{instance_id}"), &sealed)).transpose()?;
        let defaults = defaults.and_then(|defaults| serde_json::from_str(&defaults).ok()).unwrap_or_default();
        Ok((Target { url, credential }, defaults))
    }

    /// The target with the demo server's address as it is today.
    pub(crate) fn reachable(&self, target: Target) -> Target {
        match self.0.demo_url.get() {
            Some(url) if target.url == demo_mcp::URL => Target { url: url.clone(), ..target },
            _ => target,
        }
    }
}
