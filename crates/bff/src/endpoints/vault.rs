//! The vault (BFF API, "Everything else"). Every path but the list is **assumed**.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::Value;

use super::page;
use crate::Route;

page!(
    /// `GET /v1/vault/secrets`: names and metadata, no values.
    ListSecrets => Value, Route::get("/v1/vault/secrets")
);

/// `GET /v1/vault/secrets/{path}` (**assumed**); the path is one escaped segment.
#[derive(Debug, Clone)]
pub struct ReadSecret {
    pub path: String,
}
endpoint!(ReadSecret => Value, Route::get("/v1/vault/secrets/{path}"), [path]);

/// `PUT /v1/vault/secrets/{path}` (**assumed**)
#[derive(Debug, Clone)]
pub struct WriteSecret {
    pub path: String,
    pub value: SecretString,
}
endpoint!(WriteSecret => Value, Route::put("/v1/vault/secrets/{path}"), [path], secret |write| NewValue {
    value: write.value.expose_secret(),
});

#[derive(Serialize)]
struct NewValue<'a> {
    value: &'a str,
}

/// `DELETE /v1/vault/secrets/{path}` (**assumed**)
#[derive(Debug, Clone)]
pub struct DeleteSecret {
    pub path: String,
}
endpoint!(DeleteSecret => Value, Route::delete("/v1/vault/secrets/{path}"), [path]);
