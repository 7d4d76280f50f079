//! The word that ends a program.

/// Waits for SIGINT (Ctrl+C) or, where there is one, SIGTERM. A signal that cannot be listened to never comes.
pub async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = terminate.recv() => {}
                    () = interrupted() => {}
                }
                return;
            }
            Err(error) => tracing::warn!(%error, "SIGTERM cannot be heard"),
        }
    }
    interrupted().await;
}

async fn interrupted() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(%error, "Ctrl+C cannot be heard; the program ends only when it is killed");
        std::future::pending::<()>().await;
    }
}
