//! What follows from what has happened: which steps start, which are skipped, and how a run ends.

use agentruntime_graph::{
    Scope, StepKind, condition,
    plan::{SkipCause, StepState},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{
    batch::Change,
    driver::Driver,
    outcome::{Done, Failure, retry_pause},
    status::Status,
};
use crate::clock::{new_id, written};

impl Driver {
    /// Goes as far as the run can go without waiting.
    pub(super) fn advance(&mut self) {
        while self.status == Status::Running {
            let states = |id: &str| self.states.get(id).copied().unwrap_or(StepState::Pending);
            let next = self.plan.next(states);
            if next.start.is_empty() && next.skip.is_empty() {
                break;
            }
            let skip = next.skip.iter().map(|(id, cause)| ((*id).to_owned(), *cause)).collect::<Vec<_>>();
            let start = next.start.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
            skip.into_iter().for_each(|(id, cause)| self.skip(&id, cause));
            start.into_iter().for_each(|id| self.consider(&id));
        }
        let under_way = self.states.values().any(|state| *state == StepState::Running);
        match self.status {
            Status::Running if !under_way => self.end(Status::Completed, None, None),
            Status::Draining if !under_way => {
                self.end(Status::Stopped, Some(("RUN_STOPPED", "the run was stopped".to_owned())), None);
            }
            _ => {}
        }
    }

    /// A step whose turn has come: its condition decides, then its input must resolve.
    fn consider(&mut self, id: &str) {
        if self.status != Status::Running {
            return;
        }
        let Some(step) = self.graph.clone().step(id).cloned() else { return };
        let before = self.plan.ancestors(id);
        let scope = Scope::new(&self.input, &self.steps).among(&before);
        let resolved = match condition::holds(step.condition.as_ref(), &scope) {
            Ok(true) => step.resolve_input(&scope).map(Some),
            Ok(false) => Ok(None),
            Err(error) => Err(error),
        };
        match resolved {
            Ok(Some(input)) => self.start(id, input),
            Ok(None) => self.skip(id, SkipCause::ConditionFalse),
            Err(error) => self.fail(id, Failure::lasting("UPSTREAM_ERROR", error.to_string())),
        }
    }

    fn start(&mut self, id: &str, input: Value) {
        let Some(step) = self.graph.clone().step(id).cloned() else { return };
        let attempt = 1;
        self.batch.push(Change::Started { step_id: id.to_owned(), input: input.clone(), attempt });
        self.batch.tell(
            "step_started",
            Some(id),
            json!({ "step_type": step.type_name(), "name": step.name, "attempt": attempt }),
        );
        self.states.insert(id.to_owned(), StepState::Running);
        self.attempts.insert(id.to_owned(), attempt);
        if let StepKind::HumanTask { task_type, .. } = &step.kind {
            let task_id = new_id("task");
            let deadline = step
                .timeout
                .and_then(|limit| SignedDuration::try_from(limit).ok())
                .map(|limit| written(Timestamp::now() + limit));
            self.batch.tell(
                "human_task_created",
                Some(id),
                json!({ "task_id": task_id, "task_type": task_type, "task_payload": input }),
            );
            self.batch.push(Change::TaskOpened {
                task_id: task_id.clone(),
                step_id: id.to_owned(),
                task_type: task_type.clone(),
                payload: input.clone(),
                deadline: deadline.clone(),
            });
            self.wait_for_person(task_id, id.to_owned(), deadline.as_deref());
        } else {
            self.to_start.push(id.to_owned());
        }
        self.steps.insert(id.to_owned(), Value::Object(Map::from_iter([("input".to_owned(), input)])));
    }

    fn skip(&mut self, id: &str, cause: SkipCause) {
        self.batch.push(Change::Skipped { step_id: id.to_owned(), cause });
        let reason = cause.reason().as_str();
        self.batch.tell("step_completed", Some(id), json!({ "skipped": true, "reason": reason, "cause": cause }));
        self.states.insert(id.to_owned(), StepState::Skipped(cause));
    }

    /// What a step's work came to.
    pub(super) fn settle(&mut self, done: Done) {
        let Done { step_id, outcome } = done;
        if self.brakes.remove(&step_id).is_none() {
            return;
        }
        match outcome {
            Ok(result) => self.complete(&step_id, result),
            Err(failure) if failure.transient && self.may_retry(&step_id) => self.retry(&step_id, &failure),
            Err(failure) => self.fail(&step_id, failure),
        }
    }

    pub(super) fn complete(&mut self, id: &str, result: Value) {
        let step_type = self.type_of(id);
        self.batch.tell("step_completed", Some(id), json!({ "step_type": step_type, "result": preview(&result) }));
        self.batch.push(Change::Completed { step_id: id.to_owned(), step_type, result: result.clone() });
        self.states.insert(id.to_owned(), StepState::Completed);
        if let Some(Value::Object(seen)) = self.steps.get_mut(id) {
            seen.insert("result".to_owned(), result);
        }
    }

    fn may_retry(&self, id: &str) -> bool {
        let tried = self.attempts.get(id).copied().unwrap_or(0);
        self.status == Status::Running && self.graph.step(id).is_some_and(|step| tried <= step.retry_count)
    }

    fn retry(&mut self, id: &str, failure: &Failure) {
        let attempt = self.attempts.get(id).copied().unwrap_or(0) + 1;
        let input = self.steps.get(id).and_then(|seen| seen.get("input")).cloned().unwrap_or_default();
        self.attempts.insert(id.to_owned(), attempt);
        let pause = u64::try_from(retry_pause(attempt.saturating_sub(1)).as_millis()).unwrap_or(u64::MAX);
        self.batch.push(Change::Started { step_id: id.to_owned(), input, attempt });
        self.batch.tell(
            "state_changed",
            Some(id),
            // How long the pause is, is **assumed** to be told like this.
            json!({ "to": "retrying", "attempt": attempt, "error": failure.message, "delay_ms": pause }),
        );
        self.to_start.push(id.to_owned());
    }

    /// A step has failed, and with it the run (BFF API: "Fail-fast").
    pub(super) fn fail(&mut self, id: &str, failure: Failure) {
        let step_type = self.type_of(id);
        self.batch.tell(
            "step_failed",
            Some(id),
            json!({ "step_type": step_type, "code": failure.code, "error": failure.message }),
        );
        self.batch.push(Change::Failed { step_id: id.to_owned(), step_type, error: failure.message.clone() });
        self.states.insert(id.to_owned(), StepState::Failed);
        self.end(Status::Failed, Some((failure.code, format!("step \"{id}\": {}", failure.message))), Some(id));
    }

    /// Ends the run: what is under way is cancelled, what has not started is skipped, tasks are withdrawn.
    pub(super) fn end(&mut self, status: Status, failure: Option<(&'static str, String)>, caused_by: Option<&str>) {
        if self.status.is_terminal() {
            return;
        }
        let reason = if status == Status::Stopped { "run_stopped" } else { "run_failed" };
        for id in self.in_state(StepState::Running) {
            self.cancel(&id, reason, caused_by);
        }
        for id in self.in_state(StepState::Pending) {
            self.skip(&id, SkipCause::RunEnded);
        }
        if !self.tasks.is_empty() {
            self.tasks.clear();
            self.batch.push(Change::TasksDropped);
        }
        self.to_start.clear();
        self.turn_to(status);
        let (code, error) = failure.as_ref().map_or((None, None), |(code, error)| (Some(*code), Some(error.as_str())));
        let kind = match status {
            Status::Completed => "run_completed",
            Status::Stopped => "run_cancelled",
            _ => "run_failed",
        };
        let data =
            if status == Status::Completed { json!({}) } else { json!({ "failure_code": code, "error": error }) };
        self.batch.tell(kind, None, data);
        self.batch.push(Change::Status { status, failure });
    }

    /// A graceful stop does not wait for people: a step that only waits for an answer is under way in name alone.
    pub(super) fn drop_waiting(&mut self) {
        let waiting = self.tasks.drain().map(|(_, step_id)| step_id).collect::<Vec<_>>();
        if !waiting.is_empty() {
            self.batch.push(Change::TasksDropped);
        }
        waiting.iter().for_each(|id| self.cancel(id, "run_stopped", None));
    }

    fn cancel(&mut self, id: &str, reason: &str, caused_by: Option<&str>) {
        self.brake(id);
        let mut data = json!({ "reason": reason });
        if let (Some(data), Some(step)) = (data.as_object_mut(), caused_by) {
            data.insert("caused_by_step_id".to_owned(), json!(step));
        }
        self.batch.tell("step_cancelled", Some(id), data);
        self.batch.push(Change::Cancelled { step_id: id.to_owned() });
        self.states.insert(id.to_owned(), StepState::Cancelled);
    }

    fn in_state(&self, state: StepState) -> Vec<String> {
        let stands = |id: &&str| self.states.get(*id).copied().unwrap_or(StepState::Pending) == state;
        self.plan.order().filter(stands).map(str::to_owned).collect()
    }

    fn type_of(&self, id: &str) -> String {
        self.graph.step(id).map_or_else(String::new, |step| step.type_name().to_owned())
    }
}

/// Events stay small; the whole result is in the run's context.
fn preview(result: &Value) -> Value {
    const LIMIT: usize = 2048;
    let text = result.to_string();
    if text.len() <= LIMIT { result.clone() } else { json!({ "truncated": true, "bytes": text.len() }) }
}
