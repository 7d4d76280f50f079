//! The one gate every call goes through.
//!
//! Group on? → risk? → the token's scopes → arguments → the effective request → the person's word, where the tool declares that
//! it needs it (both in [`Call::send`]) → send → fit → audit.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use agentruntime_lifecycle::caught;
use rmcp::model::{CallToolResult, ContentBlock, JsonObject};

use super::{Caller, Platform};
use crate::{
    audit::Begun,
    call::{Call, WAITING},
    catalogue,
    error::ToolError,
    result::Fitted,
    tool::{Tool, ToolEntry},
};

/// How often a client that asked for progress hears of a call that takes long.
const PROGRESS_EVERY: Duration = Duration::from_secs(2);

impl Platform {
    /// Carries out one call, through the gate, and records it. `None`: there is no tool of that name.
    pub async fn call(&self, name: &str, arguments: JsonObject, caller: Caller) -> Option<CallToolResult> {
        Some(self.call_entry(catalogue::find(name)?, arguments, caller).await)
    }

    /// Carries out one call of a tool of ours, for what the server offers besides tools.
    pub(crate) async fn call_tool<T: Tool>(&self, arguments: JsonObject, caller: Caller) -> CallToolResult {
        self.call_entry(const { &ToolEntry::of::<T>() }, arguments, caller).await
    }

    async fn call_entry(&self, entry: &'static ToolEntry, arguments: JsonObject, caller: Caller) -> CallToolResult {
        let begun = Begun::now(&arguments);
        // A fault of ours costs this call. What it held, a request under way included, is dropped by then.
        let outcome = caught(self.run(entry, arguments, &caller))
            .await
            .unwrap_or(Err(ToolError::Fault { tool: entry.spec.name }));
        let code = outcome.as_ref().map_or_else(ToolError::code, |_| "ok");
        let record = begun.ended(&entry.spec, caller.client, code);
        tracing::info!(
            target: "audit",
            tool = record.tool,
            client = record.client,
            arguments = record.arguments.join(","),
            code,
            ms = record.duration_ms,
            "tool call"
        );
        // Headless, nobody but the log line listens.
        let _unheard = self.audit.send(record);
        match outcome {
            Ok(fitted) => success(fitted),
            Err(error) => CallToolResult::error(vec![ContentBlock::text(error.to_json().to_string())]),
        }
    }

    async fn run(
        &self,
        entry: &'static ToolEntry,
        arguments: JsonObject,
        caller: &Caller,
    ) -> Result<Fitted, ToolError> {
        let spec = &entry.spec;
        let switches = self.switchboard.switches();
        if !switches.is_on(spec.group) {
            return Err(ToolError::GroupOff { tool: spec.name, group: spec.group });
        }
        if !switches.admit(spec) {
            return Err(ToolError::RiskOff { what: format!("`{}`", spec.name) });
        }
        // Held until this returns, whatever way the call ends: by then its request is answered, or aborted with it.
        let upstream = self.upstream_for(caller);
        let scopes = upstream.token.scopes.as_ref();
        ToolError::unless_missing(spec, scopes.map(|scopes| scopes.missing(spec)).unwrap_or_default())?;
        let call = Call {
            spec,
            switches,
            upstream,
            cancel: caller.cancel.child_token(),
            progress: caller.progress.clone(),
            client: caller.client.clone(),
            consents: self.consents.clone(),
            effects: self.effects.clone(),
            failures: self.failures.clone(),
            doing: Mutex::new(WAITING.into()),
        };
        // Whatever way the call ends, a request of its still under way is aborted with it.
        let _abort = call.cancel.clone().drop_guard();
        let result = tokio::select! {
            biased;
            () = caller.cancel.cancelled() => Err(ToolError::Cancelled),
            done = tokio::time::timeout(spec.limit, (entry.run)(&call, arguments)) => {
                done.unwrap_or(Err(ToolError::TimedOut { seconds: spec.limit.as_secs() }))
            }
            never = keep_informed(&call) => match never {},
        };
        Ok(result.map_err(|error| error.about(spec))?.fit())
    }
}

/// Reports that the call is still under way, as long as it is polled.
async fn keep_informed(call: &Call) -> std::convert::Infallible {
    if call.progress.is_none() {
        return std::future::pending().await;
    }
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(PROGRESS_EVERY);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let seconds = begun.elapsed().as_secs_f64();
        call.report(seconds, Some(call.spec.limit.as_secs_f64()), &call.doing()).await;
    }
}

