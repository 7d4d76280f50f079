//! Which program is tested.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

/// The program: of the folder that `AGENTRUNTIME_TEST_PROGRAMS` names, so that what ships can be tested, else this build's own.
pub fn path() -> PathBuf {
    let own = Path::new(env!("CARGO_BIN_EXE_agentruntime-platform-mcp"));
    std::env::var_os("AGENTRUNTIME_TEST_PROGRAMS")
        .map_or_else(|| own.to_owned(), |folder| Path::new(&folder).join(own.file_name().unwrap()))
}
