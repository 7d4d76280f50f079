//! Where the tray app keeps what this program shares with it. `src-tauri/folders.rs` computes the same; a test holds the two together.

use std::path::PathBuf;

use crate::exit::Exit;

/// The app's folder in each of the platform's places.
const NAME: &str = "agentruntime-desktop";

/// The folder of the settings file.
///
/// # Errors
/// Where the person has no home.
pub fn config() -> anyhow::Result<PathBuf> {
    let config =
        dirs::config_dir().ok_or_else(|| Exit::Failed.told("there is no home folder to find the app's settings in"))?;
    Ok(config.join(NAME))
}

/// The sandbox's folder.
///
/// # Errors
/// Where the person has no home.
pub fn sandbox() -> anyhow::Result<PathBuf> {
    let none = || Exit::Failed.told("there is no home folder; name a folder with --sandbox-dir");
    Ok(dirs::data_local_dir().ok_or_else(none)?.join(NAME).join("sandbox"))
}
