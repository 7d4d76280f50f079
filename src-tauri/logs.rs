//! The log: to the terminal and to a file a day, a week of them.

use std::{io::IsTerminal as _, path::Path};

use agentruntime_settings::LogLevel;
use tracing_appender::{
    non_blocking::{NonBlockingBuilder, WorkerGuard},
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{
    Layer as _, Registry,
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt as _,
    reload,
    util::SubscriberInitExt as _,
};

/// How many days of logs are kept.
const DAYS: usize = 7;
/// How many lines may wait to be written. Their places are held in memory from the start: the library's own number takes 4 MB.
const LINES: usize = 4_096;

/// What the log is told while it is being written.
pub struct Logs {
    level: reload::Handle<Targets, Registry>,
    /// Held for as long as the app runs, so that the last lines are written.
    _writing: WorkerGuard,
}

impl Logs {
    /// Writes down as much as this from now on.
    pub fn set_level(&self, level: LevelFilter) {
        if let Err(error) = self.level.reload(ours(level)) {
            tracing::warn!(%error, "the log keeps its level");
        }
    }
}

/// Begins to log.
///
/// # Errors
/// When the folder cannot be used.
pub fn begin(folder: &Path) -> Result<Logs, Box<dyn std::error::Error>> {
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("agentruntime-desktop")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)?;
    let (file, writing) = NonBlockingBuilder::default().buffered_lines_limit(LINES).finish(files);
    let (filter, level) = reload::Layer::new(ours(LevelFilter::INFO));
    let to_file = fmt::layer().with_ansi(false).with_writer(file);
    let to_terminal = fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    tracing_subscriber::registry().with(to_file.and_then(to_terminal).with_filter(filter)).init();
    Ok(Logs { level, _writing: writing })
}

/// Only our own crates say more than warnings: what others log of a request at `debug` is the whole of it.
fn ours(level: LevelFilter) -> Targets {
    let names = [("agentruntime", level), ("audit", level), ("rmcp::service", LevelFilter::OFF)];
    Targets::new().with_targets(names).with_default(level.min(LevelFilter::WARN))
}

/// The level that the settings ask for.
pub const fn level(setting: LogLevel) -> LevelFilter {
    match setting {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}
