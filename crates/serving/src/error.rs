//! Why nothing stands behind a server.

use crate::Away;

/// Why calls cannot go where they are meant to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The sandbox does not serve, and is tried again.
    #[error("The sandbox does not run: {0}. It is started again by itself.")]
    Away(#[from] Away),
    /// The workspace's token cannot be had.
    #[error(transparent)]
    Token(#[from] agentruntime_tokens::Error),
    /// No client can be made for the BFF.
    #[error(transparent)]
    Bff(#[from] agentruntime_bff::Error),
}

impl Error {
    /// The stable code (`docs/ERRORS.md`).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Away(_) => "sandbox_unavailable",
            Self::Token(error) => error.code(),
            Self::Bff(error) => error.code(),
        }
    }

    /// What the keychain says, where it is the keychain.
    pub(crate) const fn keychain(&self) -> Option<&agentruntime_tokens::KeychainError> {
        match self {
            Self::Token(agentruntime_tokens::Error::Keychain(trouble)) => Some(trouble),
            _ => None,
        }
    }
}
