//! Whether starting at login can be offered.

/// The system would be told the path of the running program: that of a build folder is gone with the next clean build.
pub fn is_possible() -> bool {
    let Ok(program) = std::env::current_exe() else { return false };
    !program.components().any(|part| matches!(part.as_os_str().to_str(), Some("debug" | "release" | "target")))
}
