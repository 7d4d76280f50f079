//! Why the BFF gave no answer: a stable code, and a text that says what to do.

use std::time::Duration;

/// The crate's error. Branch on [`Error::code`]; the text is for people and models.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The BFF answered with an error status.
    #[error("{}", refusal_text(*.status, .message))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The BFF's own words, bounded, without control characters and without the token.
        message: String,
        /// How long it asked to wait.
        retry_after: Option<Duration>,
    },
    /// No connection.
    #[error("the BFF at {host} cannot be reached ({problem}). Check the network and the BFF URL, then try again.")]
    Unreachable {
        /// The host.
        host: String,
        /// What the network said.
        problem: String,
    },
    /// A time limit ran out.
    #[error("the BFF did not answer within {seconds} s. Try again; if a change was being made, read the state first.")]
    Timeout {
        /// The limit, in seconds.
        seconds: u64,
    },
    /// The answer is larger than this client takes.
    #[error("the BFF's answer is larger than {limit} bytes. Ask for less: fewer rows, or one part.")]
    ResponseTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The caller took the request back.
    #[error("the request was cancelled.")]
    Cancelled,
    /// A value that cannot be sent.
    #[error("`{what}` cannot be sent: {problem}.")]
    InvalidArgument {
        /// Which one.
        what: &'static str,
        /// Why not, and what would do.
        problem: String,
    },
    /// The token would travel unprotected.
    #[error("the BFF URL {url} is neither https nor loopback, so the token was not sent. Use an https URL.")]
    InsecureTransport {
        /// The URL, without user and password.
        url: String,
    },
    /// The BFF pointed elsewhere.
    #[error("the BFF redirected to {to}, and the token is not sent there. Check the BFF URL.")]
    RedirectRefused {
        /// Where to.
        to: String,
    },
    /// An answer that cannot be read.
    #[error("the BFF's answer could not be read: {problem}. Is this the BFF's URL?")]
    InvalidResponse {
        /// What is wrong with it.
        problem: String,
    },
}

impl Error {
    /// The stable snake_case code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused { status, .. } => match *status {
                401 => "unauthorized",
                403 => "forbidden",
                404 | 410 => "not_found",
                409 => "conflict",
                422 => "validation_failed",
                429 => "rate_limited",
                500.. => "upstream_unavailable",
                _ => "bad_request",
            },
            Self::Unreachable { .. } => "unreachable",
            Self::Timeout { .. } => "timeout",
            Self::ResponseTooLarge { .. } => "response_too_large",
            Self::Cancelled => "cancelled",
            Self::InvalidArgument { .. } => "invalid_argument",
            Self::InsecureTransport { .. } => "insecure_transport",
            Self::RedirectRefused { .. } => "redirect_refused",
            Self::InvalidResponse { .. } => "invalid_response",
        }
    }

    /// The HTTP status, where there was one.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// How long the BFF asked to wait, where it did.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the same read may be tried again (BFF API, "Hosts and auth": 429, and 5xx for idempotent reads).
    pub(crate) const fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Refused { status: 429 | 502 | 503 | 504, .. })
    }
}

fn refusal_text(status: u16, message: &str) -> String {
    let advice = match status {
        401 => "The access token is missing, wrong or revoked: set a working one.",
        403 => "The token's scopes or its user's role are too small for this: use a token that has them.",
        404 | 410 => "There is no such thing, or this feature is off in this deployment: check the id.",
        409 => "It conflicts with what is there already: read the state, then decide.",
        422 => "The content is not valid: correct what the message names.",
        429 => "Too many requests: wait, then try again.",
        500.. => "The BFF or something behind it is down: try again later.",
        _ => "The BFF could not read the request: correct what the message names.",
    };
    if message.is_empty() {
        format!("the BFF answered {status}. {advice}")
    } else {
        format!("the BFF answered {status}: {message}. {advice}")
    }
}

/// The longest text of the BFF's that is passed on, in characters.
const LONGEST_MESSAGE: usize = 500;

/// The BFF's own words from an error body: its `error` (a text, or an object with `message`), or the body's beginning.
pub(crate) fn message_of(body: &[u8]) -> String {
    let parsed: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let text = parsed.as_ref().and_then(|value| {
        let error = value.get("error").or_else(|| value.get("message"))?;
        error.as_str().or_else(|| error.get("message")?.as_str())
    });
    let text = match text {
        Some(text) => text.to_owned(),
        // A page of HTML helps nobody.
        None if body.starts_with(b"<") => String::new(),
        None => String::from_utf8_lossy(body).into_owned(),
    };
    let clean: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_MESSAGE).collect();
    clean.trim().trim_end_matches('.').to_owned()
}
