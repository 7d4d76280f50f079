//! Why there is no reply of the BFF: a stable code, and a text that says what to do.

use std::time::Duration;

/// The crate's error. Branch on [`Error::code`]; the text is for people and models. Neither text nor `Debug` holds a token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The BFF answered with an error status.
    #[error("{}", refusal_text(*.status, .message))]
    Refused {
        status: u16,
        /// The BFF's own words, bounded, without control characters and without the token.
        message: String,
        /// The BFF's own `code`, e.g. `NOT_FOUND`, where it gave one.
        bff_code: Option<String>,
        /// How long it asked to wait.
        retry_after: Option<Duration>,
    },
    /// No connection could be made: nothing was sent.
    #[error("the BFF at {host} cannot be reached ({problem}). Check the network and the BFF URL, then try again.")]
    Unreachable {
        /// Its host, and the port where the URL names one.
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
        /// Its host, and the port where the URL names one.
        host: String,
        /// What the network said.
        problem: String,
    },
    /// A time limit ran out.
    #[error(
        "the BFF did not answer within {limit:?}. If a change was being made, read the state first; then try again."
    )]
    Timeout {
        /// The limit: that of all tries together, or that between two pieces of a reply.
        limit: Duration,
    },
    /// The reply is larger than this client takes.
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
        /// Its name: an argument, a path segment, or a setting.
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
    /// The BFF redirected to another origin, or a request that may not be sent twice.
    #[error(
        "the BFF redirected to {to}, which was not followed, so that nothing goes where it was not meant to go. Check the BFF URL."
    )]
    RedirectRefused {
        /// The origin it pointed to, without path and query.
        to: String,
    },
    /// A reply that cannot be read.
    #[error("the BFF's answer could not be read: {problem}. Is this the BFF's URL?")]
    InvalidResponse {
        /// What is wrong with it; never a piece of it.
        problem: String,
    },
}

impl Error {
    /// The stable snake_case code, which `docs/ERRORS.md` lists.
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

    /// Whether it is certain that the request changed nothing. A time limit that ran out leaves that open, and so does a reply
    /// that was lost or cannot be read.
    #[must_use]
    pub const fn changed_nothing(&self) -> bool {
        match self {
            Self::Refused { status, .. } => matches!(*status, 400..500) && *status != 408,
            Self::Unreachable { .. } | Self::InvalidArgument { .. } | Self::InsecureTransport { .. } => true,
            _ => false,
        }
    }

    /// A reply of another shape. serde quotes the values it did not expect, and one of them may be a secret: only what
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

#[cfg(test)]
mod tests;
