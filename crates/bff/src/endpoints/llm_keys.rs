//! Keys of LLM providers (BFF API, "Everything else"). Every path but the catalog is **assumed**.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::Value;

use crate::Route;

/// `GET /v1/llm-provider-keys/catalog`: providers and models.
#[derive(Debug, Clone, Default)]
pub struct Catalog;
endpoint!(Catalog => Value, Route::get("/v1/llm-provider-keys/catalog"), []);

/// `GET /v1/llm-provider-keys` (**assumed**): rows without key text.
#[derive(Debug, Clone, Default)]
pub struct List;
endpoint!(List => Value, Route::get("/v1/llm-provider-keys"), []);

/// `POST /v1/llm-provider-keys` (**assumed**)
#[derive(Debug, Clone)]
pub struct Create {
    /// The provider, as the catalog names it.
    pub provider: String,
    /// The key's name for people.
    pub display_name: String,
    pub api_key: SecretString,
}
endpoint!(Create => Value, Route::post("/v1/llm-provider-keys"), [], secret |create| Fields {
    provider: Some(&create.provider),
    display_name: Some(&create.display_name),
    api_key: Some(create.api_key.expose_secret()),
});

/// `PATCH /v1/llm-provider-keys/{id}` (**assumed**)
#[derive(Debug, Clone)]
pub struct Update {
    pub id: String,
    pub display_name: Option<String>,
    pub api_key: Option<SecretString>,
}
endpoint!(Update => Value, Route::patch("/v1/llm-provider-keys/{id}"), [id], secret |update| Fields {
    provider: None,
    display_name: update.display_name.as_deref(),
    api_key: update.api_key.as_ref().map(|key| key.expose_secret()),
});

/// What is sent of a key.
#[derive(Serialize)]
struct Fields<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<&'a str>,
}

/// `DELETE /v1/llm-provider-keys/{id}` (**assumed**)
#[derive(Debug, Clone)]
pub struct Delete {
    pub id: String,
}
endpoint!(Delete => Value, Route::delete("/v1/llm-provider-keys/{id}"), [id]);

/// `GET /v1/llm-provider-keys/{id}/reveal` (**assumed**)
#[derive(Debug, Clone)]
pub struct Reveal {
    pub id: String,
}
endpoint!(Reveal => Value, Route::get("/v1/llm-provider-keys/{id}/reveal"), [id]);
