//! Tests of the crate as its users see it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::disallowed_methods)]

mod support;

mod adding;
mod changing;
#[cfg(windows)]
mod credential_manager;
mod interrupted;
#[cfg(target_os = "linux")]
mod keyring;
mod retiring;
mod revoking;
mod rotating;
mod scripted;
