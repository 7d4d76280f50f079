//! Panics: told once, caught where something ends with them.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook},
};

use futures_util::FutureExt as _;

/// Something broke off with a panic; the log has the place. What it panicked with is not kept: its text may hold anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it broke off with a fault of ours; the log has the place")]
pub struct Panicked;

/// Has panics told in the log instead of on stderr: the thread and the place, and the message where it is a part of the
/// program. One that was put together at run time may hold a secret, and is left out.
pub fn log_panics() {
    set_hook(Box::new(tell));
}

fn tell(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let message = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("(its message is not kept)");
    let thread = std::thread::current();
    tracing::error!(place, thread = thread.name().unwrap_or_default(), "a fault of ours: {message}");
}

/// What a future comes to, unless it panics. All that it held is dropped by then.
///
/// # Errors
/// [`Panicked`].
pub async fn caught<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    // Whoever asks is told that it broke off, and uses nothing of what it held.
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| Panicked)
}

/// The same for a function.
///
/// # Errors
/// [`Panicked`].
pub fn caught_now<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Panicked)
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use super::{Panicked, caught, caught_now, log_panics};

    /// What was logged.
    #[derive(Clone, Default)]
    pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

    impl Log {
        pub(crate) fn subscriber(&self) -> impl tracing::Subscriber + Send + Sync + 'static {
            let writer = self.clone();
            tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish()
        }

        pub(crate) fn said(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_panic_is_caught_and_told_without_what_it_holds() {
        let log = Log::default();
        let _logging = tracing::subscriber::set_default(log.subscriber());
        log_panics();
        let token = format!("pat_{}", "secret");
        assert_eq!(caught(async { panic!("the token {token} is wrong") }).await, Err::<(), _>(Panicked));
        assert_eq!(caught_now(|| panic!("of the program")), Err::<(), _>(Panicked));
        assert_eq!(caught(async { 5 }).await, Ok(5));
        assert_eq!(caught_now(|| 5), Ok(5));
        let _ = std::panic::take_hook();
        let said = log.said();
        assert_eq!(said.matches("a fault of ours").count(), 2, "{said}");
        assert_eq!(said.matches("panics.rs").count(), 2, "the places: {said}");
        assert!(said.contains("of the program") && !said.contains("secret"), "{said}");
    }
}
