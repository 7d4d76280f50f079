//! AgentRuntime Desktop.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    agentruntime_desktop::script_worker().unwrap_or_else(agentruntime_desktop::run)
}
