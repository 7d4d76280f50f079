//! Follows the runs and pending tasks of one workspace and says what changed, as one stream of typed changes.
//!
//! - [`model`]: runs, tasks and events as they are told, read tolerantly from the BFF's rows.
//! - [`change`]: what can change.
//! - `book`: what is known, and what each reading changes about it. Pure: no clock, no network.
//! - [`pace`]: how often to ask, and how long to wait after a failure.
//! - [`budget`]: the budget that no storm of runs exceeds.
//! - [`streams`]: live streams of the workflows that have active runs, which open again by themselves.
//! - [`watch`]: the one task that asks, listens, and tells.
//! - [`picture`]: one run's events as steps with bars on a time axis.
//!
//! The polled feed is what is true; streams only make it early. Each event is reported once, whichever way it came: by the
//! stream, or by the event log, which is read again for whatever the stream may have missed.
//!
//! Not here: who is told of what (notifications, tray), tokens, and any workspace but the one that is given.

mod book;
pub mod budget;
pub mod change;
mod followed;
pub mod model;
pub mod pace;
pub mod picture;
pub mod streams;
pub mod watch;

pub use change::{Change, Gone, Missed, Timeliness};
pub use model::{Run, RunEvent, RunKey, RunStatus, Task};
pub use watch::{Board, Followed, Inbox, Link, Options, Watch};
