//! The app without its window: settings, tokens, the server and what stands behind it, what the person is told, and what the page
//! is shown and may ask. Nothing here knows Tauri; all of it is tested without a screen.
//!
//! - [`Desk`]: the one value that holds the parts, and what needs several of them.
//! - [`Workspaces`], [`TokenCare`], [`Server`], [`Runs`], [`Mouth`]: the parts, each with what it needs and no more.
//! - [`api`]: what the page is told and may ask.

pub mod api;
mod care;
mod change;
mod changed;
mod desk;
pub mod export;
mod failing;
pub mod failure;
#[cfg(test)]
mod fakes;
#[cfg(test)]
#[path = "../tests/it/free_port.rs"]
mod free_port;
mod health;
mod heed;
mod ides;
mod keeping;
mod mouth;
mod network;
mod news;
mod notice;
mod notices;
mod open;
mod platform;
mod power;
mod quiet;
mod runs;
mod serve;
mod server;
mod speak;
mod standing;
mod stop;
mod tending;
mod views;
pub mod words;
mod workspaces;

pub use care::TokenCare;
pub use desk::{Desk, Face};
pub use ides::entries as ide_entries;
pub use mouth::Mouth;
pub use news::News;
pub use notice::{About, Key, Kind, Notice, Say, Sum};
pub use quiet::quiet_until;
pub use runs::{Runs, needs_a_form, place_of_run, place_of_task};
pub use server::{Server, url as server_url};
pub use standing::{Need, Standing};
pub use views::{call_view, tools};
pub use workspaces::Workspaces;
