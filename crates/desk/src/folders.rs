//! Where the app keeps things.

use std::path::PathBuf;

use crate::failure::Failed;

/// The app's folder in each of the platform's places.
const NAME: &str = "agentruntime-desktop";

/// The app's folders.
#[derive(Debug, Clone)]
pub struct Folders {
    /// The settings file.
    pub config: PathBuf,
    /// The activity log, the sandbox and the log.
    pub state: PathBuf,
}

impl Folders {
    /// The platform's own places, made if they are not there.
    ///
    /// # Errors
    /// [`Failed`] with the code `no_folder` where the person has no home, or a folder cannot be made.
    pub fn of_this_person() -> Result<Self, Failed> {
        let none = || Failed::new("no_folder", "There is no home folder to keep settings in.");
        let config = dirs::config_dir().ok_or_else(none)?.join(NAME);
        let state = dirs::data_local_dir().ok_or_else(none)?.join(NAME);
        let folders = Self { config, state };
        for folder in [&folders.config, &folders.state, &folders.logs()] {
            let made = private(folder);
            made.map_err(|error| {
                Failed::new("no_folder", format!("The folder {} cannot be used: {error}.", folder.display()))
            })?;
        }
        Ok(folders)
    }

    /// The sandbox's folder.
    pub fn sandbox(&self) -> PathBuf {
        self.state.join("sandbox")
    }

    /// The folder of the log files.
    pub fn logs(&self) -> PathBuf {
        self.state.join("logs")
    }
}

/// Made for its owner alone.
fn private(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
