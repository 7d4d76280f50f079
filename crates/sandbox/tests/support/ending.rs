//! How a program is asked to end: SIGTERM where there are signals, Ctrl+Break on Windows.
#![allow(clippy::unwrap_used)]

use tokio::process::{Child, Command};

/// To be called before the program is started.
#[cfg(unix)]
pub fn prepare(_: &mut Command) {}

/// To be called before the program is started: Ctrl+Break goes to a whole group of processes, and the test is in its own.
#[cfg(windows)]
pub fn prepare(command: &mut Command) {
    command.creation_flags(0x0000_0200);
}

/// Asks; says whether that could be.
#[cfg(unix)]
pub fn ask(child: &mut Child) -> bool {
    let pid = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    true
}

/// Asks; says whether that could be. Wine passes Ctrl+Break to no other group: there the program is killed, and how it ends is not
/// tested.
#[cfg(windows)]
pub fn ask(child: &mut Child) -> bool {
    struct Asked(u32);

    impl send_ctrlc::Interruptible for Asked {
        fn pid(&mut self) -> std::io::Result<Option<u32>> {
            Ok(Some(self.0))
        }
    }

    if std::env::var_os("AGENTRUNTIME_TEST_WINE").is_some() {
        child.start_kill().unwrap();
        return false;
    }
    send_ctrlc::Interruptible::terminate(&mut Asked(child.id().unwrap())).unwrap();
    true
}
