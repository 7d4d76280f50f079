//! Profiles, their tokens, and the settings file they stand in.
//!
//! - [`keychain`]: the platform's keychain, with a time limit on every call and every way to fail told apart.
//! - [`profile`]: what a profile is: a name, a BFF, and where its token lives. Never the token.
//! - [`settings`]: the one settings file, replaced whole or not at all.
//! - [`tokens`]: ties them: a token is checked, stored, read back and only then named in the settings; it is rotated and
//!   revoked so that a crash at any moment costs nobody a working token and leaves no live one unnoticed.
//! - [`journal`]: what of that was begun and has not ended.
//! - [`care`]: when a token wants its owner's attention.
//!
//! A token is in memory as a type that cannot be shown, and in the keychain; nowhere else. Nothing is deleted, made anew or
//! written to a file because a keychain failed.
//! Not here: which tool a token may call, and how any of this is shown.

pub mod care;
mod care_plan;
mod error;
mod ids;
pub mod journal;
pub mod keychain;
mod pat_row;
pub mod profile;
pub mod settings;
pub mod tokens;

pub use care_plan::{Care, Notice};
pub use error::Error;
pub use ids::{EntryId, ProfileId, TaskId};
pub use journal::{Hitch, Journal, Reason, Revocation, Rotation, Stage};
pub use keychain::{Keychain, KeychainError, Limits};
pub use pat_row::PatRow;
pub use profile::{Account, Backend, NewProfile, Profile, TokenFacts, TokenPlace};
pub use settings::{
    LogLevel, Notifications, Opened, QuietHours, Settings, SettingsError, SettingsStore, Theme, Trouble,
};
pub use tokens::{
    Health, IfKeychainFails, Keep, Lease, Patience, Revoked, Rotate, Rotated, Settled, SettledAs, Tokens, When, Which,
    own_row,
};
