//! What goes wrong with the settings file, and with what people give for it.

use std::path::PathBuf;

/// Why the settings were not read or not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A key that is unknown, missing, or has a value that does not fit. The value is not shown: it may be anything.
    #[error("settings: {key}: {problem}")]
    Invalid {
        /// The key, with its path, e.g. `profiles[0].url`; `file` where it is no JSON at all.
        key: String,
        problem: String,
    },
    /// The file or its folder cannot be read.
    #[error("the settings at {} cannot be read ({problem}). Check who owns the folder.", path.display())]
    Unreadable {
        path: PathBuf,
        /// What the system said.
        problem: String,
    },
    /// The file cannot be replaced; what it held still stands, and still holds.
    #[error("the settings at {} cannot be written ({problem}); nothing was changed. Check the folder and its free space.", path.display())]
    Unwritable {
        path: PathBuf,
        /// What the system said.
        problem: String,
    },
}

impl SettingsError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "settings_invalid",
            Self::Unreadable { .. } => "settings_unreadable",
            Self::Unwritable { .. } => "settings_unwritable",
        }
    }

    /// Whether the file was written by a version of the app that this one does not know.
    pub(crate) fn is_of_another_version(&self) -> bool {
        matches!(self, Self::Invalid { key, .. } if key == "version")
    }

    /// The same, where what it is about stands under a key of something larger.
    pub(crate) fn under(self, outer: &str) -> Self {
        match self {
            Self::Invalid { key, problem } if key.is_empty() => Self::invalid(outer, problem),
            Self::Invalid { key, problem } => Self::invalid(format!("{outer}.{key}"), problem),
            error => error,
        }
    }

    pub(crate) fn invalid(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { key: key.into(), problem: problem.into() }
    }
}

/// Something a person gave for a workspace or its token does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct InvalidProfile {
    /// `name`, `url`, `tenant_id`, `project_id`, `token`, `scopes` or `care`.
    pub field: &'static str,
    /// What is wrong with it, and what would be right.
    pub problem: String,
}

impl InvalidProfile {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "invalid_profile"
    }

    /// `problem` with `field`.
    #[must_use]
    pub fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self { field, problem: problem.into() }
    }
}
