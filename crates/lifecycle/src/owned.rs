//! Tasks and threads that end with whoever holds them.

use std::{future::Future, io, thread};

use tokio_util::task::AbortOnDropHandle;

/// Begins a task that its holder owns: it is aborted when the handle is dropped, and whoever awaits it hears of its panic.
#[must_use = "the task ends with the handle"]
#[expect(clippy::disallowed_methods, reason = "the handle is its owner")]
pub fn owned<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> AbortOnDropHandle<T> {
    AbortOnDropHandle::new(tokio::spawn(work))
}

/// Begins a thread of this name for one piece of blocking work that may outlast whoever wants it: a call of the system without an
/// end, which no runtime's end may wait for. It has to say what came of it to whoever waits, and hears from a channel that was
/// dropped that it panicked.
///
/// # Errors
/// The system's, when no thread can be had.
#[expect(clippy::disallowed_methods, reason = "whoever waits for its word is its owner")]
pub fn detached(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}
