//! What stands behind a server of ours, and stays there: for the app and for the program without a window, which differ only in
//! what they do with the news.
//!
//! - [`Folders`]: where a person's things are kept.
//! - [`Observed`]: the settings, in force where they are observed.
//! - [`Overrides`]: from the settings and the command line to a server's switches.
//! - [`Backing`]: from a [`Source`] to the upstream that a server's calls go with.
//! - [`Host`]: a sandbox that is kept alive.

mod backing;
mod error;
pub mod folders;
mod observed;
pub mod sandbox;
mod source;
mod switches;

pub use backing::{Backing, Decision, Why};
pub use error::Error;
pub use folders::{Folders, NoHome};
pub use observed::Observed;
pub use sandbox::{Away, Host, Place, Serving, State};
pub use source::{Source, Which};
pub use switches::Overrides;
