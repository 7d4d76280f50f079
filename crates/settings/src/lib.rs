//! The settings file: what people prefer, their workspaces, and what was begun with tokens and has not ended.
//!
//! - [`Settings`]: what stands in it; every key known, nothing secret.
//! - [`SettingsStore`]: the settings of a running process; the file is read whole and replaced whole, or not at all, and what
//!   others write into it is seen.
//! - [`Preference`]: what a person can set. Each is declared once, with its default and its bounds; what the page is shown and
//!   may change is made of the same declaration.
//! - [`Profile`]: what a workspace is: a name, a BFF, and where its token lives. Never the token.
//! - [`Care`]: what becomes of a token as it ages.
//! - [`Journal`]: what was begun with tokens and has not ended.
//!
//! Not here: tokens, and what is done with any of this.

mod care;
mod choices;
mod error;
mod file;
mod ids;
mod journal;
mod notifications;
mod preferences;
mod profile;
mod settings;
mod store;

pub use care::{Care, Reminder};
pub use choices::{Language, LanguageTag, LogLevel, LogLevelChoice, Theme};
pub use error::{InvalidProfile, SettingsError};
pub use file::Trouble;
pub use ids::{EntryId, JobId, ProfileId};
pub use journal::{Hitch, Journal, Reason, Revocation, Rotation, Stage};
pub use notifications::{Notifications, NotificationsChange, NotificationsView, QuietHours};
pub use preferences::{Bounds, Preference};
pub use profile::{Account, Backend, NewProfile, Profile, TokenFacts, TokenPlace, check_name};
pub use settings::{Settings, SettingsChange, SettingsView, VERSION};
pub use store::{Opened, SettingsStore};
