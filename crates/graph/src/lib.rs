//! The workflow graph language of the sandbox, pure: no storage, no network, no clock but a script's time limit.
//!
//! Written from the contract (BFF API: "Graph and steps"), on purpose without a type of the client. What the contract
//! leaves open is decided and marked **assumed** in the module that decides it.
//!
//! From a start to a finished run, a caller uses it like this:
//! 1. [`Graph::parse`] reads the published graph; [`check::check`] is the dry run over a draft.
//! 2. [`plan::start_input`] makes the run's input of a start's params; [`plan::Plan::new`] decides what is in scope.
//! 3. [`plan::Plan::next`] tells, for the states so far, which steps start now and which are skipped and why.
//! 4. For each step to start: [`condition::holds`], then [`Step::resolve_input`], and [`lua::run`] for a script. All
//!    three look through a [`Scope`] at the run's context, narrowed by [`Scope::among`] to the step's ancestors.
//!
//! Everything here takes hostile input: graphs, templates, conditions and scripts come from anyone with a token. No
//! input may panic, hang, or take memory out of proportion. [`template::resolve_text`] and [`check::check`] are the
//! doors for a fuzzer: both take any text or JSON, and both only return.

pub mod check;
pub mod codes;
pub mod condition;
mod error;
pub mod lua;
pub mod model;
pub mod plan;
mod scope;
pub mod template;

pub use error::{GraphError, Result};
pub use model::{Graph, McpBinding, Step, StepKind};
pub use scope::{Scope, Side};
