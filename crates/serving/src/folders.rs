//! Where the app and the program without a window keep what they share.

use std::path::PathBuf;

use agentruntime_lifecycle::files;

/// The app's folder in each of the system's places.
const NAME: &str = "agentruntime-desktop";

/// The folders of one person.
#[derive(Debug, Clone)]
pub struct Folders {
    /// Of the settings file.
    pub config: PathBuf,
    /// Of the activity log, the sandbox and the log.
    pub state: PathBuf,
}

/// The person has no home folder, as a service may have none.
#[derive(Debug, thiserror::Error)]
#[error("there is no home folder to keep settings in")]
pub struct NoHome;

impl Folders {
    /// The system's own places; they need not be there.
    ///
    /// # Errors
    /// [`NoHome`].
    pub fn of_this_person() -> Result<Self, NoHome> {
        let in_here = |place: Option<PathBuf>| place.map(|place| place.join(NAME)).ok_or(NoHome);
        // On Windows not those that follow a person to other computers: tokens do not, and settings that name them would there name
        // none.
        Ok(Self { config: in_here(dirs::config_local_dir())?, state: in_here(dirs::data_local_dir())? })
    }

    /// Makes them, for their owner alone; those that are there keep the rights they have.
    ///
    /// # Errors
    /// The folder that cannot be made, and why.
    pub fn make(&self) -> Result<(), (PathBuf, std::io::Error)> {
        for folder in [&self.config, &self.state, &self.logs()] {
            files::make_private_all(folder).map_err(|error| (folder.clone(), error))?;
        }
        Ok(())
    }

    /// The sandbox's folder, one for both programs.
    #[must_use]
    pub fn sandbox(&self) -> PathBuf {
        self.state.join("sandbox")
    }

    /// The folder of the log files.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.state.join("logs")
    }
}
