//! The BFF's endpoints, a module a group of routes.

/// Implements [`crate::Endpoint`] for a request type: its route, its response, its path segments, and what else it sends:
/// a `body` is JSON; a `secret` is JSON too, written straight from what holds the secret.
macro_rules! endpoint {
    (
        $request:ident => $response:ty,
        $route:expr,
        [$($segment:ident),*]
        $(, query [$($key:ident),*])?
        $(, body $body:expr)?
        $(, secret |$this:ident| $secret:expr)?
    ) => {
        impl $crate::Endpoint for $request {
            const ROUTE: $crate::Route = $route;
            type Response = $response;

            fn request(&self) -> Result<$crate::Request, $crate::Error> {
                let request = $crate::Request::new(Self::ROUTE, &[$((stringify!($segment), self.$segment.as_str())),*])?;
                $($(let request = request.query(stringify!($key), self.$key.as_ref());)*)?
                $(let request = { let body: fn(&Self) -> serde_json::Value = $body; request.json(&body(self)) };)?
                $(let request = { let $this = self; request.json_of(&$secret)? };)?
                Ok(request)
            }
        }
    };
}

/// Reads a row one of whose fields has an older name. Where a BFF sends both, the new one counts and the old one is kept
/// as any field that is not known (serde's own `alias` refuses such a row).
macro_rules! renamed {
    ($row:ident, $old:literal => $new:literal) => {
        impl<'de> serde::Deserialize<'de> for $row {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut row = $crate::Extra::deserialize(deserializer)?;
                if !row.contains_key($new) {
                    if let Some(value) = row.remove($old) {
                        row.insert($new.to_owned(), value);
                    }
                }
                // The inherent function, which `remote = "Self"` makes.
                Self::deserialize(row).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub mod analytics;
pub mod chat;
pub mod files;
pub mod inbound;
pub mod llm_keys;
pub mod memory;
pub mod pats;
pub mod runs;
pub mod tasks;
pub mod vault;
pub mod workflows;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Fields of a reply that this client does not know: kept, never refused.
pub type Extra = Map<String, Value>;

/// A field whose `null` says no more than its absence: an empty list is `null` in many a server.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(field: D) -> Result<T, D::Error> {
    Option::deserialize(field).map(Option::unwrap_or_default)
}

/// A JSON object of the fields that are there.
fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

/// A page of a list; the BFF's own default is 20 rows, its most 100.
macro_rules! page {
    ($(#[$about:meta])* $name:ident => $response:ty, $route:expr) => {
        $(#[$about])*
        #[derive(Debug, Clone, Default)]
        pub struct $name {
            /// The most rows, up to 100.
            pub limit: Option<u32>,
            pub offset: Option<u32>,
        }
        endpoint!($name => $response, $route, [], query [limit, offset]);
    };
}
use page;
