//! The crate's error: a stable code, and a text that says what to do.

use agentruntime_settings::{InvalidProfile, ProfileId, SettingsError};

use crate::{KeychainError, PatRow};

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
    #[error(transparent)]
    InvalidProfile(#[from] InvalidProfile),
    /// No workspace has this id.
    #[error("there is no workspace {id}; it may have been removed")]
    UnknownProfile { id: ProfileId },
    /// The workspace has no token now: it was kept in memory only, by a process that has ended, or it never had one.
    #[error("the workspace “{name}” has no token: it was kept in memory only, or none was given. Paste it again.")]
    NoToken {
        /// The workspace's name.
        name: String,
    },
    /// Somebody else is at it, in this process or another.
    #[error("another change of this token is under way. Wait until it has ended, then try again.")]
    Busy,
    /// It cannot be told which of the account's tokens is this one.
    #[error("it cannot be told which of the account's {} tokens is the one in use. Choose it from the list.", .rows.len())]
    WhichToken {
        /// All of them.
        rows: Vec<PatRow>,
    },
    /// A successor of such a token would be lost with the process.
    #[error(
        "the token of “{name}” cannot be rotated: it is not in the keychain, and its successor would be lost. Paste it again and keep it in the keychain."
    )]
    NotInKeychain {
        /// The workspace's name.
        name: String,
    },
    /// A rotation could neither be finished nor undone yet. The old token is in force.
    #[error(
        "the rotation for “{name}” is not finished: {problem} The token in use still works; the rest is tried again by itself."
    )]
    Unfinished {
        /// The workspace's name.
        name: String,
        /// What stands in the way: an error's text.
        problem: String,
        code: String,
    },
    /// A token that is to be revoked is still in use.
    #[error("calls under way still go with the old token. It is revoked when they have ended.")]
    InUse,
    /// The platform revoked a token, and takes it all the same: another one's id was taken for its own, or the platform is slow
    /// to forget.
    #[error("the platform has revoked this token and still takes it. Look at the account's tokens in the Console.")]
    StillWorks,
    /// Another workspace here has the same token, which would be dead for it.
    #[error(
        "this token is also the one of “{name}”, where it would stop working. Give that workspace a token of its own first."
    )]
    Shared {
        /// The other workspace's name.
        name: String,
    },
    /// Two processes in a row ended while they were at it.
    #[error("the program ended twice in a row while it was at this, so it is not tried again by itself. Try it again.")]
    Stalled,
    /// What was to be done has ended already.
    #[error("there is nothing left to do here: it has ended already")]
    NothingLeft,
}

impl Error {
    /// The stable code: the BFF client's own, or one of this crate's, those of the keychain with the prefix `keychain_`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Keychain(error) => error.prefixed_code(),
            Self::Bff(error) => error.code(),
            Self::Settings(error) => error.code(),
            Self::InvalidProfile(error) => error.code(),
            Self::UnknownProfile { .. } => "unknown_profile",
            Self::NoToken { .. } => "no_token",
            Self::Busy => "token_busy",
            Self::WhichToken { .. } => "token_unclear",
            Self::NotInKeychain { .. } => "token_not_in_keychain",
            Self::Unfinished { .. } => "rotation_unfinished",
            Self::InUse => "token_in_use",
            Self::StillWorks => "token_still_works",
            Self::Shared { .. } => "token_shared",
            Self::Stalled => "token_stalled",
            Self::NothingLeft => "nothing_left",
        }
    }

    pub(crate) fn invalid(field: &'static str, problem: impl Into<String>) -> Self {
        Self::InvalidProfile(InvalidProfile::new(field, problem))
    }
}