fn success(fitted: Fitted) -> CallToolResult {
    let mut content = vec![ContentBlock::text(fitted.json)];
    content.extend(fitted.note.map(ContentBlock::text));
    CallToolResult::success(content)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use std::{sync::Arc, time::Duration};

    use agentruntime_bff::{Client, Config, Endpoint as _, tasks};
    use rmcp::model::CallToolResult;
    use serde_json::{Map, Value};
    use tokio::time::timeout;

    use crate::{
        call::Upstream,
        catalogue,
        consent::Consents,
        platform::{Caller, Credentials, Platform},
        policy::{Group, Routes, Switches, ToolSpec},
        tool::ToolEntry,
    };

    /// A platform whose BFF is away.
    fn platform(pat: Option<&str>) -> Platform {
        let client = Client::new(Config::new("http://127.0.0.1:1".parse().unwrap())).unwrap();
        let upstream = Upstream::new(client, pat.map(|pat| pat.parse().unwrap()));
        Platform::new(Switches::new(Group::ALL, false), Credentials::Held, upstream)
    }

    fn leak(entry: ToolEntry) -> &'static ToolEntry {
        Box::leak(Box::new(entry))
    }

    fn text(result: &CallToolResult) -> String {
        assert_eq!(result.is_error, Some(true));
        result.content.first().and_then(|block| block.as_text()).unwrap().text.clone()
    }

    fn code(result: &CallToolResult) -> String {
        let said: Value = serde_json::from_str(&text(result)).unwrap();
        said["error"]["code"].as_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_tool_that_breaks_off_is_answered_and_audited_and_lets_its_token_go() {
        let platform = platform(None);
        let mut audited = platform.records();
        let broken = leak(ToolEntry {
            run: |_, _| Box::pin(async { panic!("a fault of ours") }),
            ..*catalogue::find("workflows_list").unwrap()
        });
        let result = platform.call_entry(broken, Map::new(), Caller::default()).await;
        assert_eq!(code(&result), "internal");
        assert!(!text(&result).contains("a fault of ours"), "what it panicked with stays inside");
        assert_eq!(audited.try_recv().unwrap().code, "internal");
        // Nothing of the call is left.
        platform.wait_for_calls().await;
        let fine = platform.call("workflows_list", Map::new(), Caller::default()).await.unwrap();
        assert_eq!(code(&fine), "no_token", "which is another story");
    }

    /// A tool that answers a task, and asks nobody by itself.
    fn answering(needs_consent: bool) -> &'static ToolEntry {
        let of = catalogue::find("workflows_list").unwrap();
        let spec = ToolSpec { routes: Routes::These(&[tasks::Complete::ROUTE]), needs_consent, ..of.spec };
        leak(ToolEntry {
            spec,
            run: |cx, _| {
                Box::pin(async {
                    let (workflow_id, run_id, task_id) = ("wf".to_owned(), "run".to_owned(), "task".to_owned());
                    cx.ask(&tasks::Complete { workflow_id, run_id, task_id, approved: true, result: None }).await
                })
            },
            ..*of
        })
    }

    #[tokio::test]
    async fn the_gate_asks_the_person_where_the_tool_declares_it_and_only_there() {
        let consents = Arc::new(Consents::new(true));
        let platform = platform(Some("pat_x")).asking(consents.clone());
        let mut audited = platform.records();
        let mut asked = consents.changes();
        let decide = async {
            timeout(Duration::from_secs(10), asked.changed()).await.expect("the person is asked").unwrap();
            let open = consents.open_questions().pop().unwrap();
            assert!(open.question.is_about("wf", "run", "task") && open.question.approve);
            assert!(consents.answer(open.id, false));
        };
        let (result, ()) = tokio::join!(platform.call_entry(answering(true), Map::new(), Caller::default()), decide);
        assert_eq!(code(&result), "declined");
        assert_eq!(audited.try_recv().unwrap().code, "declined");

        asked.mark_unchanged();
        let result = platform.call_entry(answering(false), Map::new(), Caller::default()).await;
        assert_eq!(code(&result), "unreachable");
        assert!(!asked.has_changed().unwrap(), "nobody is asked");
    }

    #[tokio::test]
    async fn what_cannot_be_put_before_the_person_is_not_sent_for_them() {
        let of = catalogue::find("workflows_list").unwrap();
        let list = leak(ToolEntry { spec: ToolSpec { needs_consent: true, ..of.spec }, ..*of });
        let nobody_to_ask = platform(Some("pat_x"));
        let somebody = platform(Some("pat_x")).asking(Arc::new(Consents::new(true)));
        for platform in [nobody_to_ask, somebody] {
            let result = platform.call_entry(list, Map::new(), Caller::default()).await;
            assert_eq!(code(&result), "undeclared_request");
        }
    }

    #[tokio::test]
    async fn nobody_is_asked_about_what_could_not_be_sent() {
        let consents = Arc::new(Consents::new(true));
        let platform = platform(None).asking(consents.clone());
        let asked = consents.changes();
        let result = platform.call_entry(answering(true), Map::new(), Caller::default()).await;
        assert_eq!(code(&result), "no_token");
        assert!(!asked.has_changed().unwrap());
    }
}
