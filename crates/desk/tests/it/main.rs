//! The app without its window, whole: a real settings file, a real server on a real port, a real sandbox.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod broken_off;
mod free_port;
mod sandbox;
mod settings;
mod support;
