//! The word that ends a program.

/// Waits for the word to end: SIGINT (Ctrl+C); SIGTERM on Unix; Ctrl+Break, the closing of the console, the end of the session and
/// the shutdown on Windows. A word that cannot be listened to never comes.
///
/// Windows waits for an end after Ctrl+C and Ctrl+Break as long as it takes. After the others it does not: as long as nothing
/// returns from the handler, which tokio's never does, a process has about 5 s after the closing of its console (the system's
/// `HungAppTimeout`), and a service 20 s at a shutdown (`WaitToKillServiceTimeout`); then it is ended as if it were killed. What
/// has to outlive that is written before anybody is told that it is done, so that a drain which is cut off costs the calls under
/// way alone. A program that has loaded `user32.dll`, as one with windows has, is told of the session's end by a message to a
/// window, and not here. A word that comes after this returned is the system's again: there a second Ctrl+C ends the program at
/// once.
pub async fn asked_to_end() {
    #[cfg(unix)]
    tokio::select! {
        () = heard("SIGTERM", unix::terminated()) => {}
        () = heard("SIGINT", tokio::signal::ctrl_c()) => {}
    }
    #[cfg(windows)]
    tokio::select! {
        () = heard("Ctrl+C", tokio::signal::ctrl_c()) => {}
        () = heard("Ctrl+Break", windows::broken()) => {}
        () = heard("the console's closing", windows::closed()) => {}
        () = heard("the session's end", windows::logged_off()) => {}
        () = heard("the shutdown", windows::shut_down()) => {}
    }
}

/// Waits for one word; for ever, where it cannot be heard.
async fn heard(word: &str, said: impl Future<Output = std::io::Result<()>>) {
    if let Err(error) = said.await {
        tracing::warn!(%error, "{word} cannot be heard; the program does not end by it in order");
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
mod unix {
    use tokio::signal::unix::{SignalKind, signal};

    pub(super) async fn terminated() -> std::io::Result<()> {
        signal(SignalKind::terminate())?.recv().await;
        Ok(())
    }
}

#[cfg(windows)]
mod windows {
    use tokio::signal::windows::{ctrl_break, ctrl_close, ctrl_logoff, ctrl_shutdown};

    pub(super) async fn broken() -> std::io::Result<()> {
        ctrl_break()?.recv().await;
        Ok(())
    }

    pub(super) async fn closed() -> std::io::Result<()> {
        ctrl_close()?.recv().await;
        Ok(())
    }

    pub(super) async fn logged_off() -> std::io::Result<()> {
        ctrl_logoff()?.recv().await;
        Ok(())
    }

    pub(super) async fn shut_down() -> std::io::Result<()> {
        ctrl_shutdown()?.recv().await;
        Ok(())
    }
}
