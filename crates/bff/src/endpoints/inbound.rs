//! Inbound webhooks (BFF API, "Everything else").

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use sha2::Sha256;

use super::{object, page};
use crate::{Endpoint, Error, Request, Route};

page!(
    /// `GET /v1/inbound-webhooks`
    List => Value, Route::get("/v1/inbound-webhooks")
);

/// `POST /v1/inbound-webhooks`: the reply carries the signing secret, once.
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
    pub id: String,
}
endpoint!(Delete => Value, Route::delete("/v1/inbound-webhooks/{id}"), [id]);

/// `POST /v1/inbound-webhooks/{subscription_id}`, the public ingress: starts a run with `payload` as its trigger. The body
/// is signed as it is sent.
#[derive(Debug, Clone)]
pub struct Deliver {
    pub subscription_id: String,
    /// What happened.
    pub payload: Value,
    /// What [`Create`] answered, once.
    pub signing_secret: SecretString,
}

impl Endpoint for Deliver {
    const ROUTE: Route = Route::post("/v1/inbound-webhooks/{subscription_id}");
    type Response = Value;

    fn request(&self) -> Result<Request, Error> {
        let body = self.payload.to_string().into_bytes();
        let unfit = |problem: String| Error::InvalidArgument { what: "signing_secret", problem };
        let key = self.signing_secret.expose_secret().as_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|error| unfit(error.to_string()))?;
        mac.update(&body);
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        let signature = HeaderValue::try_from(signature).map_err(|error| unfit(error.to_string()))?;
        let request = Request::new(Self::ROUTE, &[("subscription_id", &self.subscription_id)])?;
        Ok(request.bytes(body).with_header(HeaderName::from_static("x-agentruntime-signature"), signature))
    }
}
