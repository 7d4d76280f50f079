//! What all programs of ours do alike between their start and their end: a panic costs the one call or the one task it
//! happened in, is seen in the log, and leaves the process standing; every task has an owner, and a long one that ended early is
//! started again; a word from outside ends the program in order; what one process may use alone is locked until it ends; what is
//! a person's own is for nobody else to read.
//!
//! The profiles that ship unwind (`Cargo.toml` says why), so a panic can be caught. It is caught where something ends with
//! it: around one tool call, one HTTP request, one transaction, one run's driver, one long task. Nothing is caught around
//! anything smaller: state that was half changed must go with whatever owned it.

mod ending;
pub mod files;
mod locks;
mod outcome;
mod owned;
mod panics;
mod series;
mod supervisor;

pub use ending::asked_to_end;
pub use locks::{Lock, Locks};
pub use outcome::Outcome;
pub use owned::{detached, owned};
pub use panics::{Panicked, caught, caught_now, log_panics};
pub use supervisor::{Failing, Failures, Left, Supervisor};
