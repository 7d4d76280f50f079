//! The crate's error: a stable code, and a text that says what to do.

use crate::{KeychainError, ProfileId, SettingsError};

/// Why nothing came of it. Branch on [`Error::code`]; the text is for people. Neither text nor `Debug` holds a token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The keychain could not do it.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    /// The BFF refused or could not be reached.
    #[error(transparent)]
    Bff(#[from] agentruntime_bff::Error),
    /// The settings file could not be read or replaced.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Something a person gave does not fit.
    #[error("{field}: {problem}")]
    InvalidProfile {
        /// `name`, `url`, `tenant_id`, `project_id` or `token`.
        field: &'static str,
        /// What is wrong with it, and what would be right.
        problem: String,
    },
    /// No profile has this id.
    #[error("there is no profile {id}; it may have been removed")]
    UnknownProfile {
        /// The id.
        id: ProfileId,
    },
    /// The profile has no token now: it was kept in memory only, by a process that has ended, or it never had one.
    #[error("the profile “{name}” has no token: it was kept in memory only, or none was given. Paste it again.")]
    NoToken {
        /// The profile's name.
        name: String,
    },
}

impl Error {
    /// The stable code: the BFF client's own, or one of this crate's, those of the keychain with the prefix `keychain_`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Keychain(error) => error.prefixed_code(),
            Self::Bff(error) => error.code(),
            Self::Settings(error) => error.code(),
            Self::InvalidProfile { .. } => "invalid_profile",
            Self::UnknownProfile { .. } => "unknown_profile",
            Self::NoToken { .. } => "no_token",
        }
    }

    pub(crate) fn invalid(field: &'static str, problem: impl Into<String>) -> Self {
        Self::InvalidProfile { field, problem: problem.into() }
    }
}
