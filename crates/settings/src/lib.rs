//! The settings file: what people prefer, their workspaces, and what was begun with tokens and has not ended.
//!
//! - [`Settings`]: what stands in it; every key known, nothing secret.
//! - [`SettingsStore`]: the settings of a running process; the file is read whole and replaced whole, or not at all, and what
//!   others write into it is seen.
//! - [`Notifications`]: of what a person is told, and when not.
//! - [`Profile`]: what a workspace is: a name, a BFF, and where its token lives. Never the token.
//! - [`Care`]: what becomes of a token as it ages.
//! - [`Journal`]: what was begun with tokens and has not ended.
//!
//! Not here: tokens, what is done with them, and who is asked before; and how any of this is shown.

mod care;
mod error;
mod file;
mod ids;
mod journal;
mod notifications;
mod profile;
mod settings;
mod store;

pub use care::{Care, Notice};
pub use error::{InvalidProfile, SettingsError};
pub use file::Trouble;
pub use ids::{EntryId, ProfileId, TaskId};
pub use journal::{Hitch, Journal, Reason, Revocation, Rotation, Stage};
pub use notifications::{Notifications, QuietHours};
pub use profile::{Account, Backend, NewProfile, Profile, TokenFacts, TokenPlace, check_name};
pub use settings::{LogLevel, Settings, Theme, VERSION};
pub use store::{Opened, SettingsStore};
