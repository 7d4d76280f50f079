//! Workspaces' tokens: in the system's keychain, and at the platform.
//!
//! - [`keychain`]: the system's keychain, with a time limit on every call and every way to fail told apart.
//! - [`tokens`]: ties it to the settings: a token is checked, stored, read back and only then named in the settings; it is
//!   rotated and revoked so that a crash at any moment costs nobody a working token and leaves no live one unnoticed.
//! - [`care`]: when a token wants its owner's attention.
//!
//! A token is in memory as a type that cannot be shown, and in the keychain; nowhere else. Nothing is deleted, made anew or
//! written to a file because a keychain failed.
//! Not here: the settings file, in which workspaces stand (`crates/settings`); which tool a token may call; and how any of this
//! is shown.

pub mod care;
mod error;
pub mod keychain;
mod pat_row;
pub mod tokens;

pub use error::Error;
pub use keychain::{Keychain, KeychainError, Limits};
pub use pat_row::PatRow;
pub use tokens::{
    Health, IfKeychainFails, Keep, Lease, Patience, Revoked, Rotate, Rotated, Settled, SettledAs, Tokens, When, Which,
    own_row,
};
