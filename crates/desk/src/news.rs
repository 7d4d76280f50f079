//! What a person hears of their tokens.

use agentruntime_settings::Reminder;

/// Something a person is told, with or without a window. What has a name in it is about the workspace of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A token wants attention because of its age or its end.
    Token(Reminder, String),
    /// A token was rotated by itself, or a rotation that was cut off was finished.
    Rotated(String),
    /// A rotation that was cut off was undone: the token in use is the old one.
    Undone(String),
    /// A token that lived on against its owner's wish is dead now.
    Revoked,
    /// Something cannot be ended just now.
    Left,
    /// A token that was to be rotated by itself was not.
    NotRotated(String),
}
