//! What a task came to.

use std::{fmt::Display, future::Future};

use crate::panics::caught;

/// What somebody's word broke off.
pub(crate) const INTERRUPTED: &str = "it was interrupted";

/// What a task may return: nothing, or whether it failed.
pub trait Outcome: Send {
    /// Why it failed, if it did, for people.
    ///
    /// # Errors
    /// The problem.
    fn result(self) -> Result<(), String>;
}

impl Outcome for () {
    fn result(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: Display + Send> Outcome for Result<(), E> {
    fn result(self) -> Result<(), String> {
        self.map_err(|error| error.to_string())
    }
}

/// Makes a task and runs it; a panic of either is a problem like others.
pub(crate) async fn outcome<F: Future<Output: Outcome>>(make: impl FnOnce() -> F) -> Result<(), String> {
    match caught(async { make().await }).await {
        Ok(ended) => ended.result(),
        Err(panicked) => Err(panicked.to_string()),
    }
}
