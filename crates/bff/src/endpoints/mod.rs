//! The BFF's endpoints, a module a group of routes.

/// Implements [`crate::Endpoint`] for a request type: its route, its response, its path segments, and what else it sends.
macro_rules! endpoint {
    (
        $request:ident => $response:ty,
        $route:expr,
        [$($segment:ident),*]
        $(, query [$($key:ident),*])?
        $(, body $body:expr)?
    ) => {
        impl $crate::Endpoint for $request {
            const ROUTE: $crate::Route = $route;
            type Response = $response;

            fn request(&self) -> Result<$crate::Request, $crate::Error> {
                let request = $crate::Request::new(Self::ROUTE, &[$((stringify!($segment), self.$segment.as_str())),*])?;
                $($(let request = request.query(stringify!($key), self.$key.as_ref());)*)?
                $(let request = { let body: fn(&Self) -> serde_json::Value = $body; request.json(&body(self)) };)?
                Ok(request)
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

use serde_json::{Map, Value};

/// Fields of an answer that this client does not know: kept, never refused.
pub type Extra = Map<String, Value>;

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
            /// Rows to pass over.
            pub offset: Option<u32>,
        }
        endpoint!($name => $response, $route, [], query [limit, offset]);
    };
}
use page;
