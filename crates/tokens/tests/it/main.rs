//! Tests of the crate as its users see it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod support;

mod adding;
mod changing;
#[cfg(target_os = "linux")]
mod keyring;
mod revoking;
mod rotating;
mod scripted;
mod settings;
