//! Why a command failed, as the page is told.

use agentruntime_settings::SettingsError;

use crate::api::Failure;

/// A failure on its way to the page. Its text never holds a secret.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failed {
    code: &'static str,
    message: String,
    field: Option<String>,
}

impl Failed {
    /// A failure with a stable code and a text for people.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None }
    }

    /// What the page branches on; `docs/ERRORS.md` lists the codes.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The same, about one field.
    #[must_use]
    pub fn of(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }
}

impl From<Failed> for Failure {
    fn from(failed: Failed) -> Self {
        Self { code: failed.code.to_owned(), message: failed.message, field: failed.field }
    }
}

impl From<agentruntime_tokens::Error> for Failed {
    fn from(error: agentruntime_tokens::Error) -> Self {
        match error {
            agentruntime_tokens::Error::InvalidProfile(error) => {
                Self::new(error.code(), error.to_string()).of(field(error.field))
            }
            agentruntime_tokens::Error::Settings(error) => error.into(),
            error => Self::new(error.code(), error.to_string()),
        }
    }
}

impl From<SettingsError> for Failed {
    fn from(error: SettingsError) -> Self {
        let failed = Self::new(error.code(), error.to_string());
        match error {
            SettingsError::Invalid { key, .. } => failed.of(field(&key)),
            _ => failed,
        }
    }
}

/// A settings key's field as the page names it: `notifications.long_minutes` is `longMinutes`.
pub(crate) fn field(key: &str) -> String {
    let mut words = key.rsplit('.').next().unwrap_or_default().split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |field, word| {
        let mut letters = word.chars();
        field + &letters.next().map(|letter| letter.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    })
}

impl From<agentruntime_serving::Error> for Failed {
    fn from(error: agentruntime_serving::Error) -> Self {
        match error {
            agentruntime_serving::Error::Token(error) => error.into(),
            error => Self::new(error.code(), error.to_string()),
        }
    }
}

impl From<agentruntime_bff::Error> for Failed {
    fn from(error: agentruntime_bff::Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<agentruntime_platform_mcp::activity::ActivityError> for Failed {
    fn from(error: agentruntime_platform_mcp::activity::ActivityError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
