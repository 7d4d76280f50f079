//! Inbound webhooks (BFF API, "Everything else").

use serde_json::Value;

use super::{object, page};
use crate::Route;

page!(
    /// `GET /v1/inbound-webhooks`
    List => Value, Route::get("/v1/inbound-webhooks")
);

/// `POST /v1/inbound-webhooks`: the answer carries the signing secret, once.
#[derive(Debug, Clone)]
pub struct Create {
    /// The workflow it starts.
    pub workflow_id: String,
    /// Its name for people.
    pub name: String,
    /// The token that starts runs, by id.
    pub automation_pat_id: Option<String>,
    /// What the platform keeps with it.
    pub extras: Option<Value>,
}
endpoint!(Create => Value, Route::post("/v1/inbound-webhooks"), [], body |create| object([
    ("workflow_id", Some(create.workflow_id.as_str().into())),
    ("name", Some(create.name.as_str().into())),
    ("automation_pat_id", create.automation_pat_id.clone().map(Value::from)),
    ("extras", create.extras.clone()),
]));

/// `DELETE /v1/inbound-webhooks/{id}`
#[derive(Debug, Clone)]
pub struct Delete {
    /// The subscription.
    pub id: String,
}
endpoint!(Delete => Value, Route::delete("/v1/inbound-webhooks/{id}"), [id]);
