//! `token` as people and scripts use it: the real program, a real keyring, a real BFF behind a network that is not to be relied
//! on, and SIGKILL.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]
#![allow(clippy::disallowed_methods)]

mod commands;
mod crashes;
#[path = "../../../tokens/tests/it/support/desk.rs"]
mod desk;
mod hammered;
#[path = "../support/program.rs"]
mod program;
mod proxy;
mod world;

use std::process::Command;

/// The test `name` of this binary, to be run by itself.
pub fn rerun(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([name, "--exact", "--nocapture", "--test-threads=1", "--include-ignored"]);
    command
}
