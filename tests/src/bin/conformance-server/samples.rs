//! The smallest files that tools, prompts and resources show, in base64.

/// A PNG of one red pixel.
pub const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQmCC";
/// The media type of [`PNG`].
pub const IMAGE: &str = "image/png";
/// A WAV of one millisecond of silence.
pub const WAV: &str = "UklGRiwAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQgAAACAgICAgICAgA==";
/// The media type of [`WAV`].
pub const AUDIO: &str = "audio/wav";
