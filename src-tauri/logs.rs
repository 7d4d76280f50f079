//! The log: to the terminal and to a file a day, a week of them.

use std::{io::IsTerminal as _, path::Path};

use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// How many days of logs are kept.
const DAYS: usize = 7;

/// Begins to log; what it returns is held for as long as the app runs, so that the last lines are written.
///
/// # Errors
/// When the folder cannot be used.
pub fn begin(folder: &Path) -> Result<WorkerGuard, Box<dyn std::error::Error>> {
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("agentruntime-desktop")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)?;
    let (file, guard) = tracing_appender::non_blocking(files);
    // Only our own crates say more than warnings: what others log of a request at `debug` is the whole of it.
    let ours = || {
        let names =
            [("agentruntime", LevelFilter::INFO), ("audit", LevelFilter::INFO), ("rmcp::service", LevelFilter::OFF)];
        Targets::new().with_targets(names).with_default(LevelFilter::WARN)
    };
    tracing_subscriber::registry()
        .with(fmt::layer().with_ansi(false).with_writer(file).with_filter(ours()))
        .with(fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr).with_filter(ours()))
        .init();
    Ok(guard)
}

/// Waits for SIGINT or, where there is one, SIGTERM. A signal that cannot be listened to never comes.
pub async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
