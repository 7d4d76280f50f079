//! Personal access tokens (BFF API, "Everything else").

use serde_json::Value;

use super::object;
use crate::Route;

/// `GET /v1/pats`: rows without token text.
#[derive(Debug, Clone, Default)]
pub struct List;
endpoint!(List => Value, Route::get("/v1/pats"), []);

/// `POST /v1/pats`: the answer carries the token, once.
#[derive(Debug, Clone)]
pub struct Create {
    /// Its name for people.
    pub display_name: String,
    /// What it may do.
    pub scopes: Vec<String>,
}
endpoint!(Create => Value, Route::post("/v1/pats"), [], body |create| object([
    ("display_name", Some(create.display_name.as_str().into())),
    ("scopes", Some(create.scopes.as_slice().into())),
]));

/// `GET /v1/pats/{id}/reveal`
#[derive(Debug, Clone)]
pub struct Reveal {
    /// The token's id.
    pub id: String,
}
endpoint!(Reveal => Value, Route::get("/v1/pats/{id}/reveal"), [id]);

/// `DELETE /v1/pats/{id}`: revokes it.
#[derive(Debug, Clone)]
pub struct Delete {
    /// The token's id.
    pub id: String,
}
endpoint!(Delete => Value, Route::delete("/v1/pats/{id}"), [id]);
