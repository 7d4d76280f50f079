//! Why the BFF gave no answer: a stable code, and a text that says what to do.

use std::time::Duration;

use crate::Pat;

/// The crate's error. Branch on [`Error::code`]; the text is for people and models. Neither text nor `Debug` holds a token.
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
        /// The BFF's own `code`, e.g. `NOT_FOUND`, where it gave one.
        bff_code: Option<String>,
        /// How long it asked to wait.
        retry_after: Option<Duration>,
    },
    /// No connection.
    #[error("the BFF at {host} cannot be reached ({problem}). Check the network and the BFF URL, then try again.")]
    Unreachable {
        /// Host and port.
        host: String,
        /// What the network said.
        problem: String,
    },
    /// A connection that broke after it was made.
    #[error(
        "the connection to the BFF at {host} broke before the answer was complete ({problem}). If a change was being \
         made, read the state first; then try again."
    )]
    Interrupted {
        /// Host and port.
        host: String,
        /// What the network said.
        problem: String,
    },
    /// A time limit ran out.
    #[error(
        "the BFF did not answer within {limit:?}. If a change was being made, read the state first; then try again."
    )]
    Timeout {
        /// The limit: that of all tries together, or that between two pieces of an answer.
        limit: Duration,
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
        /// The URL, which has no user and password.
        url: String,
    },
    /// The BFF pointed elsewhere.
    #[error(
        "the BFF redirected to {to}, which was not followed, so that nothing goes where it was not meant to go. Check the BFF URL."
    )]
    RedirectRefused {
        /// The origin it pointed to, without path and query.
        to: String,
    },
    /// An answer that cannot be read.
    #[error("the BFF's answer could not be read: {problem}. Is this the BFF's URL?")]
    InvalidResponse {
        /// What is wrong with it; never a piece of it.
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
            Self::Unreachable { .. } | Self::Interrupted { .. } => "unreachable",
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

    /// How long the BFF asked to wait, where it did; at most a day.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the same read may be tried again (BFF API, "Hosts and auth": 429, and 5xx for idempotent reads). A timeout is
    /// not: it has cost enough already.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Interrupted { .. } | Self::Refused { status: 429 | 502 | 503 | 504, .. }
        )
    }

    /// An answer of another shape. serde quotes the values it did not expect, and one of them may be a secret: only what
    /// cannot hold one is passed on.
    pub(crate) fn unreadable(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let problem = if error.is_data() && !text.starts_with("missing field") {
            format!("a value at line {}, column {} is not of the type it should be", error.line(), error.column())
        } else {
            text
        };
        Self::InvalidResponse { problem }
    }
}

fn refusal_text(status: u16, message: &str) -> String {
    let advice = match status {
        401 => "The access token is missing, wrong or revoked: set a working one.",
        402 => "The credits are used up: see billing in the Console.",
        403 => "The token's scopes or its user's role are too small for this: use a token that has them.",
        404 | 410 => "Check the id; a feature that is off in a deployment answers the same.",
        409 => "It conflicts with what is there already: read the state, then decide.",
        413 => "The request is too large: send less.",
        422 => "The content is not valid: correct what the message names.",
        429 => "Too many requests: wait, then try again.",
        500.. => "The BFF or something behind it is down: try again later.",
        _ => "The BFF could not take the request: correct what the message names.",
    };
    if message.is_empty() {
        format!("the BFF answered {status}. {advice}")
    } else {
        format!("the BFF answered {status}: {message}. {advice}")
    }
}

/// The longest text of the BFF's that is passed on, in characters.
const LONGEST_MESSAGE: usize = 500;
/// The longest code of the BFF's that is passed on, in characters.
const LONGEST_CODE: usize = 64;

/// The BFF's own words from an error body, and its own code: `error` (a text, or an object with `message` and `code`), or
/// the body's beginning.
pub(crate) fn message_of(body: &[u8], pat: &Pat) -> (String, Option<String>) {
    let parsed: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let error = parsed.get("error").or_else(|| parsed.get("message")).unwrap_or(&parsed);
    let text = error.as_str().or_else(|| error.get("message")?.as_str());
    let code = parsed.get("code").or_else(|| error.get("code")).and_then(|code| code.as_str());
    let code = code.map(|code| presentable(code, pat, LONGEST_CODE)).filter(|code| !code.is_empty());
    let message = match text {
        Some(text) => presentable(text, pat, LONGEST_MESSAGE),
        // A page of HTML helps nobody.
        None if body.trim_ascii_start().starts_with(b"<") => String::new(),
        None => presentable(&String::from_utf8_lossy(body), pat, LONGEST_MESSAGE),
    };
    (message.trim_end_matches('.').to_owned(), code)
}

/// Foreign text as it may be shown: on one line, without the token, bounded. The token goes before the bound is applied, or
/// its first half could stay.
fn presentable(text: &str, pat: &Pat, longest: usize) -> String {
    let shown: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let line: String = pat.redact(&shown).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = line.split_whitespace().collect();
    words.join(" ").chars().take(longest).collect()
}

/// Characters that reorder or hide text: they could make a message say what it does not say, or split a token.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{8}' | '\u{7f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
