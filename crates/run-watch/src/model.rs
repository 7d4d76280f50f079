//! Runs, tasks and events (BFF API, "Runs, events, tasks"), as far as everybody needs them, read tolerantly: a field may be
//! missing or have its older name.

mod event;
mod fields;
mod run;
mod task;

pub use agentruntime_bff::runs::RunStatus;
pub use event::RunEvent;
pub use run::{Run, RunKey};
pub use task::Task;
