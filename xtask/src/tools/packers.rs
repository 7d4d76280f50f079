//! The programs that packages are made with.

use super::{answers, apt};
use crate::workspace::Workspace;

/// A program and the Debian package that brings it.
pub struct Packer {
    program: &'static str,
    ask: &'static str,
    package: &'static str,
}

/// Packs the archives of Linux.
pub const XZ: Packer = Packer { program: "xz", ask: "--version", package: "xz-utils" };
/// Packs the archives of Windows.
pub const ZIP: Packer = Packer { program: "zip", ask: "-v", package: "zip" };
/// Unpacks those, to try them out.
pub const UNZIP: Packer = Packer { program: "unzip", ask: "-v", package: "unzip" };
/// Makes the installer of Windows.
pub const NSIS: Packer = Packer { program: "makensis", ask: "-VERSION", package: "nsis" };

/// Makes sure of a program.
///
/// # Errors
/// Fails with what to do where it is missing and cannot be installed.
pub fn ensure(workspace: &Workspace, packer: &Packer) -> anyhow::Result<()> {
    if answers(workspace, packer.program, &[packer.ask]) {
        return Ok(());
    }
    let missing = format!("`{}`, which packs,", packer.program);
    apt(workspace, &missing, &[packer.package], "install it with your system's package manager")
}
