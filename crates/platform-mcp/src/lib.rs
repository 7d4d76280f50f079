//! Platform MCP: AgentRuntime's workflows, runs and approvals as MCP tools on one local endpoint.
//!
//! One way, each knowing only what stands before it: [`policy`] ← [`error`] ← [`call`] ← [`tool`] ← [`tools`] ← [`catalogue`].
//!
//! - [`policy`] is what is declared of a tool; [`tool`] is the trait that carries it, [`tools`] holds them by group, and
//!   [`catalogue`] lists them all.
//! - [`platform`]: the shared state and the gate each call goes through; [`call`] is what a tool may use.
//! - [`switchboard`]: groups and risk, turned while clients are connected.
//! - [`passthrough`]: the confines of `catalog_bff_request`.
//! - [`audit`] is what is told of each call, [`activity`] keeps it, [`clients`] are who is connected.
//! - [`consent`] asks the person before an agent answers in their name, [`effect`] is what calls have done to runs.
//! - [`result`]: what a tool gives back, and how it is kept small.
//! - [`subscriptions`]: runs that clients want to hear of.
//! - [`offers`]: prompts, resources, completion, instructions.
//! - [`handler`] speaks MCP, [`door`] is the HTTP before it.
//!
//! Not here: tokens and workspaces (the server is handed an [`call::Upstream`]) and the sandbox: both are known to the
//! shell and to the headless program, which are crates of their own.

pub mod activity;
pub mod audit;
mod bearer;
pub mod call;
pub mod catalogue;
pub mod clients;
pub mod consent;
pub mod door;
pub mod effect;
pub mod error;
pub mod handler;
pub mod offers;
pub mod passthrough;
pub mod platform;
pub mod policy;
pub mod result;
pub mod subscriptions;
pub mod switchboard;
pub mod tool;
pub mod tools;
