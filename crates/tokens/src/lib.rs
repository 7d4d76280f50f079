//! Profiles, their tokens, and the settings file they stand in.
//!
//! - [`keychain`]: the platform's keychain, with a time limit on every call and every way to fail told apart.
//! - [`profile`]: what a profile is: a name, a BFF, and where its token lives. Never the token.
//! - [`settings`]: the one settings file, replaced whole or not at all.
//! - [`tokens`]: ties them: a token is checked, stored, read back and only then named in the settings.
//!
//! A token is in memory as a type that cannot be shown, and in the keychain; nowhere else. Nothing is deleted, made anew or
//! written to a file because a keychain failed.
//! Not here: which tool a token may call, and how any of this is shown.

mod error;
pub mod keychain;
pub mod profile;
pub mod settings;
pub mod tokens;

pub use error::Error;
pub use keychain::{Keychain, KeychainError, Limits};
pub use profile::{Backend, NewProfile, Profile, ProfileId, TokenFacts, TokenPlace};
pub use settings::{LogLevel, Opened, Settings, SettingsError, SettingsStore, Theme, Trouble};
pub use tokens::{Health, IfKeychainFails, Keep, Tokens};
