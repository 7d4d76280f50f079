//! Human tasks (BFF API, "Runs, events, tasks").

use serde::Deserialize;
use serde_json::Value;

use super::{Extra, object, or_default, page};
use crate::{Endpoint as _, Request, Route};

/// A task that waits for a person.
#[derive(Debug, Clone, Deserialize)]
#[serde(remote = "Self")]
pub struct Task {
    pub task_id: String,
    pub run_id: Option<String>,
    pub workflow_id: Option<String>,
    /// Title, description and fields.
    #[serde(default)]
    pub task_payload: Value,
    #[serde(flatten)]
    pub extra: Extra,
}

renamed!(Task, "id" => "task_id");

/// Tasks that wait.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Tasks {
    #[serde(default, deserialize_with = "or_default")]
    pub tasks: Vec<Task>,
}

page!(
    /// `GET /v1/tasks/pending`: the inbox of the whole tenant.
    ListPending => Tasks, Route::get("/v1/tasks/pending")
);

/// `GET /v1/workflows/{id}/runs/{run_id}/tasks/pending`
#[derive(Debug, Clone)]
pub struct ListPendingRun {
    pub workflow_id: String,
    pub run_id: String,
}
endpoint!(ListPendingRun => Tasks, Route::get("/v1/workflows/{id}/runs/{run_id}/tasks/pending"), [workflow_id, run_id]);

/// `POST …/tasks/{task_id}/complete`: 409 when it was completed already.
#[derive(Debug, Clone)]
pub struct Complete {
    pub workflow_id: String,
    pub run_id: String,
    pub task_id: String,
    pub approved: bool,
    /// Merged into the step's result.
    pub result: Option<Value>,
}
endpoint!(
    Complete => Value,
    Route::post("/v1/workflows/{id}/runs/{run_id}/tasks/{task_id}/complete"),
    [workflow_id, run_id, task_id],
    body |complete| object([("approved", Some(complete.approved.into())), ("result", complete.result.clone())])
);

/// The body of [`Complete`], read strictly: what is not known of it could not be shown to anybody.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    approved: bool,
    result: Option<Value>,
}

impl Complete {
    /// Reads back what a request will answer, from the very bytes that are sent; `None` for a request that answers no task.
    #[must_use]
    pub fn read(request: &Request) -> Option<Self> {
        let ids = Self::ROUTE.segments(request.method(), request.path())?;
        let [workflow_id, run_id, task_id] = ids.try_into().ok()?;
        let Answer { approved, result } = serde_json::from_slice(request.body()?).ok()?;
        Some(Self { workflow_id, run_id, task_id, approved, result })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::json;

    use super::{Complete, ListPending};
    use crate::{Endpoint as _, Method, Request};

    proptest! {
        #[test]
        fn an_answer_is_read_back_as_it_was_asked(ids in ["\\PC{1,12}", "[a-z/%.?#]{3,12}", "[ü ]{1,4}"], approved: bool, is_given: bool) {
            prop_assume!(ids.iter().all(|id| !matches!(id.as_str(), "." | "..")));
            let [workflow_id, run_id, task_id] = ids;
            let result = is_given.then(|| json!({ "comment": workflow_id, "sum": 12 }));
            let asked = Complete { workflow_id, run_id, task_id, approved, result };
            let read = Complete::read(&asked.request().unwrap()).unwrap();
            prop_assert_eq!(format!("{read:?}"), format!("{asked:?}"));
        }
    }

    #[test]
    fn what_answers_no_task_is_not_read_as_an_answer() {
        let path = "/v1/workflows/w/runs/r/tasks/t/complete";
        let raw = |method, path, body| Complete::read(&Request::raw(method, path, vec![], body).unwrap());
        assert!(raw(Method::Post, path, Some(json!({ "approved": true }))).is_some());
        assert!(raw(Method::Put, path, Some(json!({ "approved": true }))).is_none());
        assert!(raw(Method::Post, "/v1/workflows/w/runs/r/tasks/t", Some(json!({ "approved": true }))).is_none());
        for body in [None, Some(json!({})), Some(json!({ "approved": true, "in_secret": 1 }))] {
            assert!(raw(Method::Post, path, body.clone()).is_none(), "{body:?}");
        }
        assert!(Complete::read(&ListPending::default().request().unwrap()).is_none());
    }
}
