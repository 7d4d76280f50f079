//! What the person wants of the server.

/// What the person wants of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The port on 127.0.0.1.
    pub port: u16,
    /// Whether it should rest.
    pub paused: bool,
    /// Counts how often a retry was asked for.
    pub attempt: u64,
}
