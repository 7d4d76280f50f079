//! The BFF's REST and WebSocket API as typed endpoints, and one client that keeps its promises about them: time and size
//! limits, careful retries, cancellation, and a token that travels only where it is safe.
//!
//! Written from the platform's public documentation; a path that is documented nowhere is marked **assumed** where it stands.
//! Not here: who holds the token, which tool may call what, and how replies are shown.

mod client;
mod config;
mod endpoints;
mod error;
mod exchange;
mod pat;
mod refusal;
mod request;
mod route;
pub mod stream;

pub use client::{Client, Endpoint, Reply};
pub use config::Config;
pub use endpoints::*;
pub use error::Error;
pub use pat::Pat;
pub use request::Request;
pub use route::{Method, Route};
pub use stream::{Heard, LiveStream, StreamBounds, StreamEnd, StreamReading};
