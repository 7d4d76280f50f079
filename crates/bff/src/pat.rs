//! The access token as a type that cannot be shown.

use std::{fmt, str::FromStr};

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

use crate::Error;

/// A personal access token (`pat_…`, in older texts `ar_pat_…`). Redacted in `Debug`, not serializable, zeroed on drop.
#[derive(Clone)]
pub struct Pat(SecretString);

/// Longest token accepted, in bytes: more would not fit into a header line that servers accept.
const LONGEST: usize = 4096;

impl Pat {
    /// The text, still a secret: for a keychain, and whoever else keeps tokens.
    #[must_use]
    pub const fn as_secret(&self) -> &SecretString {
        &self.0
    }

    /// The `Authorization` header, marked as sensitive so that no log of headers shows it.
    pub(crate) fn header(&self) -> Result<HeaderValue, Error> {
        let line = zeroize_on_drop(format!("Bearer {}", self.0.expose_secret()));
        let mut value = HeaderValue::from_str(line.expose_secret()).map_err(|_| unfit())?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// `text` without the token, in case a server echoes it.
    pub(crate) fn redact(&self, text: &str) -> String {
        text.replace(self.0.expose_secret(), "[token]")
    }
}

fn zeroize_on_drop(text: String) -> SecretString {
    text.into()
}

fn unfit() -> Error {
    Error::InvalidArgument {
        what: "access token",
        problem: "it is empty, too long, or has characters that no token has; copy it again from the Console"
            .to_owned(),
    }
}

impl FromStr for Pat {
    type Err = Error;

    /// Takes any printable ASCII without spaces, up to 4,096 bytes: what a token looks like is the platform's business.
    fn from_str(text: &str) -> Result<Self, Error> {
        let fits = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.to_owned().into())) } else { Err(unfit()) }
    }
}

impl<'de> Deserialize<'de> for Pat {
    /// Reads a text, blanks around it gone. No error of its own quotes it.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Pat;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an access token")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Pat, E> {
                text.trim().parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}

impl fmt::Debug for Pat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pat([redacted])")
    }
}
