//! The commands by name, for the build script and for the test that compares it with the capability file.

/// Every command that the page may call.
pub const COMMANDS: &[&str] = &[
    "snapshot",
    "tools",
    "ide_entries",
    "about",
    "set_group",
    "set_risk",
    "pause",
    "retry_server",
    "add_profile",
    "rename_profile",
    "remove_profile",
    "switch_profile",
    "check_profile",
    "activity",
    "clear_activity",
    "export_activity",
    "update_settings",
    "copy_text",
    "open_link",
    "quit",
];
