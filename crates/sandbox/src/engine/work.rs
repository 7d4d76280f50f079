//! The work of a step, away from its driver: a script on a thread of its own, a call to an MCP server, the wait for a person.

use std::{sync::Arc, time::Duration};

use agentruntime_graph::{
    McpBinding, Scope, StepKind,
    lua::{self, CancelFlag},
};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    Engine,
    driver::{Brake, Driver},
    status::Status,
};
use crate::{
    db::Ask as _,
    demo_mcp,
    error::Error,
    mcp_client::{self, DEFAULT_TIMEOUT, Target},
};

/// First pause before another try; each further one is twice as long.
const RETRY_PAUSE: Duration = Duration::from_millis(250);
/// Longest pause before another try.
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(10);

/// A step's work has ended.
pub(super) struct Done {
    pub(super) step_id: String,
    pub(super) outcome: Result<Value, Failure>,
}

/// Why a step failed.
pub(super) struct Failure {
    /// The run's `failure_code`, should it end the run.
    pub(super) code: &'static str,
    /// For people.
    pub(super) message: String,
    /// Whether another try may do.
    pub(super) transient: bool,
}

impl Failure {
    /// Another try would fail as well.
    pub(super) fn lasting(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), transient: false }
    }
}

/// The pause before a step is tried again that was tried so often; none before the first try.
pub(super) fn retry_pause(tried: u32) -> Duration {
    match tried {
        0 => Duration::ZERO,
        _ => RETRY_PAUSE.saturating_mul(1 << (tried.min(10) - 1)).min(RETRY_PAUSE_MAX),
    }
}

impl Driver {
    /// Begins a step's work, after a pause if it was tried before.
    pub(super) fn begin(&mut self, id: &str) {
        let Some(step) = self.graph.step(id).cloned() else { return };
        let tried = self.attempts.get(id).copied().unwrap_or(1).saturating_sub(1);
        let pause = retry_pause(tried);
        let step_id = id.to_owned();
        let flag = CancelFlag::default();
        let abort = match step.kind {
            StepKind::LuaScript { script } => {
                let before = self.plan.ancestors(id);
                let seen = before
                    .iter()
                    .filter_map(|id| self.steps.get_key_value(*id))
                    .map(|(id, seen)| (id.clone(), seen.clone()));
                let (steps, input, stop) = (seen.collect::<Map<_, _>>(), Arc::clone(&self.input), flag.clone());
                self.work.spawn_blocking(move || {
                    let outcome = lua::run(&script, &Scope::new(&input, &steps), step.timeout, &stop);
                    Done {
                        step_id,
                        outcome: outcome.map_err(|error| Failure::lasting("UPSTREAM_ERROR", error.to_string())),
                    }
                })
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
                self.work.spawn(async move {
                    tokio::time::sleep(pause).await;
                    Done { step_id, outcome: call(&engine, binding, &tool_name, arguments, limit).await }
                })
            }
            StepKind::HumanTask { .. } => return,
            StepKind::Unsupported(name) => {
                let outcome =
                    Err(Failure::lasting("UPSTREAM_ERROR", format!("the sandbox does not run {name} steps yet")));
                self.work.spawn(async move { Done { step_id, outcome } })
            }
        };
        self.flags.insert(id.to_owned(), Brake { flag, abort });
    }

    /// Waits for a person; with a deadline, not for ever.
    pub(super) fn wait_for_person(&mut self, task_id: String, step_id: String, deadline: Option<&str>) {
        self.tasks.insert(task_id, step_id.clone());
        let Some(deadline) = deadline.and_then(|deadline| deadline.parse::<Timestamp>().ok()) else { return };
        let left = Duration::try_from(deadline.duration_since(Timestamp::now())).unwrap_or_default();
        let id = step_id.clone();
        let abort = self.work.spawn(async move {
            tokio::time::sleep(left).await;
            Done { step_id: id, outcome: Err(Failure::lasting("HUMAN_TASK_FAILED", "nobody answered in time")) }
        });
        self.flags.insert(step_id, Brake { flag: CancelFlag::default(), abort });
    }

    /// Takes up the work that a restart broke off. A script has no effects and runs again. A tool call may have had one: it is
    /// repeated only where the author allowed retries, and fails otherwise. People are still waited for.
    pub(super) fn take_up(&mut self) {
        if self.status.is_terminal() {
            return;
        }
        let waiting = self.tasks.values().cloned().collect::<Vec<_>>();
        let graph = Arc::clone(&self.graph);
        for step in &graph.steps {
            if self.states.get(&step.id) != Some(&agentruntime_graph::plan::StepState::Running)
                || waiting.contains(&step.id)
            {
                continue;
            }
            let lost = matches!(step.kind, StepKind::McpCall { .. }) && step.retry_count == 0;
            if lost && self.status != Status::Stopped {
                let text = "the sandbox was stopped while the tool was being called; whether the call had its effect is unknown";
                self.fail(&step.id, Failure::lasting("RUN_STALLED_OR_TIMED_OUT", text));
                return;
            }
            self.to_start.push(step.id.clone());
        }
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
