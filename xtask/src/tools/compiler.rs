//! Compilers for the C and C++ that some dependencies are written in: SQLite, Luau, cryptography, the allocator.

use std::env;

use super::{answers, apt};
use crate::workspace::Workspace;

/// Makes sure of a C and a C++ compiler.
///
/// On Windows there is nothing to do: the linker that built this program came with both.
///
/// # Errors
/// Fails with what to do where one is missing and cannot be installed.
pub fn ensure(workspace: &Workspace) -> anyhow::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    for (variable, usual) in [("CC", "cc"), ("CXX", "c++")] {
        if env::var(variable).is_ok_and(|chosen| !chosen.is_empty()) {
            // The person's own choice, which the build itself judges best.
            continue;
        }
        if !answers(workspace, usual, &["--version"]) {
            let elsewhere = if cfg!(target_os = "macos") {
                "install Apple's with `xcode-select --install`"
            } else {
                "install gcc and g++ (or clang) with your system's package manager"
            };
            apt(workspace, &format!("a compiler, `{usual}`,"), &["build-essential"], elsewhere)?;
        }
    }
    Ok(())
}
