//! An embedded BFF on one SQLite file that really runs workflows: what stands in for the platform where there is no account.
//!
//! Written from the contract (BFF API) alone and, on purpose, without a type of the client: the two can disagree, and a test
//! can notice. The workflow language is a crate of its own (`agentruntime-graph`); here are its storage, its clock and its
//! network: the routes, the guard before them, the engine that drives runs, and the first start's examples.
//!
//! Not here: many tenants, many users, LLM calls and loops. What the sandbox cannot do it refuses with a text that says so.

mod app;
mod auth;
mod clock;
mod db;
mod demo_mcp;
mod engine;
mod error;
mod mcp_client;
mod opening;
mod routes;
mod sandbox;
mod scripts;
mod sealer;
mod seed;

pub use auth::{Role, Rule, Scope, rules};
pub use error::{Error, Result};
pub use opening::SetAside;
pub use sandbox::{Sandbox, SandboxOptions};
pub use scripts::{WORKER_ARGUMENT, own_program, script_worker};
