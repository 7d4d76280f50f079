//! Every way a keychain fails, told apart.

use std::time::Duration;

/// Why the keychain did not do it. What was stored before is still stored, whatever the variant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeychainError {
    /// No keychain can be reached: no session bus, no program that offers one, or one without a default keyring.
    #[error(
        "no keychain can be reached ({problem}). Start or set one up, or keep the token in memory for this session."
    )]
    NoService {
        /// What was missing.
        problem: String,
    },
    /// It is there and locked.
    #[error("the keychain is locked. Unlock it; this is tried again then.")]
    Locked,
    /// A person or a policy said no.
    #[error("the keychain refused access ({problem}). Allow it, then try again.")]
    Denied {
        /// What it said.
        problem: String,
    },
    /// It went away during the call, and again during a second try.
    #[error("the keychain went away during the call ({problem}). Try again.")]
    Vanished {
        /// What it said.
        problem: String,
    },
    /// It holds no such entry.
    #[error(
        "the keychain has no such entry: it was deleted there, or the token was stored in another one. Paste it again."
    )]
    Missing,
    /// The secret is larger than the platform takes.
    #[error("{bytes} bytes are too many: the keychain takes up to {limit}")]
    TooLarge {
        /// The secret's size.
        bytes: usize,
        limit: usize,
    },
    /// No answer in time. A write that ends later is taken back by itself.
    #[error(
        "the keychain did not answer within {limit:?}. It may wait for a dialog to be answered: look for one, then try again."
    )]
    Slow { limit: Duration },
    /// What was written did not read back the same. What stood there before was put back.
    #[error("the keychain gave back something else than was stored; the token was not kept in it")]
    Mismatch,
    /// Anything else.
    #[error("the keychain failed ({problem})")]
    Failed {
        /// What it said. Never an entry's content.
        problem: String,
    },
}

/// A code with the prefix it has among the crate's codes, from which the bare one is cut.
const PREFIX: &str = "keychain_";

impl KeychainError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.prefixed_code().split_at(PREFIX.len()).1
    }

    /// The code as [`crate::Error::code`] gives it.
    pub(crate) const fn prefixed_code(&self) -> &'static str {
        match self {
            Self::NoService { .. } => "keychain_no_service",
            Self::Locked => "keychain_locked",
            Self::Denied { .. } => "keychain_denied",
            Self::Vanished { .. } => "keychain_vanished",
            Self::Missing => "keychain_missing",
            Self::TooLarge { .. } => "keychain_too_large",
            Self::Slow { .. } => "keychain_slow",
            Self::Mismatch => "keychain_mismatch",
            Self::Failed { .. } => "keychain_failed",
        }
    }

    /// Whether waiting or another try may help, without anything else being changed.
    #[must_use]
    pub const fn may_heal(&self) -> bool {
        matches!(self, Self::NoService { .. } | Self::Locked | Self::Vanished { .. } | Self::Slow { .. })
    }

    pub(crate) fn failed(problem: impl ToString) -> Self {
        Self::Failed { problem: problem.to_string() }
    }
}
